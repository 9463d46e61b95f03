"""Strings of a query compared with parts of names (README, "Searching", string)."""

import unicodedata


def unescaped(text):
    """A value without the escapes of FHIR, or None where an escape is none."""
    found = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            character = next(characters, "")
            if character not in (",", "|", "$", "\\") or not character:
                return None
        found.append(character)
    return "".join(found)


def folded(text):
    """Without case, accents and punctuation, words divided by one space."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    kept = "".join(c if c.isalnum() else " " for c in text
                   if c.isalnum() or c.isspace())
    # A Korean syllable is a letter, and none begins with another.
    return " ".join(unicodedata.normalize("NFC", kept).split())


def matches(part, value, modifier):
    """Whether a part of a name equals, holds, or (it or one of its words) begins with a value."""
    if modifier == "exact":
        return unicodedata.normalize("NFC", part) == unicodedata.normalize("NFC", value)
    part, value = folded(part), folded(value)
    if not value:
        return False
    if modifier == "contains":
        return value in part
    words = part.split(" ")
    return any(" ".join(words[index:]).startswith(value) for index in range(len(words)))
