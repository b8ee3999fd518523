"""How weeks, booked days and what holds a course are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content

from nurse_tui.rules.calendar import say
from nurse_tui.types import DayStatus, Reason, Refusal
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.hanging import Row
from nurse_tui.widgets.reasons import reason_row
from nurse_tui.widgets.text import cells, line, rich_text, text

if TYPE_CHECKING:
    from nurse_tui.rules.facts import CaseFacts, DayFact
    from nurse_tui.rules.infusions import Week
    from nurse_tui.services.infusions import Proposal
    from nurse_tui.views import SiteView

DAY_LOOKS = {
    DayStatus.SCHEDULED: ("+ booked", "bold $text"),
    DayStatus.GIVEN: ("= given", "bold $text-success"),
    DayStatus.MISSED: ("x missed", "bold $text-error"),
    DayStatus.INTERRUPTED: ("! stopped", "bold $text-warning"),
    DayStatus.CANCELLED: ("- cancelled", "$text-muted"),
}
"""Glyph and word of each infusion day, and its style."""
ANSWERS = {
    (False, True): ("+ POSSIBLE", "bold $text-success"),
    (False, False): ("x NOT POSSIBLE", "bold $text-error"),
    (True, True): ("= BOOKED", "bold $text-success"),
    (True, False): ("! BOOKED, BUT NOT POSSIBLE ANY MORE", "bold $text-error"),
}
"""What is said of a week: (booked, possible)."""
BOOKED_ALREADY = "D-56"
"""Rule of the note that another week would move the booked one; it holds for every week."""
NOTHING_SHORT = Refusal(
    "nothing_short",
    "No course of this case stopped short, so there is only this one to plan.",
    "b books the week under the cursor.",
    "D-58",
)
WEEK_DAYS = 7
CELL = 10


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One proposed week; it is the same row whatever start is best in it."""

    week: Week
    today: date
    booked: tuple[date, ...] = ()
    """Every booked day of the course, where one of them lies in this calendar week."""
    standing: tuple[Reason, ...] = ()
    """What stands against exactly the booked days by now."""

    @property
    def is_booked(self) -> bool:
        """Whether a booked day lies in this week."""
        return bool(self.booked)

    @property
    def works(self) -> bool:
        """Whether nothing stands against the booked days, or else against the proposed ones."""
        return not self.standing if self.booked else self.week.possible

    @property
    def row_id(self) -> int:
        """The calendar week."""
        year, number = _week_of(self.week.start)
        return year * 100 + number

    @property
    def words(self) -> str:
        """The first and the last of the days that are proposed."""
        return span_words(self.week.days, self.today)

    @property
    def shown(self) -> str:
        """The booked days of this week, or the days that are proposed."""
        here = [day for day in self.booked if _week_of(day) == _week_of(self.week.start)]
        return span_words(here, self.today) if here else self.words

    @property
    def way_out(self) -> str:
        """What moves the booked days, or what would make the proposed ones work."""
        if not self.booked:
            return self.week.way_out
        if self.week.possible and self.booked != tuple(self.week.days):
            return f"M moves the course to {self.words}."
        moves = "M on another week moves the course there."
        return (self.week.way_out or moves) if self.standing else ""

    @property
    def whole(self) -> str:
        """All booked days, or the days that are proposed."""
        return span_words(self.booked, self.today) if self.booked else self.words


def _week_of(day: date) -> tuple[int, int]:
    year, number, _ = day.isocalendar()
    return year, number


def week_rows(proposal: Proposal, only_possible: bool) -> list[WeekRow]:
    """Return the weeks as rows, all of them or those that work.

    A booked course may reach over two calendar weeks: the row of each shows its own booked days.
    """
    booked = tuple(sorted(proposal.booked))
    taken = {_week_of(day) for day in booked}
    rows = [
        WeekRow(week, proposal.today, booked, proposal.standing)
        if _week_of(week.start) in taken
        else WeekRow(week, proposal.today)
        for week in proposal.weeks
    ]
    return [row for row in rows if row.week.possible or row.is_booked or not only_possible]


def columns() -> list[Column[WeekRow]]:
    """Return the columns of the list of weeks."""
    return [
        Column("", 10, _mark),
        Column("DAYS", 28, lambda row: rich_text(row.shown)),
        Column("WHY", 20, _why, flex=1, priority=1),
    ]


def _mark(row: WeekRow) -> Text:
    if row.is_booked:
        return rich_text("= booked", style="strong" if row.works else "late")
    if row.week.possible:
        return rich_text("+ possible", style="ok")
    return rich_text("x no", style="refused")


def _why(row: WeekRow) -> Text:
    week = row.week
    if row.is_booked and row.standing:
        return rich_text(f"{row.standing[0].rule} {row.standing[0].sentence}", style="late")
    if row.is_booked:
        return rich_text(f"The course is booked {row.whole}.")
    if week.possible:
        notes = [note for note in week.notes if note.rule != BOOKED_ALREADY]
        told = f"{notes[0].rule} {notes[0].sentence}" if notes else "Nothing stands against it."
        return rich_text(told)
    more = f"(+{len(week.reasons) - 1}) " if len(week.reasons) > 1 else ""
    first = week.reasons[0]
    return rich_text(f"{more}{first.rule} {first.sentence}", style="dim")


def span_words(days: Sequence[date], today: date) -> str:
    """Return the first and last of some days: `Mon 30 Nov to Fri 4 Dec`, `Mon 7 to Fri 11 Dec`."""
    first, last = min(days), max(days)
    if first == last:
        return say(first, today)
    begins = say(first, last if first.year == last.year else today)
    if (first.year, first.month) == (last.year, last.month):
        begins = begins.rpartition(" ")[0]
    return f"{begins} to {say(last, today)}"


def week_detail(row: WeekRow) -> list[Row]:
    """Return all reasons of a week with their arithmetic, and the way out."""
    head = line((row.whole, "bold"), "  ", ANSWERS[row.is_booked, row.works])
    reasons = _reasons(row)
    rows: list[Row] = [head, *map(reason_row, reasons)]
    if row.works and not reasons:
        rows.append(text("  Nothing stands against these days."))
    if row.way_out:
        rows.append((line("  ", ("way out  ", "bold")), text(row.way_out)))
    return rows


def _reasons(row: WeekRow) -> tuple[Reason, ...]:
    """Return the reasons of the days that are shown: the booked ones, or the proposed."""
    if row.standing:
        return row.standing
    is_shown = not row.booked or (row.week.possible and row.booked == row.week.days)
    return row.week.reasons if is_shown else ()


def site_words(site: SiteView, today: date) -> str:
    """Return a site's place, chairs, certification, and distance where it is known."""
    where = " ".join(part for part in (site.city, site.state) if part)
    chairs = "1 chair" if site.chairs == 1 else f"{site.chairs} chairs"
    far = f"{site.distance_miles:.0f} mi" if site.distance_miles is not None else ""
    rems = certified_words(site, today)
    return " · ".join(part for part in (where, far, chairs, rems) if part)


def certified_words(site: SiteView, today: date) -> str:
    """Say until when a site is REMS-certified."""
    if site.rems_expires_on is None:
        return "? REMS certification not known"
    if site.rems_expires_on < today:
        return f"x REMS EXPIRED {say(site.rems_expires_on, today)}"
    day = say(site.rems_expires_on, today).partition(" ")[2]
    return f"REMS until {day}"


def other_course(proposal: Proposal) -> list[Content]:
    """Say which other course may be planned where one stopped short; the prescriber decides."""
    short = proposal.short
    if short is None:
        return []
    stopped = f"! course {short} stopped short; the prescriber decides: "
    goes = "plan the next one" if proposal.course == short else "go on with it"
    return [line((stopped, "bold $text-warning"), f"o to {goes}")]


def course_days(facts: CaseFacts, number: int) -> list[DayFact]:
    """Return the days of a course that were booked and not cancelled, oldest first."""
    days = [
        day
        for course in facts.courses
        if course.number == number and not course.cancelled
        for day in course.days
        if day.status is not DayStatus.CANCELLED
    ]
    return sorted(days, key=lambda day: day.on)


def week_pictures(days: Sequence[DayFact], width: int) -> list[Content]:
    """Draw the booked days by calendar week, Monday to Sunday; where room is short, in words."""
    cell = min(CELL + 2, (width - 1) // WEEK_DAYS)
    if cell <= CELL:
        runs = groupby(days, key=lambda day: day.status)
        return [_run(status, [day.on for day in run]) for status, run in runs]
    rows: list[Content] = []
    for _, group in groupby(days, key=lambda day: _week_of(day.on)):
        rows += _picture({day.on.weekday(): day for day in group}, cell)
    return rows


def _run(status: DayStatus, days: Sequence[date]) -> Content:
    return line(DAY_LOOKS[status], f"  {span_words(days, max(days))}")


def _picture(week: dict[int, DayFact], cell: int) -> list[Content]:
    def row(
        of: Callable[[DayFact], str], style: Callable[[DayFact], str], blank: str
    ) -> list[tuple[str, str]]:
        return [
            (cells(of(week[n]), cell - 1) + " ", style(week[n]))
            if n in week
            else (cells(blank, cell - 1) + " ", "$text-muted")
            for n in range(WEEK_DAYS)
        ]

    return [
        line(*row(lambda day: say(day.on, day.on), lambda day: "$text-muted", "")),
        line(*row(lambda day: DAY_LOOKS[day.status][0], lambda day: DAY_LOOKS[day.status][1], ".")),
    ]
