"""What a patient's facts say of the days of a course, whatever the site (D-4, D-8, D-17, D-60).

Baseline laboratory results are read so (D-17):

- only clearances of the kind `baseline_labs` count, and only for the course they precede: drawn
  after the last infusion of every earlier course and before day 1, never on it;
- as long as none is on file for the course and they can still be drawn in time, no week is refused
  for it: a week carries a note that says from when to when to draw them, and the gate (D-61) waits
  for them. A day 1 of today or earlier is refused: its last day for drawing has passed;
- once some are on file, day 1 must lie within their validity, and the way out is another draw.

A course that has begun is not measured again: only its days still to give are planned (D-58).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from nurse_tui.rules.calendar import ONE_DAY, add_months, say
from nurse_tui.rules.facts import CaseFacts, ClearanceFact, CourseFact, DayFact
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.rules.standing import Stop, may_go_on
from nurse_tui.types import ClearanceKind, DayStatus, Reason

INFUSED = frozenset({DayStatus.GIVEN, DayStatus.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Bound:
    """The first date on which the course may start or go on, and why."""

    day: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class Labs:
    """Baseline labs on file for one course: day 1 lies after `drawn` and not after `last`."""

    drawn: date
    last: date

    def hold_on(self, day1: date) -> bool:
        """Say whether they were drawn before a day 1 and are valid on it (D-17)."""
        return self.drawn < day1 <= self.last


@dataclass(frozen=True, slots=True)
class Plan:
    """What the patient's facts allow for one course: `size` days in a row from some day 1.

    `least` and `most` differ from `size` only in a course that has begun: whether missed and
    interrupted days are given again is the prescriber's decision (D-58).
    """

    course_number: int
    size: int
    least: int
    most: int
    begun: bool
    stops: tuple[Stop, ...]
    bounds: tuple[Bound, ...]
    labs: tuple[Labs, ...]
    notes: tuple[Reason, ...]
    labs_valid: Setting[int]
    today: date | None = None
    """Date on which the course is planned; None where the plan is judged whatever the day."""

    @property
    def earliest(self) -> date | None:
        """Return the first day 1 that no bound refuses, or None when nothing binds."""
        return max((b.day for b in self.bounds), default=None)

    def labs_fit(self, day1: date) -> bool:
        """Say whether some baseline labs hold on day 1, or none are on file but can be (D-17)."""
        if not self.labs:
            return self.begun or not self.too_late_to_draw(day1)
        return any(draw.hold_on(day1) for draw in self.labs)

    def too_late_to_draw(self, day1: date) -> bool:
        """Say whether the last day for drawing baseline labs, the one before day 1, has passed."""
        return self.today is not None and day1 <= self.today

    def cost(self, day1: date) -> int:
        """Count the blockers that the patient's facts put in the way of a day 1."""
        early = sum([day1 < bound.day for bound in self.bounds])
        return len(self.stops) + early + (not self.labs_fit(day1))

    def blockers(self, day1: date) -> tuple[Reason, ...]:
        """Return what the patient's facts put in the way of a day 1, with the arithmetic."""
        found = [stop.reason for stop in self.stops]
        found += [bound.reason for bound in self.bounds if day1 < bound.day]
        if not self.labs_fit(day1):
            found.append(_stale(self, day1))
        return tuple(found)

    def notes_for(self, day1: date) -> tuple[Reason, ...]:
        """Return what is still to be done for a day 1 that works."""
        return self.notes if self.labs or self.begun else (*self.notes, _to_draw(self, day1))

    def supports(self, day1: date) -> tuple[Reason, ...]:
        """Return the arithmetic by which a day 1 is allowed."""
        fresh = [draw for draw in self.labs if draw.hold_on(day1)]
        return (*(b.reason for b in self.bounds), *(_fresh(self, d, day1) for d in fresh[-1:]))

    def draw_window(self, day1: date) -> str:
        """Say between which dates baseline labs must be drawn for a day 1 (D-17)."""
        opens = day1 - timedelta(days=self.labs_valid.value)
        return f"from {say(opens)} to {say(day1 - ONE_DAY)}"


def course_length(course_number: int, programme: Programme) -> int:
    """Return how many consecutive days a course has (D-4)."""
    first = course_number == 1
    return programme.course_1_days.value if first else programme.later_course_days.value


def infused_days(courses: Iterable[CourseFact]) -> tuple[DayFact, ...]:
    """Return the days on which the drug was given, wholly or in part, oldest first (D-58, D-60)."""
    found = [d for course in courses for d in course.days if d.status in INFUSED]
    return tuple(sorted(found, key=lambda d: d.on))


def booked_days(course: CourseFact) -> tuple[DayFact, ...]:
    """Return the days of a course that are booked and not yet given, oldest first."""
    if course.cancelled:
        return ()
    planned = (d for d in course.days if d.status is DayStatus.SCHEDULED)
    return tuple(sorted(planned, key=lambda d: d.on))


def active_course(facts: CaseFacts, course_number: int) -> CourseFact | None:
    """Return the course of a number that is planned or under way, or None."""
    own = [c for c in facts.courses if c.number == course_number and not c.cancelled]
    return own[-1] if own else None


def earlier_courses(facts: CaseFacts, course_number: int) -> tuple[CourseFact, ...]:
    """Return every other course up to this number, stopped ones too: their doses count (D-60)."""
    own = active_course(facts, course_number)
    return tuple(c for c in facts.courses if c.number <= course_number and c is not own)


def course_clearances(
    facts: CaseFacts, kind: ClearanceKind, course_number: int
) -> tuple[ClearanceFact, ...]:
    """Return what was confirmed since the earlier courses' last infusion, oldest first."""
    before = infused_days(earlier_courses(facts, course_number))
    found = [
        c
        for c in facts.clearances
        if c.kind is kind and not (before and c.done_on <= before[-1].on)
    ]
    return tuple(sorted(found, key=lambda c: c.done_on))


def make_plan(
    facts: CaseFacts, course_number: int, programme: Programme, today: date | None = None
) -> Plan:
    """Return what the patient's facts allow for a course, whatever the site.

    With `today` nothing is allowed to a case that may not go on (D-1, D-2, D-29), nor a day 1 for
    which it is too late to draw the baseline labs (D-17).
    """
    barred = may_go_on(facts, programme, today) if today else None
    own = active_course(facts, course_number)
    own_days = infused_days([own] if own else [])
    given = sum(d.status is DayStatus.GIVEN for d in own_days)
    length = course_length(course_number, programme)
    begun, planned = bool(own_days), _planned(own)
    return Plan(
        course_number=course_number,
        size=len(planned) if begun and planned else max(length - len(own_days), 1),
        least=1 if begun else length,
        most=max(length - given, 1),
        begun=begun,
        stops=(
            *([barred] if barred else []),
            *_earlier_stops(facts, course_number),
            *_own_stops(course_number, own_days, length),
        ),
        bounds=_going_on(own_days) if begun else _bounds(facts, course_number, programme),
        labs=() if begun else _labs(facts, course_number, programme),
        notes=_notes(facts, course_number, planned, programme),
        labs_valid=programme.labs_valid_days,
        today=today,
    )


def _earlier_stops(facts: CaseFacts, number: int) -> tuple[Stop, ...]:
    later = infused_days(c for c in facts.courses if c.number > number)
    if later:
        sentence = f"A later course was given on {say(later[0].on)}."
        return (Stop(Reason("D-4", sentence), "Plan the course after it."),)
    earlier = earlier_courses(facts, number)
    open_days = [
        (c, d)
        for c in earlier
        if not c.cancelled and c.number < number
        for d in c.days
        if d.status is DayStatus.SCHEDULED
    ]
    if open_days:
        course, day = open_days[-1]
        sentence = (
            f"Course {course.number} is not finished: day {day.number}, {say(day.on)}, is open."
        )
        facts_used = {"course": str(course.number), "day": day.on.isoformat()}
        return (
            Stop(
                Reason("D-4", sentence, facts_used),
                f"Record what became of each day of course {course.number} first.",
            ),
        )
    if number > 1 and not infused_days(c for c in earlier if c.number == number - 1):
        sentence = (
            f"No infusion of course {number - 1} is on record, so course {number} cannot follow."
        )
        way_out = f"Record the infusions of course {number - 1}, or plan that course."
        return (Stop(Reason("D-4", sentence), way_out),)
    return ()


def _own_stops(number: int, own_days: tuple[DayFact, ...], length: int) -> tuple[Stop, ...]:
    given = [d for d in own_days if d.status is DayStatus.GIVEN]
    if len(given) < length:
        return ()
    sentence = (
        f"Course {number} has been given: {len(given)} of {length} days,"
        f" {say(given[0].on)} to {say(given[-1].on)}."
    )
    return (Stop(Reason("D-4", sentence), f"Plan course {number + 1}."),)


def _going_on(own_days: tuple[DayFact, ...]) -> tuple[Bound, ...]:
    last = own_days[-1].on
    next_day = last + ONE_DAY
    sentence = (
        f"The course has begun; its last infusion was {say(last)}, never two on one day:"
        f" it may go on from {say(next_day)}."
    )
    return (Bound(next_day, Reason("D-58", sentence, {"last_infusion": last.isoformat()})),)


def _bounds(facts: CaseFacts, number: int, programme: Programme) -> tuple[Bound, ...]:
    found = []
    infused = infused_days(earlier_courses(facts, number))
    if infused:
        months, last = programme.months_between_courses, infused[-1].on
        first = add_months(last, months.value)
        sum_ = f"Last infusion {say(last)} + {months.value} months = {say(first)}"
        used = {"last_infusion": last.isoformat(), **_setting(months)}
        found.append(_bound("D-60", first, sum_, used))
    vaccines = [c.done_on for c in facts.clearances if c.kind is ClearanceKind.VACCINATION]
    if vaccines:
        days, last = programme.vaccine_days_before, max(vaccines)
        first = last + timedelta(days=days.value)
        sum_ = f"Last vaccine {say(last)} + {days.value} days = {say(first)}"
        used = {"last_vaccine": last.isoformat(), **_setting(days)}
        found.append(_bound("D-8", first, sum_, used))
    return tuple(found)


def _bound(rule: str, first: date, arithmetic: str, used: Mapping[str, str]) -> Bound:
    sentence = f"{arithmetic}: day 1 from that date on."
    return Bound(first, Reason(rule, sentence, {**used, "earliest": first.isoformat()}))


def _setting(setting: Setting[int]) -> dict[str, str]:
    return {setting.name: str(setting)}


def _labs(facts: CaseFacts, number: int, programme: Programme) -> tuple[Labs, ...]:
    valid = timedelta(days=programme.labs_valid_days.value)
    return tuple(
        Labs(c.done_on, min(c.done_on + valid, c.valid_until or date.max))
        for c in course_clearances(facts, ClearanceKind.BASELINE_LABS, number)
    )


def _stale(plan: Plan, day1: date) -> Reason:
    if not plan.labs:
        return _not_drawn(plan, day1)
    before = [draw for draw in plan.labs if draw.drawn < day1]
    if not before:
        drawn = plan.labs[0].drawn
        sentence = (
            f"Baseline labs drawn {say(drawn)} are not before day 1, {say(day1)}:"
            " they do not count."
        )
        return Reason("D-17", sentence, _lab_facts(plan, drawn, day1))
    newest = max(before, key=lambda draw: draw.last)
    age, limit = (day1 - newest.drawn).days, plan.labs_valid.value
    sentence = f"Baseline labs drawn {say(newest.drawn)} are {age} days old on day 1, {say(day1)}: "
    sentence += (
        f"at most {limit} days are allowed."
        if age > limit
        else f"they were valid until {say(newest.last)}."
    )
    return Reason("D-17", sentence, _lab_facts(plan, newest.drawn, day1))


def _fresh(plan: Plan, draw: Labs, day1: date) -> Reason:
    age = (day1 - draw.drawn).days
    sentence = (
        f"Baseline labs drawn {say(draw.drawn)} are {age} days old on day 1, {say(day1)}:"
        f" at most {plan.labs_valid.value} are allowed."
    )
    return Reason("D-17", sentence, _lab_facts(plan, draw.drawn, day1))


def _lab_facts(plan: Plan, drawn: date, day1: date) -> dict[str, str]:
    return {
        "baseline_labs": drawn.isoformat(),
        "day_1": day1.isoformat(),
        "age_in_days": str((day1 - drawn).days),
        **_setting(plan.labs_valid),
    }


def _not_drawn(plan: Plan, day1: date) -> Reason:
    sentence = (
        f"No baseline labs are on file for course {plan.course_number}; for day 1, {say(day1)},"
        f" they had to be drawn {plan.draw_window(day1)}, and that has passed."
    )
    return Reason("D-17", sentence, {"day_1": day1.isoformat(), **_setting(plan.labs_valid)})


def _to_draw(plan: Plan, day1: date) -> Reason:
    sentence = (
        f"To do: no baseline labs are on file for course {plan.course_number}; they must be drawn"
        f" {plan.draw_window(day1)}, at most {plan.labs_valid.value} days before day 1."
    )
    return Reason("D-17", sentence, {"day_1": day1.isoformat(), **_setting(plan.labs_valid)})


def _planned(own: CourseFact | None) -> list[date]:
    return [d.on for d in booked_days(own)] if own else []


def _notes(
    facts: CaseFacts, number: int, planned: list[date], programme: Programme
) -> tuple[Reason, ...]:
    found = []
    if planned:
        span = f"{say(min(planned))} to {say(max(planned))}"
        sentence = f"Course {number} is already booked, {span}: another week would move it."
        found.append(Reason("D-56", sentence, {"booked_from": min(planned).isoformat()}))
    for course in earlier_courses(facts, number):
        length, given = course_length(course.number, programme), len(infused_days([course]))
        if 0 < given < length and course.number < number:
            sentence = (
                f"Course {course.number} had {given} of {length} days:"
                " the prescriber decides how to go on."
            )
            found.append(Reason("D-58", sentence, {"infused_days": str(given)}))
    return tuple(found)
