"""What a person typed into a search, as folded words that any engine can look up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nurse_tui.store.folding import fold

LONGEST, MOST = 200, 12
"""Letters and words of a search that are looked at."""
TRIGRAM = 3
_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")


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

    A date written month first becomes the eight digits under which dates of birth are found.
    """
    dated = _DATE.sub(lambda m: f"{int(m[1]):02}{int(m[2]):02}{m[3]}", typed[:LONGEST])
    words = list(dict.fromkeys(fold(dated).split()))[:MOST]
    if not words:
        return None
    long = tuple(word for word in words if len(word) >= TRIGRAM)
    short = sorted((word for word in words if len(word) < TRIGRAM), key=len, reverse=True)
    return Words(long, tuple(short))
