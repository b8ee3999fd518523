"""Where a case stands, what it still lacks and what is next (D-23, D-29, D-30).

The state follows from facts alone, never from today's date and never from the order of the facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nurse_tui.rules import calls, intake
from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import booked_days, infused_days
from nurse_tui.rules.days import HAPPENED
from nurse_tui.rules.deadlines import (
    Deadline,
    benefits_verified_on,
    cap_reached_on,
    deadlines,
    welcomed,
)
from nurse_tui.rules.facts import CaseFacts, CourseFact
from nurse_tui.rules.programme import Programme
from nurse_tui.types import CLOSED_STATES, Reason, State
from nurse_tui.words import plain

COMPLETE = "complete"
"""The reason for closing that means the patient went the whole way."""
DIED = "died"
"""The reason for closing that also records the death: a reopening lets nobody call again."""
SAFETY = "safety_forward"
"""The deadline that outlives its case: a report must be forwarded whatever became of it."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The state of a case with its reasons, what is missing, and the next open deadline."""

    state: State
    missing: tuple[str, ...]
    reasons: tuple[Reason, ...]
    next: Deadline | None


def decide(
    facts: CaseFacts, programme: Programme, due: tuple[Deadline, ...] | None = None
) -> Journey:
    """Return where a case stands by its facts (D-29).

    `due` is what `deadlines` returned for the same facts, when the caller has it already.
    """
    missing = intake.missing_items(facts, programme)
    state, reasons = _state(facts, programme, missing)
    open_ones = deadlines(facts, programme) if due is None else due
    return Journey(state, missing, reasons, next_deadline(listed(state, open_ones)))


def listed(state: State, found: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    """Return the open deadlines for which a case stands on the worklist (D-35, D-36).

    A case that is over stands there while a safety report is not forwarded, and for nothing else.
    """
    over = state in CLOSED_STATES
    return tuple(d for d in found if d.done_at is None and not (over and d.kind != SAFETY))


def next_deadline(found: tuple[Deadline, ...]) -> Deadline | None:
    """Return the earliest open deadline of those that `deadlines` returned, or None."""
    return next((d for d in found if d.done_at is None), None)


_Answer = tuple[State, tuple[Reason, ...]]
_Step = Callable[[CaseFacts, Programme], _Answer | None]


def _state(facts: CaseFacts, programme: Programme, missing: tuple[str, ...]) -> _Answer:
    first = _over(facts, programme) or _held(facts, programme)
    if first is not None:
        return first
    lacks = (_missing(missing),) if missing else ()
    against = _against_more(facts)
    # Whoever was infused is followed up, whatever the form lacks (D-12, D-62).
    if missing and not infused_days(facts.courses):
        return State.MISSING_INFO, lacks
    for step in _COMPLETE_FORM_STEPS:
        answer = step(facts, programme)
        if answer is not None:
            return answer[0], (*answer[1], *against, *lacks)
    return State.ENROLLED, (_say("D-29", "The patient was welcomed; no cover is verified yet."),)


def _say(rule: str, sentence: str, **facts: str) -> Reason:
    return Reason(rule, sentence, facts)


def _over(facts: CaseFacts, programme: Programme) -> _Answer | None:
    if facts.closed_reason == COMPLETE:
        return State.COMPLETE, (_say("D-29", "The case was closed as complete."),)
    left = intake.ended(facts)
    if left is None:
        return None
    out = not facts.closed_reason and facts.patient.deceased_on is None
    return (State.OPTED_OUT if out else State.CLOSED), (left,)


def _held(facts: CaseFacts, programme: Programme) -> _Answer | None:
    if facts.hold_reason:
        return State.ON_HOLD, (_say("D-29", f"The case is on hold: {facts.hold_reason}."),)
    if facts.form is None:
        return State.REFERRED, (_say("D-23", "There is no Services Form yet."),)
    young = intake.too_young(facts, programme)
    return (State.ON_HOLD, (young,)) if young else None


def _missing(missing: tuple[str, ...]) -> Reason:
    names = ", ".join(missing)
    return _say("D-23", f"The form is not complete; missing: {names}.", missing=names)


def _contraindicated(facts: CaseFacts, programme: Programme) -> _Answer | None:
    # Whoever was infused is followed up whatever is found later (D-12, D-62).
    if not facts.contraindications or infused_days(facts.courses):
        return None
    return State.ON_HOLD, (_recorded(facts, "the prescriber must answer"),)


def _against_more(facts: CaseFacts) -> tuple[Reason, ...]:
    """Say of whoever was infused that a contraindication stands against any further infusion."""
    if not facts.contraindications or not infused_days(facts.courses):
        return ()
    words = "no further infusion without the prescriber's answer, and the follow-up goes on"
    return (_recorded(facts, words),)


def _recorded(facts: CaseFacts, words: str) -> Reason:
    names = ", ".join(plain(name) for name in sorted(facts.contraindications))
    sentence = f"A contraindication is recorded: {names}; {words}."
    return _say("D-2", sentence, recorded=names)


def _unreachable(facts: CaseFacts, programme: Programme) -> _Answer | None:
    missed, cap = calls.attempts(facts), programme.attempts_before_letter
    sent, told = facts.letter_sent_on, facts.prescriber_notified_on
    if sent is None or told is None or len(missed) < cap.value:
        return None
    if min(sent, told) < cap_reached_on(missed, programme):
        return None
    sentence = (
        f"{len(missed)} attempts without contact, letter sent {say(sent)},"
        f" prescriber told {say(told)}{cap.note}."
    )
    return State.UNABLE_TO_REACH, (_say("D-30", sentence, attempts=str(len(missed))),)


def _not_welcomed(facts: CaseFacts, programme: Programme) -> _Answer | None:
    # Whoever is being infused is past the welcome, whether or not that call was recorded here.
    if welcomed(facts) is not None or any(_begun(c) for c in facts.courses):
        return None
    sentence = "The form is complete; the patient was not reached with the welcome call yet."
    return State.WELCOME_PENDING, (_say("D-23", sentence),)


def _begun(course: CourseFact) -> bool:
    return any(d.status in HAPPENED for d in course.days)


def _treated(facts: CaseFacts, programme: Programme) -> _Answer | None:
    booked = [c for c in facts.courses if booked_days(c)]
    running = [c for c in booked if _begun(c)]
    if running:
        return State.IN_COURSE, (_in_course(max(running, key=lambda c: c.number)),)
    infused = infused_days(facts.courses)
    if infused:
        reasons = [_say("D-12", f"The last infusion was given on {say(infused[-1].on)}.")]
        reasons += [_booked(c) for c in sorted(booked, key=lambda c: c.number)]
        return State.MONITORING, tuple(reasons)
    if booked:
        return State.SCHEDULED, (_booked(min(booked, key=lambda c: c.number)),)
    return None


def _in_course(course: CourseFact) -> Reason:
    left = booked_days(course)
    sentence = f"Course {course.number} has begun; {len(left)} of {len(course.days)} days are open."
    return _say("D-29", sentence, course=str(course.number), next_day=left[0].on.isoformat())


def _booked(course: CourseFact) -> Reason:
    first = booked_days(course)[0].on
    return _say("D-56", f"Course {course.number} is booked from {say(first)}.", day_1=str(first))


def _benefits(facts: CaseFacts, programme: Programme) -> _Answer | None:
    verified = benefits_verified_on(facts)
    if verified is not None:
        reason = _say("D-29", f"Every cover in force is verified, the last on {say(verified)}.")
        if facts.clearances:
            cleared = _say("D-61", f"{len(facts.clearances)} clearances are on file.")
            return State.PRETREATMENT, (reason, cleared)
        return State.BENEFITS_VERIFIED, (reason,)
    if facts.enrollments or any(c.verified_on is not None for c in facts.coverages):
        sentence = "The benefits check was begun; not every cover is verified yet."
        return State.BENEFITS_IN_PROGRESS, (_say("D-29", sentence),)
    return None


_COMPLETE_FORM_STEPS: tuple[_Step, ...] = (
    _contraindicated,
    _unreachable,
    _not_welcomed,
    _treated,
    _benefits,
)
