"""One durable write: the disk's floor, a plain commit, and one intention with its change row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import sql
from bench.table import Goal, Result, Unavailable, percentile
from bench.target import Target, module, remove

WRITES = 100


def plain_commits(path: Path) -> list[float]:
    """Return the seconds of each small durable transaction in plain SQL."""
    remove(path)
    times = []
    with sql.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, value)")
        for turn in range(WRITES):
            start = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO fact (value) VALUES (?)", (turn,))
            connection.execute("COMMIT")
            times.append(perf_counter() - start)
    remove(path)
    return times


def notes(target: Target) -> list[float]:
    """Return the seconds of each note written through the store, on a copy of the database."""
    store, models = module("nurse_tui.store.database"), module("nurse_tui.models")
    types, clock = module("nurse_tui.types"), module("nurse_tui.clock")
    settings = module("nurse_tui.settings").load()
    if isinstance(settings, types.Refusal):
        raise Unavailable(f"the settings were refused: {settings}")
    path = target.out / "commit.db"
    sql.copy(target.database(), path)
    database = store.open_database(path, None, settings.on)
    try:
        with sql.connect(path) as connection:
            case = connection.execute('SELECT min(id) FROM "case"').fetchone()[0]
            user = connection.execute("SELECT min(id) FROM user").fetchone()[0]
        if case is None or user is None:
            raise Unavailable("the database holds no case or no user")
        actor = types.Actor(user, "bench", types.Role.SUPERVISOR)
        times = []
        for turn in range(WRITES):
            note = models.Note(case_id=case, at=clock.now(), author_id=user, text=f"Note {turn}")
            start = perf_counter()
            answer = database.write(actor, "bench", lambda tx, n=note: tx.add(n), case_id=case)
            times.append(perf_counter() - start)
            if isinstance(answer, types.Refusal):
                raise Unavailable(f"the store refused: {answer}")
        return times
    finally:
        database.close()
        remove(path)


def durable(target: Target) -> Iterator[Result]:
    """Measure the disk, a plain commit and a note."""
    disk = median(sql.sync_times(target.out / "sync.bin")) * 1000
    plain = median(plain_commits(target.out / "plain.db")) * 1000
    yield Result("plain commit beside fdatasync", "ms", plain, disk, Goal(3, of="ratio"))
    times = notes(target)
    note = f"p95 {percentile(times, 0.95) * 1000:.1f} ms; floor: a plain commit"
    yield Result("note: facts, projection, change", "ms", median(times) * 1000, plain, note=note)
