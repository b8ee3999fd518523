"""What a setting may say: the check of one value, and of the values of one day together.

Each check returns the value as rules read it, or a `Wrong` with the reason in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.types import GOVERNMENT_KINDS, CoverageKind, MsType

T = TypeVar("T")

KINDS: Mapping[str, str] = {
    f.name: str(f.type).removeprefix("Setting[").removesuffix("]")
    for f in fields(Programme)
    if str(f.type).startswith("Setting[")
}
"""Type of the value of every setting, by its name."""

_CODES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ"
    " NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
    " AS GU MP PR VI FM MH PW AA AE AP"
)
PLACES = frozenset(_CODES.split())
"""Postal codes of the states, the district, the territories and the military."""

# Cover that is none or not known has an answer of its own, whatever the lists say.
_LISTED_KINDS = frozenset(CoverageKind) - {CoverageKind.UNINSURED, CoverageKind.UNKNOWN}
_MS_TYPES = frozenset(MsType)
_WORDS: Mapping[str, tuple[frozenset[str], str]] = {
    "copay_government_kinds": (_LISTED_KINDS, "kind of cover"),
    "copay_named_payers": (_LISTED_KINDS, "kind of cover"),
    "copay_commercial_kinds": (_LISTED_KINDS, "kind of cover"),
    "copay_unsettled_kinds": (_LISTED_KINDS, "kind of cover"),
    "copay_infusion_excluded_states": (PLACES, "state"),
    "copay_resident_places": (PLACES, "state"),
    "copay_unsettled_places": (PLACES, "state"),
    "indicated_ms_types": (_MS_TYPES, "type of MS"),
    "discouraged_ms_types": (_MS_TYPES, "type of MS"),
    "copay_state_test": (frozenset({"residence"}), "way to test the state"),
}
_MAY_BE_EMPTY = frozenset(
    {
        "copay_named_payers",
        "copay_unsettled_kinds",
        "copay_infusion_excluded_states",
        "copay_unsettled_places",
        "discouraged_ms_types",
    }
)
_RANGES: Mapping[str, tuple[int, int]] = {
    "minimum_age_years": (0, 120),
    "adult_age_years": (0, 120),
    "copay_minimum_age_years": (0, 120),
    "prior_therapies_expected": (0, 20),
    "course_1_days": (1, 31),
    "later_course_days": (1, 31),
    "chair_hours": (1, 24),
    "labs_valid_days": (0, 366),
    "vaccine_days_before": (0, 366),
    "arrival_call_days_before": (0, 60),
    "missed_lab_days": (0, 366),
    "antiviral_cd4_least": (1, 5000),
    "repeat_counts_after_percent": (0, 99),
    "infection_check_days_before": (0, 60),
    "copay_retroactive_days": (0, 3660),
    "copay_claim_days": (0, 3660),
    "assistance_income_percent": (1, 10000),
    "idle_lock_minutes": (1, 720),
}
_ANY_NUMBER = (1, 600)
_ANY_DAYS = (0, 3660)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a value is refused."""

    reason: str


def convert(name: str, raw: object) -> Any | Wrong:
    """Return the value of a named setting in its own type, or why it is wrong."""
    return _CONVERT[KINDS[name]](name, raw)


def _number(name: str, raw: object) -> int | Wrong:
    return _in_range(raw, _RANGES.get(name, _ANY_NUMBER))


def _in_range(raw: object, span: tuple[int, int]) -> int | Wrong:
    if not isinstance(raw, int) or isinstance(raw, bool):
        return Wrong(f"the value must be a whole number, not {raw!r}")
    if not span[0] <= raw <= span[1]:
        return Wrong(f"{raw} is impossible here: from {span[0]} to {span[1]} is possible")
    return raw


def _text(name: str, raw: object) -> str | Wrong:
    if not isinstance(raw, str) or not raw.strip():
        return Wrong(f"the value must be a text in quotes, not {raw!r}")
    if name == "programme_zone":
        return _zone(raw)
    return _known_word(name, raw)


def _zone(raw: str) -> str | Wrong:
    if not _is_zone(raw):
        return Wrong(f"{raw!r} is not the name of a time zone")
    # What is stored as of a day was stored by this zone's calendar.
    return raw if raw == PROGRAMME_ZONE else Wrong(f"the program works in {PROGRAMME_ZONE} alone")


def _is_zone(name: str) -> bool:
    # A zone is a file: a folder's name (IsADirectoryError) is no zone either.
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _known_word(name: str, raw: str) -> str | Wrong:
    if name in _WORDS and raw not in _WORDS[name][0]:
        allowed, what = _WORDS[name]
        return Wrong(f"{raw!r} is not a known {what}; known are {', '.join(sorted(allowed))}")
    return raw


def _time(_name: str, raw: object) -> time | Wrong:
    if isinstance(raw, time):
        return raw
    if not isinstance(raw, str) or not re.fullmatch("[0-9]{2}:[0-9]{2}", raw):
        return Wrong(f'the value must be a time like "08:00", not {raw!r}')
    try:
        return time.fromisoformat(raw)
    except ValueError:
        return Wrong(f"{raw!r} is not a time of day; from 00:00 to 23:59 is possible")


def _list(name: str, raw: object) -> list[object] | Wrong:
    if not isinstance(raw, list):
        return Wrong(f"the value must be a list in [brackets], not {raw!r}")
    if not raw and name not in _MAY_BE_EMPTY:
        return Wrong("the list must not be empty")
    twice = next((item for i, item in enumerate(raw) if item in raw[:i]), None)
    return raw if twice is None else Wrong(f"{twice!r} stands in the list twice")


def _texts(name: str, raw: object) -> tuple[str, ...] | Wrong:
    return _each(_list(name, raw), lambda item: _text(name, item))


def _numbers(name: str, raw: object) -> tuple[int, ...] | Wrong:
    return _each(_list(name, raw), lambda item: _in_range(item, _ANY_DAYS))


def _each(
    items: list[object] | Wrong, check: Callable[[object], T | Wrong]
) -> tuple[T, ...] | Wrong:
    if isinstance(items, Wrong):
        return items
    good: list[T] = []
    for item in items:
        checked = check(item)
        if isinstance(checked, Wrong):
            return checked
        good.append(checked)
    return tuple(good)


_CONVERT: Mapping[str, Callable[[str, object], Any]] = {
    "int": _number,
    "str": _text,
    "time": _time,
    "tuple[str, ...]": _texts,
    "tuple[int, ...]": _numbers,
}


def disagreements(chosen: Mapping[str, Setting[Any]]) -> Iterator[tuple[str, str]]:
    """Yield (name, reason) for values that are wrong together on one day."""
    value = {name: setting.value for name, setting in chosen.items()}
    if value["call_from"] >= value["call_until"]:
        yield "call_from", "call_from must be earlier than call_until"
    if value["minimum_age_years"] > value["adult_age_years"]:
        yield "minimum_age_years", "minimum_age_years must not be above adult_age_years"
    yield from _overlaps(value, _KIND_LISTS)
    yield from _overlaps(value, ("copay_resident_places", "copay_unsettled_places"))
    yield from _overlaps(value, ("indicated_ms_types", "discouraged_ms_types"))
    yield from _government(value)


_KIND_LISTS = ("copay_government_kinds", "copay_commercial_kinds", "copay_unsettled_kinds")


def _overlaps(value: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            both = sorted(set(value[first]) & set(value[second]))
            if both:
                yield second, f"{', '.join(both)} stands in {first} too"


def _government(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # The database refuses an enrolment under these whatever the settings say.
    paid = sorted(GOVERNMENT_KINDS - set(value["copay_government_kinds"]))
    if paid:
        yield "copay_government_kinds", f"{', '.join(paid)} must stand here: government pays for it"
    strangers = sorted(set(value["copay_named_payers"]) - set(value["copay_government_kinds"]))
    if strangers:
        reason = f"{', '.join(strangers)} must stand in copay_government_kinds too"
        yield "copay_named_payers", reason
