"""An open case database: reads, and writes that are one transaction and one change a subject."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event, insert, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as Session

from nurse_tui import clock
from nurse_tui.clock import PROGRAMME_ZONE as PROGRAMME_ZONE
from nurse_tui.models import UNLOGGED_TABLES, Case, Meta, Table
from nurse_tui.rules.programme import Programme
from nurse_tui.store import changes, projection
from nurse_tui.store.engine import make_engine, shut
from nurse_tui.store.troubles import refusal_of as refusal_of
from nurse_tui.types import Actor, Refusal

R = TypeVar("R")
RowType = TypeVar("RowType", bound=Table)
ProgrammeOn = Callable[[date], Programme]


class NoRowError(LookupError):
    """There is no row with the id that was given."""


@dataclass(slots=True)
class Tx:
    """One write in progress: the session, who writes, and the instant that every row gets."""

    session: Session
    actor: Actor
    at: datetime
    today: date
    programme: Programme
    collector: changes.Collector = field(default_factory=changes.Collector)
    sentence: str = ""
    undo_of: int | None = None
    redo_of: int | None = None
    new_cases: set[int] = field(default_factory=set)
    """Cases that `store.bulk` inserted with their projection: they need no second look."""

    def say(self, sentence: str) -> None:
        """Set the sentence that the change log and the timeline show."""
        self.sentence = sentence

    def add(self, row: RowType) -> RowType:
        """Write a new row; its id is set already."""
        self.session.add(row)
        return row

    def get(self, kind: type[RowType], key: int) -> RowType:
        """Return a row that must exist; raises NoRowError when it does not."""
        row = self.session.get(kind, key)
        if row is None:
            raise NoRowError(f"no {kind.__name__} {key}")
        return row

    def insert_rows(self, kind: type[Table], rows: list[dict[str, Any]]) -> None:
        """Insert many complete rows at once, logged like any other."""
        if rows:
            table = Table.metadata.tables[str(kind.__tablename__)]
            self.session.connection().execute(insert(table), rows)
            self.collector.note_rows(table.name, rows)


@dataclass(frozen=True, slots=True)
class Database:
    """A case database that is open; `programme_on` gives the settings of a date."""

    engine: Engine
    path: Path
    programme_on: ProgrammeOn
    file: tuple[int, int] | None = None
    """Device and number of the file that was opened, by which another in its place is noticed."""

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one consistent read; rows must not leave the block."""
        with Session(self.engine) as session:
            yield session

    def meta(self, key: str) -> str | None:
        """Return a fact about the database itself."""
        with self.read() as session:
            row = session.get(Meta, key)
            return row.value if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Set a fact about the database itself; it is not a case's fact and is not logged."""
        with immediate(self) as session:
            session.merge(Meta(key=key, value=value))

    def _session(self) -> Session:
        return Session(self.engine.execution_options(immediate=True), expire_on_commit=False)

    def write(
        self,
        actor: Actor,
        command: str,
        job: Callable[[Tx], R | Refusal],
        *,
        case_id: int | None = None,
        seen: int | None = None,
        undoable: bool = False,
        request_id: str | None = None,
    ) -> R | Refusal:
        """Run one intention in one immediate transaction and log what it changed.

        `seen` is the case version that the form saw when it was opened: a newer one refuses. A
        Refusal rolls everything back. `request_id` makes a retry harmless: a second write with it
        is refused as `already_done`. Raises on faults, after rolling back.
        """
        request = request_id or str(uuid.uuid4())
        gone = self.refuse_moved()
        if gone is not None:
            return gone
        try:
            with self._session() as session:
                return self._attempt(session, actor, command, job, case_id, seen, undoable, request)
        except UnicodeEncodeError:
            return _unstorable()
        except DatabaseError as fault:
            if self._was_saved(request):
                return already_done()
            refusal = refusal_of(fault)
            if refusal is None:
                raise
            return refusal

    def _attempt(
        self,
        session: Session,
        actor: Actor,
        command: str,
        job: Callable[[Tx], R | Refusal],
        case_id: int | None,
        seen: int | None,
        undoable: bool,
        request: str,
    ) -> R | Refusal:
        with session.begin() as transaction:
            session.connection()
            now = clock.now()
            today = clock.local_date(now, PROGRAMME_ZONE)
            tx = Tx(session, actor, now, today, self.programme_on(today))
            refused = _refuse_request(session, request) or _refuse_stale(session, case_id, seen)
            if refused is not None:
                return refused
            event.listen(session, "before_flush", tx.collector.before_flush)
            event.listen(session, "do_orm_execute", _refuse_unseen_writes)
            result = job(tx)
            if isinstance(result, Refusal):
                transaction.rollback()
                return result
            session.flush()
            self._complete_forms(session, tx)
            intention = changes.Intention(
                actor, command, tx.sentence, request, now, undoable, tx.undo_of, tx.redo_of
            )
            self._log(session, tx, intention)
            return result

    def _log(self, session: Session, tx: Tx, intention: changes.Intention) -> None:
        diffs = tx.collector.diffs()
        born = {f"case:{key}" for key in tx.new_cases}
        ends = changes.heads(session, [s for s in diffs if s not in born])
        changes.append(session, changes.rows_of(intention, diffs, ends))
        for case_id in _cases(diffs) - tx.new_cases:
            projection.refresh(session, case_id, tx.programme)

    def _complete_forms(self, session: Session, tx: Tx) -> None:
        for case_id in _cases(tx.collector.diffs()) - tx.new_cases:
            projection.complete_form(session, case_id, tx.programme, tx.at)
        session.flush()

    def has_request(self, request_id: str) -> bool:
        """Tell whether a write with this request id is in the log."""
        with self.read() as session:
            return _refuse_request(session, request_id) is not None

    def _was_saved(self, request_id: str) -> bool:
        try:
            return self.has_request(request_id)
        except DatabaseError:
            return False

    def refuse_moved(self) -> Refusal | None:
        """Say that the file was taken away or replaced: what is written now would be lost."""
        if self.file is None or _file(self.path) == self.file:
            return None
        return Refusal(
            "file_gone",
            f"The case database {self.path.name} was moved or replaced while it was open.",
            "Nothing was saved; put it back, or start the program again.",
        )

    def close(self) -> None:
        """Close every connection for good: reading on raises ClosedError."""
        shut(self.engine)


def _cases(diffs: Mapping[str, changes.Diff]) -> set[int]:
    found = (changes.case_of(subject) for subject in diffs)
    return {case_id for case_id in found if case_id is not None}


def open_database(path: Path, key: bytes | None, programme_on: ProgrammeOn) -> Database:
    """Open an existing case database; callers refuse files and wrong keys beforehand."""
    return Database(make_engine(path, key), path, programme_on, _file(path))


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def immediate(db: Database) -> Iterator[Session]:
    """Write what holds no facts (drafts, meta) in one immediate transaction."""
    with Session(db.engine.execution_options(immediate=True)) as session, session.begin():
        yield session


def already_done() -> Refusal:
    """Return the answer to a write that was already made under the same request."""
    return Refusal("already_done", "This was already saved.", "Nothing more is needed.")


def _unstorable() -> Refusal:
    return Refusal(
        "bad_text",
        "The text holds half a character, which cannot be stored.",
        "Nothing was saved; delete the odd character, then do it again.",
    )


def _refuse_request(session: Session, request_id: str) -> Refusal | None:
    table = Table.metadata.tables["change"]
    found = session.execute(
        select(table.c.id).where(table.c.request_id == request_id).limit(1)
    ).first()
    return already_done() if found else None


def _refuse_stale(session: Session, case_id: int | None, seen: int | None) -> Refusal | None:
    if case_id is None:
        return None
    case = session.get(Case, case_id)
    if case is None:
        return Refusal("no_case", "There is no such case.", "Go back to the caseload.")
    if seen is None or case.version == seen:
        return None
    table = Table.metadata.tables["change"]
    last = session.execute(
        select(table.c.user_name, table.c.sentence)
        .where(table.c.subject == f"case:{case_id}")
        .order_by(table.c.seq.desc())
        .limit(1)
    ).one()
    return Refusal(
        "stale",
        f"{last[0]} changed this case after you opened it: {last[1].rstrip('.')}.",
        "Look at the change, then do it again; nothing that you typed is lost.",
    )


def _refuse_unseen_writes(state: ORMExecuteState) -> None:
    if state.is_select:
        return
    # A statement that is plain text does not say which table it writes, so none may.
    table = getattr(state.statement, "table", None)
    if getattr(table, "name", None) not in UNLOGGED_TABLES:
        raise RuntimeError("a write outside the unit of work would miss the change log")
