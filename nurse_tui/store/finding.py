"""Plain look-ups by equal fields, so that services need no SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import func
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import configure_mappers
from sqlmodel import col, select

from nurse_tui.models import Case, Table

RowType = TypeVar("RowType", bound=Table)
AT_ONCE = 5_000
"""Ids in one statement; a database takes only so many parameters."""


def prepare() -> None:
    """Do beforehand what the first look-up would wait for."""
    configure_mappers()


def find(session: Session, kind: type[RowType], /, **equal: Any) -> list[RowType]:
    """Return the rows whose fields equal the given values (None: is empty), oldest first."""
    query = select(kind).order_by(col(kind.id))  # type: ignore[attr-defined]
    return list(session.scalars(query.where(*_conditions(kind, equal))))


def first(session: Session, kind: type[RowType], /, **equal: Any) -> RowType | None:
    """Return the oldest row whose fields equal the given values, or None."""
    query = select(kind).order_by(col(kind.id)).limit(1)  # type: ignore[attr-defined]
    return session.scalars(query.where(*_conditions(kind, equal))).first()


def by_ids(session: Session, kind: type[RowType], ids: set[int]) -> dict[int, RowType]:
    """Return the rows of some ids, by id."""
    rows = session.scalars(select(kind).where(col(kind.id).in_(ids)))  # type: ignore[attr-defined]
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


def count(session: Session, kind: type[Table], /, **equal: Any) -> int:
    """Return how many rows have fields that equal the given values."""
    query = select(func.count()).select_from(kind).where(*_conditions(kind, equal))
    return session.scalars(query).one()


def open_cases_by_nurse(session: Session) -> dict[int, int]:
    """Return how many open cases each nurse has; key 0 counts those without one."""
    query = select(Case.nurse_key, func.count()).where(col(Case.is_open))
    return {row[0]: row[1] for row in session.execute(query.group_by(col(Case.nurse_key)))}


def held(session: Session, case_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return of some cases each nurse (0: nobody), how many are theirs, how many of them open."""
    found: Counter[int] = Counter()
    are_open: Counter[int] = Counter()
    for start in range(0, len(case_ids), AT_ONCE):
        some = case_ids[start : start + AT_ONCE]
        query = select(Case.nurse_key, Case.is_open).where(col(Case.id).in_(some))
        for nurse, is_open in session.execute(query):
            found[nurse] += 1
            are_open[nurse] += is_open
    return [(nurse, count, are_open[nurse]) for nurse, count in found.most_common()]


def _conditions(kind: type[Table], equal: dict[str, Any]) -> list[Any]:
    fields = [(col(getattr(kind, name)), value) for name, value in equal.items()]
    return [field.is_(None) if value is None else field == value for field, value in fields]
