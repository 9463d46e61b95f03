#!/usr/bin/env python3
"""Do the vectors guard the rows? Alters one row line of src/table at a time (a tag, an element's path, a shape, releases, an alignment) in a
copy of the project and runs the vectors: every alteration must fail them. Prints what survived; exit 1 if anything did.

Not part of `.ci/run`: it builds the crate a few hundred times. `python3 .ci/alter_rows.py [FILE[:LINE]...]`, for example `study.rs patient.rs:18`."""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = pathlib.Path("/tmp/alter-rows")
FILES = ["patient.rs", "study.rs", "series.rs", "instance.rs", "sequences.rs"]

# What a shape becomes: another that compiles in its place.
SHAPES = {
    "Shape::Coding": "Shape::CodeableConcept",
    "Shape::CodeableConcept": "Shape::Coding",
    "Shape::CodeableReference": "Shape::CodeableConcept",
    "Shape::UnilateralCoding": "Shape::Coding",
    "Shape::UidCoding": "Shape::Oid",
    "Shape::Oid": "Shape::UidCoding",
    "Shape::UidIdentifier": "Shape::TypedIdentifier",
    "Shape::StudyIdIdentifier": "Shape::TypedIdentifier",
    "Shape::TypedIdentifier": 'Shape::Identifier("XX")',
    "Shape::Text": "Shape::Number",
    "Shape::Number": "Shape::Text",
    "Shape::Display": "Shape::HumanName",
    "Shape::HumanName": "Shape::Display",
}


def alterations(line):
    """What one line of a row may be altered to: a name for it, and the line."""
    for match in re.finditer(r"0x([0-9A-F]{4})_([0-9A-F]{4})", line):
        yield "tag", line[: match.start()] + f"0x{match[1]}_{int(match[2], 16) ^ 0x8000:04X}" + line[match.end() :]
    place = re.search(r'\.at(?:_if)?\((?:[a-z_:]+, )?([A-Z0-9_]+), "([^"]+)", (Shape::\w+(?:\([^)]*\))?)\)', line)
    if place:
        releases, path, shape = place.groups()
        other = {"ALL": "R5_R6", "R4_R4B": "R6", "R5_R6": "R6", "R4_R5": "R5_R6", "R6": "R5_R6"}[releases]
        yield "releases", line.replace(f"{releases}, ", f"crate::release::{other}, ", 1)
        yield "path", line.replace(f'"{path}"', '"language"' if "." not in path else '"Patient.language"', 1)
        if shape in SHAPES:
            yield "shape", line.replace(shape, SHAPES[shape], 1)
        elif '"' in shape:
            yield "shape", line.replace(shape, re.sub(r'"(\w+)"\)$', r'"X\1")', shape), 1)
    for word in (".append()", ".each()", ".from(Level::Instance)", ".never_guessed()", ".set()"):
        if word in line:
            yield word.strip("."), line.replace(word, "", 1)


def run():
    """Whether the vectors hold: True, False, or None where it does not compile."""
    done = subprocess.run(
        ["cargo", "test", "--quiet", "--locked", "--test", "spec", "--", "--quiet"], cwd=COPY, capture_output=True, text=True
    )
    if done.returncode == 0:
        return True
    return None if "could not compile" in done.stderr else False


def main():
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT, COPY, ignore=shutil.ignore_patterns("target", ".git", "corpus", "artifacts"))
    assert run() is True, "the vectors fail before anything is altered"
    tried, uncompiled, survived = 0, 0, []
    for argument in sys.argv[1:] or FILES:
        name, _, only = argument.partition(":")
        path = COPY / "src" / "table" / name
        original = path.read_text(encoding="utf-8")
        lines = original.splitlines(keepends=True)
        for number, line in enumerate(lines):
            if line.lstrip().startswith(("//", "///", "use ")) or only and int(only) != number + 1:
                continue
            for what, altered in alterations(line):
                path.write_text("".join(lines[:number] + [altered] + lines[number + 1 :]), encoding="utf-8")
                held = run()
                tried += 1
                if held is None:
                    uncompiled += 1
                elif held:
                    survived.append(f"{name}:{number + 1}: {what}: {line.strip()}")
                    print("SURVIVED", survived[-1], flush=True)
        path.write_text(original, encoding="utf-8")
    print(f"{tried} alterations: {tried - uncompiled - len(survived)} failed the vectors, {uncompiled} did not compile, {len(survived)} survived")
    return bool(survived)


if __name__ == "__main__":
    sys.exit(main())
