"""A form of somebody who was referred before joins that case, and only when it is certain."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nurse_tui.interchange import attach
from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.forms import import_forms
from nurse_tui.models import Case, Patient
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.settings import load
from nurse_tui.store import facts
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Benefit, ConsentKind, CoverageKind, Refusal
from tests.databases import SYSTEM, add_user, count
from tests.interchange.files import forms, report, rows


def refer(db: Database, path: Path, *ids: str, **change: Any) -> None:
    patients = [
        {
            "resourceType": "Patient",
            "id": key,
            "name": [{"family": "Núñez", "given": ["Ana"]}],
            "birthDate": "1985-04-05",
            "telecom": [{"system": "phone", "value": "555-806-9773"}],
            **change,
        }
        for key in ids
    ]
    path.write_text("\n".join(json.dumps(patient) for patient in patients), "utf-8")
    assert report(import_fhir(db, SYSTEM, path)).imported == len(ids)


def test_a_form_joins_the_one_referral_of_its_name_and_birth_date(
    db: Database, tmp_path: Path
) -> None:
    refer(db, tmp_path / "p.ndjson", "p1")
    found = report(import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {})))
    assert found.imported == 1
    assert any("joins the referral" in warning for warning in found.warnings)
    assert count(db, "case") == count(db, "services_form") == 1
    assert count(db, "contact_point", "system = 'phone'") == 1
    ((case_id, state, version),) = rows(db, 'SELECT id, state, version FROM "case"')
    assert state == "welcome_pending"
    assert version == 2
    with db.read() as session:
        held = facts.load(session, case_id)
    assert held is not None
    assert held.form is not None
    assert held.form.completed_at is not None
    assert held.patient.zip == "02155"
    assert len(held.coverages) == 2
    logged = count(db, "change")
    again = report(import_forms(db, SYSTEM, tmp_path / "f.csv"))
    assert again.unchanged == 1
    assert count(db, "change") == logged


def test_two_referrals_are_not_guessed_between(db: Database, tmp_path: Path) -> None:
    refer(db, tmp_path / "p.ndjson", "p1", "p2")
    found = report(import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {})))
    assert any("a new case is opened" in warning for warning in found.warnings)
    assert count(db, "case") == 3


@pytest.mark.parametrize(
    ("between", "joined"), [((0,), 0), ((150,), 1), ((0, 150), 0), ((150, 150), 1)]
)
def test_of_several_forms_of_one_person_none_after_the_first_joins_and_each_is_said(
    db: Database, tmp_path: Path, between: tuple[int, ...], joined: int
) -> None:
    refer(db, tmp_path / "p.ndjson", "p1")
    changes, own = [{"form_id": "own-0"}], [2]
    for number, others in enumerate(between, 1):
        some = range(len(changes), len(changes) + others)
        changes += [{"form_id": f"SF-{n}", "first_name": f"N{n}"} for n in some]
        changes.append({"form_id": f"own-{number}"})
        own.append(len(changes) + 1)
    path = forms(tmp_path / "f.csv", *changes)
    dry = report(import_forms(db, SYSTEM, path, dry_run=True))
    found = report(import_forms(db, SYSTEM, path))
    assert found.as_json() == dry.as_json()
    apart = own[joined:]
    lines = f"({'line' if len(apart) == 1 else 'lines'} {', '.join(map(str, apart))})"
    (said,) = (text for text in found.warnings if "a new case is opened" in text)
    assert said.startswith("Several forms or referrals have this name") and said.endswith(lines)
    assert sum("joins the referral" in text for text in found.warnings) == joined
    assert found.imported == len(changes)
    assert count(db, "case") == len(changes) + 1 - joined


def close_referral(db: Database, closed: str = "", died: date | None = None) -> None:
    ((case_id, patient_id),) = rows(db, "SELECT case_id, id FROM patient")

    def job(tx: Tx) -> int:
        tx.get(Case, case_id).closed_reason = closed
        tx.get(Patient, patient_id).deceased_on = died
        return 1

    assert db.write(SYSTEM, "raw", job) == 1


@pytest.mark.parametrize(
    ("closed", "died"), [("moved away", None), ("", date(2027, 1, 10)), ("died", date(2027, 1, 10))]
)
def test_a_form_of_a_referral_that_is_over_opens_a_case_that_somebody_sees_d23(
    db: Database, tmp_path: Path, closed: str, died: date | None
) -> None:
    refer(db, tmp_path / "p.ndjson", "p1")
    close_referral(db, closed, died)
    found = report(import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {})))
    assert found.imported == 1
    (warning,) = (text for text in found.warnings if "name and date of birth" in text)
    assert "closed or its patient died" in warning and "(line 2)" in warning
    assert rows(db, 'SELECT source, state FROM "case" ORDER BY id')[1:] == [
        ("form", "welcome_pending")
    ]
    assert (
        count(db, "services_form", "case_id IN (SELECT id FROM \"case\" WHERE source = 'fhir')")
        == 0
    )


def test_a_referral_that_is_closed_while_its_form_comes_in_does_not_take_it(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refer(db, tmp_path / "p.ndjson", "p1")
    join = attach.join_referral

    def late(*given: Any) -> bool | Refusal:
        close_referral(db, "moved away")
        return join(*given)

    monkeypatch.setattr(attach, "join_referral", late)
    found = report(import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {})))
    assert found.imported == 0 and "import the row again" in found.rejected[0].reason
    assert count(db, "services_form") == 0
    monkeypatch.undo()
    assert report(import_forms(db, SYSTEM, tmp_path / "f.csv")).imported == 1
    assert count(db, "case") == 2


def test_another_birth_date_is_another_person(db: Database, tmp_path: Path) -> None:
    refer(db, tmp_path / "p.ndjson", "p1", birthDate="1985-04-06")
    import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {}))
    assert count(db, "case") == 2


@pytest.mark.parametrize(
    ("second", "why"), [({}, "Medicare"), ({"coverage_2_kind": "commercial"}, "D-41: Lives in MA")]
)
def test_a_form_ends_the_infusion_benefit_that_its_cover_or_state_forbids(
    db: Database, tmp_path: Path, second: dict[str, str], why: str
) -> None:
    refer(db, tmp_path / "p.ndjson", "p1")
    ((case_id,),) = rows(db, 'SELECT id FROM "case"')
    nurse = Services(Desk(db, add_user(db, "dana"), load()))
    nurse.cases.take(case_id)
    nurse.intake.record_consent(case_id, ConsentKind.SERVICES, True, "on the phone")

    def seen() -> int:
        found = nurse.cases.view(case_id)
        assert not isinstance(found, Refusal)
        return found.version

    nurse.work.add_coverage(case_id, seen(), CoverageKind.COMMERCIAL, "Acme")
    nurse.cases.edit_patient(case_id, seen(), state="NH", zip="03060")
    assert isinstance(nurse.copay.enrol(case_id, Benefit.INFUSION, seen()), int)
    path = forms(tmp_path / "f.csv", {"state": "MA", **second})
    assert report(import_forms(db, SYSTEM, path)).imported == 1
    ((ends_on, reason),) = rows(db, "SELECT ends_on, end_reason FROM copay_enrollment")
    assert ends_on is not None and reason.startswith(why), reason
    assert (
        count(db, "change", "subject LIKE 'case:%' AND sentence LIKE '%; it ends the co-pay%'") == 1
    )
