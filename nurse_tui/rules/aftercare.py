"""What follows an infusion: monitoring, REMS forms, follow-up calls, ends of advice.

Rules D-7, D-10 to D-13, D-19, D-20, D-62, D-64. A series is anchored at the first infusion ever and
runs until the monitoring ends; a draw counts for the due date nearest to it and makes up for
every earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from nurse_tui.rules.calendar import add_business_days, add_months, local_date, say
from nurse_tui.rules.courses import booked_days, infused_days
from nurse_tui.rules.due import Deadline, on_day
from nurse_tui.rules.facts import CaseFacts, CourseFact
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.types import (
    CallKind,
    CallOutcome,
    ClearanceKind,
    DayStatus,
    Sex,
)

ALIASES = {"tsh": "thyroid", "hpv": "hpv_screen", "hpv_test": "hpv_screen", "skin": "skin_exam"}
PATIENT_STATUS = "patient_status"
CHECKLIST = "infusion_checklist"
ANTIVIRAL = "antiviral"
"""Kind of the task by which the office is asked about the antiviral."""


def cd4_confirmed(programme: Programme) -> str:
    """Return the name of the lab entry by which the prescriber's office confirms the CD4+ (D-7)."""
    return f"cd4_at_least_{programme.antiviral_cd4_least.value}"


def aftercare(facts: CaseFacts, programme: Programme, full: bool) -> Iterator[Deadline]:
    """Return what is due because of infusions that took place; nothing before the first one."""
    yield from _checklists(facts, programme)
    infused = infused_days(facts.courses)
    if not infused:
        return
    first, last = infused[0].on, infused[-1].on
    end = add_months(last, programme.monitoring_months.value)
    yield from _series(facts, programme, first, end, full)
    yield from _follow_ups(facts, programme, last, full)
    yield from _ends(facts, programme, last)
    yield from _planning(facts, programme, last)
    words = _plus(programme.monitoring_months, last, "months", end)
    yield on_day(programme, "monitoring_end", "D-13", end, words, _told(facts, programme, end))


def _plus(setting: Setting[int], anchor: date, unit: str, due: date) -> str:
    unit = unit.removesuffix("s") if setting.value == 1 else unit
    return f"last infusion {say(anchor)} + {setting.value} {unit} = {say(due)}{setting.note}"


def _told(facts: CaseFacts, programme: Programme, since: date) -> date | None:
    """Return the first date from `since` on which the patient was spoken to."""
    return call_made(facts, programme, None, since)


def call_made(
    facts: CaseFacts, programme: Programme, kind: CallKind | None, since: date
) -> date | None:
    """Return the first date from `since` on which a call of a kind reached the patient (D-62).

    Nothing else settles it: whoever asked to be called later, or declined, was asked nothing. The
    call that was promised instead asks every question on safety, so it stands for the other one.
    """
    kinds = {kind, CallKind.CALLBACK}
    zone = programme.programme_zone.value
    days = (
        local_date(c.started_at, zone)
        for c in facts.calls
        if c.outcome is CallOutcome.REACHED and (kind is None or c.kind in kinds)
    )
    return min((day for day in days if day >= since), default=None)


def follow_up_open(facts: CaseFacts, programme: Programme) -> bool:
    """Say whether an infused patient is still to be spoken to after the last infusion (D-62)."""
    infused = infused_days(facts.courses)
    if not infused:
        return False
    last = infused[-1].on
    days = programme.follow_up_days_after.value
    dues = (last + timedelta(days=n) for n in days)
    return any(call_made(facts, programme, CallKind.FOLLOW_UP, due) is None for due in dues)


def _ends(facts: CaseFacts, programme: Programme, last: date) -> Iterator[Deadline]:
    yield _antiviral(facts, programme, last)
    told = [("listeria_end", "D-10", programme.listeria_months)]
    if facts.patient.sex is not Sex.MALE:
        told.append(("contraception_end", "D-11", programme.contraception_months))
    for kind, rule, setting in told:
        due = add_months(last, setting.value)
        words = _plus(setting, last, "months", due)
        yield on_day(programme, kind, rule, due, words, _told(facts, programme, due))


def _antiviral(facts: CaseFacts, programme: Programme, last: date) -> Deadline:
    setting = programme.antiviral_months
    due = add_months(last, setting.value)
    counted = _draws(facts, cd4_confirmed(programme), last)
    confirmed = min(counted, default=None)
    words = _plus(setting, last, "months", due)
    if confirmed is None:
        words += "; the CD4+ count is not known, so it stays open"
        return on_day(programme, "antiviral_end", "D-7", due, words)
    least = programme.antiviral_cd4_least
    words += f"; CD4+ of {least.value} or more confirmed {say(confirmed)}: the later of the two"
    later = max(due, confirmed)
    # The date alone settles nothing: somebody must have asked on it or after it.
    asked = [_told(facts, programme, later), *_tasks_done(facts, programme, ANTIVIRAL), *counted]
    done = min((day for day in asked if day is not None and day >= later), default=None)
    return on_day(programme, "antiviral_end", "D-7", later, words, done)


def _tasks_done(facts: CaseFacts, programme: Programme, kind: str) -> list[date]:
    zone = programme.programme_zone.value
    return [local_date(t.done_at, zone) for t in facts.tasks if t.kind == kind and t.done_at]


def _planning(facts: CaseFacts, programme: Programme, last: date) -> Iterator[Deadline]:
    newest = max(c.number for c in facts.courses if infused_days([c]))
    planned = any(c.number > newest and booked_days(c) for c in facts.courses)
    # Course 2 is part of the plan; later ones are as needed, the prescriber asks for them (D-4).
    if newest > 1 or planned:
        return
    setting = programme.next_course_planning_month
    due = add_months(last, setting.value)
    words = _plus(setting, last, "months", due)
    yield on_day(programme, "course_planning", "D-62", due, words, title="Plan course 2")


def _follow_ups(
    facts: CaseFacts, programme: Programme, last: date, full: bool
) -> Iterator[Deadline]:
    if any(booked_days(c) and any(d.on == last for d in infused_days([c])) for c in facts.courses):
        return
    setting = programme.follow_up_days_after
    for days in sorted(setting.value):
        due = last + timedelta(days=days)
        made = call_made(facts, programme, CallKind.FOLLOW_UP, due)
        unit = "day" if days == 1 else "days"
        words = f"last infusion {say(last)} + {days} {unit} = {say(due)}{setting.note}"
        if full or made is None:
            yield on_day(programme, "follow_up_call", "D-62", due, words, made)
        if not full and made is None:
            return


def _checklists(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    setting = programme.checklist_business_days
    ends = sorted((last, c.number) for c in facts.courses if (last := _last_day(c)) is not None)
    for i, (last, number) in enumerate(ends):
        due = add_business_days(last, setting.value, programme.holidays)
        words = f"last infusion of course {number} {say(last)} + {setting.value}"
        words += f" business days = {say(due)}{setting.note}"
        until = ends[i + 1][0] if i + 1 < len(ends) else date.max
        sent = [day for day in _rems_dates(facts, CHECKLIST, last) if day < until]
        done = min(sent, default=None)
        title = f"Infusion checklist of course {number}"
        yield on_day(programme, "infusion_checklist", "D-20", due, words, done, title)


def _last_day(course: CourseFact) -> date | None:
    """Return the last infusion of a course under way or over, infused or not (D-20)."""
    kept = [d for d in course.days if d.status is not DayStatus.CANCELLED]
    if all(d.status is DayStatus.SCHEDULED for d in kept):
        return None
    infused = infused_days([course])
    if infused and not booked_days(course):
        return infused[-1].on
    return max(d.on for d in kept)


def _rems_dates(facts: CaseFacts, status: str, since: date) -> list[date]:
    return [r.on for r in facts.rems if r.on >= since and _name(r.status) == status]


def _name(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def _draws(facts: CaseFacts, test: str, since: date) -> list[date]:
    names = ((_name(lab.test), lab.drawn_on) for lab in facts.labs)
    return [day for name, day in names if day >= since and ALIASES.get(name, name) == test]


def _cleared(facts: CaseFacts, kind: ClearanceKind, since: date) -> list[date]:
    return [c.done_on for c in facts.clearances if c.kind is kind and c.done_on >= since]


def _series(
    facts: CaseFacts, programme: Programme, first: date, end: date, full: bool
) -> Iterator[Deadline]:
    yield from _monthly(facts, programme, first, end, full)
    tests = [
        ("thyroid_test", "thyroid", ClearanceKind.THYROID, programme.thyroid_every_months),
        ("skin_exam", "skin_exam", ClearanceKind.SKIN_EXAM, programme.skin_exam_every_months),
    ]
    if facts.patient.sex is Sex.FEMALE:
        tests.append(
            ("hpv_screen", "hpv_screen", ClearanceKind.HPV_SCREEN, programme.hpv_every_months)
        )
    for kind, test, clearance, every in tests:
        seen = [*_draws(facts, test, first), *_cleared(facts, clearance, first)]
        rule = "D-9" if kind == "hpv_screen" else "D-12"
        yield from _repeat(programme, kind, rule, every, first, end, (seen,), full)
    told = _rems_dates(facts, PATIENT_STATUS, first)
    every = programme.patient_status_every_months
    yield from _repeat(programme, "patient_status", "D-19", every, first, end, (told,), full)


def _monthly(
    facts: CaseFacts, programme: Programme, first: date, end: date, full: bool
) -> Iterator[Deadline]:
    every = programme.monthly_tests_every_months
    draws = [_draws(facts, test, first) for test in programme.monthly_tests.value]
    days = programme.missed_lab_days
    for due in _repeat(programme, "monthly_labs", "D-12", every, first, end, draws, full):
        yield due
        late = due.due_on + timedelta(days=days.value)
        words = f"labs due {say(due.due_on)} + {days.value} days = {say(late)}{days.note}"
        yield on_day(programme, "missed_lab", "D-62", late, words, due.done_at)


def _repeat(
    programme: Programme,
    kind: str,
    rule: str,
    every: Setting[int],
    first: date,
    end: date,
    draws: Sequence[list[date]],
    full: bool,
) -> Iterator[Deadline]:
    """Return the occurrences of a series, or the next open one alone."""
    before, n, share = first, 0, programme.repeat_counts_after_percent
    while (due := add_months(first, (n := n + 1) * every.value)) <= end:
        opens = before + (due - before) * share.value // 100
        done = _all_done(draws, opens)
        if full or done is None:
            months = n * every.value
            unit = "month" if months == 1 else "months"
            words = f"first infusion {say(first)} + {months} {unit} = {say(due)}{every.note}"
            yield on_day(programme, kind, rule, due, f"{words}; until {say(end)}", done)
        if not full and done is None:
            return
        before = due


def _all_done(draws: Sequence[list[date]], opens: date) -> date | None:
    """Return when the last of the tests was first drawn after a date, None while one is not."""
    firsts = [min((d for d in drawn if d > opens), default=None) for drawn in draws]
    done = [d for d in firsts if d is not None]
    return max(done) if done and len(done) == len(firsts) else None
