"""Cover that comes in again with other dates is other cover; that of a patient on file too."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.report import ImportReport
from nurse_tui.rules import copay
from nurse_tui.store import facts, verify
from nurse_tui.store.database import Database
from nurse_tui.types import Verdict
from tests.databases import SYSTEM, stand_still
from tests.interchange.files import forms, report, rows

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Núñez", "given": ["Ana"]}],
    "birthDate": "1985-04-05",
    "address": [{"state": "NH", "postalCode": "03060"}],
}
TODAY = date(2027, 1, 15)


def cover(kind: str, **period: str) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "id": f"c-{kind}",
        "status": "active",
        "type": {"text": kind},
        "beneficiary": {"reference": "Patient/p1"},
        "payor": [{"display": "" if kind == "Medicare" else "Private plan"}],
        "period": period,
    }


def taken(db: Database, path: Path, *resources: dict[str, Any]) -> ImportReport:
    path.write_text("\n".join(json.dumps(resource) for resource in resources), "utf-8")
    return report(import_fhir(db, SYSTEM, path))


def verdicts(db: Database) -> set[Verdict]:
    """Return what both benefits of the one case come to today."""
    ((case_id,),) = rows(db, 'SELECT id FROM "case"')
    with db.read() as session:
        held = facts.load(session, case_id)
    assert held is not None
    decided = copay.decide(held, db.programme_on(TODAY), TODAY).benefits
    return {verdict.verdict for verdict in decided.values()}


OLD = {"start": "2025-01-01", "end": "2026-06-30"}


@pytest.mark.parametrize(
    ("period", "verdict"),
    [
        ({"start": "2027-01-15"}, Verdict.INELIGIBLE),
        ({"start": "2027-01-16"}, Verdict.ELIGIBLE),
        ({"start": "2025-01-01", "end": "2027-01-15"}, Verdict.INELIGIBLE),
        ({"start": "2025-01-01", "end": "2027-01-14"}, Verdict.ELIGIBLE),
        (OLD, Verdict.ELIGIBLE),
    ],
)
def test_cover_on_file_with_other_dates_is_added_and_decides_d39_d51(
    db: Database, tmp_path: Path, period: dict[str, str], verdict: Verdict
) -> None:
    taken(db, tmp_path / "a.ndjson", PATIENT, cover("private"), cover("Medicare", **OLD))
    assert verdicts(db) == {Verdict.ELIGIBLE}
    found = taken(db, tmp_path / "b.ndjson", cover("private"), cover("Medicare", **period))
    new = period != OLD
    assert (found.imported, found.unchanged) == (int(new), 2 - new)
    assert any("other dates" in warning for warning in found.warnings) is new
    assert verdicts(db) == {verdict}
    assert [n for (n,) in rows(db, "SELECT position FROM coverage ORDER BY id")] == [1, 2, 3][
        : 2 + new
    ]
    again = taken(db, tmp_path / "b.ndjson", cover("private"), cover("Medicare", **period))
    assert (again.imported, again.unchanged) == (0, 2)
    assert verify.run(db).ok


@pytest.mark.parametrize(
    ("period", "covers"),
    [
        ({"end": "2027-01-14"}, 3),
        ({"end": "2027-01-15"}, 2),
        ({"start": "2027-01-15"}, 2),
        ({"start": "2027-01-16"}, 3),
        ({}, 2),
    ],
)
def test_a_form_that_names_cover_which_does_not_hold_today_adds_it_d39_d51(
    db: Database, tmp_path: Path, period: dict[str, str], covers: int
) -> None:
    stand_still()
    taken(db, tmp_path / "a.ndjson", PATIENT, cover("private"), cover("Medicare", **period))
    path = forms(tmp_path / "f.csv", {"state": "NH", "zip": "03060", "coverage_1_member_id": ""})
    assert report(import_forms(db, SYSTEM, path)).imported == 1
    placed = [n for (n,) in rows(db, "SELECT position FROM coverage ORDER BY position")]
    assert placed == list(range(1, covers + 1))
    assert verdicts(db) == {Verdict.INELIGIBLE}


@pytest.mark.parametrize(
    ("period", "days", "warned"),
    [
        ({"start": "2025", "end": "2025"}, ("2025-01-01", "2025-12-31"), 2),
        ({"start": "2024-02", "end": "2024-02"}, ("2024-02-01", "2024-02-29"), 2),
        ({"start": "2025-06", "end": "2025-06-30"}, ("2025-06-01", "2025-06-30"), 1),
        ({"start": "2025-06-01", "end": "2026-12"}, ("2025-06-01", "2026-12-31"), 1),
        ({"start": "2025-06-01T08:00:00Z"}, ("2025-06-01", None), 0),
        ({"start": "last year", "end": "2025-13"}, (None, None), 2),
        ({}, (None, None), 0),
    ],
)
def test_a_partial_date_of_cover_is_taken_at_its_widest_and_said(
    db: Database,
    tmp_path: Path,
    period: dict[str, str],
    days: tuple[str | None, str | None],
    warned: int,
) -> None:
    found = taken(db, tmp_path / "a.ndjson", PATIENT, cover("Medicare", **period))
    assert rows(db, "SELECT starts_on, ends_on FROM coverage") == [days]
    said = [warning for warning in found.warnings if warning.startswith("Coverage: the ")]
    assert len(said) == warned and all("(line 2)" in warning for warning in said)
