"""Whose call comes next, and which calls are due (along the indexes of deadlines)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, literal, or_, select
from sqlalchemy.orm import Session

from nurse_tui.models import Table

CASE = Table.metadata.tables["case"]
DEADLINE = Table.metadata.tables["deadline"]
CALL = Table.metadata.tables["call"]
USER = Table.metadata.tables["user"]
CALL_KINDS = ("first_call", "next_attempt", "callback", "arrival_call", "follow_up_call",
              "missed_lab")  # fmt: skip
"""Deadlines that a call settles."""
ATTEMPTS = ("first_call", "next_attempt")
"""Those that a call before their date settles too."""


class DueCall(NamedTuple):
    """A case with a call due: what for, and until when (UTC)."""

    case_id: int
    title: str
    due_at: datetime


def next_to_call(
    session: Session, nurse_id: int, today: date, before_opening: date, limit: int
) -> list[DueCall]:
    """Return a nurse's cases with a call to make by a date, soonest due first, one row each.

    Attempts are made at any time; other calls count from their own date, the arrival call from
    the last business day before it: it is asked for up to the day before the next one opens.
    """
    kind = DEADLINE.c.kind
    arrival = and_(kind == "arrival_call", DEADLINE.c.due_on <= before_opening)
    timely = or_(kind.in_(ATTEMPTS), DEADLINE.c.due_on <= today, arrival)
    first: dict[int, DueCall] = {}
    for row in session.execute(_due(nurse_id, limit).where(timely)):
        first.setdefault(row[0], DueCall(*row))
    return list(first.values())


def due_calls(session: Session, nurse_id: int | None, limit: int) -> list[DueCall]:
    """Return the cases with a call due or open of a nurse, or with None of everybody, one row each.

    A nurse's deadlines are walked along `ix_deadline_nurse_due`. Everybody's are picked by scanning
    `ix_deadline_kind_due` (and `ix_call_nurse_started` for open calls), which holds all that is
    compared; rows are read for the few that are picked.
    """
    first: dict[int, DueCall] = {}
    for query in (_due(nurse_id, limit), _begun(nurse_id, limit)):
        for row in session.execute(query):
            first.setdefault(row[0], DueCall(*row))
    return list(first.values())


def _due(nurse_id: int | None, limit: int) -> Select[Any]:
    wanted = (DEADLINE.c.is_open, DEADLINE.c.kind.in_(CALL_KINDS))
    shown = select(DEADLINE.c.case_id, DEADLINE.c.title, DEADLINE.c.due_at)
    in_order = shown.order_by(DEADLINE.c.due_at, DEADLINE.c.case_id)
    if nurse_id is not None:
        return in_order.where(DEADLINE.c.nurse_key == nurse_id, *wanted).limit(limit)
    soonest = select(DEADLINE.c.id).where(*wanted).order_by(DEADLINE.c.due_at, DEADLINE.c.id)
    return in_order.where(DEADLINE.c.id.in_(soonest.limit(limit)))


def _begun(nurse_id: int | None, limit: int) -> Select[Any]:
    shown = select(CALL.c.case_id, literal("Call not ended"), CALL.c.started_at)
    in_order = shown.where(CALL.c.ended_at.is_(None)).order_by(CALL.c.started_at).limit(limit)
    if nurse_id is not None:
        return in_order.where(CALL.c.nurse_id == nurse_id)
    return in_order.where(CALL.c.id.in_(select(CALL.c.id).where(CALL.c.outcome.is_(None))))


def nurses_of(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return id and name of the nurses who have some cases, by case (primary keys)."""
    joined = CASE.join(USER, USER.c.id == CASE.c.nurse_key)
    query = select(CASE.c.id, USER.c.id, USER.c.full_name, USER.c.name).select_from(joined)
    found = session.execute(query.where(CASE.c.id.in_(case_ids)))
    return {row[0]: (row[1], row[2] or row[3]) for row in found}
