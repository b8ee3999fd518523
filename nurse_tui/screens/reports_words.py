"""A finished report as rows, columns, bars and lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.content import Content

from nurse_tui.listing import WorklistFilter
from nurse_tui.rules.calendar import say
from nurse_tui.screens.caseload_filter import EVERYBODY, UNASSIGNED, Shown
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import cells, line, rich_text, stacked
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.reports.base import Column as ReportColumn
    from nurse_tui.reports.base import ReportResult

BARS = {
    "caseload": "cases",
    "overdue": "overdue",
    "first-call": "in_time_percent",
    "reach": "reached_percent",
    "copay": "cases",
    "infusions": "taken_percent",
    "safety": "reports",
}
"""Which column of each report is drawn as bars too."""
SHORT = {
    "Open cases": "OPEN",
    "Forms complete": "FORMS",
    "In time, %": "IN TIME %",
    "Median, business days": "MEDIAN",
    "Cases attempted": "TRIED",
    "Cases reached": "REACHED",
    "Reached, %": "REACHED %",
    "Attempts for each reached": "EACH",
    "Voicemails left": "VOICEMAIL",
    "Courses booked": "BOOKED",
    "Courses under way": "RUNNING",
    "Days booked": "DAYS +",
    "Days given": "DAYS =",
    "Chairs taken, %": "CHAIRS %",
    "Median, hours": "MEDIAN",
    "Open and late": "LATE",
}
"""Titles that fit over a column of numbers; the line under the table says them in full."""
TAB_WORDS = {"first-call": "First call", "safety": "Safety"}
"""Names in the line of tabs, where the title is longer."""
BAR_CELLS, WIDE_BAR_CELLS = 12, 30
BAR = "#"
WHOLE = 100.0
NUMBERS = ("number", "percent", "days")
UNITS = {"percent": "%", "days": "d"}
TEXT_CELLS = {"text": 16, "date": 15, "instant": 17}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of a report: its place, its values, and the worklist behind it."""

    row_id: int
    values: tuple[Any, ...]
    drill: WorklistFilter | None


def rows_of(result: ReportResult) -> list[ReportRow]:
    """Return the rows of a report."""
    pairs = zip(result.rows, result.drills, strict=True)
    return [ReportRow(n, values, drill) for n, (values, drill) in enumerate(pairs)]


def kept(rows: Sequence[ReportRow], search: str) -> list[ReportRow]:
    """Return the rows whose words hold what was typed."""
    wanted = search.strip().casefold()
    return [row for row in rows if wanted in " ".join(map(str, row.values)).casefold()]


def ordered(rows: Sequence[ReportRow], place: int | None) -> list[ReportRow]:
    """Return the rows by one column, words upwards and numbers downwards; n/a comes last."""
    if place is None:
        return list(rows)
    return sorted(rows, key=lambda row: _key(row.values[place]))


def _key(value: Any) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return False, -float(value), ""
    return value in (None, "n/a"), 0.0, str(value).casefold()


def columns(result: ReportResult, today: date, wide: bool) -> list[Column[ReportRow]]:
    """Return the columns of a report, and its bars where there is room."""
    room = WIDE_BAR_CELLS if wide else BAR_CELLS
    shown = [_column(n, column, today) for n, column in enumerate(result.columns)]
    places = [n for n, c in enumerate(result.columns) if c.id == BARS.get(result.report)]
    if places and result.rows:
        most = _most(result, places[0])
        unit = UNITS.get(result.columns[places[0]].kind, "")
        bar = partial(_bar, places[0], most, room)
        scale = Column(f"0 to {most:,.0f}{unit}", room, bar, priority=9)
        # Bars stand right of the number they draw.
        shown.insert(places[0] + 1, scale)
    return shown


def _most(result: ReportResult, place: int) -> float:
    if result.columns[place].kind == "percent":
        return WHOLE
    numbers = [row[place] for row in result.rows]
    return max((float(n) for n in numbers if isinstance(n, int | float)), default=0.0)


def _bar(place: int, most: float, room: int, row: ReportRow) -> Text:
    value = row.values[place]
    if not isinstance(value, int | float) or not most:
        return rich_text("")
    filled = round(room * min(max(value / most, 0.0), 1.0))
    return rich_text(BAR * (filled or (1 if value > 0 else 0)))


def _column(place: int, column: ReportColumn, today: date) -> Column[ReportRow]:
    is_number = column.kind in NUMBERS
    title = SHORT.get(column.title, column.title.upper())
    width = max(len(title), 6) if is_number else TEXT_CELLS.get(column.kind, 16)
    if is_number:
        title = cells(title, width, right=True)
    return Column(
        title,
        width,
        partial(_value, place, column.kind, width, today),
        flex=0 if is_number else 1,
        priority=0 if place < 3 else place,
    )


def _value(place: int, kind: str, width: int, today: date, row: ReportRow) -> Text:
    shown = value_words(row.values[place], kind, today)
    return rich_text(cells(shown, width, right=True) if kind in NUMBERS else shown)


def value_words(value: Any, kind: str, today: date) -> str:
    """Return a value as people read it: `1,204`, `87.5%`, `12 d`, `Mon 23 Nov`."""
    if value is None:
        return "-"
    if isinstance(value, int | float) and kind in NUMBERS:
        number = f"{value:,}"
        return {"percent": f"{number}%", "days": f"{number.removesuffix('.0')} d"}.get(kind, number)
    if kind == "date":
        return say(date.fromisoformat(str(value)), today)
    return str(value)


def row_words(result: ReportResult, row: ReportRow, today: date) -> Content:
    """Return every value of a row with its title in full, and what enter does."""
    parts: list[str | tuple[str, str]] = []
    for column, value in zip(result.columns, row.values, strict=True):
        parts += [" · "] if parts else []
        shown = value_words(value, column.kind, today)
        parts += (
            [(shown, "bold")] if column.kind == "text" else [f"{column.title} ", (shown, "bold")]
        )
    if row.drill is not None:
        parts.append((" · enter shows the cases", "$text-muted"))
    return line(*parts)


def totals_line(result: ReportResult) -> Content:
    """Return the totals: `142 open · 9 unassigned`."""
    parts: list[str | tuple[str, str]] = []
    for name, value in result.totals.items():
        shown = f"{value:,}" if isinstance(value, int | float) else str(value)
        parts += [" · "] if parts else []
        parts += [(shown, "bold"), f" {plain(name)}"]
    return line(*parts)


def notes(result: ReportResult) -> Content:
    """Return the notes of a report, one line each."""
    return stacked([line((note, "$text-muted")) for note in result.notes])


def asked_words(result: ReportResult, today: date) -> str:
    """Return what the report was asked: days and nurse."""
    given = result.parameters
    parts = []
    if "since" in given and "until" in given:
        first, last = (date.fromisoformat(given[name]) for name in ("since", "until"))
        parts.append(f"{say(first, today)} to {say(last, today)}")
    parts += [f"nurse: {given['nurse']}"] if "nurse" in given else []
    return " · ".join(parts)


def drilled(result: ReportResult, row: ReportRow) -> Shown | None:
    """Return the caseload that holds the cases behind a row, or None where there is none."""
    if row.drill is None:
        return None
    nurse = row.drill.nurse
    whose = {None: EVERYBODY, 0: UNASSIGNED}.get(nurse, _nurse_name(result, row))
    return replace(
        Shown(whose=whose, nurse_id=nurse),
        state=row.drill.state,
        overdue=row.drill.due_before is not None,
        kind=row.drill.kind,
        kept=row.drill.is_open,
    )


def _nurse_name(result: ReportResult, row: ReportRow) -> str:
    places = [n for n, column in enumerate(result.columns) if column.id == "nurse"]
    return str(row.values[places[0]]) if places else "one nurse"
