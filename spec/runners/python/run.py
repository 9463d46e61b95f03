"""An implementation of a part of spec/README.md that speaks spec/PROTOCOL.md on stdin and stdout.

    python3 spec/runners/python/run.py
"""

import json
import sys

import endpoints
import grammar
import matching
import rawjson
import tofhir
import urls
from losses import Refused, Skip

ABOUT = {
    "implementation": {"name": "fhir-dicomweb vectors, a second implementation", "version": "1", "language": "Python"},
    "releases": ["R4", "R4B"],
    "ops": ["map", "grammar", "match", "url", "address", "endpoint"],
}


def answer(command):
    """The answer to one command `run`, without `seq`."""
    given = command["input"]
    try:
        return OPS[command["op"]](command, given)
    except Refused as refused:
        return {"error": {"code": refused.code}}
    except Skip as skip:
        return {"skipped": str(skip)}
    except KeyError as missing:
        if command["op"] in OPS:
            raise
        return {"skipped": f"op {missing}"}


def _map(command, given):
    if command.get("direction") == "to-dicom":
        raise Skip("the way back")
    if given.get("as") == "bundle":
        raise Skip("Bundles")
    document = rawjson.loads(given["text"]) if "text" in given else rawjson.from_values(given["dicom"])
    resources, ledger = tofhir.resources(document, given.get("options", command.get("options", {})),
                                         command["release"])
    return {"output": resources, "loss": ledger.entries()}


def _grammar(_, given):
    return {"output": [grammar.answer(given["kind"], ask["text"]) for ask in given["asks"]]}


def _match(_, given):
    return {"output": [matching.matches(ask["vr"], ask["key"], ask["values"]) for ask in given["asks"]]}


def _url(_, given):
    return {"output": [{"url": ask["url"], **urls.read(ask["url"])} for ask in given["asks"]]}


def _address(_, given):
    return {"output": [{**ask, **urls.base_of(ask["address"], ask["study"])} for ask in given["asks"]]}


def _endpoint(command, given):
    if command["direction"] == "to-fhir":
        address, name = given["address"], given.get("endpointId")
        return {"output": endpoints.endpoint(given["service"], address, name, command["release"])}
    return {"output": endpoints.read(given["text"])}


OPS = {"map": _map, "grammar": _grammar, "match": _match, "url": _url, "address": _address, "endpoint": _endpoint}


def main():
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "stop":
            return
        if command["cmd"] == "start":
            reply = ABOUT
        else:
            reply = {"seq": command["seq"], **answer(command)}
        print(json.dumps(reply, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    main()
