"""Which new passwords are too weak: by what is left of one when all that is easy is taken away."""

from __future__ import annotations

import re
import unicodedata

from nurse_tui.types import Refusal

SHORTEST_PASSWORD = 15
LEAST_LEFT = 8
"""Characters that must be left once each common word, run and repetition counts as one."""
_COMMON = """
admin administrator alemtuzumab asdf autumn azerty baseball batman changeme clinic december
default dragon football friday genzyme guest hello hospital iloveyou infusion january lemtrada
letmein login master monday monkey multiple nurse nurses passwd password passwort patient poiu
princess program programme qwerty qwertz root sanofi sclerosis secret spring summer sunshine
superman supervisor test trustno tui user welcome winter zxcv
"""
COMMON_WORDS = tuple(_COMMON.split())
_KEYBOARD = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)
_ROWS = tuple(row + row for row in _KEYBOARD) + tuple(row[::-1] * 2 for row in _KEYBOARD)
_REPEATED = re.compile(r"(.{1,12}?)\1+", re.DOTALL)
_MARK = "\0"


def normal(password: str) -> str:
    """Return a password as it is compared: however it was typed, in one normal form."""
    return unicodedata.normalize("NFC", password)


def refuse_password(password: str, name: str) -> Refusal | None:
    """Say why a new password is too weak, or None when it will do."""
    folded = normal(password).casefold()
    if len(folded) < SHORTEST_PASSWORD:
        return Refusal(
            "short_password",
            f"A password needs at least {SHORTEST_PASSWORD} characters.",
            "Several words in a row are easy to keep in mind.",
        )
    if len(_unlike(folded, name.casefold())) < LEAST_LEFT:
        return Refusal(
            "common_password", "This password is easy to guess.", "Choose several unlike words."
        )
    return None


def _unlike(folded: str, name: str) -> str:
    """Return what is left of a password, every easy part of it as one mark, marks once in a row."""
    easy = {word for word in (*re.split(r"[._-]", name), name) if len(word) > 2}
    left = folded
    for word in sorted({*easy, *COMMON_WORDS}, key=len, reverse=True):
        left = left.replace(word, _MARK)
    left = re.sub(f"[{_MARK}\\W_]+", _MARK, _without_runs(left))
    return _REPEATED.sub(lambda found: found[1] + _MARK, left)


def _without_runs(text: str) -> str:
    """Replace runs of a keyboard, of digits or of the alphabet, 3 characters or longer."""
    kept: list[str] = []
    start = 0
    while start < len(text):
        length = _run(text, start)
        kept.append(_MARK if length > 2 else text[start])
        start += length if length > 2 else 1
    return "".join(kept)


def _run(text: str, start: int) -> int:
    length = 1
    while start + length < len(text) and any(
        text[start : start + length + 1] in row for row in _ROWS
    ):
        length += 1
    return length
