"""Text folded for search: case, accents and punctuation gone, the same on every engine."""

from __future__ import annotations

import re

from anyascii import anyascii

_JOINED = re.compile(r"['’`.]")
_APART = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return lower-case ASCII words separated by single spaces; "O'Neil-Łaska" is "oneil laska"."""
    ascii_text = text if text.isascii() else anyascii(text)
    return _APART.sub(" ", _JOINED.sub("", ascii_text).lower()).strip()


def digits(text: str) -> str:
    """Return the decimal digits of a text, in order."""
    return "".join(c for c in text if c in "0123456789")
