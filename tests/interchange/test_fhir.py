"""FHIR R4 comes in: referrals that nobody may call, cover as it says, the rest counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nurse_tui import clock
from nurse_tui.interchange import fhir_read
from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.fhir_cover import coverage
from nurse_tui.interchange.report import ImportReport
from nurse_tui.models import CopayDecision, CopayEnrollment
from nurse_tui.rules import calls
from nurse_tui.store import facts, verify
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Actor, Benefit, Refusal, Role, Verdict
from tests.databases import SYSTEM, count
from tests.interchange.files import refusal, report, rows

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [
        {"use": "maiden", "family": "Old"},
        {"use": "official", "family": "Núñez995", "given": ["Ana29", "María"]},
    ],
    "telecom": [
        {"system": "phone", "value": "555-806-9773", "use": "home"},
        {"system": "email", "value": "ana@example.com"},
    ],
    "gender": "female",
    "birthDate": "1985-04-05",
    "address": [{"line": ["1 Main St"], "state": "Massachusetts", "postalCode": "00000"}],
    "communication": [{"language": {"text": "English (United States)"}}],
}
COVER: dict[str, Any] = {
    "resourceType": "Coverage",
    "id": "coverage",
    "status": "active",
    "type": {"text": "private"},
    "beneficiary": {"reference": "urn:uuid:p1"},
    "payor": [{"display": "private"}],
}


def taken(db: Database, path: Path, **options: bool) -> ImportReport:
    return report(import_fhir(db, SYSTEM, path, **options))


def ndjson(path: Path, *resources: dict[str, Any] | str) -> Path:
    lines = [r if isinstance(r, str) else json.dumps(r) for r in resources]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_all_patients_are_read_and_nobody_may_call_them(db: Database, shared: Path) -> None:
    path = shared / "data" / "synthea_fhir_1000" / "Patient.ndjson"
    found = taken(db, path)
    assert (found.read, found.imported, found.rejected) == (1144, 1144, ())
    assert count(db, "patient", "deceased_on IS NOT NULL") == 144
    at = clock.now()
    programme = db.programme_on(at.date())
    with db.read() as session:
        for (case_id,) in rows(db, 'SELECT id FROM "case"'):
            case = facts.load(session, case_id)
            assert case is not None
            assert not calls.may_call(case, programme, at).may
    logged = count(db, "change")
    assert taken(db, path).unchanged == 1144
    assert count(db, "change") == logged


@pytest.mark.parametrize(
    "folder", ["us_core_examples", "davinci_pdex", "fhir_r4_misc", "synthea_r4_coverage_615"]
)
def test_standard_examples_come_in_and_are_known_again(
    db: Database, shared: Path, folder: str
) -> None:
    first = taken(db, shared / "data" / folder)
    assert first.read > 0
    assert first.rejected == ()
    logged = count(db, "change")
    again = taken(db, shared / "data" / folder)
    assert (again.read, again.imported) == (first.read, 0)
    assert again.unchanged == first.imported + first.unchanged
    assert count(db, "change") == logged


def test_what_a_patient_becomes(db: Database, tmp_path: Path) -> None:
    assert taken(db, ndjson(tmp_path / "p.ndjson", PATIENT)).imported == 1
    assert rows(db, 'SELECT state, source, external_id FROM "case"') == [("referred", "fhir", "p1")]
    assert rows(db, "SELECT first_name, last_name, state, zip, zones, language FROM patient") == [
        ("Ana29 María", "Núñez995", "MA", "", "America/New_York", "English")
    ]
    assert rows(db, "SELECT value, kind FROM contact_point WHERE system = 'phone'") == [
        ("+15558069773", "home")
    ]


@pytest.mark.parametrize(
    ("element", "died"),
    [
        ({"deceasedDateTime": "2020-02-03T04:05:06Z"}, "2020-02-03"),
        ({"deceasedDateTime": "2020"}, "2020-01-01"),
        ({"deceasedDateTime": "2020-02"}, "2020-02-01"),
        ({"deceasedDateTime": "2027-01-14"}, "2027-01-14"),
        ({"deceasedDateTime": "2027-01-15"}, "2027-01-15"),
        ({"deceasedDateTime": "2027-01-16"}, "2027-01-15"),
        ({"deceasedDateTime": "2027-02"}, "2027-01-15"),
        ({"deceasedBoolean": True}, "2027-01-15"),
        ({"deceasedBoolean": False}, None),
    ],
)
def test_a_death_is_taken_over_also_later(
    db: Database, tmp_path: Path, element: dict[str, Any], died: str | None
) -> None:
    taken(db, ndjson(tmp_path / "p.ndjson", PATIENT))
    found = taken(db, ndjson(tmp_path / "q.ndjson", {**PATIENT, **element}))
    assert rows(db, "SELECT deceased_on FROM patient") == [(died,)]
    assert (found.imported, found.unchanged) == ((1, 0) if died else (0, 1))
    assert taken(db, tmp_path / "q.ndjson").unchanged == 1


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ({"deceasedDateTime": "2027-01-14"}, ""),
        ({"deceasedDateTime": "2027-01-15T23:00:00Z"}, ""),
        ({"deceasedDateTime": "2027-01-16"}, "the date of death is in the future"),
        ({"deceasedDateTime": "2028"}, "the date of death is in the future"),
        ({"deceasedBoolean": True}, "deceased without a date"),
    ],
)
def test_a_death_whose_day_cannot_be_is_of_today_and_said(
    db: Database, tmp_path: Path, element: dict[str, Any], words: str
) -> None:
    found = taken(db, ndjson(tmp_path / "p.ndjson", {**PATIENT, "address": [], **element}))
    assert count(db, "patient", "deceased_on <= '2027-01-15'") == 1
    said = [f"Patient: {words}, so today's date was taken (line 1)"] if words else []
    assert list(found.warnings) == said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"resourceType": "Patient", ', "not JSON"),
        ("[1, 2]", "not a FHIR resource"),
        ('{"resourceType":"Patient","id":"p2","name":[{"family":"\\ud800"}]}', "surrogate"),
        ('{"resourceType":"Patient","id":"p2","name":[{"family":"a\\u0000b"}]}', "control"),
        ('{"resourceType":"Patient","name":[{"family":"X"}]}', "no id"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_line_is_rejected_and_the_others_come_in(
    db: Database, tmp_path: Path, line: str, words: str
) -> None:
    found = taken(db, ndjson(tmp_path / "p.ndjson", PATIENT, line))
    assert (found.read, found.imported) == (2, 1)
    assert [r.line for r in found.rejected] == [2]
    assert words in found.rejected[0].reason


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "no list"},
        {"name": [None, 3], "telecom": [{}], "address": {"line": None}},
        {"birthDate": 1985, "gender": ["x"], "communication": [[]]},
        {"birthDate": "1985-04", "telecom": [{"system": "phone", "value": "12"}]},
    ],
)
def test_odd_patients_still_come_in(db: Database, tmp_path: Path, odd: dict[str, Any]) -> None:
    assert taken(db, ndjson(tmp_path / "p.ndjson", {**PATIENT, **odd})).imported == 1


def test_what_is_not_understood_is_counted_and_named(db: Database, tmp_path: Path) -> None:
    form = {"resourceType": "Questionnaire", "id": "q", "title": "Mood"}
    visit = {"resourceType": "Appointment", "id": "a"}
    found = taken(db, ndjson(tmp_path / "p.ndjson", form, visit, visit))
    assert found.read == 3
    assert found.warnings == (
        "Appointment: 2 read and not kept.",
        "Questionnaire: 1 read and not kept (Mood).",
    )


def test_cover_in_a_bundle_finds_its_patient_and_is_added_later_once(
    db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps(bundle(PATIENT, COVER)), "utf-8")
    assert taken(db, path).imported == 2
    both = {**COVER, "type": {"text": "dual_eligible"}, "payor": [{"display": "dual_eligible"}]}
    path.write_text(json.dumps(bundle(PATIENT, COVER, both)), "utf-8")
    found = taken(db, path)
    assert (found.imported, found.unchanged) == (1, 2)
    assert rows(db, "SELECT kind, position FROM coverage ORDER BY position") == [
        ("commercial", 1),
        ("medicare", 2),
        ("medicaid", 3),
    ]
    assert taken(db, path).unchanged == 3


def test_government_cover_that_comes_in_ends_an_enrolment_the_day_before_d51(
    db: Database, tmp_path: Path
) -> None:
    assert taken(db, ndjson(tmp_path / "p.ndjson", PATIENT, COVER)).imported == 2
    ((case_id,),) = rows(db, 'SELECT id FROM "case"')

    def enrol(tx: Tx) -> int:
        decision = tx.add(
            CopayDecision(
                case_id=case_id, benefit=Benefit.DRUG, verdict=Verdict.ELIGIBLE,
                terms_version="x", decided_at=tx.at,
            )
        )  # fmt: skip
        tx.session.flush()
        return tx.add(
            CopayEnrollment(
                case_id=case_id, benefit=Benefit.DRUG, decision_id=decision.id,
                enrolled_on=tx.today, terms_version="x",
            )
        ).id  # fmt: skip

    assert isinstance(db.write(SYSTEM, "raw", enrol, case_id=case_id), int)
    medicare = COVER | {
        "id": "m", "type": {"text": "Medicare"}, "payor": [{"display": "CMS"}],
        "period": {"start": "2027-03-01"}, "beneficiary": {"reference": "Patient/p1"},
    }  # fmt: skip
    assert taken(db, ndjson(tmp_path / "m.ndjson", medicare)).imported == 1
    assert rows(db, "SELECT enrolled_on, ends_on, end_reason FROM copay_enrollment") == [
        ("2027-01-15", "2027-02-28", "Medicare (CMS, cover 2) starts on Mon 1 Mar 2027")
    ]
    assert verify.run(db).ok


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({"text": "private"}, ["commercial"]),
        ({"text": "no_insurance"}, ["uninsured"]),
        ({"text": "Medicare Advantage HMO"}, ["medicare_advantage"]),
        ({"text": "Medicare Part D"}, ["medicare_part_d"]),
        ({"text": "TRICARE"}, ["tricare"]),
        ({"text": "something else"}, ["unknown"]),
        ({"coding": [{"system": "https://nahdo.org/sopt", "code": "311"}]}, ["tricare"]),
        ({"coding": [{"system": "https://nahdo.org/sopt", "code": "2111"}]}, ["medicaid"]),
        ({"coding": [{"code": "EHCPOL"}]}, ["commercial"]),
        ({"coding": [{"code": "PUBLICPOL"}]}, ["other_government"]),
        ({}, ["unknown"]),
    ],
)
def test_kinds_of_cover(kind: dict[str, Any], expected: list[str]) -> None:
    found = coverage({**COVER, "type": kind, "payor": [{"display": "Acme"}]}, {}, [])
    assert found is not None
    assert [k.value for k in found.kinds] == expected


def test_a_location_is_a_site_that_nobody_can_be_booked_at(db: Database, tmp_path: Path) -> None:
    place = {
        "resourceType": "Location",
        "id": "l1",
        "name": "Coffey County",
        "address": {"city": "Burlington", "state": "KS", "postalCode": "668392616"},
        "position": {"longitude": -95.7, "latitude": 38.2},
    }
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9999992198"}],
        "name": [{"family": "Bergstrom", "given": ["Randy"], "prefix": ["Dr."]}],
    }
    assert taken(db, ndjson(tmp_path / "l.ndjson", place, doctor)).imported == 2
    assert rows(
        db, "SELECT code, chairs, rems_certified_on, zip, zone, latitude FROM infusion_site"
    ) == [("l1", 0, None, "66839-2616", "America/Chicago", 38.2)]
    assert rows(db, "SELECT npi, name FROM prescriber") == [("9999992198", "Dr. Randy Bergstrom")]
    assert taken(db, tmp_path / "l.ndjson").unchanged == 2


def test_a_dry_run_writes_nothing_and_says_the_same(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps(bundle(PATIENT, COVER)), "utf-8")
    dry = taken(db, path, dry_run=True)
    assert count(db, "change") == 0
    assert taken(db, path).as_json() == dry.as_json()


def test_refusals_of_the_whole_input(db: Database, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refusal(import_fhir(db, SYSTEM, tmp_path / "empty")).code == "no_file"
    assert refusal(import_fhir(db, SYSTEM, tmp_path / "none.json")).code == "no_file"
    nurse = Actor(2, "nora", Role.NURSE)
    assert refusal(import_fhir(db, nurse, tmp_path)).code == "role"


@pytest.mark.parametrize("name", ["one.json", "many.ndjson"])
def test_json_without_end_is_rejected_and_not_read_whole(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(fhir_read, "LONGEST_LINE", 1000)
    path = tmp_path / name
    path.write_text('{"resourceType": "Patient", "id": "' + "9" * 1000 + '"}')
    found = import_fhir(db, SYSTEM, path)
    assert not isinstance(found, Refusal)
    (rejected,) = found.rejected
    assert "larger than" in rejected.reason


@pytest.mark.parametrize(("opens", "closes"), [("[", ""), ('{"a":', ""), ("[", "]")])
def test_json_of_any_depth_is_rejected_in_one_sentence(
    db: Database, tmp_path: Path, opens: str, closes: str
) -> None:
    path = tmp_path / "deep.json"
    path.write_text(opens * 100_000 + closes * 100_000)
    found = import_fhir(db, SYSTEM, path)
    assert not isinstance(found, Refusal)
    (rejected,) = found.rejected
    assert "nested too deeply" in rejected.reason
