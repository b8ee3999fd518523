"""The kinds of made-up cases from the first infusion on; all are taken over with their history."""

from __future__ import annotations

from datetime import date, timedelta

from nurse_tui.demo import acts as a
from nurse_tui.demo import care
from nurse_tui.demo.plots import READY
from nurse_tui.demo.sites import OTHERS, SEVEN_DAYS
from nurse_tui.demo.writer import Writer
from nurse_tui.rules.aftercare import CHECKLIST, PATIENT_STATUS, cd4_confirmed
from nurse_tui.rules.calendar import add_months
from nurse_tui.types import CallKind, CallOutcome, ClearanceKind, RemsParty, Sex


def in_course(w: Writer) -> None:
    """Is in the days of the first course right now."""
    _before(w, 30)
    size = w.world.programme.course_1_days.value
    begun = w.rng.randint(1, size - 1)
    site = w.site(*SEVEN_DAYS)
    days = site.run_from(w.world.today - timedelta(days=begun), size)
    if days is not None:
        w.add(care.Treated(*w.when(w.day(3)), 1, site, tuple(days), w.world.today))


def monitored(w: Writer) -> None:
    """Had a first course months ago, and everything since was done."""
    _treated(w, w.rng.randint(2, 8), missed=0)


def labs_missed(w: Writer) -> None:
    """Had a first course months ago; the newest monthly labs were not drawn."""
    _treated(w, w.rng.randint(3, 8), missed=1)


def second_booked(w: Writer) -> None:
    """Has the second course booked a year after the first."""
    last = _treated(w, 11, missed=0)
    site = w.site(*OTHERS)
    size = w.world.programme.later_course_days.value
    months = w.world.programme.months_between_courses.value
    days = site.run_from(add_months(last, months) + timedelta(days=3), size)
    if days is not None:
        w.add(care.Treated(*w.when(w.day(1)), 2, site, tuple(days), w.world.today))


def second_given(w: Writer) -> None:
    """Has had both courses."""
    first_last = _treated(w, 26, missed=0)
    site = w.site(*OTHERS)
    months = w.world.programme.months_between_courses.value
    size = w.world.programme.later_course_days.value
    days = site.run_from(add_months(first_last, months) + timedelta(days=3), size)
    if days is not None:
        w.add(care.Treated(w.at(days[-1]), days[-1], 2, site, tuple(days), w.world.today))
        _after(w, days[-1])


def complete(w: Writer) -> None:
    """Went the whole way, four years ago."""
    _treated(w, w.world.programme.monitoring_months.value + 1, missed=0)
    w.add(a.CaseSet(*w.when(w.day(2)), "Closed: complete", {"closed_reason": "complete"}))


def _before(w: Writer, back: int) -> None:
    """Write what comes before a course: the form, the welcome, the benefits, the tests."""
    w.received(back)
    w.welcome(back - 1)
    w.verify(back - 3)
    w.authorize(back - 4)
    w.clear(back - 5, *READY, ClearanceKind.BASELINE_LABS)


def _treated(w: Writer, months: int, missed: int) -> date:
    """Write a first course so many months ago and what followed; returns its last day."""
    start = add_months(w.world.today, -months) - timedelta(days=w.rng.randint(3, 12))
    site = w.site(*OTHERS)
    days = site.run_from(start, w.world.programme.course_1_days.value)
    if days is None:
        raise ValueError("no week of the past is free at a site of the demo")
    _before(w, _business_days_since(w, days[0]) + 20)
    w.add(care.Treated(w.at(days[-1]), days[-1], 1, site, tuple(days), w.world.today))
    _after(w, days[-1])
    _monitoring(w, days[0], missed)
    return days[-1]


def _business_days_since(w: Writer, day: date) -> int:
    back = 0
    while w.day(back) > day:
        back += 5
    return back


def _checklist(w: Writer, last: date) -> None:
    on = last + timedelta(days=1)
    w.add(care.Rems(w.at(on), on, RemsParty.FACILITY, CHECKLIST, "infusion site"))


def _after(w: Writer, last: date) -> None:
    """Write what follows a course: the checklist, the calls, the ends of advice."""
    programme = w.world.programme
    _checklist(w, last)
    told = [last + timedelta(days=days) for days in programme.follow_up_days_after.value]
    told += [
        add_months(last, months.value) + timedelta(days=1)
        for months in (programme.contraception_months, programme.listeria_months)
    ]
    for on in told:
        if on < w.world.today:
            w.add(a.Called(w.at(on), on, CallKind.FOLLOW_UP, CallOutcome.REACHED))
    counted = add_months(last, programme.antiviral_months.value)
    if counted < w.world.today:
        w.add(care.Lab(w.at(counted), counted, cd4_confirmed(programme)))


def _monitoring(w: Writer, first: date, missed: int) -> None:
    programme = w.world.programme
    tests = [(test, 1) for test in programme.monthly_tests.value]
    tests += [("thyroid", programme.thyroid_every_months.value)]
    tests += [("skin_exam", programme.skin_exam_every_months.value)]
    if w.story.values["sex"] == Sex.FEMALE:
        tests += [("hpv_screen", programme.hpv_every_months.value)]
    for test, every in tests:
        due = _dues(w, first, every)
        for on in due[: len(due) - missed] if every == 1 else due:
            w.add(care.Lab(w.at(on), on, test))
    for on in _dues(w, first, programme.patient_status_every_months.value):
        w.add(care.Rems(w.at(on), on, RemsParty.PATIENT, PATIENT_STATUS, "prescriber's office"))


def _dues(w: Writer, first: date, every: int) -> list[date]:
    """Return the days on which a series was done: on its due dates, until yesterday."""
    found: list[date] = []
    end = min(w.world.today, add_months(first, w.world.programme.monitoring_months.value + 1))
    while (due := add_months(first, (len(found) + 1) * every)) < end:
        found.append(due)
    return found
