"""Undo and redo: a new change that puts fields back, refused when later work touched them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from nurse_tui.models import Table
from nurse_tui.store.changes import Diff, read_diff
from nurse_tui.store.coding import FACT_TABLES, decode, encode, logged_fields
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal
from nurse_tui.words import plain

_CHANGE = Table.metadata.tables["change"]
_MODELS: dict[str, type[Any]] = {
    str(model.__tablename__): model for model in Table.__subclasses__()
}
_ORDER = [table.name for table in FACT_TABLES]


@dataclass(frozen=True, slots=True)
class Step:
    """A change that can be undone or redone."""

    seq: int
    user_id: int
    user_name: str
    sentence: str
    diff: Diff
    command: str


def next_undo(tx: Tx, case_id: int) -> Step | Refusal:
    """Return the newest change of a case that has not been undone."""
    undo, _ = _stacks(tx, case_id)
    if undo:
        return undo[-1]
    return Refusal(
        "nothing_to_undo",
        "Nothing in this case can be undone.",
        "Calls, answers, notes and safety reports stay; correct them with a new note.",
    )


def next_redo(tx: Tx, case_id: int) -> Step | Refusal:
    """Return the change that was undone last and not followed by other work."""
    _, redo = _stacks(tx, case_id)
    if redo:
        return redo[-1]
    return Refusal(
        "nothing_to_redo",
        "Nothing was undone that could be done again.",
        "Undo something first, or make the change anew.",
    )


def _stacks(tx: Tx, case_id: int) -> tuple[list[Step], list[Step]]:
    query = select(_CHANGE).where(_CHANGE.c.subject == f"case:{case_id}").order_by(_CHANGE.c.seq)
    undo: list[Step] = []
    redo: list[Step] = []
    for row in tx.session.execute(query):
        if row.undo_of is not None:
            _move(undo, redo, row.undo_of)
        elif row.redo_of is not None:
            _move(redo, undo, row.redo_of)
        elif row.undoable:
            undo.append(_step(row))
            redo.clear()
    return undo, redo


def _step(row: Row[Any]) -> Step:
    return Step(row.seq, row.user_id, row.user_name, row.sentence, read_diff(row), row.command)


def _move(source: list[Step], target: list[Step], seq: int) -> None:
    step = next(step for step in reversed(source) if step.seq == seq)
    source.remove(step)
    target.append(step)


def put_back(tx: Tx, step: Step) -> Refusal | None:
    """Reverse every field of a change, unless one of them has another value by now."""
    return _apply(tx, step, old=1, new=0)


def do_again(tx: Tx, step: Step) -> Refusal | None:
    """Repeat every field of a change, unless one of them has another value by now."""
    return _apply(tx, step, old=0, new=1)


def _apply(tx: Tx, step: Step, *, old: int, new: int) -> Refusal | None:
    touched = _touched(tx, step, old)
    if touched:
        return Refusal(
            "touched_since",
            f"“{step.sentence}” cannot be reversed: {touched} was changed afterwards.",
            "Undo the later change first, or make the correction by hand.",
        )
    tx.session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    entries = sorted(_entries(step.diff), key=lambda e: _ORDER.index(e[0]))
    gone = [e for e in entries if e[2][new] is None]
    for table, key, _ in reversed(gone):
        tx.session.delete(tx.get(_MODELS[table], key))
    tx.session.flush()
    # One at a time: a change ends an enrolment before it writes the cover, and so back the cover
    # goes first. The database refuses the other order (D-51).
    for table, key, entry in entries if old else reversed(entries):
        if entry[old] is not None and entry[new] is not None:
            _update(tx, table, key, entry[new])
            tx.session.flush()
    for table, _, entry in entries:
        if entry[old] is None:
            tx.session.add(_MODELS[table](**_all_fields(table, decode(table, entry[new]))))
    return None


def _entries(diff: Diff) -> list[tuple[str, int, list[Any]]]:
    return [(t, int(key), entry) for t, rows in diff.items() for key, entry in rows.items()]


def _touched(tx: Tx, step: Step, old: int) -> str:
    for table, entries in step.diff.items():
        for key, entry in entries.items():
            row = tx.session.get(_MODELS[table], int(key))
            if (row is None) != (entry[old] is None):
                return plain(table)
            for name, value in (entry[old] or {}).items():
                if encode(getattr(row, name)) != value:
                    return f"{plain(table)} {plain(name)}"
    return ""


def _update(tx: Tx, table: str, key: int, values: dict[str, Any]) -> None:
    row = tx.get(_MODELS[table], key)
    for name, value in decode(table, values).items():
        setattr(row, name, value)


def _all_fields(table: str, typed: dict[str, Any]) -> dict[str, Any]:
    return {name: typed.get(name) for name in logged_fields(table)}
