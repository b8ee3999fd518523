"""From rows to the facts that rules read; the rows may be live or replayed from the change log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy.orm import Session

from nurse_tui.models import Table
from nurse_tui.rules import facts as f
from nurse_tui.rules.calendar import WEEKDAYS
from nurse_tui.store.coding import FACT_TABLES, logged_fields
from nurse_tui.types import DayStatus, Sex

CaseRows = dict[str, list[dict[str, Any]]]
"""Rows of one case by table, fields with their Python types; `prescriber` rows ride along."""

_OF_CASE = tuple(table for table in FACT_TABLES if "case_id" in table.columns)
TABLES = Table.metadata.tables


def _among(table: Any, key: str) -> Any:
    """Select the rows of a table whose key is among `keys`, in the order in which they came."""
    keys: BindParameter[int] = bindparam("keys", expanding=True)
    return select(table).where(table.c[key].in_(keys)).order_by(table.c.id)


# Made once: a case is read by two dozen queries, and making them would cost as much as their rows.
_CASES = _among(TABLES["case"], "id")
_PRESCRIBERS = _among(TABLES["prescriber"], "id")
_FACTS = {table.name: _among(table, "case_id") for table in _OF_CASE}


def load_rows(session: Session | Connection, case_id: int) -> CaseRows:
    """Return every fact row of a case as stored now; an unknown case has no `case` row."""
    queries = {"case": _CASES, **_FACTS}
    rows = {name: _all(session, query, [case_id]) for name, query in queries.items()}
    add_prescribers(session, rows)
    return rows


def add_prescribers(session: Session | Connection, rows: CaseRows) -> None:
    """Add the prescribers that the forms name: they have a chain of their own."""
    wanted = prescriber_ids(rows)
    rows["prescriber"] = _all(session, _PRESCRIBERS, wanted) if wanted else []


def prescriber_ids(rows: CaseRows) -> frozenset[int]:
    """Return the prescribers whom the forms of a case name."""
    forms = rows.get("services_form", ())
    return frozenset(r["prescriber_id"] for r in forms if r["prescriber_id"])


def _all(session: Session | Connection, query: Any, keys: Collection[int]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(query, {"keys": list(keys)}).mappings()]


def load(session: Session | Connection, case_id: int) -> f.CaseFacts | None:
    """Return the facts of a case as stored now, or None when there is no such case."""
    rows = load_rows(session, case_id)
    return from_rows(rows) if rows["case"] else None


def load_many_rows(session: Session, case_ids: Sequence[int]) -> dict[int, CaseRows]:
    """Return every fact row of several cases, read with one query a table."""
    rows: dict[int, CaseRows] = {
        r["id"]: {"case": [r], **{name: [] for name in _FACTS}}
        for r in _all(session, _CASES, case_ids)
    }
    for name, query in _FACTS.items():
        for row in _all(session, query, rows):
            rows[row["case_id"]][name].append(row)
    wanted = {key for of_case in rows.values() for key in prescriber_ids(of_case)}
    found = _all(session, _PRESCRIBERS, wanted)
    for of_case in rows.values():
        own = prescriber_ids(of_case)
        of_case["prescriber"] = [r for r in found if r["id"] in own]
    return rows


def load_many(session: Session, case_ids: Sequence[int]) -> dict[int, f.CaseFacts]:
    """Return the facts of several cases, read with one query a table."""
    rows = load_many_rows(session, case_ids)
    return {case_id: from_rows(of_case) for case_id, of_case in rows.items()}


def filled(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a replayed row with None for every logged field that the log leaves out."""
    return {name: values.get(name) for name in logged_fields(table)}


def from_rows(rows: CaseRows) -> f.CaseFacts:
    """Build the facts of one case from its rows."""
    case = rows["case"][0]
    patients = rows.get("patient", ())
    days = [_day(r) for r in rows.get("infusion_day", ())]
    return f.CaseFacts(
        case_id=case["id"],
        number=case["number"],
        opened_at=case["opened_at"],
        patient=_patient(patients[0]) if patients else _NOBODY,
        form=_form(rows),
        phones=_phones(rows.get("contact_point", ())),
        prior_therapies=tuple(r["drug"] for r in rows.get("prior_therapy", ())),
        coverages=tuple(coverage_from_row(r) for r in rows.get("coverage", ())),
        consents=_pick(f.ConsentFact, rows, "consent", "kind", "granted", "at", "source"),
        calls=tuple(_call(r) for r in rows.get("call", ())),
        callbacks=_pick(
            f.CallbackFact, rows, "callback", "id", "due_at", "zone", "note", "done_at"
        ),
        clearances=_pick(
            f.ClearanceFact,
            rows,
            "clearance",
            "kind",
            "done_on",
            "valid_until",
            "confirmed_by",
            "result_on_file",
        ),
        courses=tuple(_course(r, days) for r in rows.get("course", ())),
        labs=_pick(f.LabFact, rows, "lab_draw", "test", "drawn_on", "received_on"),
        rems=tuple(
            f.RemsFact(r["party"], r["status"], r["on_date"], r["source"])
            for r in rows.get("rems_status", ())
        ),
        tasks=_pick(f.TaskFact, rows, "task", "id", "kind", "title", "due_at", "done_at"),
        safety=_pick(
            f.SafetyFact, rows, "safety_report", "id", "kind", "aware_at", "forwarded_at", "call_id"
        ),
        enrollments=_pick(
            f.EnrollmentFact,
            rows,
            "copay_enrollment",
            "benefit",
            "enrolled_on",
            "ends_on",
            "terms_version",
        ),
        contraindications=tuple(c for c in (case["contraindications"] or "").split(";") if c),
        hold_reason=case["hold_reason"] or "",
        closed_reason=case["closed_reason"] or "",
        do_not_call=bool(case["do_not_call"]),
        letter_sent_on=case["letter_sent_on"],
        prescriber_notified_on=case["prescriber_notified_on"],
    )


def _pick(kind: Any, rows: CaseRows, table: str, *names: str) -> Any:
    return tuple(kind(*[r[n] for n in names]) for r in rows.get(table, ()))


_NOBODY = f.PatientFact("", "", None, Sex.UNKNOWN, "", "", "", "", (), "")


def _patient(r: Mapping[str, Any]) -> f.PatientFact:
    return f.PatientFact(
        first_name=r["first_name"],
        last_name=r["last_name"],
        date_of_birth=r["date_of_birth"],
        sex=r["sex"],
        address=r["address"],
        city=r["city"],
        state=r["state"],
        zip=r["zip"],
        zones=tuple(r["zones"].split()),
        language=r["language"],
        deceased_on=r["deceased_on"],
        has_adult_representative=r["has_adult_representative"],
    )


def _form(rows: CaseRows) -> f.FormFact | None:
    forms = rows.get("services_form", ())
    if not forms:
        return None
    r = max(forms, key=lambda row: row["received_at"])
    named = [p for p in rows.get("prescriber", ()) if p["id"] == r["prescriber_id"]]
    return f.FormFact(
        form_id=r["form_id"],
        received_at=r["received_at"],
        patient_signed_on=r["patient_signed_on"],
        provider_signed_on=r["provider_signed_on"],
        ms_type=r["ms_type"],
        prescriber_name=named[0]["name"] if named else "",
        prescriber_npi=named[0]["npi"] if named else "",
        preferred_site=r["preferred_site"],
        completed_at=r["completed_at"],
        age_confirmed_on=r["age_confirmed_on"],
    )


def _phones(rows: Iterable[Mapping[str, Any]]) -> tuple[f.PhoneFact, ...]:
    return tuple(
        f.PhoneFact(r["id"], r["value"], r["kind"], r["voicemail_ok"], r["preferred"])
        for r in rows
        if r["system"] == "phone"
    )


def coverage_from_row(r: Mapping[str, Any]) -> f.CoverageFact:
    """Return a cover as rules read it."""
    return f.CoverageFact(
        id=r["id"],
        kind=r["kind"],
        payer=r["payer"],
        order=r["position"],
        member_id=r["member_id"],
        starts_on=r["starts_on"],
        ends_on=r["ends_on"],
        verified_on=r["verified_on"],
    )


def _call(r: Mapping[str, Any]) -> f.CallFact:
    return f.CallFact(
        id=r["id"],
        kind=r["kind"],
        started_at=r["started_at"],
        ended_at=r["ended_at"],
        outcome=r["outcome"],
        outbound=r["outbound"],
        identified=r["identified_at"] is not None,
        script=r["script_id"],
    )


def _day(r: Mapping[str, Any]) -> tuple[int, f.DayFact]:
    day = f.DayFact(r["id"], r["number"], r["on_date"], r["site_id"], r["status"], r["reason"])
    return r["course_id"], day


def _course(r: Mapping[str, Any], days: list[tuple[int, f.DayFact]]) -> f.CourseFact:
    own = [d for course_id, d in days if course_id == r["id"]]
    live = [d for d in own if d.status is not DayStatus.CANCELLED]
    return f.CourseFact(
        id=r["id"],
        number=r["number"],
        site_id=r["site_id"],
        days=tuple(sorted(live, key=lambda d: (d.number, d.on))),
        cancelled=r["cancelled_at"] is not None,
    )


def site_from_row(r: Mapping[str, Any], booked: Mapping[date, int]) -> f.SiteFact:
    """Return a site as rules read it, with the bookings that others hold on each day."""
    return f.SiteFact(
        id=r["id"],
        code=r["code"],
        name=r["name"],
        state=r["state"],
        chairs=r["chairs"],
        open_weekdays=frozenset(WEEKDAYS.index(d) for d in r["open_days"].split()),
        closures=frozenset(date.fromisoformat(d) for d in r["closures"].split()),
        rems_certified_on=r["rems_certified_on"],
        rems_expires_on=r["rems_expires_on"],
        booked=dict(booked),
        zone=r["zone"],
    )
