"""Words of enumerations and dates as screens show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from nurse_tui.rules.calendar import say
from nurse_tui.types import State

_SHORT = ("va", "dod", "chip", "ihs", "hpv", "rems", "tricare", "rrms", "cis", "ppms", "cbc",
          "cd4")  # fmt: skip


def plain(name: str) -> str:
    """Return an identifier in plain words: `prior_authorization` as `prior authorization`."""
    words = name.replace("_", " ").split()
    return " ".join(word.upper() if word in _SHORT else word for word in words)


def label(name: str) -> str:
    """Return an identifier as a label begins: `Prior authorization`."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def pairs(kinds: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Return (label, value) of each member, as a field to choose from takes them."""
    return [(label(kind.value), kind.value) for kind in kinds]


def state_words(state: State) -> str:
    """Return where a case stands, as headings show it: `WELCOME PENDING`."""
    return state.value.replace("_", " ").upper()


def day_words(day: date | None, today: date, none: str = "-") -> str:
    """Return a date in plain words, or a dash where there is none."""
    return none if day is None else say(day, today)
