"""Values of answers: read what was typed, judge stored values, evaluate conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from nurse_tui.scripts.model import Condition, Guard, Item, ItemType
from nurse_tui.types import Refusal

CHOICES = frozenset({ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.BOOLEAN})
ORDERED = frozenset(
    {ItemType.DATE, ItemType.DATE_TIME, ItemType.TIME, ItemType.INTEGER, ItemType.DECIMAL}
)
_YES_NO = {"y": "true", "yes": "true", "s": "true", "si": "true", "sí": "true", "n": "false"}
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_ZIP = re.compile(r"\d{5}(-\d{4})?", re.ASCII)


def _refuse(code: str, sentence: str, way_out: str = "") -> Refusal:
    return Refusal(f"script.{code}", sentence, way_out)


def _read_option(item: Item, typed: str) -> str | Refusal:
    words = typed.casefold()
    digits = int(typed[:9]) or 10 if typed.isascii() and typed.isdigit() else 0
    if 1 <= digits <= len(item.options):
        return item.options[digits - 1].code
    if item.type is ItemType.BOOLEAN and words in _YES_NO | {"no": "false"}:
        return (_YES_NO | {"no": "false"})[words]
    for option in item.options:
        if typed == option.code or words == option.label.casefold():
            return option.code
    if item.type is ItemType.OPEN_CHOICE:
        return typed
    return _refuse(
        "option",
        "That is not one of the answers.",
        f"Type a number from 1 to {len(item.options)}.",
    )


def _read_date(typed: str) -> str | Refusal:
    american = _US_DATE.fullmatch(typed)
    try:
        if american:
            month, day, year = (int(part) for part in american.groups())
            return date(year, month, day).isoformat()
        if _ISO_DATE.fullmatch(typed):
            return date.fromisoformat(typed).isoformat()
    except ValueError:
        return _refuse("date", "There is no such day in the calendar.", "Check day and month.")
    return _refuse("date", "That is not a date.", "Write it as 2027-03-01 or 3/1/2027.")


def _read_time(typed: str) -> str | Refusal:
    found = _ISO_TIME.fullmatch(typed)
    if not found:
        return _refuse("time", "That is not a time of day.", "Write it as 14:30.")
    return time(int(found[1]), int(found[2])).isoformat("minutes")


def _read_date_time(typed: str) -> str | Refusal:
    day, _, hour = typed.replace("T", " ").partition(" ")
    on, at = _read_date(day), _read_time(hour.strip()[:5])
    if isinstance(on, Refusal) or isinstance(at, Refusal):
        return _refuse("date_time", "That is not a day and time.", "Write it as 2027-03-01 14:30.")
    return datetime.fromisoformat(f"{on}T{at}").isoformat(timespec="minutes")


def _read_number(item: Item, typed: str) -> str | Refusal:
    if item.type is ItemType.INTEGER:
        if _WHOLE.fullmatch(typed):
            return str(int(typed))
        return _refuse("integer", "That is not a whole number.", "Type digits only.")
    if _NUMBER.fullmatch(typed):
        return str(Decimal(typed))
    return _refuse("decimal", "That is not a number.", "Write it as 12 or 12.5.")


def _read_phone(typed: str) -> str | Refusal:
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())
    if typed.startswith("+") and 8 <= len(digits) <= 15:
        return f"+{digits}"
    if len(digits) == 10:
        return f"+1{digits}"
    if len(digits) == 11 and digits.startswith("1"):
        return f"+{digits}"
    return _refuse(
        "phone", "That is not a phone number.", "Write ten digits, or + and the country."
    )


def _read_words(item: Item, typed: str) -> str | Refusal:
    if item.format == "phone":
        return _read_phone(typed)
    if item.format == "time":
        return _read_time(typed)
    if item.format == "date_time":
        return _read_date_time(typed)
    if item.format == "zip" and not _ZIP.fullmatch(typed):
        return _refuse("zip", "That is not a ZIP code.", "Write five digits, such as 02155.")
    if item.max_length and len(typed) > item.max_length:
        return _refuse(
            "length", f"That is {len(typed)} characters; {item.max_length} fit.", "Shorten it."
        )
    return typed


def read(item: Item, typed: str) -> str | Refusal:
    """Turn one typed value into its canonical text, or say what is wrong with it."""
    typed = typed.strip()
    if item.type in CHOICES:
        return _read_option(item, typed)
    if item.type is ItemType.DATE:
        return _read_date(typed)
    if item.type is ItemType.DATE_TIME:
        return _read_date_time(typed)
    if item.type is ItemType.TIME:
        return _read_time(typed[:5])
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        return _read_number(item, typed)
    return _read_words(item, typed)


def _typed(value: str | Sequence[str], item: Item) -> list[str]:
    parts = [value] if isinstance(value, str) else list(value)
    if item.repeats and item.type in CHOICES and len(parts) == 1:
        parts = re.split(r"[,;]", parts[0])
    return [part for part in (p.strip() for p in parts) if part]


def values_of(item: Item, value: str | Sequence[str]) -> tuple[str, ...] | Refusal:
    """Turn what was typed for an item into its values, or say what is wrong with it."""
    parts = _typed(value, item)
    if item.type is ItemType.DISPLAY:
        return ()
    if not parts and item.initial:
        return item.initial
    if not parts and item.required:
        return Refusal(
            "script.required",
            "This question needs an answer.",
            "d comes back to it later; esc before it where you type.",
        )
    if len(parts) > 1 and not item.repeats:
        return Refusal("script.one", "This question takes one answer.", "Choose one.")
    found: list[str] = []
    for part in parts:
        one = read(item, part)
        if isinstance(one, Refusal):
            return one
        found.append(one)
    return tuple(dict.fromkeys(found))


def refuse_day(item: Item, value: str, now: datetime) -> Refusal | None:
    """Say that a date read lies on the wrong side of now, a naive time of the patient's clock.

    A date of today is on both sides; a day with a time must have passed, or not yet.
    """
    if item.lies_in == "":
        return None
    timed = item.type is ItemType.DATE_TIME or item.format == "date_time"
    given = datetime.fromisoformat(value)
    here = now if timed else datetime.combine(now.date(), time.min)
    word = "time" if timed else "day"
    if item.lies_in == "future" and (given <= here if timed else given < here):
        return _refuse(
            "past", f"That {word} has passed.", f"Give a {word} to come, with its year if needed."
        )
    if item.lies_in == "past" and given > here:
        return _refuse(
            "future", f"That {word} is still to come.", f"Give a {word} that has passed."
        )
    return None


def is_stored(item: Item, values: Sequence[str]) -> bool:
    """Say whether stored values still fit an item, for the replay of a paused call."""
    if not values:
        return item.type is ItemType.DISPLAY or not item.required
    if item.type is ItemType.DISPLAY or (len(values) > 1 and not item.repeats):
        return False
    if item.type in (ItemType.CHOICE, ItemType.BOOLEAN):
        return all(any(o.code == value for o in item.options) for value in values)
    if item.type is ItemType.OPEN_CHOICE:
        return True
    return all(read(item, value) == value for value in values)


def _order(kind: ItemType, value: str) -> Decimal | str:
    if kind in (ItemType.INTEGER, ItemType.DECIMAL):
        return Decimal(value)
    return value


def _compare(kind: ItemType, operator: str, given: str, wanted: str) -> bool:
    try:
        left, right = _order(kind, given), _order(kind, wanted)
    except InvalidOperation:
        return False
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        sign = (left > right) - (left < right)
    else:
        sign = (str(left) > str(right)) - (str(left) < str(right))
    signs = {"=": (0,), ">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}
    return sign in signs[operator]


def holds(condition: Condition, kind: ItemType, values: Sequence[str]) -> bool:
    """Evaluate one condition; no answer means: nothing equals it, so only `!=` is true of it."""
    if condition.operator == "exists":
        return bool(values) is (condition.value == "true")
    if condition.operator == "!=":
        return not any(_compare(kind, "=", value, condition.value) for value in values)
    return any(_compare(kind, condition.operator, value, condition.value) for value in values)


def passes(guard: Guard, truths: Sequence[bool]) -> bool:
    """Join the truths of a guard's conditions as its enableBehavior says."""
    return any(truths) if guard.any_of else all(truths)
