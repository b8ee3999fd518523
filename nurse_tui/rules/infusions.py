"""Which weeks a course may be given at a site, and why not the others (D-4, D-8, D-17, D-56-D-60).

A week runs Monday to Sunday and offers the starts that lie in it; at a site that is open at the
weekend the course may end in the next week. Past weeks are the caller's business: no rule here
reads the clock. How baseline labs count is told in `rules.courses`, when a site is open in
`rules.sites`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from heapq import merge
from itertools import islice, pairwise

from nurse_tui.rules.calendar import ONE_DAY, say
from nurse_tui.rules.courses import Plan, make_plan
from nurse_tui.rules.facts import CaseFacts, SiteFact
from nurse_tui.rules.programme import Programme
from nurse_tui.rules.sites import DAYS_PER_WEEK, day_faults, site_reasons
from nurse_tui.types import Reason

WEEK = range(DAYS_PER_WEEK)
LOOK_AHEAD = timedelta(days=366)
"""How far past the asked weeks the way out looks for a week that works."""


@dataclass(frozen=True, slots=True)
class Week:
    """The best start of one calendar week: its days, whether they work, and why.

    Where they work, `reasons` are the notes (what is still to do) and then the arithmetic that
    allows the start; where not, every blocker of the start that has the fewest.
    """

    start: date
    days: tuple[date, ...]
    possible: bool
    reasons: tuple[Reason, ...]
    way_out: str = ""
    notes: tuple[Reason, ...] = ()


def weeks(
    facts: CaseFacts,
    course_number: int,
    site: SiteFact,
    programme: Programme,
    first: date,
    last: date,
    today: date | None = None,
) -> tuple[Week, ...]:
    """Judge every calendar week that has a start from `first` to `last`, both included (D-56).

    With `today` the standing of the case counts too (`rules.standing`), and whether baseline labs
    can still be drawn. The ways out are only as good as the bookings that `site` knows until
    `look_until`.
    """
    first, last = _clamp(first), _clamp(last)
    if first > last:
        return ()
    plan = make_plan(facts, course_number, programme, today)
    board = _Board(plan, site, programme, _dates(first, _look_until(plan, last)))
    return tuple(board.week(i, j) for i, j in board.spans(last))


def look_until(facts: CaseFacts, course_number: int, programme: Programme, last: date) -> date:
    """Return how far `weeks` looks for a way out, so how far bookings must be known."""
    return _look_until(make_plan(facts, course_number, programme), _clamp(last))


def _look_until(plan: Plan, last: date) -> date:
    return max(last, min(plan.earliest or last, date.max - 2 * LOOK_AHEAD)) + LOOK_AHEAD


def propose(
    facts: CaseFacts,
    course_number: int,
    sites: Sequence[SiteFact],
    programme: Programme,
    first: date,
    last: date,
    limit: int,
) -> tuple[tuple[SiteFact, Week], ...]:
    """Return up to `limit` weeks that work: earliest first, then fewer notes, then as `sites`."""
    first, last = _clamp(first), _clamp(last)
    plan = make_plan(facts, course_number, programme)
    start = max(first, plan.earliest or first)
    if plan.stops or start > last:
        return ()
    dates = _dates(start, last + timedelta(days=plan.size))
    boards = [_Board(plan, site, programme, dates) for site in sites]
    found = merge(*(_working(board, last, n) for n, board in enumerate(boards)))
    return tuple((sites[n], boards[n].possible(i)) for _, n, i in islice(found, max(limit, 0)))


def check_days(
    facts: CaseFacts,
    course_number: int,
    days: Sequence[date],
    site: SiteFact,
    programme: Programme,
    today: date | None = None,
) -> tuple[Reason, ...]:
    """Return what stands against giving a course on exactly these days at a site, or nothing.

    Of a course that has begun, `days` are those still to give. `today` counts as for `weeks`.
    """
    plan = make_plan(facts, course_number, programme, today)
    ordered = tuple(sorted(days))
    if not ordered:
        return (_wrong_count(plan, 0),)
    shape = _shape_reasons(plan, ordered)
    return (*plan.blockers(ordered[0]), *shape, *site_reasons(site, ordered, programme))


def earliest_start(
    facts: CaseFacts, course_number: int, programme: Programme
) -> tuple[date | None, tuple[Reason, ...]]:
    """Return the first day 1 that vaccines and earlier courses allow, and why (D-8, D-60).

    `(None, ())` says that nothing binds; `(None, reasons)` that no day can be planned yet.
    """
    plan = make_plan(facts, course_number, programme)
    if plan.stops:
        return None, tuple(stop.reason for stop in plan.stops)
    return plan.earliest, tuple(bound.reason for bound in plan.bounds)


def consecutive(start: date, size: int) -> tuple[date, ...]:
    """Return `size` days in a row (D-57)."""
    begin = start.toordinal()
    return tuple(map(date.fromordinal, range(begin, begin + size)))


def _shape_reasons(plan: Plan, days: Sequence[date]) -> tuple[Reason, ...]:
    found = []
    if not plan.least <= len(days) <= plan.most:
        found.append(_wrong_count(plan, len(days)))
    for before, after in pairwise(days):
        if before == after:
            sentence = f"Never two infusions on one day: {say(after)} is named twice."
            found.append(Reason("D-58", sentence, {"day": after.isoformat()}))
        elif after - before > ONE_DAY:
            sentence = f"Days must be consecutive: {say(before)} is followed by {say(after)}."
            found.append(Reason("D-57", sentence, {"day": after.isoformat()}))
    return tuple(found)


def _wrong_count(plan: Plan, count: int) -> Reason:
    left = " still to give" if plan.begun else ""
    needed = str(plan.most) if plan.least == plan.most else f"{plan.least} to {plan.most}"
    unit = "day" if plan.most == 1 else "consecutive days"
    sentence = f"Course {plan.course_number} has {needed} {unit}{left}; {count} named."
    return Reason("D-58" if plan.begun else "D-4", sentence, {"days": str(count)})


def _clamp(day: date) -> date:
    return max(date.min + 2 * LOOK_AHEAD, min(day, date.max - 3 * LOOK_AHEAD))


@lru_cache(maxsize=4)
def _dates(first: date, last: date) -> tuple[date, ...]:
    return consecutive(first, (last - first).days + 1)


def _working(board: _Board, last: date, n: int) -> Iterator[tuple[tuple[date, int], int, int]]:
    for i, j in board.spans(last):
        works = board.first_working(i, j)
        if works is not None:
            day1 = board.dates[works]
            yield (day1, len(board.plan.notes_for(day1))), n, works


class _Board:
    """The days of one site before one plan; places are indexes into `dates`, days in a row."""

    def __init__(
        self, plan: Plan, site: SiteFact, programme: Programme, dates: tuple[date, ...]
    ) -> None:
        self.plan, self.site, self.programme, self.dates = plan, site, programme, dates
        self.faults = day_faults(site, dates, programme)
        self._clean = bytes(not fault for fault in self.faults)
        self._course = bytes([1]) * plan.size
        shut = [
            n % DAYS_PER_WEEK not in site.open_weekdays for n in range(DAYS_PER_WEEK + plan.size)
        ]
        self._shut_weekdays = [(shut[n], sum(shut[n : n + plan.size])) for n in WEEK]

    def spans(self, last: date) -> Iterator[tuple[int, int]]:
        """Yield the places of the starts of each calendar week, as half-open ranges."""
        end = (last - self.dates[0]).days + 1
        i = 0
        j = DAYS_PER_WEEK - self.dates[0].weekday()
        while i < end:
            yield i, min(j, end)
            i, j = j, j + DAYS_PER_WEEK

    def rank(self, place: int) -> tuple[bool, int, int]:
        """Order starts by weekdays the site never opens, then by the number of blockers."""
        day1, size = self.dates[place], self.plan.size
        shut = self._shut_weekdays[day1.weekday()]
        return (*shut, sum(self.faults[place : place + size]) + self.plan.cost(day1))

    def free(self, first: int, stop: int) -> Iterator[int]:
        """Yield the starts in a range of places where the site can give the whole course."""
        place = self._clean.find(self._course, first, stop + self.plan.size - 1)
        while place >= 0:
            yield place
            place = self._clean.find(self._course, place + 1, stop + self.plan.size - 1)

    def first_working(self, first: int, stop: int) -> int | None:
        """Return the first start in a range of places that nothing stands against."""
        return next((k for k in self.free(first, stop) if not self.plan.cost(self.dates[k])), None)

    def week(self, first: int, stop: int) -> Week:
        """Judge the starts of one week by the best, or by the earliest of the least blocked.

        A start on weekdays that the site opens is explained first: that a Sunday is shut tells
        nobody why the week is.
        """
        works = self.first_working(first, stop)
        if works is not None:
            return self.possible(works)
        place = min(range(first, stop), key=self.rank)
        day1, days = self._days(place)
        sited = site_reasons(self.site, days, self.programme)
        blockers = (*self.plan.blockers(day1), *sited)
        return Week(day1, days, False, blockers, self._way_out(place, blockers))

    def possible(self, place: int) -> Week:
        """Tell of a start that nothing stands against."""
        day1, days = self._days(place)
        notes = self.plan.notes_for(day1)
        return Week(day1, days, True, (*notes, *self.plan.supports(day1)), notes=notes)

    def _days(self, place: int) -> tuple[date, tuple[date, ...]]:
        return self.dates[place], self.dates[place : place + self.plan.size]

    def _way_out(self, place: int, blockers: tuple[Reason, ...]) -> str:
        if self.plan.stops:
            return self.plan.stops[0].way_out
        late = self.plan.too_late_to_draw(self.dates[place])
        if not late and all(reason.rule == "D-17" for reason in blockers):
            return f"Draw the baseline labs again {self.plan.draw_window(self.dates[place])}."
        earliest = self.plan.earliest or self.dates[place]
        if late and self.plan.today:
            earliest = max(earliest, self.plan.today + ONE_DAY)
        begin = max(place, (earliest - self.dates[0]).days)
        found = next(self.free(begin, len(self.dates) - self.plan.size + 1), None)
        if found is None:
            return self._elsewhere(blockers)
        day1 = self.dates[found]
        answer = f"The first week that works at {self.site.name} is {say(day1)}"
        if self.plan.labs_fit(day1):
            return f"{answer}."
        return f"{answer}, with baseline labs drawn {self.plan.draw_window(day1)}."

    def _elsewhere(self, blockers: tuple[Reason, ...]) -> str:
        if any(reason.rule == "D-18" for reason in blockers):
            return f"Ask {self.site.name} when its certification is renewed, or try another site."
        return f"No week works at {self.site.name} until {say(self.dates[-1])}: try another site."
