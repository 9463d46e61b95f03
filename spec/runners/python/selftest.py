"""Sends the vectors to an implementation by spec/PROTOCOL.md, and compares what it answers.

    python3 spec/runners/python/selftest.py [-v] [part of an id ...] [-- command of an implementation]

Without a command the implementation is run.py beside this file. Prints what fails, with -v also what is
skipped and why, and at last `N passed, N failed, N skipped`. The ops `plan` and `answer` and the way back
(`map` to-dicom) have comparisons of their own, and are left to the driver of the crate.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parents[1] / "vectors"
RELEASES = ["R4", "R4B", "R5", "R6"]
_SPAN = re.compile(r"R(4B?|5|6)(\.\.(R(4B?|5|6))?)?\Z")
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


OPS = ("map", "judge", "grammar", "match", "url", "address", "retrieve", "endpoint")


# What a case asks, release by release

def in_span(span, release):
    first, dots, last = span.partition("..")
    last = last or (RELEASES[-1] if dots else first)
    return RELEASES.index(first) <= RELEASES.index(release) <= RELEASES.index(last)


def of_release(value, release):
    """A member of a case as one release has it: an object whose keys are spans gives the one that holds it."""
    if isinstance(value, dict) and value and all(map(_SPAN.match, value)):
        return next((inner for span, inner in value.items() if in_span(span, release)), None)
    return value


def texts(value):
    """Resources as text, one after the other."""
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in (value if isinstance(value, list) else [value]))


def commands(case, release):
    """The commands of a case for one release: (command without seq, what is expected) pairs."""
    op = case["op"]
    for direction in case.get("directions", [None]):
        if op not in OPS or op == "map" and direction == "to-dicom":
            yield None, None
            continue
        given, expected = _asked(case, op, direction, release)
        for name in ("options", "resolve"):
            if name in case:
                given[name] = case[name]
        command = {"cmd": "run", "id": case["id"], "op": op, "release": release, "input": given}
        if direction:
            command["direction"] = direction
        yield command, expected
    if "mended" in case:
        name = "text" if isinstance(case["mended"], str) else "dicom"
        given = {name: case["mended"], "as": "resources"}
        if "options" in case:
            given["options"] = case["options"]
        yield {"cmd": "run", "id": case["id"], "op": "map", "direction": "mended", "release": release,
               "input": given}, {"loss": []}


def _asked(case, op, direction, release):
    """Input of one command, and what is expected: `output`, `loss`, or `error`."""
    def at_release(name, default=None):
        return of_release(case.get(name, default), release)

    if op == "map" and direction == "to-fhir":
        given = {"text": case["text"]} if "text" in case else {"dicom": case["dicom"]}
        given["as"] = "error" if "error" in case else "bundle" if "bundle" in case else "resources"
        if "error" in case:
            return given, {"error": at_release("error")}
        output = at_release("bundle") if "bundle" in case else at_release("fhir")
        if "bundle" not in case and not isinstance(output, list):
            output = [output]
        return given, {"output": output, "loss": at_release("loss", [])}
    if op == "endpoint" and direction == "to-fhir":
        given = {name: case[name] for name in ("service", "address", "endpointId") if name in case}
        return given, {"output": at_release("fhir")}
    if op == "endpoint":
        given = {"text": case["text"] if "text" in case else texts(at_release("fhir"))}
        return given, {"error": case["error"]} if "error" in case else {"output": at_release("read")}
    if op == "retrieve":
        source = at_release("bundle") if "bundle" in case else at_release("fhir")
        given = {"text": case["text"] if source is None else texts(source)}
        return given, {"output": {"gets": at_release("gets", []), "refused": at_release("refused", [])}}
    asks = at_release("asks")
    inputs = {"judge": ("q", "lenient"), "url": ("url",), "address": ("address", "study"), "grammar": ("text",),
              "match": ("vr", "key", "values")}[op]
    given = {"asks": [{name: ask[name] for name in inputs if name in ask} for ask in asks]}
    for name in ("dicom", "kind"):
        if name in case:
            given[name] = case[name]
    expected = {"match": lambda ask: ask["is"], "judge": lambda ask: ask["a"]}.get(op, lambda ask: ask)
    return given, {"output": [expected(ask) for ask in asks]}


# Comparison

def same(expected, got):
    """Members unordered, arrays ordered, numbers by value, `*` for any UUID."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, dict):
        return isinstance(got, dict) and expected.keys() == got.keys() and \
            all(same(inner, got[name]) for name, inner in expected.items())
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, str) and "*" in expected and isinstance(got, str) and expected != got:
        return re.fullmatch(_UUID.join(map(re.escape, expected.split("*"))), got) is not None
    return expected == got


def losses(entries):
    """A multiset of (code, at, count)."""
    return collections.Counter((one["code"], one["at"], one.get("count", 1)) for one in entries)


def fault(expected, answer):
    """What is wrong with an answer, or None."""
    if "error" in expected or "error" in answer:
        got = answer.get("error", {}).get("code")
        return None if expected.get("error") == got else \
            f"error {got or 'none'} instead of {expected.get('error', 'none')}"
    if "output" in expected and not same(expected["output"], answer.get("output")):
        want, got = expected["output"], answer.get("output")
        if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
            pairs = [(one, other) for one, other in zip(want, got) if not same(one, other)]
            want, got = [one for one, _ in pairs], [other for _, other in pairs]
        want, got = json.dumps(want, ensure_ascii=False), json.dumps(got, ensure_ascii=False)
        return f"output\n  expected {want}\n  got      {got}"
    if "loss" in expected:
        want, got = losses(expected["loss"]), losses(answer.get("loss", []))
        if want != got:
            return f"losses\n  missing {sorted(want - got)}\n  too many {sorted(got - want)}"
    return None


# The implementation

class Implementation:
    """A process that speaks the protocol."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self.about = self.ask({"cmd": "start", "protocol": 1})
        self.seq = 0

    def ask(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the implementation ended at {command.get('id', 'start')}")
        return json.loads(line)

    def run(self, command):
        self.seq += 1
        answer = self.ask({**command, "seq": self.seq})
        if answer.get("seq") != self.seq:
            sys.exit(f"answer {answer.get('seq')} to command {self.seq}")
        return answer

    def stop(self):
        self.process.stdin.write('{"cmd":"stop"}\n')
        self.process.stdin.close()
        self.process.wait()


def main(arguments):
    command = [sys.executable, str(HERE / "run.py")]
    if "--" in arguments:
        arguments, command = arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]
    verbose = "-v" in arguments
    parts = [argument for argument in arguments if argument != "-v"]
    implementation = Implementation(command)
    passed = failed = 0
    skipped = collections.Counter()
    for path in sorted(VECTORS.glob("*/*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            if parts and not any(part in case["id"] for part in parts):
                continue
            for release in RELEASES:
                if not in_span(case["releases"], release):
                    continue
                for one, expected in commands(case, release):
                    if one is None:
                        skipped["not asked here: " + case["op"]] += 1
                    elif case["op"] not in implementation.about["ops"]:
                        skipped["op " + case["op"]] += 1
                    elif release not in implementation.about["releases"]:
                        skipped["release " + release] += 1
                    else:
                        answer = implementation.run(one)
                        if "skipped" in answer:
                            skipped[answer["skipped"]] += 1
                        elif wrong := fault(expected, answer):
                            failed += 1
                            print(f"{case['id']} {release} {one.get('direction', '')}: {wrong}")
                        else:
                            passed += 1
    implementation.stop()
    if verbose:
        for why, count in skipped.most_common():
            print(f"skipped {count}: {why}")
    print(f"{passed} passed, {failed} failed, {sum(skipped.values())} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
