"""Whose call comes next, and which calls are due (indexes `ix_case_nurse_due` and of deadlines)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from nurse_tui.models import NEVER, Table

CASE = Table.metadata.tables["case"]
DEADLINE = Table.metadata.tables["deadline"]
CALL = Table.metadata.tables["call"]
CALL_KINDS = ("first_call", "next_attempt", "callback", "arrival_call", "follow_up_call",
              "missed_lab")  # fmt: skip
"""Deadlines that a call settles."""


class DueCall(NamedTuple):
    """A case with a call due: what for, and until when (UTC)."""

    case_id: int
    title: str
    due_at: datetime


def next_to_call(session: Session, nurse_id: int, limit: int) -> list[tuple[int, str, datetime]]:
    """Return (case id, why, due instant) of a nurse's cases with something due, soonest first."""
    query = (
        select(CASE.c.id, CASE.c.next_why, CASE.c.next_due_at)
        .where(CASE.c.nurse_key == nurse_id, CASE.c.is_open, CASE.c.next_due_at < NEVER)
        .order_by(CASE.c.next_due_at, CASE.c.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def due_calls(session: Session, nurse_id: int, limit: int) -> list[DueCall]:
    """Return a nurse's cases with a call due or open, one row a case."""
    begun = (
        select(CALL.c.case_id, literal("Call not ended"), CALL.c.started_at)
        .where(CALL.c.nurse_id == nurse_id, CALL.c.ended_at.is_(None))
        .order_by(CALL.c.started_at)
        .limit(limit)
    )
    due = (
        select(DEADLINE.c.case_id, DEADLINE.c.title, DEADLINE.c.due_at)
        .where(DEADLINE.c.nurse_key == nurse_id, DEADLINE.c.is_open)
        .where(DEADLINE.c.kind.in_(CALL_KINDS))
        .order_by(DEADLINE.c.due_at, DEADLINE.c.case_id)
        .limit(limit)
    )
    first: dict[int, DueCall] = {}
    for row in (*session.execute(due), *session.execute(begun)):
        first.setdefault(row[0], DueCall(*row))
    return list(first.values())
