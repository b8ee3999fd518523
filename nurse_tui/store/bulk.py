"""New cases in bulk: rows, projection and change log in a few statements for many cases.

The same facts, projection and log as one write at a time gives, computed from the rows in memory
instead of from a second reading. What needs no database is prepared before the write begins, so
that the lock is held for the statements alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import insert

from nurse_tui.ids import new_id
from nurse_tui.models import Table
from nurse_tui.rules.programme import Programme
from nurse_tui.store import projection
from nurse_tui.store.coding import FACT_TABLES
from nurse_tui.store.database import Tx
from nurse_tui.store.facts import CaseRows

TABLES = Table.metadata.tables


@dataclass(slots=True)
class Prepared:
    """Rows of new cases, complete with their projection."""

    case_ids: set[int] = field(default_factory=set)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deadlines: list[dict[str, Any]] = field(default_factory=list)


def complete(kind: type[Table], /, **values: Any) -> dict[str, Any]:
    """Return a complete row of a table: an id of its own, the model's defaults, and these values.

    Raises TypeError when a column is left without a value.
    """
    row = {**_defaults(kind), **values}
    row.setdefault("id", new_id())
    if len(row) != len(TABLES[str(kind.__tablename__)].columns):
        raise TypeError(f"a {kind.__tablename__} row is not complete")
    return row


@cache
def _defaults(kind: type[Table]) -> dict[str, Any]:
    return {
        name: given.default
        for name, given in kind.model_fields.items()
        if not given.is_required() and given.default_factory is None
    }


def prepare(cases: Sequence[CaseRows], programme: Programme) -> Prepared:
    """Compute the projection of new cases; each holds complete rows, with one row in `case`.

    `prescriber` rows in a case only inform its projection: they are written by whoever made them.
    """
    prepared = Prepared()
    for rows in cases:
        case = rows["case"][0]
        fields, due = projection.project(rows, programme)
        case.update(fields)
        prepared.deadlines.extend(due)
        prepared.case_ids.add(case["id"])
        for table, own in rows.items():
            if table != "prescriber":
                prepared.tables.setdefault(table, []).extend(own)
    return prepared


def insert_prepared(tx: Tx, prepared: Prepared) -> None:
    """Insert prepared cases and log them."""
    tx.new_cases |= prepared.case_ids
    for table in FACT_TABLES:
        batch = prepared.tables.get(table.name)
        if batch:
            tx.session.execute(insert(table), batch)
            tx.collector.note_rows(table.name, batch)
    if prepared.deadlines:
        tx.session.execute(insert(TABLES["deadline"]), prepared.deadlines)


def insert_cases(tx: Tx, cases: Sequence[CaseRows]) -> None:
    """Insert new cases with the projection under the settings of the write."""
    insert_prepared(tx, prepare(cases, tx.programme))
