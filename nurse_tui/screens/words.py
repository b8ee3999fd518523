"""Words of enumerations and dates as screens show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from nurse_tui.rules.calendar import say
from nurse_tui.types import State
from nurse_tui.words import label, plain


def pairs(kinds: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Return (label, value) of each member, as a field to choose from takes them."""
    return [(label(kind.value), kind.value) for kind in kinds]


def state_words(state: State) -> str:
    """Return where a case stands, as headings show it: `WELCOME PENDING`."""
    return plain(state.value).upper()


def day_words(day: date | None, today: date, none: str = "-") -> str:
    """Return a date in plain words, or a dash where there is none."""
    return none if day is None else say(day, today)
