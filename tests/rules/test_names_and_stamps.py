"""Names as lists show them, and instants as the log shows them."""

from __future__ import annotations

from nurse_tui.rules import moments
from tests.rules.factory import at, patient


def test_a_listed_name_leaves_out_what_is_missing() -> None:
    assert patient(first_name="Ana", last_name="Ruiz").listed_name == "Ruiz, Ana"
    assert patient(first_name="", last_name="Ruiz").listed_name == "Ruiz"


def test_a_stamp_names_the_instant() -> None:
    assert moments.stamp(at("2027-07-06 10:30", "America/New_York")) == "2027-07-06T14:30:00Z"
