"""The projection of a case: what lists and reports need fast, computed from facts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from nurse_tui.ids import new_id
from nurse_tui.models import NEVER, ServicesForm, Table
from nurse_tui.rules import calls, deadlines, journey
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.programme import Programme
from nurse_tui.store.facts import CaseRows, from_rows, load_rows
from nurse_tui.store.folding import digits, fold
from nurse_tui.types import CLOSED_STATES

Values = dict[str, Any]
TABLES = Table.metadata.tables


def project(
    rows: CaseRows, programme: Programme, known: CaseFacts | None = None
) -> tuple[Values, list[Values]]:
    """Return the projected fields of a case and its deadline rows.

    `known` is what `from_rows` returned for the same rows, when the caller has it already.
    """
    facts = known or from_rows(rows)
    every = deadlines.deadlines(facts, programme)
    found = journey.decide(facts, programme, every)
    due = [d for d in every if d.done_at is None]
    listed = journey.listed(found.state, every)
    is_open = found.state not in CLOSED_STATES or bool(listed)
    nurse_key = rows["case"][0]["nurse_id"] or 0
    return (
        _listed(rows, facts)
        | _next(listed)
        | _first_call(facts)
        | {"state": found.state, "is_open": is_open, "nurse_key": nurse_key},
        [_deadline_row(facts.case_id, d, nurse_key, d in listed) for d in due],
    )


def _first_call(facts: CaseFacts) -> Values:
    return {
        "form_completed_at": facts.form.completed_at if facts.form else None,
        "first_attempt_at": calls.first_attempt(facts),
    }


def _next(due: Iterable[deadlines.Deadline]) -> Values:
    first = min(due, key=lambda d: (d.due_at, d.kind), default=None)
    if first is None:
        return {"next_due_at": NEVER, "next_kind": "", "next_why": ""}
    return {"next_due_at": first.due_at, "next_kind": first.kind, "next_why": first.title}


def _deadline_row(case_id: int, due: deadlines.Deadline, nurse_key: int, is_open: bool) -> Values:
    return {
        "id": new_id(),
        "case_id": case_id,
        "kind": due.kind,
        "title": due.title,
        "due_at": due.due_at,
        "due_on": due.due_on,
        "rule": due.rule,
        "arithmetic": due.arithmetic,
        "nurse_key": nurse_key,
        "is_open": is_open,
    }


def _listed(rows: CaseRows, facts: CaseFacts) -> Values:
    patient = facts.patient
    return {
        "patient_name": patient.listed_name,
        "sort_name": fold(f"{patient.last_name} {patient.first_name}"),
        "us_state": patient.state,
        "language": patient.language,
        "search_text": _search_text(rows, facts),
    }


def _search_text(rows: CaseRows, facts: CaseFacts) -> str:
    patient = facts.patient
    born = patient.date_of_birth
    phones = [digits(r["value"]) for r in rows.get("contact_point", ()) if r["system"] == "phone"]
    dates = [born.isoformat(), born.strftime("%m%d%Y")] if born else []
    words = [patient.last_name, patient.first_name, facts.number, facts.number.replace("-", "")]
    form = [facts.form.form_id] if facts.form else []
    return " ".join(
        part for part in (fold(w) for w in [*words, *form, *phones, *dates, patient.zip]) if part
    )


def refresh(session: Session, case_id: int, programme: Programme) -> None:
    """Recompute the projection of a case in the transaction that changed its facts."""
    fields, due = project(load_rows(session, case_id), programme)
    case, deadline = TABLES["case"], TABLES["deadline"]
    connection = session.connection()
    connection.execute(case.update().where(case.c.id == case_id).values(**fields))
    connection.execute(delete(deadline).where(deadline.c.case_id == case_id))
    if due:
        connection.execute(insert(deadline), due)


def complete_form(session: Session, case_id: int, programme: Programme, at: datetime) -> None:
    """Set the instant at which a form became complete, once nothing is missing any more (D-23)."""
    waiting = session.scalars(
        select(ServicesForm).where(
            col(ServicesForm.case_id) == case_id, col(ServicesForm.completed_at).is_(None)
        )
    ).all()
    if waiting and not journey.decide(from_rows(load_rows(session, case_id)), programme).missing:
        for form in waiting:
            form.completed_at = at


def stored(session: Session, case_id: int) -> tuple[Values, list[Values]]:
    """Return the projection as it is stored, in the shape that `project` gives."""
    case, deadline = TABLES["case"], TABLES["deadline"]
    row = session.execute(select(case).where(case.c.id == case_id)).mappings().one()
    due = session.execute(
        select(deadline).where(deadline.c.case_id == case_id).order_by(deadline.c.id)
    )
    return dict(row), [dict(d) for d in due.mappings()]


def same(computed: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Tell whether stored fields hold what was computed, row ids left aside."""
    return all(found[name] == value for name, value in computed.items() if name != "id")
