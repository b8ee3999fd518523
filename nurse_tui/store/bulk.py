"""New cases in bulk: rows, projection and change log in a few statements for many cases.

The same facts, projection and log as one write at a time gives, computed from the rows in memory
instead of from a second reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from nurse_tui.models import Table
from nurse_tui.store import projection
from nurse_tui.store.coding import FACT_TABLES
from nurse_tui.store.database import Tx
from nurse_tui.store.facts import CaseRows

TABLES = Table.metadata.tables


def insert_cases(tx: Tx, cases: Sequence[CaseRows]) -> None:
    """Insert new cases; each holds complete rows by table, with one row in `case`.

    `prescriber` rows in a case only inform its projection: they are written by whoever made them.
    """
    deadlines: list[dict[str, Any]] = []
    for rows in cases:
        fields, due = projection.project(rows, tx.programme)
        rows["case"][0].update(fields)
        deadlines.extend(due)
        tx.new_cases.add(rows["case"][0]["id"])
    for table in FACT_TABLES:
        if table.name == "prescriber":
            continue
        batch = [row for rows in cases for row in rows.get(table.name, ())]
        if batch:
            tx.session.execute(insert(table), batch)
            tx.collector.note_rows(table.name, batch)
    if deadlines:
        tx.session.execute(insert(TABLES["deadline"]), deadlines)
