"""What became of an infusion day: only what can have happened, and with its reason (D-58, D-61)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from nurse_tui import clock
from nurse_tui.models import Case
from nurse_tui.types import DayStatus, Refusal
from tests.databases import SYSTEM, count

MONDAY = date(2026, 11, 30)
WHY = "fever"


def version(desk) -> int:
    return desk.mine.cases.view(desk.case).version


def booked(desk) -> list:
    done = desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    assert isinstance(done, int), done
    return list(desk.mine.cases.view(desk.case).facts.courses[0].days)


def record(desk, day_id: int, status: DayStatus, reason: str = WHY) -> int | Refusal:
    return desk.mine.infusions.record_day(desk.case, day_id, status, reason, version(desk))


def freeze(day: date) -> None:
    clock.freeze(datetime(day.year, day.month, day.day, 16, tzinfo=timezone.utc))


@pytest.mark.parametrize("status", [DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED])
@pytest.mark.parametrize(("ahead", "code"), [(12, "future_day"), (1, "future_day"), (0, None)])
def test_nothing_has_become_of_a_day_to_come_d58(desk, status, ahead, code):
    days = booked(desk)
    freeze(MONDAY - timedelta(days=ahead))
    answer = record(desk, days[0].id, status)
    assert (answer.code if isinstance(answer, Refusal) else None) == code
    assert count(desk.db, "infusion_day", "status <> 'scheduled'") == (0 if code else 1)


@pytest.mark.parametrize("status", [DayStatus.CANCELLED, DayStatus.SCHEDULED])
def test_a_day_is_neither_booked_nor_cancelled_by_recording_it(desk, status):
    days = booked(desk)
    freeze(MONDAY)
    refused = record(desk, days[0].id, status)
    assert isinstance(refused, Refusal) and refused.code == "not_recordable" and refused.way_out
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5


def timeline(desk) -> str:
    return desk.mine.cases.view(desk.case).timeline[0].sentence


def test_a_day_given_while_the_gate_is_not_clear_needs_a_reason_for_the_log_d61(desk):
    days = booked(desk)
    freeze(MONDAY)
    refused = record(desk, days[0].id, DayStatus.GIVEN, "  ")
    assert isinstance(refused, Refusal) and (refused.code, refused.rule) == ("not_cleared", "D-61")
    assert "still missing before this day" in refused.sentence and "more)" in refused.sentence
    assert count(desk.db, "infusion_day", "status = 'given'") == 0
    assert isinstance(record(desk, days[0].id, DayStatus.GIVEN, "papers are at the office"), int)
    assert "things are still missing before it, papers are at the office" in timeline(desk)
    assert count(desk.db, "infusion_day", "reason = 'papers are at the office'") == 1


def test_what_is_missing_is_counted_in_the_log_as_in_words(desk):
    days = booked(desk)
    freeze(MONDAY)
    held = desk.mine.infusions.propose(desk.case).blockers
    refused = record(desk, days[0].id, DayStatus.GIVEN, "")
    assert refused.sentence.startswith(f"{len(held)} things are still missing")
    assert held[0].sentence in refused.sentence and f"({len(held) - 1} more)" in refused.sentence


def test_a_course_that_has_begun_is_asked_only_about_a_contraindication_d2(desk):
    days = booked(desk)
    freeze(MONDAY + timedelta(days=2))
    record(desk, days[0].id, DayStatus.GIVEN, "papers are at the office")
    assert isinstance(record(desk, days[1].id, DayStatus.GIVEN, ""), int)
    assert timeline(desk) == "Infusion day 2: given"

    def job(tx) -> None:
        tx.get(Case, desk.case).contraindications = "hiv"
        tx.say("Contraindication")

    desk.db.write(SYSTEM, "case.set", job)
    refused = record(desk, days[2].id, DayStatus.GIVEN, "")
    assert isinstance(refused, Refusal) and refused.code == "not_cleared"
    assert "contraindication" in refused.sentence


def cancel(desk) -> int | Refusal:
    return desk.mine.infusions.cancel(desk.case, 1, "patient request", version(desk))


def move(desk) -> int | Refusal:
    later = MONDAY + timedelta(weeks=2)
    return desk.mine.infusions.move(desk.case, 1, desk.site, later, "reaction", version(desk))


@pytest.mark.parametrize("act", [cancel, move])
@pytest.mark.parametrize(("after", "code"), [(-1, None), (0, None), (1, "unrecorded_day")])
def test_a_day_that_passed_is_recorded_before_the_rest_is_moved_or_cancelled_d58(
    desk, act, after, code
):
    days = booked(desk)
    freeze(MONDAY + timedelta(days=after))
    answer = act(desk)
    assert (answer.code if isinstance(answer, Refusal) else None) == code
    if code is None:
        return
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
    assert "Mon 30 Nov 2026" in answer.sentence and "Record" in answer.way_out
    record(desk, days[0].id, DayStatus.GIVEN)
    assert isinstance(act(desk), int)
    assert count(desk.db, "infusion_day", "status = 'given'") == 1
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 4
    assert count(desk.db, "course", "cancelled_at IS NULL") == 1


@pytest.mark.parametrize("status", [DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED])
def test_nothing_is_recorded_of_a_cancelled_day_d58(desk, status):
    days = booked(desk)
    assert isinstance(cancel(desk), int)
    freeze(MONDAY)
    refused = record(desk, days[0].id, status)
    assert isinstance(refused, Refusal) and refused.code == "cancelled_day" and refused.way_out
    assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5
