"""Every report by the command line, less the same report on an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench import sql
from bench.table import Goal, Result, Unavailable
from bench.target import Target

REPEATS = 3
GOAL_MS = 200
GOALS_MS = {"first-call": 400}
"""Milliseconds of the reports that take a median of every row."""
FLOORS = {
    "caseload": 'SELECT nurse_key, state, count(*) FROM "case" GROUP BY nurse_key, state',
    "overdue": (
        "SELECT kind, count(*) FROM deadline WHERE is_open = 1"
        " AND due_at < '2027-01-01 00:00:00.000000' GROUP BY kind"
    ),
}


def names(target: Target, path: Path) -> list[str]:
    """Return the reports that the command line offers."""
    answer: dict[str, Any] = target.answer("report", database=path)
    rows = answer.get("reports") or answer.get("rows") or answer.get("value") or []
    found = [row.get("id") or row.get("name") if isinstance(row, dict) else row for row in rows]
    found = [row[0] if isinstance(row, list) else row for row in found]
    if not found:
        raise Unavailable("nurse-tui report named no report")
    return [str(name) for name in found]


def seconds(target: Target, path: Path, name: str) -> float:
    """Return the median seconds of one report as a whole command."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        target.answer("report", name, database=path)
        times.append(perf_counter() - start)
    return median(times)


def floor(path: Path, name: str) -> float | None:
    """Return the milliseconds of the plain query behind a report, when it is one query."""
    statement = FLOORS.get(name)
    if statement is None:
        return None
    with sql.connect(path) as connection:
        return median(sql.times_of(connection, statement)) * 1000


def every(target: Target) -> Iterator[Result]:
    """Measure every report that there is."""
    path, empty = target.database(), target.empty("empty")
    for name in names(target, path):
        start = seconds(target, empty, name)
        whole = seconds(target, path, name)
        net = max(whole - start, 0) * 1000
        note = f"whole command {whole * 1000:.0f} ms"
        yield Result(
            f"report {name}", "ms", net, floor(path, name), Goal(GOALS_MS.get(name, GOAL_MS)), note
        )
