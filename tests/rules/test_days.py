"""What may be told of a day that is still to come: that it is booked or cancelled (D-58)."""

from __future__ import annotations

import pytest

from nurse_tui import drafts
from nurse_tui.rules.days import is_too_soon
from nurse_tui.types import DayStatus
from tests.rules.factory import day

HAPPENED = ("given", "missed", "interrupted")


@pytest.mark.parametrize("status", list(DayStatus))
@pytest.mark.parametrize(("on", "to_come"), [("09", False), ("10", False), ("11", True)])
def test_only_a_day_to_come_cannot_have_happened(status, on, to_come):
    too_soon = is_too_soon(status, day(f"2027-06-{on}"), day("2027-06-10"))
    assert too_soon is (to_come and status.value in HAPPENED)


@pytest.mark.parametrize("status", list(DayStatus))
@pytest.mark.parametrize(("on", "to_come"), [("2027-06-10", False), ("2027-06-11", True)])
def test_a_file_is_held_to_the_same_rule(status, on, to_come):
    row = {"form_id": "F", "course": "1", "day": "1", "date": on, "site_id": "S"}
    edge = drafts.Edge(day("2027-06-10"), "America/New_York")
    read = drafts.validate(drafts.InfusionDraft, {**row, "status": status.value}, edge)
    if to_come and status.value in HAPPENED:
        words = f"A day in the future cannot be {status.value} already."
        assert read == [drafts.Fault("date", words)]
    else:
        assert isinstance(read, drafts.InfusionDraft)
