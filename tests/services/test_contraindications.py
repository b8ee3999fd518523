"""A contraindication is recorded and lifted with its source, and cancels no booking (D-2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui.rules.eligibility import CONTRAINDICATIONS
from nurse_tui.types import DayStatus, Refusal, State, Verdict
from tests.cases import NOW
from tests.databases import count

TODAY = NOW.date()
MONDAY = date(2026, 11, 30)
OFFICE = "Dr. Osei's office"


def view(desk):
    return desk.mine.cases.view(desk.case)


def put(desk, act: str = "record", name: str = "hiv", on: date = TODAY, source: str = OFFICE):
    service = getattr(desk.mine.contraindications, act)
    return service(desk.case, view(desk).version, name, on, source)


@pytest.mark.parametrize("name", CONTRAINDICATIONS)
def test_it_stops_what_would_be_arranged_until_it_is_lifted_d2(desk, name):
    assert put(desk, name=name) == desk.case
    held = view(desk)
    assert (held.journey.state, held.eligibility.verdict) == (State.ON_HOLD, Verdict.INELIGIBLE)
    refused = desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, held.version)
    assert isinstance(refused, Refusal) and refused.rule == "D-2"
    assert put(desk, "lift", name) == desk.case
    free = view(desk)
    assert free.facts.contraindications == ()
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, free.version), int)


def test_the_timeline_says_who_confirmed_it_and_when(desk):
    put(desk, on=date(2026, 11, 3), source=f" {OFFICE} ")
    put(desk, "lift", on=date(2026, 11, 4), source="Dr. Osei")
    said = [entry.sentence for entry in view(desk).timeline[:2]]
    assert said == [
        "Contraindication lifted: HIV, confirmed Wed 4 Nov 2026 by Dr. Osei",
        "Contraindication recorded: HIV, confirmed Tue 3 Nov 2026 by Dr. Osei's office",
    ]


def test_booked_days_stay_booked_and_the_gate_holds_them(desk):
    version = view(desk).version
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version), int)
    put(desk)
    days = view(desk).facts.courses[0].days
    assert {day.status for day in days} == {DayStatus.SCHEDULED} and len(days) == 5
    held = desk.mine.readiness.of_case(desk.case)
    assert "D-2" in str(held)


def test_it_is_undone_and_done_again(desk):
    put(desk)
    desk.mine.history.undo(desk.case)
    assert view(desk).facts.contraindications == ()
    desk.mine.history.redo(desk.case)
    assert view(desk).facts.contraindications == ("hiv",)


def test_others_on_record_stay_when_one_is_lifted(desk):
    put(desk), put(desk, name="hypersensitivity"), put(desk, "lift")
    assert view(desk).facts.contraindications == ("hypersensitivity",)


@pytest.mark.parametrize(
    ("act", "more", "code"),
    [
        ("record", {"source": "  "}, "source"),
        ("lift", {"source": ""}, "source"),
        ("record", {"on": TODAY + timedelta(days=1)}, "dates"),
        ("lift", {"on": TODAY + timedelta(days=1)}, "dates"),
        ("record", {"name": "moody"}, "unknown"),
        ("record", {"name": "hiv;active_infection"}, "unknown"),
        ("record", {}, "recorded"),
        ("lift", {"name": "active_infection"}, "not_recorded"),
    ],
)
def test_what_is_refused_changes_nothing(desk, act, more, code):
    put(desk)
    before = count(desk.db, "change")
    refused = put(desk, act, **more)
    assert isinstance(refused, Refusal) and (refused.code, refused.rule) in (
        (code, "D-2"),
        ("dates", ""),
    )
    assert refused.way_out and count(desk.db, "change") == before


def test_another_persons_change_comes_first(desk):
    refused = desk.mine.contraindications.record(desk.case, 0, "hiv", TODAY, OFFICE)
    assert isinstance(refused, Refusal) and refused.code == "stale"


@pytest.mark.parametrize("field", ["contraindications", "letter_sent_on", "prescriber_notified_on"])
def test_what_has_a_service_of_its_own_is_not_set_past_it(desk, field):
    with pytest.raises(KeyError):
        desk.mine.cases.set_case(desk.case, view(desk).version, "Changed", **{field: ""})
