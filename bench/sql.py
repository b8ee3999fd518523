"""Raw SQL on a file: the floors under pages, reports and commits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.table import Unavailable
from bench.target import remove

REPEATS = 40
PAGE = 50
BLOCK = b"\0" * 4096


@contextmanager
def connect(path: Path) -> Iterator[Any]:
    """Open a plain case database outside the application; Unavailable when it is encrypted."""
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(path), timeout=30, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection
    except dbapi2.DatabaseError as error:
        raise Unavailable(f"{path.name}: {error}") from error
    finally:
        connection.close()


def copy(source: Path, path: Path) -> None:
    """Copy a database as it stands, with what is still in its write-ahead log."""
    remove(path)
    with connect(source) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))


def times_of(connection: Any, statement: str, *values: object) -> list[float]:
    """Run a query again and again; return the seconds of each run with its rows fetched."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        connection.execute(statement, values).fetchall()
        times.append(perf_counter() - start)
    return times


def insert_floor(path: Path, forms: int, rows_per_form: int) -> float:
    """Return the seconds that plain inserts of so many rows take, a commit per hundred forms."""
    remove(path)
    with connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, form, kind, value)")
        connection.execute("CREATE INDEX fact_form ON fact (form, kind)")
        start = perf_counter()
        for first in range(0, forms, 100):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO fact (form, kind, value) VALUES (?, ?, ?)",
                (
                    (form, kind, "a value of usual length")
                    for form in range(first, min(first + 100, forms))
                    for kind in range(rows_per_form)
                ),
            )
            connection.execute("COMMIT")
        seconds = perf_counter() - start
    remove(path)
    return seconds


def sync_times(path: Path, times: int = 100) -> list[float]:
    """Return the seconds of appending a block and having the disk confirm it, each time."""
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            start = perf_counter()
            file.write(BLOCK)
            os.fdatasync(file.fileno())
            taken.append(perf_counter() - start)
    path.unlink()
    return taken
