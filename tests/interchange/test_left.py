"""What comes in ends a case as a person would: chairs free, help over, nothing booked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nurse_tui import clock
from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.infusions import import_infusions
from nurse_tui.interchange.report import ImportReport
from nurse_tui.models import Case, Consent, Patient
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.settings import load
from nurse_tui.store import finding, verify
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Benefit, ConsentKind, CoverageKind, Refusal
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, add_user, count, stand_still
from tests.interchange.files import forms, report, rows, write_csv

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ortiz"}]}
REFERRED = {
    **PATIENT,
    "name": [{"family": "Núñez", "given": ["Ana"]}],
    "birthDate": "1985-04-05",
    "address": [{"state": "NH", "postalCode": "03060"}],
}


def fhir(db: Database, path: Path, **change: Any) -> ImportReport:
    path.write_text(json.dumps({**PATIENT, **change}), "utf-8")
    return report(import_fhir(db, SYSTEM, path))


class Nurse:
    """A nurse and what she does with one case."""

    def __init__(self, db: Database) -> None:
        self.actor = add_user(db, "dana")
        self.mine = Services(Desk(db, self.actor, load()))

    def seen(self, case_id: int) -> int:
        found = self.mine.cases.view(case_id)
        assert not isinstance(found, Refusal)
        return found.version


def test_a_death_that_comes_in_gives_the_chairs_back_and_ends_the_help_d29(
    db: Database, tmp_path: Path
) -> None:
    clock.freeze(NOW)
    nurse = Nurse(db)
    case_id = add_case(db, SYSTEM, nurse_id=nurse.actor.user_id)

    def know(tx: Tx) -> int:
        tx.get(Case, case_id).external_id = "p1"
        return case_id

    assert db.write(SYSTEM, "raw", know) == case_id
    enrolled = nurse.mine.copay.enrol(case_id, Benefit.DRUG, nurse.seen(case_id))
    monday = date(2026, 11, 30)
    site = add_site(db, SYSTEM)
    booked = nurse.mine.infusions.book(case_id, 1, site, monday, nurse.seen(case_id))
    assert isinstance(enrolled, int) and isinstance(booked, int)
    assert fhir(db, tmp_path / "p.json", deceasedDateTime="2026-11-12").imported == 1
    assert count(db, "infusion_day", "status = 'cancelled' AND reason = 'the patient died'") == 5
    assert count(db, "course", "cancelled_at IS NOT NULL") == 1
    ended = "ends_on = '2026-11-18' AND end_reason = 'the patient died'"
    assert count(db, "copay_enrollment", ended) == 1
    words = "5 booked days are cancelled, and the co-pay enrolment for drug costs ends"
    assert count(db, "change", f"sentence LIKE 'Death read from p.json; {words}.'") == 1
    assert verify.run(db).ok


@pytest.mark.parametrize(("consent", "ended"), [("no", 1), ("yes", 0), ("", 0)])
def test_a_form_without_consent_that_joins_a_referral_ends_its_help_d32(
    db: Database, tmp_path: Path, consent: str, ended: int
) -> None:
    stand_still("2027-01-03T15:00:00+00:00")
    assert fhir(db, tmp_path / "p.json", **REFERRED).imported == 1
    ((case_id,),) = rows(db, 'SELECT id FROM "case"')
    nurse = Nurse(db)
    nurse.mine.cases.take(case_id)
    nurse.mine.intake.record_consent(case_id, ConsentKind.SERVICES, True, "on the phone")
    nurse.mine.work.add_coverage(case_id, nurse.seen(case_id), CoverageKind.COMMERCIAL, "Acme")
    enrolled = nurse.mine.copay.enrol(case_id, Benefit.DRUG, nurse.seen(case_id))
    assert isinstance(enrolled, int)
    stand_still()
    change = {"consent_services": consent, "coverage_2_kind": "commercial"}
    path = forms(tmp_path / "f.csv", {"state": "NH", "zip": "03060", **change})
    assert report(import_forms(db, SYSTEM, path)).imported == 1
    gone = "ends_on = '2027-01-15' AND end_reason = 'the patient opted out'"
    assert count(db, "copay_enrollment", gone) == ended
    assert count(db, "copay_enrollment", "ends_on IS NULL") == 1 - ended
    said = "subject LIKE 'case:%' AND sentence LIKE '%the co-pay enrolment for drug costs ends.'"
    assert count(db, "change", said) == ended


def left(db: Database, how: str) -> int:
    """Return a case that has ended, some way."""
    case_id = add_case(db, SYSTEM)

    def job(tx: Tx) -> int:
        if how == "died":
            finding.find(tx.session, Patient, case_id=case_id)[0].deceased_on = date(2026, 11, 12)
        elif how == "closed":
            tx.get(Case, case_id).closed_reason = "moved away"
        elif how == "opted out":
            tx.add(
                Consent(
                    case_id=case_id, kind=ConsentKind.SERVICES, granted=False, at=tx.at, source="x"
                )
            )
        return case_id

    assert db.write(SYSTEM, "raw", job) == case_id
    return case_id


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("died", "The patient died on Thu 12 Nov 2026 (D-29), so no day is booked."),
        ("closed", "The case is closed: moved away (D-29), so no day is booked."),
        ("opted out", "The patient does not consent to the services (D-32), so no day is booked."),
        ("", ""),
    ],
)
def test_no_day_is_booked_for_whom_has_left_and_a_given_one_is_kept(
    db: Database, tmp_path: Path, how: str, why: str
) -> None:
    clock.freeze(NOW)
    left(db, how)
    add_site(db, SYSTEM)
    ((code,),) = rows(db, "SELECT code FROM infusion_site")
    day = {"form_id": "SF-1", "course": "1", "day": "1", "site_id": code}
    days = [
        {**day, "date": "2026-11-09", "status": "given"},
        {**day, "day": "2", "date": "2026-11-30", "status": "scheduled"},
        {**day, "day": "3", "date": "2026-12-01", "status": "cancelled"},
    ]
    found = report(import_infusions(db, SYSTEM, write_csv(tmp_path / "d.csv", days)))
    assert [(r.line, r.column, r.reason) for r in found.rejected] == (
        [(3, "status", why)] if how else []
    )
    assert found.imported == (2 if how else 3)
    assert count(db, "infusion_day", "status = 'scheduled'") == (0 if how else 1)
    assert count(db, "infusion_day", "status = 'given'") == 1
