"""A case and its prescribers as they stood at any instant, replayed from the change log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurse_tui.models import Table
from nurse_tui.store.coding import decode
from nurse_tui.store.facts import CaseRows, filled, prescriber_ids

_CHANGE = Table.metadata.tables["change"]


def rows_as_of(session: Session, case_id: int, at: datetime) -> CaseRows:
    """Return the fact rows of a case as they stood at an instant; no `case` row before it began."""
    rows = replay(_diffs(session, f"case:{case_id}", at))
    rows.setdefault("case", [])
    rows["prescriber"] = [
        row
        for key in sorted(prescriber_ids(rows))
        for row in replay(_diffs(session, f"prescriber:{key}", at)).get("prescriber", ())
    ]
    return rows


def _diffs(session: Session, subject: str, at: datetime) -> Iterable[str]:
    query = (
        select(_CHANGE.c.diff)
        .where(_CHANGE.c.subject == subject, _CHANGE.c.at <= at)
        .order_by(_CHANGE.c.seq)
    )
    return session.execute(query).scalars()


def replay(diffs: Iterable[str]) -> CaseRows:
    """Return the rows that the stored diffs of one chain lead to, oldest diff first."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for text in diffs:
        for table, entries in json.loads(text).items():
            held = tables.setdefault(table, {})
            for key, (_before, after) in entries.items():
                if after is None:
                    held.pop(key, None)
                else:
                    held.setdefault(key, {}).update(after)
    return {
        table: [filled(table, decode(table, held[key])) for key in sorted(held, key=int)]
        for table, held in tables.items()
    }
