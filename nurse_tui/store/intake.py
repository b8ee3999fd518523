"""What imports must know of the database: one query for many rows of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, or_, select
from sqlalchemy.orm import Session

from nurse_tui.models import LIVE_DAY, Table

TABLES = Table.metadata.tables
Values = dict[str, Any]
PrescriberKey = tuple[str, str]
"""NPI and an empty name, or an empty NPI and the name."""
Person = tuple[str, date]
"""Folded name, last name first, and the date of birth."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FormOnFile:
    """A Services Form that the database holds already."""

    case_id: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Referral:
    """A case without a Services Form; nobody looks at one that is over: closed, or a death."""

    case_id: int
    over: bool


def prescriber_key(npi: str, name: str) -> PrescriberKey:
    """Return by what a prescriber is known again: the NPI, or the name where there is none."""
    return (npi, "") if npi else ("", name)


def forms_on_file(session: Session, form_ids: Collection[str]) -> dict[str, FormOnFile]:
    """Return those of many forms that are on file, by form id."""
    form = TABLES["services_form"]
    found: dict[str, FormOnFile] = {}
    for some in _parts(form_ids):
        query = select(form.c.form_id, form.c.case_id, form.c.fingerprint)
        for row in session.execute(query.where(form.c.form_id.in_(some))):
            found[row[0]] = FormOnFile(row[1], row[2])
    return found


def prescribers_on_file(
    session: Session, keys: Collection[PrescriberKey]
) -> dict[PrescriberKey, Values]:
    """Return those of many prescribers that are on file; of several the oldest."""
    table = TABLES["prescriber"]
    npis = [npi for npi, _ in keys if npi]
    names = [name for npi, name in keys if not npi]
    conditions: list[Any] = []
    if npis:
        conditions.append(table.c.npi.in_(npis))
    if names:
        conditions.append((table.c.npi == "") & table.c.name.in_(names))
    found: dict[PrescriberKey, Values] = {}
    for condition in conditions:
        query = select(table).where(condition).order_by(table.c.id)
        for row in session.execute(query).mappings():
            found.setdefault(prescriber_key(row["npi"], row["name"]), dict(row))
    return found


def referrals(session: Session, people: Collection[Person]) -> dict[Person, list[Referral]]:
    """Return the cases without a Services Form of people by name and date of birth."""
    case, patient, form = TABLES["case"], TABLES["patient"], TABLES["services_form"]
    found: dict[Person, list[Referral]] = {}
    if not people or not _any_referral(session):
        return found
    query = (
        select(case.c.id, case.c.sort_name, patient.c.date_of_birth, _over(case, patient))
        .join(patient, patient.c.case_id == case.c.id)
        .where(case.c.sort_name.in_({name for name, _ in people}))
        .where(~select(form.c.id).where(form.c.case_id == case.c.id).exists())
    )
    for case_id, name, born, over in session.execute(query):
        if (name, born) in people:
            found.setdefault((name, born), []).append(Referral(case_id, over))
    return found


def _over(case: FromClause, patient: FromClause) -> ColumnElement[bool]:
    return or_(case.c.closed_reason > "", patient.c.deceased_on.is_not(None))


def _any_referral(session: Session) -> bool:
    case = TABLES["case"]
    query = select(case.c.id).where(case.c.external_id > "").limit(1)
    return session.execute(query).first() is not None


def rows_of(session: Session, table: str, column: str, values: Collection[Any]) -> list[Values]:
    """Return the rows of a table whose column holds one of many values, in order of their ids."""
    found: list[Values] = []
    kind = TABLES[table]
    for some in _parts(values):
        query = select(kind).where(kind.c[column].in_(some)).order_by(kind.c.id)
        found.extend(dict(row) for row in session.execute(query).mappings())
    return found


def cases_by_external_id(session: Session, ids: Collection[str]) -> dict[str, int]:
    """Return the cases of those of many outside ids that are on file; of several the oldest."""
    rows = rows_of(session, "case", "external_id", ids)
    return {key: row["id"] for key, row in by(rows, "external_id").items()}


def by(rows: Iterable[Values], column: str) -> Mapping[Any, Values]:
    """Return rows by the value of a column; of several the first."""
    found: dict[Any, Values] = {}
    for row in rows:
        found.setdefault(row[column], row)
    return found


def live_days(session: Session, site_id: int, day: date) -> list[Values]:
    """Return the infusion days that hold a chair at a site on a date (D-59)."""
    table = TABLES["infusion_day"]
    query = select(table).where(table.c.site_id == site_id, table.c.on_date == day, LIVE_DAY)
    return [dict(row) for row in session.execute(query).mappings()]


def _parts(values: Collection[Any]) -> Iterable[list[Any]]:
    listed = list(values)
    return (listed[n : n + _AT_ONCE] for n in range(0, len(listed), _AT_ONCE))
