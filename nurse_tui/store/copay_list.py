"""Co-pay lists: enrolments, renewals due, cases whose cover is not known (indexes of the tables).

`nurse_id` None means the whole team.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from nurse_tui.models import Table
from nurse_tui.types import Benefit, State

CASE = Table.metadata.tables["case"]
ENROLMENT = Table.metadata.tables["copay_enrollment"]
COVERAGE = Table.metadata.tables["coverage"]
DEADLINE = Table.metadata.tables["deadline"]
WHO = (CASE.c.id, CASE.c.number, CASE.c.patient_name, CASE.c.us_state)


class Enrolment(NamedTuple):
    """An enrolment with whom it belongs to."""

    case_id: int
    number: str
    patient: str
    us_state: str
    row_id: int
    benefit: Benefit
    enrolled_on: date
    ends_on: date | None
    end_reason: str


class Renewal(NamedTuple):
    """A renewal that is due, by its deadline."""

    case_id: int
    number: str
    patient: str
    us_state: str
    row_id: int
    title: str
    due_on: date


def enrolments(
    session: Session, nurse_id: int | None, running: bool, on: date, limit: int
) -> list[Enrolment]:
    """Return enrolments that run on after a day, or ended ones with the latest end first."""
    query = select(*WHO, ENROLMENT.c.id, ENROLMENT.c.benefit, ENROLMENT.c.enrolled_on,
                   ENROLMENT.c.ends_on, ENROLMENT.c.end_reason)  # fmt: skip
    query = query.join(CASE, CASE.c.id == ENROLMENT.c.case_id)
    if running:
        lasting = or_(ENROLMENT.c.ends_on.is_(None), ENROLMENT.c.ends_on > on)
        query = query.where(lasting).order_by(ENROLMENT.c.enrolled_on)
    else:
        query = query.where(ENROLMENT.c.ends_on <= on).order_by(ENROLMENT.c.ends_on.desc())
    query = _of(query, nurse_id).order_by(ENROLMENT.c.id).limit(limit)
    return [Enrolment(*row) for row in session.execute(query)]


def renewals(session: Session, nurse_id: int | None, limit: int) -> list[Renewal]:
    """Return the renewals that are due, soonest first (D-47)."""
    query = (
        select(*WHO, DEADLINE.c.id, DEADLINE.c.title, DEADLINE.c.due_on)
        .join(CASE, CASE.c.id == DEADLINE.c.case_id)
        .where(DEADLINE.c.is_open, DEADLINE.c.kind == "copay_renewal")
        .order_by(DEADLINE.c.due_at, DEADLINE.c.id)
    )
    return [Renewal(*row) for row in session.execute(_of(query, nurse_id).limit(limit))]


def cover_in_doubt(
    session: Session, nurse_id: int | None, doubtful: Collection[str], on: date, limit: int
) -> list[int]:
    """Return open cases without a clear cover on a day, or with one of the doubtful kinds."""
    own = COVERAGE.c.case_id == CASE.c.id
    begun = or_(COVERAGE.c.starts_on.is_(None), COVERAGE.c.starts_on <= on)
    active = and_(begun, or_(COVERAGE.c.ends_on.is_(None), COVERAGE.c.ends_on >= on))
    clear = exists().where(own, COVERAGE.c.kind.not_in(doubtful), active)
    unclear = exists().where(own, COVERAGE.c.kind.in_(doubtful), active)
    query = (
        select(CASE.c.id)
        .where(CASE.c.is_open, CASE.c.state != State.REFERRED)
        .where(or_(~clear, unclear, CASE.c.us_state == ""))
        .order_by(CASE.c.next_due_at, CASE.c.id)
    )
    return list(session.scalars(_of(query, nurse_id).limit(limit)))


def _of(query: Select[Any], nurse_id: int | None) -> Select[Any]:
    return query if nurse_id is None else query.where(CASE.c.nurse_key == nurse_id)
