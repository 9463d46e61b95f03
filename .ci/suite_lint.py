#!/usr/bin/env python3
"""Lint of spec/ as a suite: the manifest is fresh, every case cites a clause, every loss code and error code is met. `--write` writes the manifest anew.
Prints `N passed, N failed`; exit 1 when anything failed."""

import hashlib
import json
import pathlib
import re
import sys

import jsonschema

SPEC = pathlib.Path(__file__).resolve().parent.parent / "spec"
VERSION = "0.1.0"
FHIR = {"R4": "4.0.1", "R4B": "4.3.0", "R5": "5.0.0", "R6": "6.0.0-ballot2"}
# Codes that no vector can cause, and why.
UNMET = {
    "limit": "needs four gigabytes of input",
    "limit-input-bytes": "needs four gigabytes of input",
    "limit-studies": "needs a hundred thousand studies",
    "limit-series": "needs a hundred thousand series",
    "limit-instances": "needs a million instances",
    "limit-query-bytes": "needs a query of a megabyte",
    "limit-expansion": "needs a document that refers to a large resource a hundred thousand times",
    "limit-output-bytes": "needs four gigabytes of output",
    "limit-pages": "is of conversations, which the suite has none of",
    "more-losses": "needs a thousand distinct losses",
}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def suite_files():
    """Everything that the suite consists of, but for the manifest itself and implementations."""
    paths = [SPEC / name for name in ("README.md", "PROTOCOL.md", "mapping.json", "loss-codes.json", "codes.json")]
    paths += sorted((SPEC / "schema").glob("*.json")) + sorted((SPEC / "vectors").rglob("*.json")) + sorted((SPEC / "data").glob("*"))
    return paths


def manifest(vectors):
    files, groups, ops = {}, {}, {}
    for path in suite_files():
        name = path.relative_to(SPEC).as_posix()
        files[name] = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        if path in vectors:
            cases = vectors[path]["cases"]
            files[name]["cases"] = len(cases)
            groups[path.parent.name] = groups.get(path.parent.name, 0) + len(cases)
            for case in cases:
                ops[case["op"]] = ops.get(case["op"], 0) + 1
    return {
        "$schema": "schema/manifest.schema.json",
        "suite": "fhir-dicomweb",
        "version": VERSION,
        "protocol": 1,
        "dicom": "2024e",
        "fhir": FHIR,
        "cases": sum(groups.values()),
        "groups": dict(sorted(groups.items())),
        "ops": dict(sorted(ops.items())),
        "files": files,
    }


def codes_in(value, into):
    """Every loss code and error code that a vector expects."""
    if isinstance(value, list):
        for one in value:
            codes_in(one, into)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in ("code", "error", "backError") and isinstance(one, str):
                into.add(one)
            if name == "codes" and isinstance(one, list):
                into.update(code for code in one if isinstance(code, str))
            if name == "a" and isinstance(one, str) and one.startswith("error:"):
                into.add(one.removeprefix("error:"))
            codes_in(one, into)


def section(title):
    text = (SPEC / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def main():
    vectors = {path: load(path) for path in sorted((SPEC / "vectors").rglob("*.json"))}
    fresh = manifest(vectors)
    path = SPEC / "manifest.json"
    if "--write" in sys.argv[1:]:
        path.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    faults = {}
    stated = load(path) if path.exists() else {}
    stale = [] if stated else ["there is none"]
    for name in sorted(set(stated.get("files", {})) | set(fresh["files"])):
        if stated.get("files", {}).get(name) != fresh["files"].get(name):
            stale.append(f"{name}: {stated.get('files', {}).get(name)} is not {fresh['files'].get(name)}")
    stale += [f"{name} differs" for name in fresh if name != "files" and stated.get(name) != fresh[name]]
    faults["manifest is fresh (python3 .ci/suite_lint.py --write)"] = stale

    schemas = []
    for schema in sorted((SPEC / "schema").glob("*.json")):
        try:
            jsonschema.Draft202012Validator.check_schema(load(schema))
        except jsonschema.SchemaError as error:
            schemas.append(f"{schema.name}: {error.message}")
    for name, document in (("manifest", stated), ("codes", load(SPEC / "codes.json"))):
        validator = jsonschema.Draft202012Validator(load(SPEC / "schema" / f"{name}.schema.json"))
        schemas += [f"{name}: {error.message[:200]}" for error in validator.iter_errors(document)]
    faults["schemas"] = schemas

    faults["there are enough cases"] = [] if fresh["cases"] >= 1200 else [f"{fresh['cases']} cases"]
    faults["every case cites its clause"] = [
        f"{path.name}: {case['id']}" for path, file in vectors.items() for case in file["cases"] if not file.get("cites") and not case.get("cites")
    ]

    met = set()
    codes_in([file["cases"] for file in vectors.values()], met)
    losses = [code["code"] for code in load(SPEC / "loss-codes.json")["codes"]]
    errors = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", section("Errors"))) if section("Errors") else set()
    wanted = [code for code in losses if code not in UNMET]
    faults["every loss code is met"] = [f"{code} is met by no vector" for code in wanted if code not in met]
    faults["every error code is met"] = [f"{code} is met by no vector" for code in sorted(errors) if code not in met and code not in UNMET]
    faults["what is excused is not met"] = [f"{code} is met" for code in UNMET if code in met]

    for name, list_ in faults.items():
        for fault in list_:
            print(f"{name}: {fault}")
    failed = sum(1 for list_ in faults.values() if list_)
    print(f"{fresh['cases']} cases, {len(fresh['files'])} files")
    print(f"{len(faults) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
