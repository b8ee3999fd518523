"""Everything that is due on a case, with the rule and the arithmetic behind each date.

Rules D-7, D-9 to D-13, D-17, D-19, D-20, D-30, D-35, D-47, D-62. Nothing here reads today's date: a
deadline is open or done, and whether it is late is for who looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from nurse_tui.rules import calls, intake
from nurse_tui.rules.aftercare import aftercare, call_made, follow_up_open
from nurse_tui.rules.calendar import (
    ONE_DAY,
    add_business_days,
    add_months,
    is_business_day,
    local_date,
    say,
)
from nurse_tui.rules.clearance import confirmed
from nurse_tui.rules.courses import booked_days, infused_days
from nurse_tui.rules.due import KINDS, Deadline, first_attempt_due, on_day, safety_due
from nurse_tui.rules.enrolments import limit
from nurse_tui.rules.facts import CallFact, CaseFacts, CoverageFact
from nurse_tui.rules.programme import Programme
from nurse_tui.types import Benefit, CallKind, CallOutcome, ClearanceKind
from nurse_tui.words import label, plain

__all__ = [
    "KINDS",
    "Deadline",
    "arrival_call_wanted",
    "benefits_verified_on",
    "deadlines",
    "welcomed",
]


def deadlines(
    facts: CaseFacts, programme: Programme, *, full: bool = False
) -> tuple[Deadline, ...]:
    """Return what is due on a case and what was done, earliest first.

    Of a series the next open occurrence, or every occurrence when `full`. A case that is over keeps
    its safety reports and tasks only.
    """
    found = [*_safety(facts, programme), *_tasks(facts, programme)]
    if intake.ended(facts) is None:
        found += _callbacks(facts)
        found += _missing(facts, programme)
        found += _call_deadlines(facts, programme)
        found += _benefits(facts, programme)
        found += _renewals(facts, programme)
        if facts.courses:
            found += _before_day_1(facts, programme)
            found += aftercare(facts, programme, full)
    return tuple(sorted(found, key=lambda d: (d.due_at, d.kind, d.title)))


def welcomed(facts: CaseFacts) -> CallFact | None:
    """Return the first welcome call in which the patient was reached, or None (D-23)."""
    reached = [
        c for c in facts.calls if c.kind is CallKind.WELCOME and c.outcome is CallOutcome.REACHED
    ]
    return min(reached, key=lambda c: (c.started_at, c.id), default=None)


def _missing(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    items = intake.missing_items(facts, programme)
    if facts.form is None or not items or facts.hold_reason or intake.too_young(facts, programme):
        return
    days = programme.missing_info_business_days
    day = local_date(facts.form.received_at, programme.programme_zone.value)
    due = add_business_days(day, days.value, programme.holidays)
    words = f"form received {say(day)} + {_business(days.value)} = {say(due)}{days.note}"
    wanted = on_day(programme, "missing_info", "D-23", due, words)
    yield replace(wanted, title=f"Ask the prescriber's office: {', '.join(items)}")


def _call_deadlines(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    complete = intake.completed_at(facts, programme)
    if complete is None or _suspended(facts) or intake.too_young(facts, programme):
        return
    made = sorted(
        (c for c in facts.calls if c.outcome is not None), key=lambda c: (c.started_at, c.id)
    )
    yield _first_call(programme, complete, calls.first_attempt(facts))
    missed = calls.attempts(facts)
    capped = len(missed) >= programme.attempts_before_letter.value
    if capped:
        yield from _letters(facts, programme, missed)
    if missed:
        if not capped or follow_up_open(facts, programme):
            yield _next_attempt(programme, missed[-1], f"attempt {len(missed)}")
    elif made and welcomed(facts) is None and not any(c.done_at is None for c in facts.callbacks):
        yield _next_attempt(programme, made[-1], "last call, the welcome call is not done,")


def _suspended(facts: CaseFacts) -> bool:
    """Say whether calls wait for a hold or for the prescriber's answer (D-2, D-29)."""
    unanswered = bool(facts.contraindications) and not infused_days(facts.courses)
    return bool(facts.hold_reason) or unanswered


def _first_call(programme: Programme, complete: datetime, tried: datetime | None) -> Deadline:
    days = programme.first_attempt_business_days
    day = local_date(complete, programme.programme_zone.value)
    due = first_attempt_due(day, programme)
    words = f"form complete {say(day)} + {_business(days.value)} = {say(due)}{days.note}"
    return on_day(programme, "first_call", "D-30", due, words, tried)


def _business(days: int) -> str:
    return f"{days} business {'day' if days == 1 else 'days'}"


def _next_attempt(programme: Programme, last: CallFact, what: str) -> Deadline:
    day = local_date(last.started_at, programme.programme_zone.value)
    days = programme.next_attempt_business_days
    due = add_business_days(day, days.value, programme.holidays)
    words = f"{what} {say(day)} + {_business(days.value)} = {say(due)}{days.note}"
    return on_day(programme, "next_attempt", "D-30", due, words)


def _letters(
    facts: CaseFacts, programme: Programme, missed: tuple[CallFact, ...]
) -> Iterator[Deadline]:
    cap, days = programme.attempts_before_letter, programme.letter_business_days
    day = cap_reached_on(missed, programme)
    due = add_business_days(day, days.value, programme.holidays)
    words = f"attempt {cap.value} {say(day)} + {_business(days.value)} = {say(due)}{days.note}"
    for kind, sent in (
        ("unreached_letter", facts.letter_sent_on),
        ("prescriber_notice", facts.prescriber_notified_on),
    ):
        done = sent if sent is not None and sent >= day else None
        yield on_day(programme, kind, "D-30", due, words, done)


def cap_reached_on(missed: tuple[CallFact, ...], programme: Programme) -> date:
    """Return the date of the attempt after which the letter is due, in the programme's zone."""
    last = missed[programme.attempts_before_letter.value - 1]
    return local_date(last.started_at, programme.programme_zone.value)


def benefits_verified_on(facts: CaseFacts) -> date | None:
    """Return when the last cover in force was verified, None while one is not (D-30).

    A cover that ended and was followed by another of its order is not in force.
    """
    current = [c for c in facts.coverages if not _replaced(c, facts)]
    known = [c.verified_on for c in current if c.verified_on is not None]
    return max(known) if known and len(known) == len(current) else None


def _replaced(cover: CoverageFact, facts: CaseFacts) -> bool:
    ends = cover.ends_on
    return ends is not None and any(
        c.order == cover.order and c.starts_on is not None and c.starts_on >= ends
        for c in facts.coverages
        if c is not cover
    )


def _benefits(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    """Return the benefits check, then the first booking, once the patient was welcomed (D-30)."""
    complete = intake.completed_at(facts, programme)
    if complete is None or welcomed(facts) is None or _suspended(facts):
        return
    if infused_days(facts.courses):
        return
    zone = programme.programme_zone.value
    hours, days = programme.benefits_due_hours, programme.therapy_due_days
    due_at = complete + timedelta(hours=hours.value)
    due_on = local_date(due_at, zone)
    since = say(local_date(complete, zone))
    words = f"form complete {since} + {hours.value} hours = {say(due_on)}{hours.note}"
    verified = benefits_verified_on(facts)
    yield on_day(programme, "benefits_complete", "D-30", due_on, words, verified)
    if verified is None or any(booked_days(c) for c in facts.courses):
        return
    due_on = local_date(complete, zone) + timedelta(days=days.value)
    words = f"form complete {since} + {days.value} days = {say(due_on)}{days.note}"
    yield on_day(programme, "course_booking", "D-30", due_on, words)


def _renewals(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    """Return when each enrolment is renewed; never one that a person ended (D-47, D-51)."""
    setting = programme.copay_renewal_months
    for benefit in Benefit:
        own = [e for e in facts.enrollments if e.benefit is benefit]
        if not own:
            continue
        last = max(own, key=lambda e: (e.enrolled_on, e.ends_on or date.max))
        due = add_months(last.enrolled_on, setting.value)
        words = f"enrolled {say(last.enrolled_on)} + {setting.value} months"
        words += f" = {say(due)}{setting.note}"
        found = limit(last.enrolled_on, facts.coverages, programme.copay_government_kinds.value)
        if found is not None and found.last_day <= due:
            continue  # Nothing is renewed under government cover (D-51).
        if last.ends_on is not None and (found is None or last.ends_on < found.last_day):
            continue  # No cover ends it there, so a person did.
        title = f"Renew the co-pay enrolment: {benefit.value}"
        yield on_day(programme, "copay_renewal", "D-47", due, words, title=title)


def _waiting(facts: CaseFacts) -> list[tuple[int, date]]:
    """Return (number, day 1) of each course that is booked and has not begun."""
    waiting = [c for c in facts.courses if booked_days(c) and not infused_days([c])]
    ordered = sorted(waiting, key=lambda c: (c.number, c.id))
    return [(course.number, booked_days(course)[0].on) for course in ordered]


def _before_day_1(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    for number, day1 in _waiting(facts):
        yield _arrival_call(facts, programme, day1)
        yield from _expiries(facts, programme, number, day1)


def _arrival_call(facts: CaseFacts, programme: Programme, day1: date) -> Deadline:
    days = programme.arrival_call_days_before
    due = day1 - timedelta(days=days.value)
    words = f"day 1 {say(day1)} - {days.value} days = {say(due)}{days.note}"
    made = call_made(facts, programme, CallKind.ARRIVAL, _arrival_opens(programme, day1))
    return on_day(programme, "arrival_call", "D-62", due, words, made)


def _arrival_opens(programme: Programme, day1: date) -> date:
    """Return since when the call counts: on the last business day before a weekend's date too."""
    since = day1 - timedelta(days=programme.arrival_call_days_before.value)
    while not is_business_day(since, programme.holidays):
        since -= ONE_DAY
    return since


def arrival_call_wanted(facts: CaseFacts, programme: Programme, today: date) -> bool:
    """Say whether on a date the call before a course's day 1 is open and may be made (D-62)."""
    for _, day1 in _waiting(facts):
        opens = _arrival_opens(programme, day1)
        if opens <= today <= day1:
            return call_made(facts, programme, CallKind.ARRIVAL, opens) is None
    return False


def _expiries(
    facts: CaseFacts, programme: Programme, number: int, day1: date
) -> Iterator[Deadline]:
    """Return what is on file for a booked course and will not hold on its day 1 (D-17, D-61)."""
    valid = programme.labs_valid_days
    for kind in ClearanceKind:
        own = confirmed(facts, kind, number)
        if not own:
            continue
        labs = kind is ClearanceKind.BASELINE_LABS
        limits = [(c.valid_until or date.max, c.done_on) for c in own]
        if labs:
            limits = [(min(u, d + timedelta(days=valid.value)), d) for u, d in limits]
        until, done_on = max(limits)
        if until >= day1:
            continue
        words = f"confirmed {say(done_on)}, valid until {say(until)}, day 1 {say(day1)}"
        if labs:
            words = f"labs {say(done_on)} + at most {valid.value} days = {say(until)},"
            words += f" before day 1 {say(day1)}{valid.note}"
            yield on_day(programme, "labs_expire", "D-17", until, words)
        else:
            title = f"{label(kind.value)} expires before day 1"
            yield on_day(programme, "clearance_expires", "D-61", until, words, title=title)


def _safety(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    days = programme.safety_forward_business_days
    for report in facts.safety:
        day = local_date(report.aware_at, programme.programme_zone.value)
        due = safety_due(day, programme)
        words = f"day 0 {say(day)} + {_business(days.value)} = {say(due)}{days.note}"
        title = f"Forward the safety report: {plain(report.kind.value)}"
        yield on_day(programme, "safety_forward", "D-35", due, words, report.forwarded_at, title)


def _tasks(facts: CaseFacts, programme: Programme) -> Iterator[Deadline]:
    for task in facts.tasks:
        if task.due_at is None:
            continue
        due_on = local_date(task.due_at, programme.programme_zone.value)
        words = f"set by a person for {say(due_on)}"
        yield Deadline("task", task.title, task.due_at, due_on, "D-37", words, task.done_at)


def _callbacks(facts: CaseFacts) -> Iterator[Deadline]:
    for promise in facts.callbacks:
        due_on = local_date(promise.due_at, promise.zone)
        words = f"promised to the patient for {say(due_on)}, {promise.zone}"
        title = f"Call back: {promise.note}" if promise.note else KINDS["callback"]
        yield Deadline("callback", title, promise.due_at, due_on, "D-37", words, promise.done_at)
