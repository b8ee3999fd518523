"""What a person typed into a search, as folded words that any engine can look up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nurse_tui.store.folding import fold

LONGEST, MOST = 200, 12
"""Letters and words of a search that are looked at."""
TRIGRAM = 3
PHONE, GROUP = 7, 4
"""Digits that make a phone number, written in groups of at most four."""
_US_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a search: those the trigram index knows, and the shorter ones, longest first."""

    long: tuple[str, ...]
    short: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """All words."""
        return (*self.long, *self.short)


def words_of(typed: str) -> Words | None:
    """Return the words of a search, or None when it holds no letter and no digit.

    A date becomes the eight digits under which dates of birth are found, a phone number one word.
    """
    words = list(dict.fromkeys(_joined(fold(_dated(typed[:LONGEST])).split())))[:MOST]
    if not words:
        return None
    long = tuple(word for word in words if len(word) >= TRIGRAM)
    short = sorted((word for word in words if len(word) < TRIGRAM), key=len, reverse=True)
    return Words(long, tuple(short))


def _dated(typed: str) -> str:
    typed = _ISO_DATE.sub(lambda m: f"{int(m[2]):02}{int(m[3]):02}{m[1]}", typed)
    return _US_DATE.sub(lambda m: f"{int(m[1]):02}{int(m[2]):02}{m[3]}", typed)


def _joined(words: list[str]) -> list[str]:
    grouped = all(word.isdigit() and len(word) <= GROUP for word in words)
    whole = "".join(words)
    return [whole] if grouped and len(whole) >= PHONE else words
