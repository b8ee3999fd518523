"""Single values: what is taken, what is a warning, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any

import pytest

from nurse_tui import fields
from nurse_tui.types import Sex

UTC = timezone.utc


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", ""),
        ("555-806-9773", "+15558069773"),
        ("(617) 555-0104", "+16175550104"),
        ("+1 617 555 0104", "+16175550104"),
        ("16175550104", "+16175550104"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_phones_that_are_possible_are_stored_as_e164(written: str, stored: str) -> None:
    assert fields.phone(written) == stored


@pytest.mark.parametrize("written", ["12", "555-9773", "no phone", "617-555-01045", "6175550104x7"])
def test_phones_that_are_not_possible_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has) "):
        fields.phone(written)


@pytest.mark.parametrize(
    ("written", "stored", "warned"),
    [
        ("02155", "02155", False),
        ("021551234", "02155-1234", False),
        ("02155-1234", "02155-1234", False),
        ("021550000", "02155", False),
        ("00000", "", False),
        ("", "", False),
        ("2155", "", True),
        ("K1A 0B1", "", True),
    ],
)
def test_zip_codes(written: str, stored: str, warned: bool) -> None:
    found, warning = fields.zip_code(written)
    assert (found, bool(warning)) == (stored, warned)


@pytest.mark.parametrize(
    ("written", "stored", "warned"),
    [("ma", "MA", False), ("New Hampshire", "NH", False), ("", "", False), ("Bavaria", "", True)],
)
def test_states(written: str, stored: str, warned: bool) -> None:
    found, warning = fields.us_state(written)
    assert (found, bool(warning)) == (stored, warned)


@pytest.mark.parametrize("written", ["1899-12-31", "2027-02-29", "03/01/2027", "20270301", "soon"])
def test_days_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        fields.day(written)


def test_days_at_the_bounds() -> None:
    assert fields.day("1900-01-01") == date(1900, 1, 1)
    assert fields.day(" 2028-02-29 ") == date(2028, 2, 29)
    assert fields.optional_day(" ") is None


def test_an_instant_needs_a_zone_and_a_bare_date_is_midnight_there() -> None:
    zone = "America/New_York"
    assert fields.instant("2027-03-01T14:30:00+01:00", zone) == (
        datetime(2027, 3, 1, 13, 30, tzinfo=UTC),
        "",
    )
    found, warning = fields.instant("2027-07-01", zone)
    assert found == datetime(2027, 7, 1, 4, tzinfo=UTC)
    assert "midnight" in warning
    for wrong in ("2027-03-01T14:30:00", "yesterday", ""):
        with pytest.raises(ValueError, match=r"^(is|has) "):
            fields.instant(wrong, zone)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Mon-Fri", "Mon Tue Wed Thu Fri"),
        ("", "Mon Tue Wed Thu Fri"),
        ("Mon - Wed, Friday", "Mon Tue Wed Fri"),
        ("Sat-Mon", "Mon Sat Sun"),
        ("sun", "Sun"),
    ],
)
def test_weekdays(written: str, stored: str) -> None:
    assert fields.weekdays(written) == stored


@pytest.mark.parametrize(
    ("convert", "written"),
    [
        (fields.answer, "NO WAY"),
        (fields.weekdays, "weekdays"),
        (fields.days, "2027-03-03;tomorrow"),
        (lambda value: fields.whole(1, 5, value), "6"),
        (lambda value: fields.whole(1, 5, value), "1.0"),
        (lambda value: fields.choice(Sex, ..., value), ""),
        (lambda value: fields.choice(Sex, Sex.UNKNOWN, value), "f"),
    ],
)
def test_other_values_that_are_refused(convert: Callable[[str], Any], written: str) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        convert(written)


def test_no_is_a_no_and_not_norway() -> None:
    assert fields.answer("NO") is False
    assert fields.answer(" Yes ") is True
    assert fields.answer("") is None


def test_any_two_different_rows_have_different_fingerprints() -> None:
    assert fields.fingerprint(["ab", "c"]) != fields.fingerprint(["a", "bc"])
    assert fields.fingerprint(["a", None]) == fields.fingerprint(["a", None])
