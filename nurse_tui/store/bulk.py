"""New cases in bulk: rows, projection and change log in a few statements for many cases.

The same facts, projection and log as one write at a time gives, computed from the rows in memory
instead of from a second reading. What needs no database is prepared before the write begins, so
that the lock is held for the statements alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, insert

from nurse_tui.ids import new_id
from nurse_tui.models import Table
from nurse_tui.rules import intake
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.programme import Programme
from nurse_tui.store import changes, projection
from nurse_tui.store.coding import FACT_TABLES
from nurse_tui.store.database import Tx
from nurse_tui.store.facts import CaseRows, from_rows

TABLES = Table.metadata.tables
Values = dict[str, Any]
_ROWS_AT_ONCE = 100
"""Rows of one insert statement, so that no engine gets more parameters than it takes."""


@dataclass(slots=True)
class Prepared:
    """Rows of new cases, complete with their projection, and what the log will say of them."""

    case_ids: set[int] = field(default_factory=set)
    tables: dict[str, list[Values]] = field(default_factory=dict)
    deadlines: list[Values] = field(default_factory=list)
    diffs: dict[str, changes.Diff] = field(default_factory=dict)


def complete(kind: type[Table], /, **values: Any) -> Values:
    """Return a complete row of a table: an id of its own, the model's defaults, and these values.

    Raises TypeError when a column is left without a value.
    """
    defaults, width = _shape(kind)
    row = {**defaults, **values}
    if "id" not in row:
        row["id"] = new_id()
    if len(row) != width:
        raise TypeError(f"a {kind.__tablename__} row is not complete")
    return row


@cache
def _shape(kind: type[Table]) -> tuple[Values, int]:
    """Return the defaults of a table's columns, and how many columns it has."""
    defaults = {
        name: given.default
        for name, given in kind.model_fields.items()
        if not given.is_required() and given.default_factory is None
    }
    return defaults, len(TABLES[str(kind.__tablename__)].columns)


def prepare(cases: Sequence[CaseRows], programme: Programme) -> Prepared:
    """Compute the projection of new cases; each holds complete rows, with one row in `case`.

    A form that lacks nothing is complete since it came in (D-23). `prescriber` rows in a case only
    inform its projection: they are written by whoever made them.
    """
    prepared = Prepared()
    for rows in cases:
        case = rows["case"][0]
        fields, due = projection.project(rows, programme, _complete_form(rows, programme))
        case.update(fields)
        prepared.deadlines.extend(due)
        prepared.case_ids.add(case["id"])
        for table, own in rows.items():
            if table != "prescriber":
                prepared.tables.setdefault(table, []).extend(own)
    for table, batch in prepared.tables.items():
        changes.add_rows(prepared.diffs, table, batch)
    return prepared


def _complete_form(rows: CaseRows, programme: Programme) -> CaseFacts:
    facts = from_rows(rows)
    form = facts.form
    if form is None or form.completed_at or intake.missing_items(facts, programme):
        return facts
    for row in rows["services_form"]:
        row["completed_at"] = form.received_at
    return replace(facts, form=replace(form, completed_at=form.received_at))


def insert_prepared(tx: Tx, prepared: Prepared) -> None:
    """Insert prepared cases and log them."""
    tx.new_cases |= prepared.case_ids
    connection = tx.session.connection()
    for table in FACT_TABLES:
        insert_many(connection, table.name, prepared.tables.get(table.name, ()))
    insert_many(connection, "deadline", prepared.deadlines)
    tx.collector.note_diffs(prepared.diffs)


def insert_cases(tx: Tx, cases: Sequence[CaseRows]) -> None:
    """Insert new cases with the projection under the settings of the write."""
    insert_prepared(tx, prepare(cases, tx.programme))


def insert_many(connection: Connection, table: str, rows: Sequence[Values]) -> None:
    """Insert complete rows of one table in one statement, each value bound by its column's type.

    Does what `execute(insert(table), rows)` does, without asking each row which columns it has.
    """
    if not rows:
        return
    head, group, fields, positional = _insert(table, connection.dialect)
    if not positional:
        named = [{n: p(row[n]) if p else row[n] for n, p in fields} for row in rows]
        connection.exec_driver_sql(f"{head}{group}", named)
        return
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[begin : begin + _ROWS_AT_ONCE]
        values = tuple([p(row[n]) if p else row[n] for row in some for n, p in fields])
        connection.exec_driver_sql(head + ", ".join([group] * len(some)), values)


Binder = Callable[[Any], Any] | None


@lru_cache(128)
def _insert(table: str, dialect: Dialect) -> tuple[str, str, list[tuple[str, Binder]], bool]:
    """Return an insert's text up to its values, its values, and what binds each column."""
    compiled = insert(TABLES[table]).compile(dialect=dialect)
    columns = TABLES[table].columns
    names = list(compiled.positiontup or (column.name for column in columns))
    binders = [columns[n].type.dialect_impl(dialect).bind_processor(dialect) for n in names]
    head, word, group = str(compiled).partition(" VALUES ")
    return head + word, group, list(zip(names, binders, strict=True)), dialect.positional
