"""Whose call comes next: a nurse's open cases by what is due (index `ix_case_nurse_due`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurse_tui.models import NEVER, Table

CASE = Table.metadata.tables["case"]


def next_to_call(session: Session, nurse_id: int, limit: int) -> list[tuple[int, str, datetime]]:
    """Return (case id, why, due instant) of a nurse's cases with something due, soonest first."""
    query = (
        select(CASE.c.id, CASE.c.next_why, CASE.c.next_due_at)
        .where(CASE.c.nurse_key == nurse_id, CASE.c.is_open, CASE.c.next_due_at < NEVER)
        .order_by(CASE.c.next_due_at, CASE.c.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
