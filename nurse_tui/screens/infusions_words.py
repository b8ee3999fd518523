"""How the week of a site and its courses are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.content import Content

from nurse_tui.rules.calendar import say
from nurse_tui.screens.schedule_words import DAY_LOOKS, span_words
from nurse_tui.types import Refusal, Role
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import line, rich_text, stacked
from nurse_tui.widgets.week_grid import WeekGrid, month_of

if TYPE_CHECKING:
    from nurse_tui.services.sites import Board, CourseRow

NO_DAYS = Refusal(
    "no_days",
    "This course has no booked days left.",
    "F5 reads the list again; s finds weeks for new days.",
)
NO_BOOKING = Refusal(
    "no_booking",
    "No patient's booking is under the cursor.",
    "Move to one, or press ] for courses.",
)
EMPTY = (
    "There is no infusion site yet.",
    "Import the sites: nurse-tui import sites FILE. Then patients are booked with s on their case.",
)


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the courses."""

    words: str
    key: Callable[[CourseRow], Any]


ORDERS = (
    Order(
        "The next day to be given",
        lambda row: (row.next_day, row.patient.casefold(), row.course_id),
    ),
    Order("Patient", lambda row: (row.patient.casefold(), row.course_id)),
    Order("Site", lambda row: (row.site.casefold(), row.next_day, row.course_id)),
)


def found(courses: Sequence[CourseRow], search: str, order: Order) -> list[CourseRow]:
    """Return the courses that hold the words that were typed, in order."""
    wanted = search.strip().casefold()
    kept = [c for c in courses if wanted in f"{c.patient} {c.number} {c.site}".casefold()]
    return sorted(kept, key=order.key)


def summary(rows: Sequence[CourseRow], whose: str, search: str) -> Content:
    """Return the line over the courses: how many, how many under way, how many not recorded."""
    under_way = sum(row.is_under_way for row in rows)
    late = sum(row.is_unrecorded for row in rows)
    courses = "1 course" if len(rows) == 1 else f"{len(rows):,} courses"
    parts: list[str | tuple[str, str]] = [f"{courses} · {under_way:,} under way"]
    if late:
        parts += [" · ", (f"! {late:,} with a day not recorded", "bold $text-error")]
    parts.append(f" · {whose}" + (f" · search: {search}" if search else ""))
    return line(*parts)


def columns(role: Role, narrow: bool = False) -> list[Column[CourseRow]]:
    """Return the columns of the courses; in a narrow terminal the first day stands for all."""
    shown = [
        Column[Any]("STATE", 12, _state),
        Column[Any]("PATIENT", 16, lambda row: rich_text(row.patient or row.number), flex=1),
        Column[Any]("FROM", 10, lambda row: rich_text(say(row.first, row.today)))
        if narrow
        else Column[Any](
            "DAYS", 24, lambda row: rich_text(span_words([row.first, row.last], row.today))
        ),
        Column[Any]("GATE", 16, _check, priority=1),
        Column[Any]("SITE", 16, lambda row: rich_text(row.site), flex=1, priority=2),
    ]
    if role is not Role.NURSE:
        shown.append(
            Column[Any](
                "NURSE", 16, lambda row: rich_text(row.nurse or "nobody"), flex=1, priority=3
            )
        )
    return shown


def _state(row: CourseRow) -> Text:
    if row.is_unrecorded:
        return rich_text("! RECORD DAY", style="late")
    if row.is_under_way:
        return rich_text("* UNDER WAY", style="due")
    return rich_text("+ COMING")


def _check(row: CourseRow) -> Text:
    if row.check is None:
        return rich_text("-", style="dim")
    due = row.check.on == row.today
    words = f"-{row.check.days_before} {'today' if due else say(row.check.on, row.today)}"
    return rich_text(f"* {words}" if due else f"  {words}", style="due" if due else "")


def glance(row: CourseRow) -> Content:
    """Return what stands under the list about the course under the cursor."""
    head = line(
        (row.patient or row.number, "bold"),
        f"  {row.number} · course {row.course} · {row.given} of {row.total} days given",
    )
    where = f"{row.site or 'no site'} · nurse: {row.nurse or 'nobody'}"
    return stacked([head, line(where), _next_words(row)])


def _next_words(row: CourseRow) -> Content:
    if row.is_unrecorded:
        day = say(row.next_day, row.today)
        return line((f"! {day} has passed: g records what became of it.", "bold $text-error"))
    if row.check is None:
        return line(f"Next day {say(row.next_day, row.today)}.")
    on = say(row.check.on, row.today)
    return line(
        f"The readiness gate is looked at on day -{row.check.days_before}, {on}: r shows it."
    )


def week_line(board: Board) -> Content:
    """Return which week is shown, and why days are closed."""
    closed = board.week.closed if board.week else {}
    whys = dict.fromkeys(
        f"{say(day, board.today)} {why}" for day, why in closed.items() if why != "not open"
    )
    here = " · this week" if board.today in board.days else ""
    return line((month_of(board.days), "bold"), here, *(f" · {why}" for why in whys))


def cell_words(grid: WeekGrid, board: Board) -> Content:
    """Return what the cell under the cursor holds."""
    if grid.day is None or board.week is None:
        return line("")
    where = f"{say(grid.day, board.today)}, chair {grid.chair}"
    booking = grid.booking
    if booking is not None:
        name = booking.patient or "taken by a patient of another nurse"
        words, look = DAY_LOOKS[booking.status]
        return line(
            (name, "bold"), f"  course {booking.course}, day {booking.day} · ", (words, look),
            f" · {where}",
        )  # fmt: skip
    if grid.day in board.week.closed:
        return line(where, (f"  closed: {board.week.closed[grid.day]}", "$text-muted"))
    return line(where, ("  free", "bold $text-success"), "  s on a case books it")
