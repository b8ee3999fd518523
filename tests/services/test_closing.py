"""Closing because the patient died records the death, whichever way it is closed (D-29)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from nurse_tui import clock, ids
from nurse_tui.listing import WorklistFilter, WorklistSort
from nurse_tui.models import Consent
from nurse_tui.rules.journey import COMPLETE, DIED
from nurse_tui.store import verify
from nurse_tui.types import ConsentKind, Refusal, SafetyKind, State
from tests.cases import NOW


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


def test_forms_see_the_last_version_though_another_writers_clock_is_an_hour_behind(
    desk, monkeypatch
):
    view = desk.mine.cases.view(desk.case)
    desk.mine.cases.edit_patient(desk.case, view.version, city="Nashua")
    behind = clock.wall_ms() - 3_600_000
    with monkeypatch.context() as other:
        other.setattr(ids, "_last_ms", 0)
        other.setattr(clock, "wall_ms", lambda: behind)
        clock.freeze(NOW - timedelta(hours=1))
        desk.boss.cases.edit_patient(desk.case, version(desk), city="Keene")
    clock.freeze(NOW)
    view = desk.mine.cases.view(desk.case)
    seqs = [entry.seq for entry in view.timeline]
    assert seqs == sorted(seqs, reverse=True) and view.version == seqs[0]
    assert desk.mine.cases.edit_patient(desk.case, view.version, city="Concord") == desk.case
    assert desk.mine.cases.view(desk.case).facts.patient.city == "Concord"


def test_closing_by_the_reason_alone_records_today_and_never_moves_a_known_day(desk):
    desk.mine.cases.set_case(desk.case, version(desk), "Closed: died", closed_reason=DIED)
    view = desk.mine.cases.view(desk.case)
    assert view.facts.patient.deceased_on == date(2026, 11, 18)
    assert "stands for it" in view.timeline[0].sentence
    desk.mine.cases.record_death(desk.case, version(desk), date(2026, 11, 1), "office")
    assert desk.mine.cases.view(desk.case).facts.patient.deceased_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("stands", "turned", "code"),
    [
        ({"closed_reason": "moved"}, {"closed_reason": "duplicate"}, "closed"),
        ({"closed_reason": "moved"}, {"hold_reason": "labs"}, "closed"),
        ({"hold_reason": "labs"}, {"hold_reason": "moving"}, "held"),
        ({}, {"closed_reason": ""}, "not_closed"),
        ({}, {"hold_reason": ""}, "not_held"),
    ],
)
def test_a_case_is_not_turned_to_where_it_stands_whoever_asks_d29(desk, stands, turned, code):
    """Asked in the transaction: another person may have turned it since the screen was drawn."""
    if stands:
        assert close(desk, **stands) == desk.case
    before = desk.mine.cases.view(desk.case)
    refused = close(desk, **turned)
    assert isinstance(refused, Refusal) and (refused.code, bool(refused.way_out)) == (code, True)
    after = desk.mine.cases.view(desk.case)
    assert (after.version, after.facts) == (before.version, before.facts)


def opt_out(desk) -> int | Refusal:
    def job(tx) -> int:
        row = Consent(case_id=desk.case, kind=ConsentKind.SERVICES, granted=False, at=tx.at,
                      source="on the phone")  # fmt: skip
        return tx.add(row).id

    return desk.db.write(desk.nurse, "call.answer", job, case_id=desk.case)


def close(desk, **reason: str) -> int | Refusal:
    return desk.mine.cases.set_case(desk.case, version(desk), "Closed", **reason)


def lists_the_case(desk, **wanted) -> bool:
    """Say whether the nurse's own list and everybody's show the case; they must agree."""
    own = desk.mine.worklist.open(WorklistFilter(**wanted), mine=True)
    everybodys = desk.boss.worklist.open(WorklistFilter(**wanted))
    found = [[row.case_id for row in listed.source.rows(0, 10)] for listed in (own, everybodys)]
    own.source.close()
    everybodys.source.close()
    assert found in ([[desk.case]] * 2, [[]] * 2)
    return bool(found[0])


WALKS = [{"sort": sort} for sort in WorklistSort] + [{"search": "ortiz"}, {"or_nobodys": True}]


@pytest.mark.parametrize(
    ("over", "state"),
    [
        ({"closed_reason": "moved away"}, State.CLOSED),
        ({"closed_reason": DIED}, State.CLOSED),
        ({"closed_reason": COMPLETE}, State.COMPLETE),
        (None, State.OPTED_OUT),
    ],
)
def test_a_case_that_is_over_stays_listed_until_its_safety_report_is_forwarded_d35(
    desk, over, state
):
    report = desk.mine.work.report_safety(desk.case, SafetyKind.ADVERSE_EVENT, "A rash", "patient")
    task = desk.mine.work.add_task(desk.case, "Tidy up", NOW + timedelta(days=1))
    done = opt_out(desk) if over is None else close(desk, **over)
    assert not any(isinstance(answer, Refusal) for answer in (report, task, done))
    view = desk.mine.cases.view(desk.case)
    assert view.journey.state is state
    assert view.journey.next.kind == "safety_forward"
    assert all(lists_the_case(desk, **wanted) for wanted in WALKS)
    assert not any(lists_the_case(desk, is_open=False, **wanted) for wanted in WALKS)
    assert desk.mine.worklist.counts(WorklistFilter(), mine=True).all == 1
    clock.freeze(NOW + timedelta(days=5))
    late = desk.boss.reports.run("overdue")
    assert [row[0] for row in late.rows] == ["Forward the safety report"]
    caseload = desk.boss.reports.run("caseload")
    assert (caseload.totals["open"], caseload.totals["open_0_to_30_days"]) == (1, 1)
    assert verify.run(desk.db).ok
    clock.freeze(NOW + timedelta(days=6))
    (open_report,) = view.facts.safety
    assert desk.mine.work.forward_safety(desk.case, open_report.id) == open_report.id
    assert not any(lists_the_case(desk, **wanted) for wanted in WALKS)
    assert all(lists_the_case(desk, is_open=False, **wanted) for wanted in WALKS)
    assert desk.boss.reports.run("overdue").rows == ()
    assert desk.mine.cases.view(desk.case).journey.next is None
    before = desk.mine.cases.view(desk.case, NOW + timedelta(days=5))
    assert before.journey.next.kind == "safety_forward"


@pytest.mark.parametrize(("born", "taken"), [("2026-11-18", True), ("2026-11-19", False)])
def test_a_date_of_birth_lies_no_later_than_the_programmes_today(desk, born: str, taken: bool):
    """It is 23:00 of the 18th in the programme, and the 19th by UTC."""
    clock.freeze(datetime(2026, 11, 19, 4, tzinfo=UTC))
    given = date.fromisoformat(born)
    answer = desk.mine.cases.edit_patient(desk.case, version(desk), date_of_birth=given)
    kept = desk.mine.cases.view(desk.case).facts.patient.date_of_birth
    assert (answer == desk.case, kept == given) == (taken, taken)
    if not taken:
        assert "The date of birth is in the future." in str(answer)
