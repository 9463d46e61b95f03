"""What is lost or noted: a count for each code and place."""

import json
import pathlib

_CODES = json.loads((pathlib.Path(__file__).parents[2] / "loss-codes.json").read_text("utf-8"))["codes"]
CLASS = {code["code"]: code["class"] for code in _CODES}


class Refused(Exception):
    """No result at all: the code of the Error (README, "Errors")."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Skip(Exception):
    """The case is outside the subset; the text says why."""


class Ledger:
    """Losses in order of first appearance, one entry for each code and place."""

    def __init__(self, strict=False):
        self.strict = strict
        self.counts = {}

    def tell(self, code, at, count=1):
        # What a resource lacks is no fault of what was read.
        if self.strict and code != "required-missing" and CLASS[code] in ("deviation", "conflict"):
            raise Refused("strict")
        self.counts[code, at] = self.counts.get((code, at), 0) + count

    def entries(self):
        return [{"code": code, "at": at, "count": count} for (code, at), count in self.counts.items()]

    def codes_at(self, tag):
        """The codes told at one attribute of the top level, each once, sorted."""
        place = "/" + tag
        return sorted({code for code, at in self.counts if at == place or at.startswith(place + "/")})
