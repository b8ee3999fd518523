"""Closing because the patient died records the death, whichever way it is closed (D-29)."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.rules.journey import DIED
from nurse_tui.types import Refusal, State


def version(desk) -> int:
    return desk.mine.cases.view(desk.case).version


@pytest.mark.parametrize(
    ("on", "recorded", "words"),
    [
        (date(2026, 11, 12), date(2026, 11, 12), "the patient died on Thu 12 Nov 2026"),
        (date(2026, 11, 18), date(2026, 11, 18), "the patient died on Wed 18 Nov 2026"),
        (None, date(2026, 11, 18), "on a day not known: Wed 18 Nov 2026 stands for it"),
    ],
)
def test_a_death_is_recorded_with_its_source_and_outlives_a_reopening(desk, on, recorded, words):
    done = desk.mine.cases.record_death(desk.case, version(desk), on, " the daughter ")
    assert done == desk.case
    view = desk.mine.cases.view(desk.case)
    assert (view.facts.patient.deceased_on, view.facts.closed_reason) == (recorded, DIED)
    assert words in view.timeline[0].sentence
    assert view.timeline[0].sentence.endswith("; told by the daughter")
    desk.mine.cases.set_case(desk.case, version(desk), "Reopened", closed_reason="")
    view = desk.mine.cases.view(desk.case)
    assert not view.may_call.may and view.may_call.reasons[0].sentence.startswith(
        "The patient died"
    )
    assert view.journey.state is State.CLOSED
    for _ in range(2):
        assert isinstance(desk.mine.history.undo(desk.case), str)
    view = desk.mine.cases.view(desk.case)
    assert view.facts.patient.deceased_on is None and view.facts.closed_reason == ""


@pytest.mark.parametrize(
    ("on", "told_by", "code"),
    [
        (date(2026, 11, 19), "office", "date"),
        (date(1980, 5, 16), "office", "date"),
        (date(1980, 5, 17), "office", None),
        (date(2026, 11, 12), "  ", "source"),
    ],
)
def test_an_impossible_day_and_a_missing_source_are_refused(desk, on, told_by, code):
    """Born on 17 May 1980; today is 18 November 2026."""
    answer = desk.mine.cases.record_death(desk.case, version(desk), on, told_by)
    assert (answer.code if isinstance(answer, Refusal) else None) == code


def test_closing_by_the_reason_alone_records_today_and_never_moves_a_known_day(desk):
    desk.mine.cases.set_case(desk.case, version(desk), "Closed: died", closed_reason=DIED)
    view = desk.mine.cases.view(desk.case)
    assert view.facts.patient.deceased_on == date(2026, 11, 18)
    assert "stands for it" in view.timeline[0].sentence
    desk.mine.cases.record_death(desk.case, version(desk), date(2026, 11, 1), "office")
    desk.mine.cases.set_case(desk.case, version(desk), "Closed: died", closed_reason=DIED)
    assert desk.mine.cases.view(desk.case).facts.patient.deceased_on == date(2026, 11, 1)
    desk.mine.cases.set_case(desk.case, version(desk), "Closed", closed_reason="duplicate")
    assert desk.mine.cases.view(desk.case).facts.closed_reason == "duplicate"
