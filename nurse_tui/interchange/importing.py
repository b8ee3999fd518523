"""The way of every CSV import: check the file, validate each row, save slices, list the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from nurse_tui import clock
from nurse_tui.drafts import Draft, Edge, Fault, validate
from nurse_tui.interchange.csv_file import (
    ChangedError,
    CsvFile,
    Line,
    open_csv,
    rejects_path,
    write_rejects,
)
from nurse_tui.interchange.report import ImportReport, Progress, Tally
from nurse_tui.rules import access
from nurse_tui.rules.programme import Programme
from nurse_tui.store.database import PROGRAMME_ZONE, Database, Tx
from nurse_tui.store.troubles import trouble_of
from nurse_tui.types import Actor, Refusal

D = TypeVar("D", bound=Draft)
R = TypeVar("R")
SLICE = 100
"""Rows that one transaction saves; other writers get in between."""
UNSURE = frozenset({"damaged", "disk_fault"})
"""Troubles after which nobody can say whether what was saved can still be read."""
_TRIES = 6
_PAUSE = 0.002
_PAUSE_SHARE = 0.2
"""Part of the time it held the lock that an import then leaves to others."""


@dataclass(frozen=True, slots=True)
class Row(Generic[D]):
    """A validated row and where it stands in the file."""

    line: Line
    draft: D


class Writer:
    """Saves a slice in a thread of its own while the next one is validated; slices stay in order.

    The database library works without the interpreter's lock, so both cores are used.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "import")
        self._saving: Future[Any] | None = None
        self._then: Callable[[Any], None] = _ignore

    def start(self, work: Callable[[], R | Refusal], then: Callable[[R], None]) -> Refusal | None:
        """Begin to save a slice once the one before is saved; `then` runs in the caller's thread.

        Returns the refusal of the slice before; its exceptions are raised here.
        """
        stopped = self.finish()
        if stopped is None:
            self._saving, self._then = self._pool.submit(work), then
        return stopped

    def finish(self) -> Refusal | None:
        """Wait for the slice that is being saved, and count it."""
        saving, self._saving = self._saving, None
        answer = saving.result() if saving else None
        if isinstance(answer, Refusal):
            return answer
        if saving:
            self._then(answer)
        return None

    def close(self) -> None:
        """Let the thread end after its slice."""
        self._pool.shutdown()


def _ignore(_answer: Any) -> None:
    """Do nothing with what a slice brought."""


@dataclass(slots=True)
class Run:
    """One import under way: where to, for whom, and what came of it so far."""

    db: Database
    actor: Actor
    tally: Tally
    dry_run: bool
    programme: Programme
    edge: Edge
    writer: Writer
    refused: list[tuple[Line, str]] = field(default_factory=list)

    def reject(self, line: Line, faults: list[Fault]) -> None:
        """Leave a row out, with the reasons; it goes to the rejects file."""
        self.refused.append((line, self.tally.reject(line.number, faults).reason))

    def write(self, command: str, job: Callable[[Tx], R | Refusal]) -> R | Refusal:
        """Run one write, waiting for other writers longer than a screen would, then let them in."""
        begun = time.monotonic()
        answer = patient_write(self.db, self.actor, command, job)
        let_others_write(time.monotonic() - begun)
        return answer

    def save(self, command: str, rows: Sequence[Any], job: Callable[[Tx], Any]) -> Refusal | None:
        """Write what is new or changed, unless there is nothing or the run is dry, and count it."""
        if rows and not self.dry_run:
            answer = self.write(command, job)
            if isinstance(answer, Refusal):
                return answer
        self.tally.imported += len(rows)
        return None

    @property
    def note(self) -> str:
        """Sentence of the change log: what came from which file."""
        return self.tally.path.name


@dataclass(frozen=True, slots=True)
class Kind(Generic[D]):
    """One kind of CSV file: its draft, the columns it needs, and how a slice of rows is saved."""

    draft: type[D]
    needed: tuple[str, ...]
    save: Callable[[Run, Sequence[Row[D]]], Refusal | None]
    slice_rows: int = SLICE


def patient_write(
    db: Database, actor: Actor, command: str, job: Callable[[Tx], R | Refusal]
) -> R | Refusal:
    """Write, trying again while another program holds the database."""
    for _ in range(_TRIES):
        found = db.write(actor, command, job)
        if not (isinstance(found, Refusal) and found.code == "busy"):
            break
    return found


def let_others_write(held: float) -> None:
    """Stand aside after holding the lock for some seconds, so that who polls for it gets it."""
    time.sleep(max(_PAUSE, held * _PAUSE_SHARE))


def begin(db: Database, actor: Actor, path: Path, *, dry_run: bool) -> Run | Refusal:
    """Return an import ready to run, or refuse it to a role that may not import."""
    refused = access.may(actor, "import.run")
    if refused is not None:
        return refused
    today = clock.today(PROGRAMME_ZONE)
    programme = db.programme_on(today)
    edge = Edge(today, programme.programme_zone.value)
    return Run(db, actor, Tally(path), dry_run, programme, edge, Writer())


def run(
    db: Database,
    actor: Actor,
    path: Path,
    kind: Kind[Any],
    *,
    dry_run: bool,
    progress: Progress | None,
) -> ImportReport | Refusal:
    """Import one CSV file; a Refusal is a trouble of the whole file, and nothing went in.

    Only a database that stays busy, full or read-only stops an import in its middle; the finished
    slices are in, and the same file imported again goes on.
    """
    begun = begin(db, actor, path, dry_run=dry_run)
    if isinstance(begun, Refusal):
        return begun
    file = open_csv(path, tuple(kind.draft.model_fields), kind.needed)
    if isinstance(file, Refusal):
        return file
    for warning in file.warnings:
        begun.tally.warn(warning)
    try:
        stopped = until_trouble(begun, "rows", lambda: _save_all(begun, file, kind, progress))
    finally:
        begun.writer.close()
    _keep_rejects(begun, file)
    return stopped or begun.tally.report()


def until_trouble(run: Run, what: str, work: Callable[[], Refusal | None]) -> Refusal | None:
    """Save until something is in the way of it, and say then how much of the file is in."""
    try:
        stopped = work()
    except Exception as fault:
        stopped = _ended(run, fault)
    return _stopped(run, stopped, what) if stopped else None


def _ended(run: Run, fault: Exception) -> Refusal:
    """Return the trouble that a fault means, the slice under way counted; raises what is none."""
    if isinstance(fault, ChangedError):
        return run.writer.finish() or _changed(run.tally.path)
    trouble = trouble_of(fault)
    if trouble is None:
        raise fault
    try:
        run.writer.finish()
    except Exception as second:
        if trouble_of(second) is None:
            raise
    return trouble


def _save_all(
    run: Run, file: CsvFile, kind: Kind[Any], progress: Progress | None
) -> Refusal | None:
    lines = file.lines()
    while batch := list(islice(lines, kind.slice_rows)):
        run.tally.read += len(batch)
        rows = list(_valid(run, file, kind, batch))
        stopped = kind.save(run, rows) if rows else None
        if stopped is not None:
            return stopped
        if progress is not None:
            progress(run.tally.done, file.rows)
    done = run.tally.done
    stopped = run.writer.finish()
    if progress is not None and run.tally.done > done:
        progress(run.tally.done, file.rows)
    return stopped


def _valid(run: Run, file: CsvFile, kind: Kind[D], batch: list[Line]) -> Iterator[Row[D]]:
    for line in batch:
        values = file.values(line)
        if isinstance(values, Fault):
            run.reject(line, [values])
            continue
        draft = validate(kind.draft, values, run.edge)
        if isinstance(draft, list):
            run.reject(line, draft)
        else:
            for warning in run.edge.warnings:
                run.tally.warn(warning, line.number)
            yield Row(line, draft)
        run.edge.warnings.clear()


def _keep_rejects(run: Run, file: CsvFile) -> None:
    if not run.refused or run.dry_run:
        return
    rows = sorted(run.refused, key=lambda refused: refused[0].number)
    name = rejects_path(file.path).name
    try:
        kept = write_rejects(file, rows).name
        if kept != name:
            run.tally.warn(f"{name} was there already and stays; the rejected rows are in {kept}.")
    except OSError:
        run.tally.warn(f"The rejected rows could not be written to {name}; they are listed here.")


def _changed(path: Path) -> Refusal:
    return Refusal(
        "changed_file",
        f"{path.name} was changed while it was read.",
        "Nothing was saved; wait until whoever writes it is done, then import it again.",
    )


def _stopped(run: Run, why: Refusal, what: str) -> Refusal:
    """Say what is in of an import that ended in its middle; a bad disk or file promises nothing."""
    done, name = run.tally.imported, run.tally.path.name
    if run.dry_run or not done:
        return why
    cause = why.sentence.replace(", so nothing was saved", "")
    if why.code in UNSURE:
        return Refusal(
            why.code,
            f"{cause} {done} {what} of {name} were saved before that, and may be damaged too.",
            "Run nurse-tui verify, restore a backup if it finds a fault, then import again.",
        )
    return Refusal(
        why.code,
        f"{cause} {done} {what} of {name} were saved before that, and nothing after it.",
        "Put that right, then import the same file again: it goes on where it stopped.",
    )
