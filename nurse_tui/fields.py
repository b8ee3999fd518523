"""Single values as files give them: text in, a normalised value out, or ValueError with why not.

A refusal is the end of a sentence that begins with the column's name and never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timezone
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import blake2b
from types import EllipsisType
from typing import TypeVar
from zoneinfo import ZoneInfo

from nurse_tui.rules.calendar import WEEKDAYS
from nurse_tui.words import plain

E = TypeVar("E", bound=StrEnum)

OLDEST_YEAR, NEWEST_YEAR = 1900, 2199
"""Years that dates may lie in: rules count months and years on from them."""
MONDAY_TO_FRIDAY = "Mon Tue Wed Thu Fri"
YES, NO = frozenset({"yes", "y", "true"}), frozenset({"no", "n", "false"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_US_PHONE = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?(\d{3})[ .-]?(\d{4})", re.ASCII)
_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_STATE_NAMES = """
alabama:AL alaska:AK arizona:AZ arkansas:AR california:CA colorado:CO connecticut:CT delaware:DE
florida:FL georgia:GA hawaii:HI idaho:ID illinois:IL indiana:IN iowa:IA kansas:KS kentucky:KY
louisiana:LA maine:ME maryland:MD massachusetts:MA michigan:MI minnesota:MN mississippi:MS
missouri:MO montana:MT nebraska:NE nevada:NV new_hampshire:NH new_jersey:NJ new_mexico:NM
new_york:NY north_carolina:NC north_dakota:ND ohio:OH oklahoma:OK oregon:OR pennsylvania:PA
rhode_island:RI south_carolina:SC south_dakota:SD tennessee:TN texas:TX utah:UT vermont:VT
virginia:VA washington:WA west_virginia:WV wisconsin:WI wyoming:WY district_of_columbia:DC
puerto_rico:PR guam:GU american_samoa:AS us_virgin_islands:VI northern_mariana_islands:MP
armed_forces_americas:AA armed_forces_europe:AE armed_forces_pacific:AP
"""
US_STATES = dict(pair.split(":") for pair in _STATE_NAMES.split())
"""Postal codes of states and territories by their names."""
POSTAL_CODES = frozenset(US_STATES.values())


def words(value: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(value.split())


def needed(value: str) -> str:
    """Return text that may not be blank."""
    found = words(value)
    if not found:
        raise ValueError("is blank, and it is needed.")
    return found


@lru_cache(65536)
def day(value: str) -> date:
    """Return a calendar date written YYYY-MM-DD, from 1900 on."""
    text = value.strip()
    if not text:
        raise ValueError("is blank, and it is needed.")
    if not _DAY.fullmatch(text):
        raise ValueError("is not a date written like 2027-03-01.")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day of the calendar.") from None
    if not OLDEST_YEAR <= found.year <= NEWEST_YEAR:
        raise ValueError(f"is before {OLDEST_YEAR} or after {NEWEST_YEAR}.")
    return found


def optional_day(value: str) -> date | None:
    """Return a calendar date, or None for a blank."""
    return day(value) if value and not value.isspace() else None


def instant(value: str, zone: str) -> tuple[datetime, str]:
    """Return an instant in UTC and a warning; a bare date is midnight in the given zone."""
    text = value.strip()
    if not text:
        raise ValueError("is blank, and it is needed.")
    if _DAY.fullmatch(text):
        begins = datetime.combine(day(text), time.min, ZoneInfo(zone))
        return begins.astimezone(timezone.utc), "has no time of day, so midnight was taken"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not an instant written like 2027-03-01T14:30:00Z.") from None
    if found.tzinfo is None:
        raise ValueError("has no time zone; write it like 2027-03-01T14:30:00Z.")
    if not OLDEST_YEAR < found.year <= NEWEST_YEAR:
        raise ValueError(f"is before {OLDEST_YEAR} or after {NEWEST_YEAR}.")
    return found.astimezone(timezone.utc), ""


@cache
def _members(kinds: type[E]) -> dict[str, E]:
    return {member.value: member for member in kinds}


def choice(kinds: type[E], blank: E | EllipsisType | None, value: str) -> E | None:
    """Return a member of an enumeration; `blank` stands for a blank, `...` refuses it."""
    text = value.strip().lower()
    if not text:
        if isinstance(blank, EllipsisType):
            raise ValueError("is blank, and it is needed.")
        return blank
    found: E | None = _members(kinds).get(text)
    if found is None:
        raise ValueError(f"is not one of {', '.join(_members(kinds))}.")
    return found


def answer(value: str) -> bool | None:
    """Return a yes or no, or None for a blank."""
    text = value.strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    if text:
        raise ValueError("is neither yes nor no nor blank.")
    return None


def phone(value: str) -> str:
    """Return a phone number as E.164, empty for a blank; possible is enough, 555 loads."""
    text = value.strip()
    if not text:
        return ""
    plain = _US_PHONE.fullmatch(text)
    if plain:
        return "+1" + "".join(plain.groups())
    return _any_phone(text)


def _any_phone(text: str) -> str:
    import phonenumbers

    try:
        found = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise ValueError("is not a phone number.") from None
    possible = phonenumbers.is_possible_number_with_reason(found)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("is not a possible phone number; write 10 digits with the area code.")
    if found.extension:
        raise ValueError("has an extension, which is not kept; write the number alone.")
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def zip_code(value: str) -> tuple[str, str]:
    """Return a ZIP or ZIP+4 and a warning; blank and 00000 are empty: a missing item."""
    text = value.strip()
    found = _ZIP.fullmatch(text)
    if found:
        five, four = found.groups()
        if five == "00000":
            return "", ""
        return (f"{five}-{four}" if four and four != "0000" else five), ""
    return "", "is not 5 or 9 digits, so it counts as missing" if text else ""


def state_name(code: str) -> str:
    """Return the name of a state by its postal code, or the code when there is none."""
    found = next((name for name, known in US_STATES.items() if known == code), "")
    return plain(found).title().replace(" Of ", " of ") or code


def us_state(value: str) -> tuple[str, str]:
    """Return a two-letter postal code and a warning; an unknown state is empty: a missing item."""
    text = words(value)
    code = text.upper()
    if code in POSTAL_CODES or not text:
        return code, ""
    named = US_STATES.get(text.lower().replace(" ", "_"))
    if named:
        return named, ""
    return "", "is not a US state or territory, so it counts as missing"


def email(value: str) -> tuple[str, str]:
    """Return an e-mail address as written, and a warning when it does not look like one."""
    text = words(value)
    odd = bool(text) and not _EMAIL.fullmatch(text)
    return text, "does not look like an e-mail address; it is kept as it is" if odd else ""


def npi(value: str) -> tuple[str, str]:
    """Return a national provider identifier of 10 digits, or empty with a warning."""
    text = value.strip()
    if not text or (len(text) == 10 and text.isascii() and text.isdigit()):
        return text, ""
    return "", "is not 10 digits, so the prescriber is known by name alone"


def listed(value: str) -> tuple[str, ...]:
    """Return the parts of a text between semicolons, without blanks and repetitions."""
    parts = (words(part) for part in value.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def whole(least: int, most: int, value: str) -> int:
    """Return a whole number within bounds, both included; the least for a blank when it is 0."""
    text = value.strip()
    if not text and least == 0:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise ValueError("is not a whole number.")
    found = int(text) if len(text) <= len(str(most)) else most + 1
    if not least <= found <= most:
        raise ValueError(f"is not between {least} and {most}.")
    return found


def weekdays(value: str) -> str:
    """Return weekdays as "Mon Tue …" from names and spans such as "Mon-Fri, Sun"."""
    text = value.replace("–", "-").replace(",", " ").replace(";", " ")
    if not text.strip():
        return MONDAY_TO_FRIDAY
    found: set[int] = set()
    for part in re.sub(r"\s*-\s*", "-", text).split():
        first, _, last = part.partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        found.update((begin + n) % 7 for n in range((end - begin) % 7 + 1))
    return " ".join(WEEKDAYS[n] for n in sorted(found))


def _weekday(name: str) -> int:
    short = name[:3].title()
    if short not in WEEKDAYS:
        raise ValueError("is not a list of weekdays like Mon-Fri.")
    return WEEKDAYS.index(short)


def days(value: str) -> str:
    """Return dates between semicolons as sorted ISO dates, space separated."""
    return " ".join(sorted({day(part).isoformat() for part in listed(value)}))


def fingerprint(values: Iterable[object]) -> str:
    """Return a hash of values, each by its text, that tells any two different rows apart."""
    text = "\x1f".join([str(value) for value in values])
    return blake2b(text.encode(), digest_size=16).hexdigest()
