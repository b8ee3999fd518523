"""Import of Services Forms: forms per second, and how long another writer must wait meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from bench import forms, sql
from bench.table import Goal, Result, Unavailable, percentile
from bench.target import SEED, Target

FORMS = 4000
ROWS_PER_FORM = 15
PAUSE = 0.02


class OtherWriter(threading.Thread):
    """A nurse at work elsewhere: takes the write lock now and then and times the wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.waits, self.over = path, list[float](), threading.Event()
        self.fault = ""

    def run(self) -> None:
        """Take and give back the write lock until told that it is over."""
        try:
            with sql.connect(self.path) as connection:
                while not self.over.wait(PAUSE):
                    start = perf_counter()
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("ROLLBACK")
                    self.waits.append(perf_counter() - start)
        except Exception as error:  # a thread has nobody to raise to: the result says it
            self.fault = str(error)


def imported(target: Target, path: Path, file: Path) -> tuple[float, dict[str, object]]:
    """Import a file; return the seconds of the whole command and its answer."""
    start = perf_counter()
    answer = target.answer("import", "forms", str(file), database=path)
    return perf_counter() - start, answer


def rate(target: Target) -> Iterator[Result]:
    """Measure the import of complete forms, twice the same file."""
    path = target.empty("import")
    file = forms.write(target.out / "forms.csv", FORMS, SEED)
    few = forms.write(target.out / "one.csv", 1, SEED + 1)
    start_up, _ = imported(target, target.empty("one"), few)
    other = OtherWriter(path)
    other.start()
    try:
        seconds, answer = imported(target, path, file)
    finally:
        other.over.set()
        other.join()
    if answer.get("imported") != FORMS:
        raise Unavailable(f"{answer.get('imported')} of {FORMS} forms went in: {answer}"[:160])
    floor = FORMS / sql.insert_floor(target.out / "floor.db", FORMS, ROWS_PER_FORM)
    net = FORMS / max(seconds - start_up, 1e-9)
    note = f"{FORMS} forms in {seconds:.1f} s, less {start_up:.2f} s of start"
    yield Result("import forms", "forms/s", net, floor, Goal(1000, at_least=True), note)
    if other.waits:
        worst, usual = max(other.waits), percentile(other.waits, 0.95)
        note = f"p95 {usual * 1000:.0f} ms over {len(other.waits)} waits"
        yield Result("writer's worst wait in import", "ms", worst * 1000, None, Goal(1000), note)
    else:
        yield Result("writer's worst wait in import", note=f"not available: {other.fault}")
    again, _ = imported(target, path, file)
    yield Result("the same file again", "forms/s", FORMS / again, floor)
