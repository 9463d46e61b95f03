#!/usr/bin/env python3
"""Lint of spec/: schemas, counts, unique ids, known codes, coverage. Prints `N passed, N failed`; exit 1 when anything failed."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

SPEC = pathlib.Path(__file__).resolve().parent.parent / "spec"
RELEASES = ["R4", "R4B", "R5", "R6"]


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def releases(span):
    """The releases of `R4..R6`, `R5..`, `R6`."""
    first, dots, last = span.partition("..")
    start = RELEASES.index(first)
    end = RELEASES.index(last) if last else (len(RELEASES) - 1 if dots else start)
    return RELEASES[start : end + 1]


def is_spans(value):
    return isinstance(value, dict) and value and all(re.fullmatch(r"R(4B?|5|6)(\.\.(R(4B?|5|6))?)?", name) for name in value)


def check_file(path, file, codes, rows, ids):
    """The faults of one vector file."""
    stem = path.stem
    if file["count"] != len(file["cases"]):
        yield f"count is {file['count']}, cases are {len(file['cases'])}"
    if "row" in file and file["row"] not in rows:
        yield f"no row {file['row']}"
    if (path.parent.name == "attributes") != ("row" in file):
        yield "attribute files, and only they, name a row"
    does = [case["does"] for case in file["cases"]]
    for sentence in sorted({sentence for sentence in does if does.count(sentence) > 1}):
        yield f"two cases do the same: {sentence}"
    prefix = {"attributes": stem, "policies": "policies"}.get(path.parent.name, stem.split("-")[0])
    for case in file["cases"]:
        name = case["id"]
        if name in ids:
            yield f"{name}: id is used in {ids[name]} too"
        ids[name] = path.name
        if not name.startswith(prefix + "/"):
            yield f"{name}: id does not begin with {prefix}/"
        if re.search(r"\bshould\b", case["does"]):
            yield f"{name}: `does` states what is, not what should be"
        covered = set(releases(case["releases"]))
        for member in ("fhir", "bundle", "loss"):
            value = case.get(member)
            if not is_spans(value):
                continue
            said = [release for span in value for release in releases(span)]
            if sorted(said) != sorted(set(said)):
                yield f"{name}: spans of {member} overlap"
            if set(said) != covered:
                yield f"{name}: spans of {member} are not those of the case"
        losses = case.get("loss", [])
        for loss in losses if isinstance(losses, list) else [loss for part in losses.values() for loss in part]:
            if loss["code"] not in codes:
                yield f"{name}: no loss code {loss['code']}"


def validate(checks):
    """What the official definitions say of every expected resource, where the validator is at hand."""
    validator = SPEC.parent.parent / "shared" / "tools" / "validate-fhir.py"
    if not validator.exists():
        print("no validator beside the project: expected resources are not validated")
        return []
    faults = []
    for release in RELEASES:
        lines = []
        for path, schema in checks:
            for case in load(path)["cases"] if schema == "vectors" else []:
                if release not in releases(case["releases"]) or "fhir" not in case:
                    continue
                fhir = case["fhir"]
                if is_spans(fhir):
                    fhir = next(part for span, part in fhir.items() if release in releases(span))
                lines += [json.dumps(one).replace('"*"', '"made-up"') for one in (fhir if isinstance(fhir, list) else [fhir])]
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            done = subprocess.run([sys.executable, str(validator), release.lower(), file.name], capture_output=True, text=True)
        print(done.stdout.splitlines()[-1])
        if done.returncode:
            faults += done.stdout.splitlines()[:-1]
    return faults


def main():
    codes = {code["code"] for code in load(SPEC / "loss-codes.json")["codes"]}
    mapping = load(SPEC / "mapping.json")
    rows = {row["row"]: row for row in mapping["rows"]}
    schemas = {name: load(SPEC / "schema" / f"{name}.schema.json") for name in ("vectors", "mapping", "loss-codes")}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    checks = [(SPEC / "mapping.json", "mapping"), (SPEC / "loss-codes.json", "loss-codes")]
    checks += [(path, "vectors") for path in sorted((SPEC / "vectors").rglob("*.json"))]
    ids, shown, cases, faults_of = {}, {}, 0, {}
    for path, schema in checks:
        document = load(path)
        errors = jsonschema.Draft202012Validator(schemas[schema]).iter_errors(document)
        faults = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]
        if schema == "vectors" and not faults:
            faults += check_file(path, document, codes, rows, ids)
            cases += len(document["cases"])
            for case in document["cases"]:
                if "to-fhir" in case["directions"] and "error" not in case:
                    shown.setdefault(document.get("row"), set()).update(releases(case["releases"]))
        faults_of[str(path.relative_to(SPEC))] = faults
    faults_of["expected FHIR is valid"] = validate(checks)
    # Every row × release has a case.
    faults_of["coverage"] = [
        f"{name}: no case in {release}" for name in rows for release in RELEASES if release not in shown.get(name, set())
    ]
    for name, faults in faults_of.items():
        for fault in faults:
            print(f"{name}: {fault}")
    failed = sum(1 for faults in faults_of.values() if faults)
    print(f"{cases} cases in {len(checks) - 2} files")
    print(f"{len(faults_of) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
