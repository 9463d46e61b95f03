#!/usr/bin/env python3
"""Lint of spec/: schemas, counts, unique ids, known names, coverage, valid FHIR. Prints `N passed, N failed`; exit 1 when anything failed."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

SPEC = pathlib.Path(__file__).resolve().parent.parent / "spec"
RELEASES = ["R4", "R4B", "R5", "R6"]
# The ops of section "URLs", and the codes that it names: a closed list.
URL_OPS = ("url", "address", "retrieve")
URL_ERRORS = "template characters scheme escape uid mismatch frames fragment query no-resource no-base unresolved not-active withdrawn modifier".split()


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def releases(span):
    """The releases of `R4..R6`, `R5..`, `R6`; none where the span is no span or runs backwards."""
    first, dots, last = span.partition("..")
    if first not in RELEASES or last not in ["", *RELEASES]:
        return []
    start = RELEASES.index(first)
    end = RELEASES.index(last) if last else (len(RELEASES) - 1 if dots else start)
    return RELEASES[start : end + 1]


def is_spans(value):
    """Whether a member differs by release; its keys may still be wrong, which the schema and check_case tell."""
    return isinstance(value, dict) and "resourceType" not in value


def names_in(title):
    """The codes in a section of the README; None, which checks nothing, where there is no such section."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", (SPEC / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    # Other things stand in backticks there too: `<`, `[]`, `gggg,eeee`.
    return section and set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", section[1]))


def id_prefix(path):
    """What ids of a file begin with: `StudyDate/`, `policies/zone`, `studies/pet-ct`, of dirty/cases-S.json `cases/S`, of dirty/cases.json `cases/`."""
    if path.parent.name in ("plan", "policies", "search", "urls", "grammar", "matching", "endpoint"):
        return f"{path.parent.name}/{path.stem}-"
    if path.parent.name in ("studies", "invalid"):
        return f"{path.parent.name}/{path.stem}"
    file, _, group = path.stem.partition("-")
    return f"{file}/{group}"


def resource_path(said):
    """The path of the resource that members of an ask, or of what is got, name."""
    levels = [f"{plural}/{said[level]}" for level, plural in (("study", "studies"), ("series", "series"), ("instance", "instances")) if level in said]
    view = said.get("view", "retrieve")
    rest = {"retrieve": [], "frames": ["frames", ",".join(map(str, said.get("frames", [])))]}.get(view, [view])
    return "".join(f"/{part}" for part in [*levels, *rest, *(said[member] for member in ("framesAs", "bulk") if member in said)])


def check_urls(case):
    """The faults of a case of section "URLs"."""
    asks = case.get("asks", [])
    asked = [(ask["url"],) if "url" in ask else (ask["address"], ask["study"]) for ask in asks]
    for ask in sorted({ask for ask in asked if asked.count(ask) > 1}):
        yield f"asked twice: {' '.join(ask)}"
    for code in [ask["error"] for ask in asks if "error" in ask] + [refusal["why"] for refusal in case.get("refused", [])]:
        if code not in URL_ERRORS:
            yield f"no error {code} in section URLs"
    for ask in asks:
        text = ask.get("url", ask.get("address"))
        if not text.startswith(ask.get("base", "")):
            yield f"{text} does not begin with its base"
        if "path" in ask and ask["path"] != resource_path(ask):
            yield f"path of {text} is not that of its members, {resource_path(ask)}"
        if "path" in ask and ask.get("query") != (text.partition("?")[2] if "?" in text else None):
            yield f"query of {text} is not {ask.get('query')}"
    for got in case.get("gets", []):
        if not got["url"].endswith(resource_path(got)):
            yield f"{got['url']} does not end in {resource_path(got)}"


def check_tables(case, codes):
    """The faults of a case of op `grammar` or `match`."""
    asks = case.get("asks", [])
    asked = [json.dumps(ask["text"] if "text" in ask else [ask["vr"], ask["key"], ask["values"]]) for ask in asks]
    for ask in sorted({ask for ask in asked if asked.count(ask) > 1}):
        yield f"asked twice: {ask}"
    for ask in asks:
        told = ask.get("codes", [])
        for code in told:
            if code not in codes:
                yield f"no loss code {code}"
        if told != sorted(told):
            yield f"codes of {json.dumps(ask['text'])} are not sorted"


def check_case(case, codes, errors):
    """The faults of one case."""
    if "should" in case["does"].lower():
        yield "`does` states what is, not what should be"
    covered = releases(case["releases"])
    if not covered:
        yield f"no span of releases: {case['releases']}"
    for member in ("fhir", "bundle", "loss", "back", "backLoss"):
        value = case.get(member)
        if not is_spans(value):
            continue
        for span in value:
            if not releases(span):
                yield f"no span of releases in {member}: {span}"
        said = [release for span in value for release in releases(span)]
        if len(said) != len(set(said)):
            yield f"spans of {member} overlap"
        if set(said) != set(covered):
            yield f"spans of {member} are not those of the case"
    for member in ("loss", "backLoss"):
        losses = case.get(member, [])
        for loss in losses if isinstance(losses, list) else [loss for part in losses.values() for loss in part]:
            if loss["code"] not in codes:
                yield f"no loss code {loss['code']}"
    if case["op"] in URL_OPS:
        yield from check_urls(case)
        return
    if case["op"] in ("grammar", "match"):
        yield from check_tables(case, codes)
    if case["op"] == "answer":
        yield from check_answers(case)
    if "mended" in case:
        yield from check_mended(case)
    for ask in case.get("asks", []):
        answer = ask.get("a", "")
        said = ask.get("error") or (answer.removeprefix("error:") if answer.startswith("error:") else None)
        if said is not None and errors is not None and said not in errors:
            yield f"no error {said} in the README"
    for member in ("error", "backError"):
        if member in case and errors is not None and case[member] not in errors:
            yield f"no error {case[member]} in the README"


def check_folder(path, case):
    """The faults of a case that stands in the wrong folder or, in grammar/, in the file of another kind."""
    op = {"grammar": "grammar", "matching": "match", "endpoint": "endpoint", "invalid": "map"}.get(path.parent.name)
    if (op or case["op"]) != case["op"] or (op is None and case["op"] in ("grammar", "match", "endpoint")):
        yield f"op {case['op']} in folder {path.parent.name}"
    elif op == "grammar" and case["kind"] != path.stem:
        yield f"kind {case['kind']} in {path.name}"
    if (case["op"] == "answer") != (path.parent.name == "search" and path.stem.startswith("answers-")):
        yield f"op {case['op']} in search/{path.name}, where answers-* and only they have answers"
    if op == "endpoint" and case["directions"] != [{"write": "to-fhir", "read": "to-dicom"}.get(path.stem)]:
        yield f"{case['directions'][0]} in endpoint/{path.name}"
    if ("mended" in case) != (path.parent.name == "invalid"):
        yield "cases of invalid/, and only they, are mended"
    elif "mended" in case and case["id"] != id_prefix(path) and not case["id"].startswith(f"{id_prefix(path)}-"):
        yield f"id is neither {id_prefix(path)} nor begins with {id_prefix(path)}-"


def check_mended(case):
    """The faults of a case of section "Invalid input"."""
    # As text, because False equals 0 in Python.
    if json.dumps(case["mended"]) == json.dumps(case.get("text", case.get("dicom"))):
        yield "nothing is mended"
    if case.get("loss") in ([], {}):
        yield "nothing is lost, nothing noted, and no error"


def check_answers(case):
    """The faults of a case of op `answer`."""
    asked = [f"{ask['q']}{' (lenient)' if 'lenient' in ask else ''}" for ask in case["asks"]]
    for ask in sorted({ask for ask in asked if asked.count(ask) > 1}):
        yield f"asked twice: {ask}"
    studies = {uid for row in case["dicom"] for uid in row.get("0020000D", {}).get("Value", [])}
    for ask in case["asks"]:
        for uid in ask.get("studies", []):
            if uid not in studies:
                yield f"{ask['q']} finds {uid}, which no row has"


def check_file(path, file, codes, errors, rows, ids):
    """The faults of one vector file that keeps the schema; `rows` is None where there is no mapping.json."""
    if file["count"] != len(file["cases"]):
        yield f"count is {file['count']}, cases are {len(file['cases'])}"
    if rows is not None and "row" in file and file["row"] not in rows:
        yield f"no row {file['row']}"
    if (path.parent.name == "attributes") != ("row" in file):
        yield "attribute files, and only they, name a row"
    does = [case["does"] for case in file["cases"]]
    for sentence in sorted({sentence for sentence in does if does.count(sentence) > 1}):
        yield f"two cases do the same: {sentence}"
    for case in file["cases"]:
        name = case["id"]
        if name in ids:
            yield f"{name}: id is used in {ids[name]} too"
        ids[name] = path.name
        if not name.startswith(id_prefix(path)):
            yield f"{name}: id does not begin with {id_prefix(path)}"
        for fault in [*check_folder(path, case), *check_case(case, codes, errors)]:
            yield f"{name}: {fault}"


def check_mapping(mapping, codes):
    """Names that stand twice, and spans that are none."""
    lists = {"row": [row["row"] for row in mapping["rows"]], "first part": [row["parts"][0]["keyword"] for row in mapping["rows"]], "loss code": codes}
    for what, names in lists.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{what} {name} stands twice"
    for row in mapping["rows"]:
        for entry in row["elements"] + row["search"]:
            if not releases(entry["releases"]):
                yield f"{row['row']}: no span of releases: {entry['releases']}"


def check_coverage(mapping, files):
    """Every row × release has a case in the row's own file: also where a release has no element, as the loss is then to be shown."""
    for row in mapping["rows"]:
        path = SPEC / "vectors" / "attributes" / f"{row['parts'][0]['keyword']}.json"
        if path not in files:
            yield f"{row['row']}: no sound file {path.name}"
            continue
        if files[path].get("row") != row["row"]:
            yield f"{row['row']}: {path.name} is about {files[path].get('row')}"
        for way, error in (("to-fhir", "error"), ("to-dicom", "backError")):
            cases = [case for case in files[path]["cases"] if way in case.get("directions", []) and error not in case]
            shown = {release for case in cases for release in releases(case["releases"])}
            for release in RELEASES:
                if release not in shown:
                    yield f"{row['row']}: no case in {release}, {way}"
        for case in files[path]["cases"]:
            if "error" not in case and "to-dicom" not in case.get("directions", []):
                yield f"{case['id']}: goes one way only"


def expected(files, release):
    """Every ImagingStudy and every Endpoint expected in a release, one JSON text each."""
    for file in files.values():
        for case in file["cases"]:
            if release not in releases(case["releases"]) or "fhir" not in case or "to-fhir" not in case.get("directions", []):
                continue
            fhir = case["fhir"]
            if is_spans(fhir):
                # Where no span fits, check_case has told so.
                fhir = next((part for span, part in fhir.items() if release in releases(span)), [])
            for study in fhir if isinstance(fhir, list) else [fhir]:
                # `*` stands for any UUID and is no id.
                yield json.dumps(study).replace('"*"', '"made-up"')


def check_fhir(files):
    """What the official definitions say of every expected resource, where the validator is at hand."""
    validator = SPEC.parent.parent / "shared" / "tools" / "validate-fhir.py"
    if not validator.exists():
        print("no validator beside the project: expected resources are not validated")
        return
    for release in RELEASES:
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson", encoding="utf-8") as file:
            file.writelines(text + "\n" for text in expected(files, release))
            file.flush()
            done = subprocess.run([sys.executable, str(validator), release.lower(), file.name], capture_output=True, text=True)
        *bad, summary = done.stdout.splitlines() or [""]
        print(summary)
        yield from bad
        # A validator that stopped early is no sign of validity.
        if not re.match(r"\d+ document\(s\), \d+ bad", summary) or bool(done.returncode) != bool(bad):
            yield f"{release}: the validator failed: {summary} {done.stderr.strip()[-300:]}"


def main():
    schemas = {name: load(SPEC / "schema" / f"{name}.schema.json") for name in ("vectors", "mapping", "loss-codes")}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    faults_of = {}

    def sound(path, schema):
        """The document; None, with its faults noted, where it is no JSON or breaks its schema."""
        faults = faults_of[str(path.relative_to(SPEC))] = []
        try:
            document = load(path)
        except ValueError as error:
            faults.append(f"not JSON: {error}")
            return None
        for error in jsonschema.Draft202012Validator(schemas[schema]).iter_errors(document):
            # The message begins with the whole value and ends with what is wrong.
            message = error.message if len(error.message) <= 200 else f"{error.message[:80]} ... {error.message[-100:]}"
            faults.append(f"{'/'.join(map(str, error.absolute_path))}: {message}")
        return None if faults else document

    losses = sound(SPEC / "loss-codes.json", "loss-codes")
    codes = [code["code"] for code in losses["codes"]] if losses else []
    mapping = sound(SPEC / "mapping.json", "mapping") if (SPEC / "mapping.json").exists() else None
    rows = mapping and {row["row"] for row in mapping["rows"]}
    errors = names_in("Errors")
    paths = sorted((SPEC / "vectors").rglob("*.json"))
    ids, files = {}, {}
    for path in paths:
        document = sound(path, "vectors")
        if document is not None:
            files[path] = document
            faults_of[str(path.relative_to(SPEC))] += check_file(path, document, codes, errors, rows, ids)
    faults_of["codes of section URLs"] = [f"{code} is not named there" for code in URL_ERRORS if code not in (names_in("URLs") or URL_ERRORS)]
    faults_of["expected FHIR is valid"] = list(check_fhir(files))
    if mapping:
        faults_of["names and spans of the table"] = list(check_mapping(mapping, codes))
        faults_of["coverage"] = list(check_coverage(mapping, files))
    else:
        print("no sound mapping.json: rows and coverage are not checked")
    for name, faults in faults_of.items():
        for fault in faults:
            print(f"{name}: {fault}")
    failed = sum(1 for faults in faults_of.values() if faults)
    print(f"{len(ids)} cases in {len(paths)} files")
    print(f"{len(faults_of) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
