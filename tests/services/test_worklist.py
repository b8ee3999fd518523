"""The worklist within what a role reaches, and its counts at the ends of days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.listing import WorklistFilter
from nurse_tui.services.worklist import Listed
from nurse_tui.types import Refusal
from tests.cases import NOW, RECEIVED, add_case
from tests.databases import SYSTEM


def ids(listed: Listed | Refusal) -> list[int]:
    assert not isinstance(listed, Refusal)
    found = [row.case_id for row in listed.source.rows(0, 50)]
    listed.source.close()
    return found


def test_mine_holds_only_the_signed_in_nurses_cases(desk) -> None:
    nobodys = add_case(desk.db, SYSTEM, form_id="SF-2")
    assert ids(desk.mine.worklist.open(WorklistFilter(), mine=True)) == [desk.case]
    assert ids(desk.other.worklist.open(WorklistFilter(), mine=True)) == []
    assert ids(desk.mine.worklist.open(WorklistFilter(nurse=0))) == [nobodys]
    assert set(ids(desk.boss.worklist.open(WorklistFilter()))) == {desk.case, nobodys}


@pytest.mark.parametrize("nurse", [None, "other"])
def test_a_nurse_does_not_reach_others(desk, nurse) -> None:
    wanted = desk.other.actor.user_id if nurse else None
    refused = desk.mine.worklist.open(WorklistFilter(nurse=wanted))
    assert isinstance(refused, Refusal) and refused.code == "reach"
    assert isinstance(desk.mine.worklist.counts(WorklistFilter(nurse=wanted)), Refusal)


def test_counts_are_taken_at_the_present(desk) -> None:
    tally = desk.mine.worklist.counts(WorklistFilter(), mine=True)
    assert (tally.all, tally.due_today, tally.overdue) == (1, 1, 1)
    clock.freeze(RECEIVED)
    tally = desk.mine.worklist.counts(WorklistFilter(), mine=True)
    assert (tally.all, tally.due_today, tally.overdue) == (1, 0, 0)


@pytest.mark.parametrize(
    ("at", "due_today", "overdue"),
    [
        ("2026-11-17T04:59:59+00:00", 0, 0),
        ("2026-11-17T05:00:00+00:00", 1, 0),
        ("2026-11-18T04:59:59+00:00", 1, 0),
        ("2026-11-18T05:00:00+00:00", 1, 1),
    ],
)
def test_a_day_ends_at_midnight_in_the_programmes_zone(desk, at, due_today, overdue) -> None:
    clock.freeze(datetime.fromisoformat(at))
    tally = desk.mine.worklist.counts(WorklistFilter(), mine=True)
    assert (tally.due_today, tally.overdue) == (due_today, overdue)


def test_overdue_is_known_by_the_present_instant(desk) -> None:
    assert ids(desk.mine.worklist.open(WorklistFilter(), mine=True, overdue=True)) == [desk.case]
    clock.freeze(NOW - timedelta(days=2))
    assert ids(desk.mine.worklist.open(WorklistFilter(), mine=True, overdue=True)) == []


def test_only_a_supervisor_sees_who_may_be_given_cases(desk) -> None:
    assert isinstance(desk.mine.worklist.nurses(), Refusal)
    found = {nurse.name: nurse.open_cases for nurse in desk.boss.worklist.nurses()}
    assert found == {"Boss": 0, "Kim": 0, "Dana": 1}


def test_whose_some_cases_are_is_counted_by_nurse_and_open_ones_apart(desk, monkeypatch) -> None:
    monkeypatch.setattr("nurse_tui.store.finding.AT_ONCE", 2)
    over = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-7")
    nobodys = add_case(desk.db, SYSTEM, form_id="SF-8")
    done = desk.mine.cases.set_case(
        over, desk.mine.cases.view(over).version, "Closed", closed_reason="duplicate"
    )
    assert isinstance(done, int)
    hands = desk.boss.worklist.hands([desk.case, over, nobodys])
    assert [(h.name, h.cases, h.open_cases) for h in hands.holders] == [("Dana", 2, 1), ("", 1, 1)]
    assert hands.cases == 3
    assert {nurse.name for nurse in hands.nurses} == {"Boss", "Kim", "Dana"}
    assert isinstance(desk.mine.worklist.hands([desk.case]), Refusal)
