"""From FHIR R4 resources to plain records, leniently: what is missing stays empty.

Nothing here raises on odd JSON but `UnfitError`, which says why a resource cannot be kept at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from nurse_tui import fields
from nurse_tui.types import PhoneKind, Sex

Json = dict[str, Any]
NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_KINDS = {"home": PhoneKind.HOME, "work": PhoneKind.WORK, "mobile": PhoneKind.MOBILE}
_LONGEST = 10_000
_PARTIAL = {len("2027"): "-01-01", len("2027-02"): "-01"}
"""What a date that is a year or a month alone lacks to be its first day."""


class UnfitError(ValueError):
    """A resource that cannot be kept; its text is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address with a normalised state and ZIP."""

    lines: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164 form."""

    number: str
    kind: PhoneKind


@dataclass(slots=True)
class Person:
    """A Patient; `deceased_on` is None for the living."""

    id: str
    first_name: str
    last_name: str
    date_of_birth: date | None
    sex: Sex
    address: Address
    language: str
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    deceased_on: date | None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Doctor:
    """A Practitioner."""

    id: str
    npi: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Centre:
    """A Location."""

    id: str
    name: str
    address: Address
    phone: str
    latitude: float | None
    longitude: float | None


def objects(resource: Json, name: str) -> list[Json]:
    """Return the JSON objects of a repeating element."""
    value = resource.get(name)
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, dict)]


def text(resource: Json, name: str) -> str:
    """Return a string element with white space folded; raise UnfitError on control characters."""
    value = resource.get(name)
    if not isinstance(value, str):
        return ""
    if _CONTROL.search(value):
        raise UnfitError(f"{name} holds a control character.")
    if len(value) > _LONGEST:
        raise UnfitError(f"{name} is longer than {_LONGEST:,} characters.")
    return fields.words(value)


def texts(resource: Json, name: str) -> list[str]:
    """Return the strings of a repeating element."""
    value = resource.get(name)
    found = [text({name: item}, name) for item in (value if isinstance(value, list) else [value])]
    return [item for item in found if item]


def identity(resource: Json) -> str:
    """Return a resource's id; raise UnfitError when it has none."""
    found = text(resource, "id")
    if not found:
        raise UnfitError("The resource has no id, so it could not be known again.")
    return found


def day(resource: Json, name: str) -> date | None:
    """Return the date of a date or dateTime element, None when it is not a whole date."""
    try:
        return fields.optional_day(text(resource, name)[:10])
    except UnfitError:
        raise
    except ValueError:
        return None


def span(period: Json, of: str, warnings: list[str]) -> tuple[date | None, date | None]:
    """Return both days of a Period; a date of a month or a year alone is taken at its widest."""
    return _edge(period, "start", of, warnings), _edge(period, "end", of, warnings)


def _edge(period: Json, name: str, of: str, warnings: list[str]) -> date | None:
    written = text(period, name)
    found = day(period, name)
    if found is not None or period.get(name) is None:
        return found
    widest = _first_day(written) if name == "start" else _last_day(written)
    if widest is None:
        open_end = "holds from the beginning" if name == "start" else "has no end"
        warnings.append(f"{of}: the {name} cannot be read as a date, so it {open_end}")
    else:
        place = "first" if name == "start" else "last"
        warnings.append(f"{of}: the {name} is no whole date, so its {place} day was taken")
    return widest


def _first_day(written: str) -> date | None:
    """Return the first day of a year or a month."""
    missing = _PARTIAL.get(len(written))
    return day({"day": written + missing}, "day") if missing else None


def _last_day(written: str) -> date | None:
    """Return the last day of a year or a month."""
    first = _first_day(written)
    if first is None:
        return None
    last_month = 12 if len(written) == len("2027") else first.month
    return first.replace(month=last_month, day=monthrange(first.year, last_month)[1])


def patient(resource: Json, today: date) -> Person:
    """Return a patient; a birth date that is partial or in the future is a missing item."""
    warnings: list[str] = []
    name = _human_name(resource)
    return Person(
        id=identity(resource),
        first_name=" ".join(texts(name, "given")),
        last_name=text(name, "family") or ("" if texts(name, "given") else text(name, "text")),
        date_of_birth=_born(resource, today, warnings),
        sex=_sex(resource),
        address=address(resource, warnings),
        language=_language(resource),
        phones=phones(resource, warnings),
        emails=tuple(_values(resource, "email")),
        deceased_on=_deceased(resource, today, warnings),
        warnings=warnings,
    )


def _human_name(resource: Json) -> Json:
    rank = {"official": 0, "usual": 1, "": 2}
    names = [n for n in objects(resource, "name") if n.get("use") not in ("old", "maiden")]
    return min(names, key=lambda n: rank.get(str(n.get("use") or ""), 3), default={})


def _born(resource: Json, today: date, warnings: list[str]) -> date | None:
    born = day(resource, "birthDate")
    if born is not None and born <= today:
        return born
    if resource.get("birthDate") is not None:
        warnings.append("Patient: the birth date is not a whole past date, so it is missing")
    return None


def _sex(resource: Json) -> Sex:
    try:
        return fields.choice(Sex, Sex.UNKNOWN, text(resource, "gender")) or Sex.UNKNOWN
    except ValueError:
        return Sex.UNKNOWN


def _deceased(resource: Json, today: date, warnings: list[str]) -> date | None:
    if resource.get("deceasedDateTime") is None and resource.get("deceasedBoolean") is not True:
        return None
    written = text(resource, "deceasedDateTime")
    died = day(resource, "deceasedDateTime") or _first_day(written)
    if died is None:
        warnings.append("Patient: deceased without a date, so today's date was taken")
        return today
    if died > today:
        warnings.append("Patient: the date of death is in the future, so today's date was taken")
    return min(died, today)


def address(resource: Json, warnings: list[str]) -> Address:
    """Return the home address, or the first that is not an old one."""
    found = [a for a in objects(resource, "address") if a.get("use") not in ("old", "billing")]
    best = min(found, key=lambda a: a.get("use") != "home", default={})
    state, odd_state = fields.us_state(text(best, "state"))
    code, odd_zip = fields.zip_code(text(best, "postalCode"))
    if odd_state:
        warnings.append(f"The state {odd_state}")
    if odd_zip:
        warnings.append(f"The ZIP {odd_zip}")
    return Address(", ".join(texts(best, "line")), text(best, "city"), state, code)


def _language(resource: Json) -> str:
    spoken = objects(resource, "communication")
    best = min(spoken, key=lambda c: c.get("preferred") is not True, default={})
    language = next(iter(objects(best, "language")), {})
    coding = next(iter(objects(language, "coding")), {})
    named = text(language, "text") or text(coding, "display") or text(coding, "code")
    return named.split(" (")[0]


def _values(resource: Json, system: str) -> Iterator[str]:
    for contact in objects(resource, "telecom"):
        if contact.get("system") == system and contact.get("use") != "old":
            value = text(contact, "value")
            if value:
                yield value


def phones(resource: Json, warnings: list[str]) -> tuple[Phone, ...]:
    """Return the phone numbers that are possible, each once; others are a warning."""
    found: dict[str, Phone] = {}
    for contact in objects(resource, "telecom"):
        if contact.get("system") not in ("phone", "sms") or contact.get("use") == "old":
            continue
        try:
            number = fields.phone(text(contact, "value"))
        except UnfitError:
            raise
        except ValueError:
            warnings.append("A phone number is not a possible one, so it is left out")
            continue
        if number:
            kind = _KINDS.get(str(contact.get("use")), PhoneKind.OTHER)
            found.setdefault(number, Phone(number, kind))
    return tuple(found.values())


def practitioner(resource: Json) -> Doctor:
    """Return a practitioner; raise UnfitError without a name."""
    name = _human_name(resource)
    parts = [*texts(name, "prefix"), *texts(name, "given"), text(name, "family")]
    called = " ".join(part for part in parts if part) or text(name, "text")
    if not called:
        raise UnfitError("The practitioner has no name.")
    own = (i for i in objects(resource, "identifier") if i.get("system") == NPI_SYSTEM)
    npi, _ = fields.npi(text(next(own, {}), "value"))
    numbers = phones(resource, [])
    return Doctor(identity(resource), npi, called, numbers[0].number if numbers else "")


def location(resource: Json, warnings: list[str]) -> Centre:
    """Return a location; raise UnfitError without a name."""
    name = text(resource, "name")
    if not name:
        raise UnfitError("The location has no name.")
    place = next(iter(objects(resource, "position")), {})
    numbers = phones(resource, warnings)
    return Centre(
        id=identity(resource),
        name=name,
        address=address(resource, warnings),
        phone=numbers[0].number if numbers else "",
        latitude=_degrees(place, "latitude", 90),
        longitude=_degrees(place, "longitude", 180),
    )


def _degrees(place: Json, name: str, most: int) -> float | None:
    value = place.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        return None
    return float(value)
