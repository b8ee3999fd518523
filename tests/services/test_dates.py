"""Dates that cannot be are refused in words, whoever records them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nurse_tui.types import ClearanceKind, Refusal, RemsParty
from tests.cases import NOW

TODAY = NOW.date()
LATER = TODAY + timedelta(days=1)
BEFORE = TODAY - timedelta(days=1)


def rems(desk, on):
    return desk.mine.work.record_rems(desk.case, RemsParty.PATIENT, "enrolled", on, "fax")


def kit(desk, on):
    return desk.mine.work.send_kit(desk.case, on)


def done(desk, on, until=None):
    return desk.mine.work.confirm(desk.case, ClearanceKind.BASELINE_LABS, on, valid_until=until)


def lab(desk, on, received=None):
    return desk.mine.work.record_lab(desk.case, "cbc", on, received)


@pytest.mark.parametrize("record", [rems, kit, done, lab])
def test_what_is_recorded_as_done_has_happened(desk, record):
    refused = record(desk, LATER)
    assert isinstance(refused, Refusal) and "in the future" in refused.sentence
    assert refused.way_out
    assert not isinstance(record(desk, TODAY), Refusal)


@pytest.mark.parametrize(
    ("record", "second", "words"),
    [
        (done, BEFORE, "before the day on which it was done"),
        (lab, BEFORE, "received before the day of the draw"),
        (lab, LATER, "in the future"),
    ],
)
def test_what_follows_does_not_come_first(desk, record, second, words):
    refused = record(desk, TODAY, second)
    assert isinstance(refused, Refusal) and words in refused.sentence
    assert not isinstance(record(desk, TODAY, TODAY), Refusal)
