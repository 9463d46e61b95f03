#!/usr/bin/env python3
"""Seeds for the targets, out of spec/vectors: fuzz/corpus/TARGET/seed-*. The same vectors give the same files.

An input is a text and, behind a NUL, entropy (tests/support/targets.rs). Entropy of a seed is a hash of its text.
"""
import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASES = ["R4", "R4B", "R5", "R6"]


def cases():
    for path in sorted(ROOT.glob("spec/vectors/*/*.json")):
        yield from json.loads(path.read_text())["cases"]


def text(value):
    """Compact JSON; a text as it stands."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def entropy(seed, length):
    return hashlib.shake_128(seed.encode()).digest(length)


def with_entropy(seed, length):
    return seed.encode() + b"\0" + entropy(seed, length)


def by_release(value):
    """What a member says for each release that it names: (release's number, resource)."""
    if not isinstance(value, dict) or "resourceType" in value or not value:
        return [(0, value)]
    return [(RELEASES.index(span.split("..")[0]), part) for span, part in value.items()]


def dicom():
    """Documents that are DICOM JSON, or should be."""
    for case in cases():
        if "dicom" in case:
            yield text(case["dicom"])
        elif "text" in case and "to-dicom" not in case.get("directions", []):
            yield case["text"]
    for path in sorted(ROOT.glob("spec/data/*.json")):
        yield path.read_text()


def fhir():
    """Documents that are FHIR, and the number of their release."""
    for case in cases():
        for member in ("fhir", "bundle"):
            for release, resource in by_release(case.get(member, [])):
                if resource not in ([], None):
                    yield release, "\n".join(text(one) for one in (resource if isinstance(resource, list) else [resource]))
        if "text" in case and "to-dicom" in case.get("directions", []):
            yield 0, case["text"]


def queries():
    for case in cases():
        for ask in case.get("asks", []):
            if "q" in ask:
                yield ask["q"]


def values():
    """Texts of every grammar: of values, of URLs, and a key of matching with a value behind it."""
    for case in cases():
        for ask in case.get("asks", []):
            for member in ("text", "url", "address"):
                if isinstance(ask.get(member), str):
                    yield ask[member]
            if "key" in ask:
                yield f"{ask['key']}={(ask.get('values') or [''])[0]}"


def grown(name, count, length):
    """No text, only entropy: what is grown by the target itself."""
    return [b"\0" + entropy(f"{name} {n}", length) for n in range(count)]


def seeds():
    documents = list(dicom())
    plain = [one.encode() for one in documents]
    asked = list(queries())
    yield "dicom_read", plain + grown("dicom_read", 30, 200)
    yield "fast_path", [with_entropy(one, 8) for one in documents] + grown("fast_path", 60, 300)
    yield "stream", [with_entropy(one, 12) for one in documents] + grown("stream", 10, 200)
    yield "there_and_back", [with_entropy(one, 24) for one in documents] + grown("there_and_back", 30, 200)
    yield "fhir_read", [one.encode() + b"\0" + bytes([release]) for release, one in fhir()] + grown("fhir_read", 30, 300)
    yield "scan", plain + [text(one).encode() for one in values()]
    yield "grammar", [one.encode() for one in values()] + [with_entropy(one, 60) for one in asked] + grown("grammar", 20, 200)
    yield "search_plan", [with_entropy(one, 160) for one in asked] + grown("search_plan", 60, 200)
    yield "facade", [with_entropy(f"ImagingStudy?{one}", 200) for one in asked] + grown("facade", 100, 300)


def main():
    total = 0
    for target, inputs in seeds():
        folder = ROOT / "fuzz" / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("seed-*"):
            old.unlink()
        unique = {hashlib.sha1(one).hexdigest()[:12]: one for one in inputs if len(one) <= 4096}
        for name, one in unique.items():
            (folder / f"seed-{name}").write_bytes(one)
        total += len(unique)
        print(f"{target}: {len(unique)} seeds")
    return 0 if total else 1


if __name__ == "__main__":
    sys.exit(main())
