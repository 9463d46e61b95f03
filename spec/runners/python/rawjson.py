"""JSON read so that nothing of it is lost: members in order, twice if they are there twice, and
numbers by their digits."""

import json

from losses import Refused


class Members(list):
    """A JSON object: (name, value) pairs."""


class Number(str):
    """A JSON number, as its text."""


def loads(text):
    """A text as `Members`, lists, str, `Number`, bool and None; several JSON texts in it are one list."""
    if text.startswith("\ufeff"):
        text = text[1:]
    body = text.strip(" \t\r\n")
    if not body:
        return []
    if body.startswith("<"):
        raise Refused("html")
    try:
        values = list(_each(body))
        _no_surrogates(values)
    except RecursionError:
        raise Refused("json-depth") from None
    except ValueError:
        raise Refused("json-syntax") from None
    if len(values) == 1:
        return values[0]
    return [row for value in values for row in (value if isinstance(value, list) and not isinstance(value, Members)
                                                else [value])]


def _each(body):
    """The JSON texts of a text, one after the other."""
    decoder = json.JSONDecoder(object_pairs_hook=Members, parse_int=Number, parse_float=Number,
                               parse_constant=_no_constant)
    at = 0
    while at < len(body):
        value, at = decoder.raw_decode(body, at)
        yield value
        while at < len(body) and body[at] in " \t\r\n":
            at += 1


def _no_constant(name):
    raise ValueError(name)


def _no_surrogates(value):
    if isinstance(value, Members):
        for name, inner in value:
            name.encode("utf-8")
            _no_surrogates(inner)
    elif isinstance(value, list):
        for inner in value:
            _no_surrogates(inner)
    elif isinstance(value, str):
        value.encode("utf-8")


def is_leaf(value):
    """README, "Leaves": a scalar with something in it."""
    if isinstance(value, (bool, Number)):
        return True
    return isinstance(value, str) and any(not c.isspace() and not is_control(c) for c in value)


def is_control(character):
    return character < " " or "\x7f" <= character <= "\x9f"


def leaves(value, name=None):
    """How many leaves a value has; what stands under `vr` is none."""
    if name == "vr":
        return 0
    if isinstance(value, Members):
        return sum(leaves(inner, inner_name) for inner_name, inner in value)
    if isinstance(value, list):
        return sum(leaves(inner) for inner in value)
    return int(is_leaf(value))
