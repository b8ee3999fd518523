"""What another import writes between the look and the write is known, and never written twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nurse_tui.interchange.clearance import import_clearance
from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.importing import Run
from nurse_tui.interchange.report import ImportReport
from nurse_tui.store import verify
from nurse_tui.store.database import Database
from tests.databases import SYSTEM, count
from tests.interchange.files import forms, report, rows, write_csv

PERSON = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ortiz"}]}
SECOND = {**PERSON, "id": "p2", "name": [{"family": "Ruiz"}]}
DEAD = {**PERSON, "deceasedDateTime": "2027-01-05"}
COVER = {
    "resourceType": "Coverage",
    "id": "c",
    "type": {"text": "Medicare"},
    "beneficiary": {"reference": "Patient/p1"},
}
PLACE = {"resourceType": "Location", "id": "l1", "name": "North"}
DOCTOR = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Osei"}]}


def fhir(db: Database, path: Path, *resources: dict[str, Any]) -> ImportReport:
    path.write_text("\n".join(json.dumps(resource) for resource in resources), "utf-8")
    return report(import_fhir(db, SYSTEM, path))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Slip one thing in just before the next write of an import, when it has looked already."""

    def slip(other: Callable[[], object]) -> None:
        write, waiting = Run.write, [other]

        def late(run: Run, command: str, job: Any) -> Any:
            while waiting:
                waiting.pop()()
            return write(run, command, job)

        monkeypatch.setattr(Run, "write", late)

    return slip


@pytest.mark.parametrize(
    ("before", "first", "other", "table", "stored"),
    [
        ((), (PLACE,), (PLACE,), "infusion_site", 1),
        ((), (PLACE, {**PLACE, "id": "l2"}), (PLACE,), "infusion_site", 2),
        ((), (DOCTOR,), (DOCTOR,), "prescriber", 1),
        ((), (PERSON,), (PERSON,), "case", 1),
        ((), (PERSON, SECOND), (PERSON,), "case", 2),
        ((), (PERSON, COVER), (PERSON,), "coverage", 1),
        ((), (PERSON, COVER), (PERSON, COVER), "coverage", 1),
        ((PERSON,), (COVER,), (COVER,), "coverage", 1),
    ],
)
def test_a_resource_is_written_once(
    db: Database,
    tmp_path: Path,
    meanwhile: Callable[[Callable[[], object]], None],
    before: tuple[dict[str, Any], ...],
    first: tuple[dict[str, Any], ...],
    other: tuple[dict[str, Any], ...],
    table: str,
    stored: int,
) -> None:
    if before:
        fhir(db, tmp_path / "before.ndjson", *before)
    meanwhile(lambda: fhir(db, tmp_path / "other.ndjson", *other))
    found = fhir(db, tmp_path / "first.ndjson", *first)
    assert count(db, table) == stored
    assert (found.imported, found.unchanged) == (len(first) - len(other), len(other))
    assert verify.run(db).ok


def test_a_death_is_taken_over_once_and_also_of_a_case_that_another_import_opened(
    db: Database, tmp_path: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    meanwhile(lambda: fhir(db, tmp_path / "other.ndjson", PERSON))
    found = fhir(db, tmp_path / "first.ndjson", DEAD)
    assert (found.imported, count(db, "case")) == (1, 1)
    assert rows(db, "SELECT deceased_on FROM patient") == [("2027-01-05",)]


def test_the_day_of_a_death_that_came_in_meanwhile_stays(
    db: Database, tmp_path: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    fhir(db, tmp_path / "before.ndjson", PERSON)
    meanwhile(lambda: fhir(db, tmp_path / "other.ndjson", DEAD))
    found = fhir(db, tmp_path / "first.ndjson", {**DEAD, "deceasedDateTime": "2027-01-09"})
    assert (found.imported, found.unchanged) == (0, 1)
    assert rows(db, "SELECT deceased_on FROM patient") == [("2027-01-05",)]


def test_a_clearance_is_written_once(
    db: Database, tmp_path: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {}))
    labs = {"form_id": "SF-1", "kind": "baseline_labs", "done_on": "2027-01-10"}
    path = write_csv(tmp_path / "c.csv", [labs, {**labs, "done_on": "2027-01-11"}])
    other = write_csv(tmp_path / "d.csv", [labs])
    meanwhile(lambda: import_clearance(db, SYSTEM, other))
    found = report(import_clearance(db, SYSTEM, path))
    assert (found.imported, found.unchanged, count(db, "clearance")) == (1, 1, 2)
