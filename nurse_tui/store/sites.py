"""Infusion sites and the chairs that are taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from nurse_tui.models import LIVE_DAY, Table
from nurse_tui.rules.facts import SiteFact
from nurse_tui.store.facts import site_from_row
from nurse_tui.types import DayStatus
from nurse_tui.views import Booking, SiteView

SITE = Table.metadata.tables["infusion_site"]
DAY = Table.metadata.tables["infusion_day"]
COURSE = Table.metadata.tables["course"]
CASE = Table.metadata.tables["case"]
USER = Table.metadata.tables["user"]


def facts_of(
    session: Session, first: date, last: date, *, site_ids: Sequence[int] = (), but_case: int = 0
) -> tuple[SiteFact, ...]:
    """Return sites with their bookings from `first` to `last`, without those of one case."""
    query = select(SITE).order_by(SITE.c.name, SITE.c.id)
    if site_ids:
        query = query.where(SITE.c.id.in_(site_ids))
    booked = _booked(session, first, last, but_case)
    return tuple(
        site_from_row(dict(row), booked.get(row["id"], {}))
        for row in session.execute(query).mappings()
    )


def _booked(session: Session, first: date, last: date, but_case: int) -> dict[int, dict[date, int]]:
    query = (
        select(DAY.c.site_id, DAY.c.on_date, func.count())
        .where(DAY.c.on_date.between(first, last), LIVE_DAY, DAY.c.case_id != but_case)
        .group_by(DAY.c.site_id, DAY.c.on_date)
    )
    found: dict[int, dict[date, int]] = {}
    for site_id, on, count in session.execute(query):
        found.setdefault(site_id, {})[on] = count
    return found


def free_chair(session: Session, site_id: int, on: date, chairs: int) -> int | None:
    """Return the lowest chair of a site that is free on a day, or None when all are taken."""
    query = select(DAY.c.chair).where(DAY.c.site_id == site_id, DAY.c.on_date == on, LIVE_DAY)
    taken = set(session.execute(query).scalars())
    return next((chair for chair in range(1, chairs + 1) if chair not in taken), None)


def views(session: Session) -> tuple[SiteView, ...]:
    """Return every site as lists show it, by name."""
    query = select(SITE).order_by(SITE.c.name, SITE.c.id)
    return tuple(view_of(dict(row)) for row in session.execute(query).mappings())


def view_of(row: dict[str, Any]) -> SiteView:
    """Return one site's row as lists show it."""
    return SiteView(
        site_id=row["id"],
        code=row["code"],
        name=row["name"],
        city=row["city"],
        state=row["state"],
        chairs=row["chairs"],
        open_days=row["open_days"],
        rems_expires_on=row["rems_expires_on"],
        rems_certified_on=row["rems_certified_on"],
    )


def bookings(
    session: Session, site_id: int, first: date, last: date, *, nurse_id: int | None
) -> tuple[Booking, ...]:
    """Return the taken chairs of a site from `first` to `last`, by day and chair.

    With a nurse's id, patients of other nurses have no name: their chair is just taken.
    """
    query = (
        select(
            DAY.c.on_date,
            DAY.c.chair,
            DAY.c.case_id,
            CASE.c.patient_name if nurse_id is None else _named_for(nurse_id),
            COURSE.c.number,
            DAY.c.number,
            DAY.c.status,
        )
        .join(COURSE, COURSE.c.id == DAY.c.course_id)
        .join(CASE, CASE.c.id == DAY.c.case_id)
        .where(
            DAY.c.site_id == site_id,
            DAY.c.on_date.between(first, last),
            DAY.c.status != DayStatus.CANCELLED,
        )
        .order_by(DAY.c.on_date, DAY.c.chair)
    )
    return tuple(Booking(*row) for row in session.execute(query))


def _named_for(nurse_id: int) -> ColumnElement[str]:
    return sql_case((CASE.c.nurse_key.in_([0, nurse_id]), CASE.c.patient_name), else_="")


def points(session: Session) -> dict[int, tuple[float, float]]:
    """Return where sites lie, in degrees, by id; without those of which it is not known."""
    query = select(SITE.c.id, SITE.c.latitude, SITE.c.longitude)
    known = query.where(SITE.c.latitude.is_not(None), SITE.c.longitude.is_not(None))
    return {row[0]: (row[1], row[2]) for row in session.execute(known)}


def open_courses(
    session: Session, first: date, last: date, nurse_id: int | None
) -> list[dict[str, Any]]:
    """Return the courses with days still to be given from `first` to `last`, the next day first.

    Walks `uq_infusion_day_chair` site by site.
    """
    given = func.sum(sql_case((DAY.c.status == DayStatus.GIVEN, 1), else_=0))
    waiting = sql_case((DAY.c.status == DayStatus.SCHEDULED, DAY.c.on_date))
    query = (
        select(
            COURSE.c.id.label("course_id"),
            CASE.c.id.label("case_id"),
            CASE.c.number.label("number"),
            CASE.c.patient_name.label("patient"),
            func.coalesce(USER.c.full_name, "").label("nurse"),
            COURSE.c.number.label("course"),
            COURSE.c.site_id.label("site_id"),
            func.coalesce(SITE.c.name, "").label("site"),
            func.min(DAY.c.on_date).label("first"),
            func.max(DAY.c.on_date).label("last"),
            given.label("given"),
            func.count().label("total"),
            func.min(waiting, type_=DAY.c.on_date.type).label("next_day"),
        )
        .join(COURSE, COURSE.c.id == DAY.c.course_id)
        .join(CASE, CASE.c.id == DAY.c.case_id)
        .outerjoin(SITE, SITE.c.id == COURSE.c.site_id)
        .outerjoin(USER, USER.c.id == CASE.c.nurse_id)
        .where(DAY.c.site_id.in_(select(SITE.c.id)), DAY.c.on_date.between(first, last), LIVE_DAY)
        .where(COURSE.c.cancelled_at.is_(None))
        .group_by(COURSE.c.id)
        .having(func.min(waiting).is_not(None))
        .order_by("next_day", COURSE.c.id)
    )
    if nurse_id is not None:
        query = query.where(CASE.c.nurse_key == nurse_id)
    return [dict(row) for row in session.execute(query).mappings()]
