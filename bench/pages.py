"""Pages of the worklist by plain SQL on the same file: the floor under the list."""

from __future__ import annotations

from collections.abc import Iterator

from bench import sql
from bench.table import Goal, Result, percentile
from bench.target import Target

COLUMNS = "id, number, patient_name, us_state, language, state, next_due_at, next_why, version"
PAGES = {
    "first page, all nurses": (
        f'SELECT {COLUMNS} FROM "case" WHERE is_open = 1 ORDER BY next_due_at, id LIMIT {sql.PAGE}'
    ),
    "first page, one nurse": (
        f'SELECT {COLUMNS} FROM "case" WHERE nurse_key = (SELECT max(nurse_key) FROM "case")'
        f" AND is_open = 1 ORDER BY next_due_at, id LIMIT {sql.PAGE}"
    ),
    "by name, from the middle": (
        f'SELECT {COLUMNS} FROM "case" WHERE is_open = 1'
        f" AND (sort_name, id) > ('m', 0) ORDER BY sort_name, id LIMIT {sql.PAGE}"
    ),
}


def raw(target: Target) -> Iterator[Result]:
    """Measure each page as plain SQL."""
    with sql.connect(target.database()) as connection:
        for name, statement in PAGES.items():
            times = sql.times_of(connection, statement)
            p50, p95 = (percentile(times, share) * 1000 for share in (0.5, 0.95))
            yield Result(f"raw SQL, {name}", "ms", p95, None, Goal(5), f"p50 {p50:.2f} ms")
