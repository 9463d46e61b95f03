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


# Marks that make another letter, or are vowels.
LETTERS = ((0x900, 0x1AAF), (0x1B00, 0x1DBF), (0x3099, 0x309A),
           (0xA800, 0xABFF), (0x11000, 0x1FFFF))


def is_letter(character):
    """Whether a character counts: a letter or digit, or a mark that is no accent."""
    is_mark = unicodedata.category(character)[0] == "M"
    return character.isalnum() or is_mark and any(
        first <= ord(character) <= last for first, last in LETTERS)


def folded(text):
    """Without case, accents and punctuation, words divided by one space."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    kept = "".join(c if is_letter(c) else " " for c in text
                   if is_letter(c) or c.isspace())
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
