"""The change log: what a unit of work did to facts, as chained rows of one subject each.

A diff is `{table: {row id: [before, after]}}`. An insert has no before and leaves out fields that
are None; a deletion has no after; an update holds only the fields that changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from nurse_tui.ids import new_id
from nurse_tui.models import UNLOGGED_TABLES, Change, Table
from nurse_tui.store.coding import canonical, encode, log_encoders, logged_fields
from nurse_tui.types import Actor

Diff = dict[str, dict[str, list[Any]]]
GENESIS = "0" * 64
_CHANGE = Table.metadata.tables["change"]
_CASE = Table.metadata.tables["case"]
_RAISE_VERSION = (
    _CASE.update().where(_CASE.c.id == bindparam("key")).values(version=bindparam("seq"))
)


@dataclass(frozen=True, slots=True)
class Intention:
    """What one write means: stored once for every subject that it touched."""

    actor: Actor
    command: str
    sentence: str
    request_id: str
    at: datetime
    undoable: bool = False
    undo_of: int | None = None
    redo_of: int | None = None


def subject_of(table: str, values: Mapping[str, Any]) -> str:
    """Return the subject whose chain a row belongs to, such as `case:12` or `user:3`."""
    if table == "case":
        return f"case:{values['id']}"
    case_id = values.get("case_id")
    return f"case:{case_id}" if case_id is not None else f"{table}:{values['id']}"


def case_of(subject: str) -> int | None:
    """Return the case id of a case's subject, or None."""
    kind, _, key = subject.partition(":")
    return int(key) if kind == "case" else None


@dataclass(slots=True)
class Collector:
    """Gathers what a session flushes, so that no service can forget to log a change."""

    _new: dict[int, Table] = field(default_factory=dict)
    _before: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    _changed: dict[tuple[str, int], Table] = field(default_factory=dict)
    _gone: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    _bulk: dict[str, Diff] = field(default_factory=dict)

    def before_flush(self, session: Session, _context: UOWTransaction, _instances: Any) -> None:
        """Note what is about to be written; SQLAlchemy calls this."""
        for row in session.new:
            if _is_fact(row):
                self._new[id(row)] = row
        for row in session.dirty:
            if _is_fact(row) and id(row) not in self._new and session.is_modified(row):
                self._note_update(row)
        for row in session.deleted:
            if _is_fact(row):
                self._note_deletion(row)

    def _note_update(self, row: Table) -> None:
        place = _place(row)
        state = inspect(row)
        before = self._before.setdefault(place, {})
        for name in logged_fields(place[0]):
            history = state.attrs[name].history
            if history.has_changes():
                before.setdefault(name, history.deleted[0] if history.deleted else None)
        self._changed[place] = row

    def _note_deletion(self, row: Table) -> None:
        place = _place(row)
        if self._new.pop(id(row), None) is None:
            values = _values(row)
            values.update(self._before.pop(place, {}))
            self._gone[place] = values
        self._changed.pop(place, None)

    def note_rows(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Note rows that are inserted in bulk, outside the session."""
        add_rows(self._bulk, table, rows)

    def note_diffs(self, diffs: Mapping[str, Diff]) -> None:
        """Note subjects whose rows are all new and were put together by `add_rows`."""
        self._bulk.update(diffs)

    def note_event(self, subject: str) -> None:
        """Note what touched no row, such as an export, as a change of a subject of its own."""
        self._bulk.setdefault(subject, {})

    def diffs(self) -> dict[str, Diff]:
        """Return one diff for each subject; call it after the last flush."""
        found: dict[str, Diff] = dict(self._bulk)
        for row in self._new.values():
            table, key = _place(row)
            values = _values(row)
            after = {n: encode(v) for n, v in values.items() if v is not None}
            _put(found, subject_of(table, values), table, key, [None, after])
        for (table, key), row in self._changed.items():
            self._put_update(found, table, key, _values(row))
        for (table, key), values in self._gone.items():
            before = {n: encode(v) for n, v in values.items() if v is not None}
            _put(found, subject_of(table, values), table, key, [before, None])
        return found

    def _put_update(
        self, found: dict[str, Diff], table: str, key: int, now: dict[str, Any]
    ) -> None:
        before = {n: encode(v) for n, v in self._before[(table, key)].items()}
        after = {n: encode(now[n]) for n in before}
        moved = [n for n in before if before[n] != after[n]]
        if moved:
            entry = [{n: before[n] for n in moved}, {n: after[n] for n in moved}]
            _put(found, subject_of(table, now), table, key, entry)


def add_rows(found: dict[str, Diff], table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add new rows of a table to the diffs of their subjects."""
    fields = log_encoders(table)
    for values in rows:
        after = {}
        for name, encoder in fields:
            value = values.get(name)
            if value is not None:
                after[name] = encoder(value) if encoder else value
        diff = found.setdefault(subject_of(table, values), {})
        diff.setdefault(table, {})[str(values["id"])] = [None, after]


def _put(found: dict[str, Diff], subject: str, table: str, key: int, entry: list[Any]) -> None:
    found.setdefault(subject, {}).setdefault(table, {})[str(key)] = entry


def _is_fact(row: Any) -> bool:
    return row.__tablename__ not in UNLOGGED_TABLES


def _place(row: Any) -> tuple[str, int]:
    return row.__tablename__, row.id


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in logged_fields(row.__tablename__)}


def heads(session: Session, subjects: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return the last sequence number and hash of each subject that has a chain."""
    found: dict[str, tuple[int, str]] = {}
    for subject in subjects:
        last = session.execute(
            select(_CHANGE.c.seq, _CHANGE.c.hash)
            .where(_CHANGE.c.subject == subject)
            .order_by(_CHANGE.c.seq.desc())
            .limit(1)
        ).first()
        if last is not None:
            found[subject] = (last[0], last[1])
    return found


def link(prev_hash: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of a log entry chained to the one before it."""
    return hashlib.sha256((prev_hash + canonical(entry)).encode()).hexdigest()


def hashed_part(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a change row that its hash covers."""
    names = (
        "subject", "seq", "user_id", "user_name", "role", "command", "sentence", "diff",
        "request_id", "undoable", "undo_of", "redo_of",
    )  # fmt: skip
    return {name: row[name] for name in names} | {"at": encode(row["at"])}


def rows_of(
    intention: Intention, diffs: Mapping[str, Diff], ends: Mapping[str, tuple[int, str]]
) -> list[dict[str, Any]]:
    """Return the change rows of a write: one for each subject, chained after the given ends."""
    rows = []
    for subject, diff in diffs.items():
        seq, prev_hash = ends.get(subject, (0, GENESIS))
        row: dict[str, Any] = {
            "id": new_id(),
            "subject": subject,
            "seq": seq + 1,
            "case_id": case_of(subject),
            "at": intention.at,
            "user_id": intention.actor.user_id,
            "user_name": intention.actor.name,
            "role": intention.actor.role.value,
            "command": intention.command,
            "sentence": intention.sentence,
            "diff": canonical(diff),
            "request_id": intention.request_id,
            "undoable": intention.undoable,
            "undo_of": intention.undo_of,
            "redo_of": intention.redo_of,
            "prev_hash": prev_hash,
        }
        row["hash"] = link(prev_hash, hashed_part(row))
        rows.append(row)
    return rows


def append(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write change rows and raise the version of their cases; a new case begins at version 1."""
    if rows:
        session.execute(insert(_CHANGE), rows)
    raised = [{"key": r["case_id"], "seq": r["seq"]} for r in rows if r["case_id"] and r["seq"] > 1]
    if raised:
        session.connection().execute(_RAISE_VERSION, raised)


def read_diff(row: Row[Any] | Change) -> Diff:
    """Return the diff of a stored change."""
    diff: Diff = json.loads(row.diff)
    return diff
