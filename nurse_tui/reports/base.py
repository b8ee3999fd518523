"""What every report is made of: a question, a table with its totals, and how numbers are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nurse_tui.listing import WorklistFilter
from nurse_tui.rules.calendar import local_date, say, start_of_day
from nurse_tui.rules.moments import stamp
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.store.report_queries import Session

Value = str | int | float | None
NOT_APPLICABLE = "n/a"
"""What a share of nothing is (D-66)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` is text, number, percent, days, date or instant."""

    id: str
    title: str
    kind: str = "number"

    def as_json(self) -> dict[str, str]:
        """Shape of one column in the command line's JSON."""
        return {"id": self.id, "title": self.title, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a report is asked: the instant it speaks of (UTC), a span of days, one nurse or all.

    `nurse` is a user's id, 0 for cases without one, None for everybody.
    """

    programme: Programme
    as_of: datetime
    since: date
    until: date
    nurse: int | None = None
    nurse_name: str = ""

    @property
    def zone(self) -> str:
        """The programme's time zone."""
        return self.programme.programme_zone.value

    @property
    def today(self) -> date:
        """The date of the instant in the programme's zone."""
        return local_date(self.as_of, self.zone)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first instant of the span and the first one after it, in UTC."""
        after = self.until + timedelta(days=1)
        return start_of_day(self.since, self.zone), start_of_day(after, self.zone)

    def wants(self, nurse: int) -> bool:
        """Tell whether a nurse's rows are asked for."""
        return self.nurse is None or self.nurse == nurse


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A finished report; `drills` has for each row the worklist behind its numbers, or None."""

    report: str
    as_of: datetime
    parameters: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: Mapping[str, Value]
    notes: tuple[str, ...]
    drills: tuple[WorklistFilter | None, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """Shape of `report NAME` of the command line's JSON."""
        return {
            "report": self.report,
            "as_of": stamp(self.as_of),
            "parameters": dict(self.parameters),
            "columns": [column.as_json() for column in self.columns],
            "rows": [list(row) for row in self.rows],
            "totals": dict(self.totals),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the programme: its name, what it says, and which parameters it takes."""

    name: str
    title: str
    help: str
    takes: tuple[str, ...]
    columns: tuple[Column, ...]
    run: Callable[[Session, Ask], Found]
    days: tuple[int, int] = (0, 0)
    """First and last day of the span when none is given, counted from today."""

    def result(self, session: Session, ask: Ask) -> ReportResult:
        """Run the report and put its frame around what was found."""
        found = self.run(session, ask)
        return ReportResult(
            report=self.name,
            as_of=ask.as_of,
            parameters=self._parameters(ask),
            columns=self.columns,
            rows=tuple(found.rows),
            totals=found.totals,
            notes=(*found.notes, *_frame(ask)),
            drills=tuple(found.drills) or tuple(None for _ in found.rows),
        )

    def _parameters(self, ask: Ask) -> dict[str, str]:
        given = {
            "since": ask.since.isoformat(),
            "until": ask.until.isoformat(),
            "nurse": ask.nurse_name,
        }
        return {name: given[name] for name in self.takes if given[name]}


@dataclass(slots=True)
class Found:
    """What one report found: rows with the worklists behind them, totals, notes of its own."""

    rows: list[tuple[Value, ...]] = field(default_factory=list)
    drills: list[WorklistFilter | None] = field(default_factory=list)
    totals: dict[str, Value] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, row: tuple[Value, ...], drill: WorklistFilter | None = None) -> None:
        """Add a row."""
        self.rows.append(row)
        self.drills.append(drill)

    def total(self, report: Report, row: tuple[Value, ...]) -> None:
        """Set the totals beneath the columns after the first."""
        ids = [column.id for column in report.columns[1:]]
        self.totals = dict(zip(ids, row, strict=True))


def _frame(ask: Ask) -> tuple[str, str]:
    local = ask.as_of.astimezone(ZoneInfo(ask.zone))
    return (
        f"As of {say(local.date())} {local:%H:%M}, {ask.zone}.",
        f"Settings {ask.programme.version}.",
    )


def percent(part: int, whole: int) -> Value:
    """Return a share in percent with one decimal, or "n/a" of nothing (D-66)."""
    return round(100 * part / whole, 1) if whole else NOT_APPLICABLE


def median(values: Sequence[float]) -> Value:
    """Return the middle value with one decimal, or "n/a" of none (D-66)."""
    from statistics import median as middle

    return round(middle(values), 1) if values else NOT_APPLICABLE


def service_level(setting: Setting[int], what: str) -> str:
    """Return the note that names the service level a report counts by."""
    days = "business day" if setting.value == 1 else "business days"
    return f"Service level: {what} within {setting.value} {days}, {setting.rule}{setting.note}."
