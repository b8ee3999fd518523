"""On which days a co-pay enrolment may run: never on a day of government cover (D-39, D-51).

Both ends of an enrolment count, as those of a cover do. One that government cover comes before has
no day at all: it then ends on the day before it began, which keeps the row and says that it never
held. A cover without a first day counts from the beginning, as it does for the verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from nurse_tui.rules.calendar import ONE_DAY, say
from nurse_tui.rules.covers import opening
from nurse_tui.rules.facts import CoverageFact


@dataclass(frozen=True, slots=True)
class Limit:
    """The last day on which an enrolment may run, and the government cover that ends it."""

    last_day: date
    cover: CoverageFact

    @property
    def sentence(self) -> str:
        """Why the enrolment ends there, as its reason and the screen say it."""
        if self.cover.starts_on is None:
            return f"{opening(self.cover)} is on file without a first day"
        return f"{opening(self.cover)} starts on {say(self.cover.starts_on)}"


def limit(
    enrolled_on: date, covers: Iterable[CoverageFact], government: Collection[str]
) -> Limit | None:
    """Return where government cover ends an enrolment that began on a date, or None (D-51).

    `government` are the kinds of cover that the programme counts as government's.
    """
    ends = [
        Limit(max(cover.starts_on or enrolled_on, enrolled_on) - ONE_DAY, cover)
        for cover in covers
        if cover.kind in government and _holds_from(cover, enrolled_on)
    ]
    return min(ends, key=lambda found: (found.last_day, found.cover.order), default=None)


def _holds_from(cover: CoverageFact, day: date) -> bool:
    """Say whether a cover holds on some day from this one on; one that ends first holds on none."""
    if cover.ends_on is None:
        return True
    return cover.ends_on >= max(day, cover.starts_on or day)


def overlaps(enrolled_on: date, ends_on: date | None, cover: CoverageFact) -> bool:
    """Say whether an enrolment and a cover share a day; `ends_on` None is open."""
    first = max(enrolled_on, cover.starts_on or enrolled_on)
    return first <= min(ends_on or date.max, cover.ends_on or date.max)


def runs_after(ends_on: date | None, today: date) -> bool:
    """Say whether an enrolment goes on after a date: what ends on that date counts as ended."""
    return ends_on is None or ends_on > today
