#!/usr/bin/env python3
"""What users pick today, on the same inputs in one run: a line of JSON for each program and input.

Everything is installed by name in folders under target/. What cannot be installed or fails says so in its line.
"""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
FOLDER = TARGET / "compare"
INPUTS = ["study-rows-100", "study-rows-10000", "instance-rows-10x100", "metadata-1000"]
# A program that takes longer for one input is stopped.
SECONDS = 300


def run(command, **more):
    # No folders of bytecode beside the sources.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, **more)


def must(*command, **more):
    done = run(command, **more)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1][:200])
    return done.stdout


def ours():
    """The program that measures the goals: its `--time` and `--print` take a file."""
    lines = must("cargo", "bench", "--locked", "--bench", "goals", "--no-run", "--message-format=json", cwd=ROOT).splitlines()
    built = [json.loads(line) for line in lines if line.startswith("{")]
    program = next(line["executable"] for line in built if line.get("target", {}).get("name") == "goals" and line.get("executable"))
    must(program, "--inputs", FOLDER / "inputs")
    return program


def rust_value():
    must("cargo", "build", "--release", "--locked", "--manifest-path", HERE / "value" / "Cargo.toml", "--target-dir", FOLDER / "value")
    return [FOLDER / "value" / "release" / "value"]


def node():
    must("node", "--version")
    return ["node", HERE / "mapping.js"]


def npm_package():
    must("npm", "install", "--no-audit", "--no-fund", "--prefix", FOLDER / "npm", "dicomjson-to-fhir")
    return ["env", f"NODE_PATH={FOLDER}/npm/node_modules", "node", HERE / "npm_dicomjson_to_fhir.js"]


def python():
    return [sys.executable, HERE / "mapping.py"]


def pypi_package():
    inside = FOLDER / "venv" / "bin" / "python"
    if not inside.exists():
        must(sys.executable, "-m", "venv", FOLDER / "venv")
    must(inside, "-m", "pip", "install", "--quiet", "dicom2fhir", "fhir.resources<8.3")
    return [inside, HERE / "pypi_dicom2fhir.py"]


# The program, how it is made ready, and whether its output is to equal ours.
PROGRAMS = [
    ("Rust serde_json::Value mapping", rust_value, True),
    ("Node JSON.parse mapping", node, True),
    ("Python json mapping", python, True),
    ("npm dicomjson-to-fhir", npm_package, False),
    ("PyPI dicom2fhir", pypi_package, False),
]


def say(**line):
    print(json.dumps(line), flush=True)


def main():
    (FOLDER / "inputs").mkdir(parents=True, exist_ok=True)
    program = ours()
    file = {name: FOLDER / "inputs" / f"{name}.json" for name in INPUTS}
    base, expected = {}, {}
    for name in INPUTS:
        base[name] = json.loads(must(program, "--time", file[name]))["median_ns"]
        expected[name] = json.loads(must(program, "--print", file[name]))
        say(program="fhir-dicomweb", input=name, median_ns=base[name])
    for name, ready, equal in PROGRAMS:
        try:
            command = ready()
        except (RuntimeError, OSError) as error:
            say(program=name, failed=f"not installed: {error}")
            continue
        for given in INPUTS:
            try:
                if equal and (difference := differ(expected[given], json.loads(must(*command, file[given], "--print")))):
                    raise RuntimeError(f"another output than ours at {difference}")
                measured = json.loads(must(*command, file[given], timeout=SECONDS))
            except subprocess.TimeoutExpired:
                say(program=name, input=given, failed=f"took more than {SECONDS} s")
            except (KeyError, RuntimeError, ValueError) as error:
                say(program=name, input=given, failed=str(error))
            else:
                say(program=name, input=given, times_slower=round(measured["median_ns"] / base[given], 2), **measured)


def differ(a, b, at=""):
    """The first place where two values differ, or nothing."""
    if isinstance(a, dict) and isinstance(b, dict):
        return next((d for key in sorted(a.keys() | b.keys()) if (d := differ(a.get(key), b.get(key), f"{at}/{key}"))), None)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return next((d for n, (x, y) in enumerate(zip(a, b)) if (d := differ(x, y, f"{at}/{n}"))), None)
    return None if a == b else at or "/"


if __name__ == "__main__":
    main()
