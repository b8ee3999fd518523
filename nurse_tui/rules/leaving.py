"""What ends with a case: booked days give back their chairs, enrolments stop (D-29, D-59)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nurse_tui.rules.calendar import ONE_DAY
from nurse_tui.rules.courses import booked_days
from nurse_tui.rules.enrolments import runs_after
from nurse_tui.rules.facts import CaseFacts, DayFact
from nurse_tui.types import Benefit


@dataclass(frozen=True, slots=True)
class Ending:
    """The booked days and the co-pay enrolments that end when a case does."""

    days: tuple[DayFact, ...]
    benefits: tuple[Benefit, ...]

    @property
    def words(self) -> str:
        """What is cancelled and what ends, without a full stop; empty when nothing does."""
        parts = []
        if self.days:
            count = len(self.days)
            parts.append("1 booked day is cancelled" if count == 1 else _days(count))
        if self.benefits:
            names = " and ".join(benefit.value for benefit in self.benefits)
            parts.append(f"the co-pay enrolment for {names} costs ends")
        return ", and ".join(parts)


def _days(count: int) -> str:
    return f"{count} booked days are cancelled"


def what_ends(facts: CaseFacts, today: date) -> Ending:
    """Return what ends when a case ends on a date: days to come, and enrolments that run.

    A day before it is kept, because what became of it is still to be recorded (D-58); after a
    death no day can have been given.
    """
    died = facts.patient.deceased_on
    first = today if died is None else min(today, died + ONE_DAY)
    days = [day for course in facts.courses for day in booked_days(course) if day.on >= first]
    running = {e.benefit for e in facts.enrollments if runs_after(e.ends_on, today)}
    return Ending(tuple(days), tuple(b for b in Benefit if b in running))
