"""A Services Form of a patient who was referred before: it joins that case."""

from __future__ import annotations

from datetime import date
from typing import Any

from nurse_tui import models as m
from nurse_tui.drafts import FormDraft
from nurse_tui.interchange import form_rows, forms
from nurse_tui.interchange.importing import Row, Run
from nurse_tui.store import enrolling, facts, intake, leaving
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal, Sex

Values = dict[str, Any]
_SAME = {
    "contact_point": ("system", "value"),
    "coverage": ("kind", "payer", "member_id"),
    "prior_therapy": ("drug",),
}
"""Fields by which a row of the form is one that the case holds already."""
_KINDS: dict[str, type[m.Table]] = {
    "contact_point": m.ContactPoint,
    "consent": m.Consent,
    "prior_therapy": m.PriorTherapy,
    "coverage": m.Coverage,
    "rems_status": m.RemsStatus,
}


def join_referral(run: Run, row: Row[FormDraft], case_id: int) -> bool | Refusal:
    """Write a form to the case of a referral; what the form leaves blank stays as it was.

    Returns False when the case has a form by now, or is over.
    """
    return run.write("import.forms", lambda tx: _job(tx, run, row, case_id))


def _job(tx: Tx, run: Run, row: Row[FormDraft], case_id: int) -> bool:
    draft = row.draft
    held = facts.load_rows(tx.session, case_id)
    if held["services_form"] or _over(held):
        return False
    known = intake.prescribers_on_file(
        tx.session, {intake.prescriber_key(draft.prescriber_npi, draft.prescriber_name)}
    )
    before = {prescriber["id"] for prescriber in known.values()}
    prescriber = forms.prescriber_of(draft, known)
    tx.say(f"Services Form imported from {run.note} and joined to the referral.")
    if prescriber and prescriber["id"] not in before:
        tx.add(m.Prescriber(**prescriber))
        tx.session.flush()
    tx.add(m.ServicesForm(**form_rows.form_row(draft, case_id, prescriber)))
    _fill_patient(tx, draft, held["patient"][0]["id"])
    ended = ""
    for table, rows in form_rows.belongings(draft, case_id).items():
        still = _still(table, held[table], tx.today)
        new = _missing(table, rows, still, len(held[table]))
        missing = [_KINDS[table](**values) for values in new]
        covers = [enrolling.fact_of(row) for row in missing if isinstance(row, m.Coverage)]
        ended += enrolling.end_enrolments(tx, case_id, covers) if covers else ""
        for item in missing:
            tx.add(item)
    ended += enrolling.end_refused(tx, case_id) + leaving.wind_up_opted_out(tx, case_id)
    if ended:
        tx.say(f"{tx.sentence.rstrip('.')}{ended}.")
    return True


def _over(held: facts.CaseRows) -> bool:
    return bool(held["case"][0]["closed_reason"] or held["patient"][0]["deceased_on"])


def _fill_patient(tx: Tx, draft: FormDraft, patient_id: int) -> None:
    patient = tx.get(m.Patient, patient_id)
    for name, value in form_rows.patient_fields(draft).items():
        if value not in ("", None, Sex.UNKNOWN):
            setattr(patient, name, value)
    patient.zones = form_rows.zones(patient.zip, patient.state)


def _still(table: str, held: list[Values], today: date) -> list[Values]:
    """Return the rows that may be what the form names: of covers those that hold today (D-51)."""
    if table != "coverage":
        return held
    return [row for row in held if facts.coverage_from_row(row).holds_on(today)]


def _missing(table: str, rows: list[Values], held: list[Values], count: int) -> list[Values]:
    """Return the rows that the case does not hold, placed after the `count` of its table."""
    names = _SAME.get(table)
    if names is None:
        return rows
    known = {tuple(row[name] for name in names) for row in held}
    fresh = [row for row in rows if tuple(row[name] for name in names) not in known]
    for place, row in enumerate(fresh, count + 1):
        if "position" in row:
            row["position"] = place
    return fresh
