"""An implementation of a part of spec/README.md that speaks spec/PROTOCOL.md on stdin and stdout.

    python3 spec/runners/python/run.py
"""

import json
import sys
import traceback

sys.dont_write_bytecode = True  # the folder is hashed: a run leaves nothing in it

import endpoints
import grammar
import judge
import matching
import rawjson
import retrieve
import tofhir
import urls
from losses import Refused, Skip


def answer(command, line):
    """The answer to one command `run`, without `seq`; `line` is the command as it was read."""
    if command["op"] not in OPS:
        return {"skipped": "op " + command["op"]}
    try:
        return OPS[command["op"]](command, command["input"], line)
    except Refused as refused:
        return {"error": {"code": refused.code}}
    except Skip as skip:
        return {"skipped": str(skip)}
    except Exception:
        traceback.print_exc()
        return {"error": {"code": "internal"}}


def _document(given, line):
    """The DICOM JSON of a command, with its numbers as they are written."""
    if "text" in given:
        return rawjson.loads(given["text"])
    return dict(dict(rawjson.loads(line))["input"])["dicom"]


def _map(command, given, line):
    if command["direction"] == "to-dicom":
        raise Skip("the way back")
    if given.get("as") == "bundle":
        raise Skip("Bundles")
    resources, ledger = tofhir.resources(_document(given, line), given.get("options", {}), command["release"])
    return {"output": resources, "loss": ledger.entries()}


def _judge(command, given, line):
    options = given.get("options", {})
    return {"output": judge.answers(_document(given, line), options, command["release"], given["asks"])}


def _grammar(_, given, __):
    return {"output": [grammar.answer(given["kind"], ask["text"]) for ask in given["asks"]]}


def _match(_, given, __):
    return {"output": [matching.matches(ask["vr"], ask["key"], ask["values"]) for ask in given["asks"]]}


def _url(_, given, __):
    return {"output": [{"url": ask["url"], **urls.read(ask["url"])} for ask in given["asks"]]}


def _address(_, given, __):
    return {"output": [{**ask, **urls.base_of(ask["address"], ask["study"])} for ask in given["asks"]]}


def _retrieve(_, given, __):
    return {"output": retrieve.answer(given["text"])}


def _endpoint(command, given, _):
    if command["direction"] == "to-dicom":
        return {"output": endpoints.read(given["text"])}
    address, name = given["address"], given.get("endpointId")
    return {"output": endpoints.endpoint(given["service"], address, name, command["release"])}


OPS = {
    "map": _map, "judge": _judge, "grammar": _grammar, "match": _match,
    "url": _url, "address": _address, "retrieve": _retrieve, "endpoint": _endpoint,
}
ABOUT = {
    "implementation": {"name": "second implementation of a part", "version": "1", "language": "Python"},
    "releases": ["R4", "R4B", "R5", "R6"],
    "ops": list(OPS),
}


def main():
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "stop":
            return
        reply = ABOUT if command["cmd"] == "start" else {"seq": command["seq"], **answer(command, line)}
        print(json.dumps(reply, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    main()
