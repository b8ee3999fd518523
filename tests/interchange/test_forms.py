"""Services Forms come in: what opens a case, what is rejected, what changes nothing."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from nurse_tui.interchange.csv_file import rejects_path
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.report import ImportReport
from nurse_tui.rules import calls
from nurse_tui.store import facts, projection
from nurse_tui.store.database import Database
from nurse_tui.types import Actor, Role
from tests.databases import SYSTEM, count
from tests.interchange.files import forms, refusal, report, rows


def taken(db: Database, path: Path, **options: bool) -> ImportReport:
    return report(import_forms(db, SYSTEM, path, **options))


def test_the_shared_forms_all_come_in_and_a_second_time_changes_nothing(
    db: Database, shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "forms.csv"
    shutil.copy(shared / "data" / "forms_from_synthea.csv", path)
    first = taken(db, path)
    assert (first.read, first.imported, first.rejected) == (491, 491, ())
    logged = count(db, "change")
    again = taken(db, path)
    assert (again.read, again.imported, again.unchanged) == (491, 0, 491)
    assert count(db, "change") == logged
    unsigned = "SELECT case_id FROM services_form WHERE patient_signed_on IS NULL"
    states = rows(db, f'SELECT DISTINCT state FROM "case" WHERE id IN ({unsigned})')
    # A patient who is too young is held (D-1) before anybody asks for a signature.
    assert {state for (state,) in states} == {"missing_info", "on_hold"}


def test_one_form_becomes_all_its_facts(db: Database, tmp_path: Path) -> None:
    assert taken(db, forms(tmp_path / "f.csv", {})).imported == 1
    with db.read() as session:
        case_id = rows(db, 'SELECT id FROM "case"')[0][0]
        found = facts.load(session, case_id)
    assert found is not None
    assert found.form is not None
    assert found.form.completed_at == found.form.received_at == found.opened_at
    assert found.form.prescriber_npi == "1234567893"
    assert [(c.kind, c.order) for c in found.coverages] == [("commercial", 1), ("medicare", 2)]
    assert {(c.kind, c.granted) for c in found.consents} == {
        ("services", True),
        ("calls", True),
        ("text", False),
        ("voicemail", True),
    }
    assert found.phones[0].number == "+15558069773"
    assert found.phones[0].voicemail_ok is True
    assert found.prior_therapies == ("natalizumab", "dimethyl fumarate")
    assert [(r.party, r.status, r.source) for r in found.rems] == [
        ("patient", "enrolled", "services form")
    ]
    assert found.patient.zones == ("America/New_York",)


def test_a_bulk_insert_stores_the_projection_that_a_second_look_computes(
    db: Database, tmp_path: Path
) -> None:
    path = forms(
        tmp_path / "f.csv",
        {},
        {"form_id": "SF-2", "patient_signed_on": "", "zip": "00000"},
        {"form_id": "SF-3", "date_of_birth": "2015-01-01", "consent_calls": "no"},
    )
    taken(db, path)
    with db.read() as session:
        for (case_id,) in rows(db, 'SELECT id FROM "case"'):
            stored, due = projection.stored(session, case_id)
            again = facts.load_rows(session, case_id)
            computed, expected = projection.project(
                again, db.programme_on(stored["opened_at"].date())
            )
            assert projection.same(computed, stored)
            assert len(due) == len(expected)


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"patient_signed_on": ""}, "patient signature"),
        ({"provider_signed_on": ""}, "provider signature"),
        ({"zip": "00000"}, "ZIP code"),
        ({"zip": ""}, "ZIP code"),
        ({"phone": ""}, "phone number"),
        ({"date_of_birth": ""}, "date of birth"),
        ({"ms_type": ""}, "type of MS"),
        ({"prescriber_name": "", "prescriber_npi": ""}, "prescriber"),
        ({"consent_services": ""}, "consent to services"),
    ],
)
def test_a_form_that_lacks_something_opens_a_case_in_missing_info(
    db: Database, tmp_path: Path, change: dict[str, str], item: str
) -> None:
    from nurse_tui.rules import journey

    assert taken(db, forms(tmp_path / "f.csv", change)).imported == 1
    (case_id, state), *_ = rows(db, 'SELECT id, state FROM "case"')
    assert state == "missing_info"
    with db.read() as session:
        found = facts.load(session, case_id)
    assert found is not None
    assert found.form is not None
    assert found.form.completed_at is None
    assert item in journey.decide(found, db.programme_on(found.opened_at.date())).missing


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"form_id": " "}, "form_id"),
        ({"received_at": "2027-01-04T15:00:00"}, "received_at"),
        ({"sex": "f"}, "sex"),
        ({"coverage_2_kind": "medicair"}, "coverage_2_kind"),
        ({"phone": "12345"}, "phone"),
        ({"date_of_birth": "2027-01-16"}, "date_of_birth"),
        ({"date_of_birth": "1899-12-31"}, "date_of_birth"),
        ({"patient_signed_on": "2027-02-30"}, "patient_signed_on"),
        ({"last_name": "Nu\x07ñez"}, "last_name"),
    ],
)
def test_a_row_that_cannot_be_a_form_is_rejected_and_its_neighbours_come_in(
    db: Database, tmp_path: Path, change: dict[str, str], column: str
) -> None:
    path = forms(tmp_path / "f.csv", {"form_id": "SF-0"}, change, {"form_id": "SF-2"})
    found = taken(db, path)
    assert (found.read, found.imported) == (3, 2)
    assert [(r.line, r.column) for r in found.rejected] == [(3, column)]
    assert found.rejected[0].reason.endswith(".")
    assert count(db, "case") == 2


def test_rejected_rows_can_be_mended_and_imported_again(db: Database, tmp_path: Path) -> None:
    path = forms(tmp_path / "f.csv", {}, {"form_id": "SF-2", "sex": "x", "phone": "1"})
    first = taken(db, path)
    assert "sex is not one of" in first.rejected[0].reason
    assert "phone" in first.rejected[0].reason
    kept = rejects_path(path)
    with kept.open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert [row["form_id"] for row in listed] == ["SF-2"]
    assert listed[0]["reason"] == first.rejected[0].reason
    mended = kept.read_text("utf-8").replace(",x,1,", ",male,555-806-9774,")
    kept.write_text(mended, "utf-8")
    again = taken(db, kept)
    assert (again.imported, again.rejected, again.warnings) == (1, (), ())


def test_a_rejects_file_under_repair_is_not_overwritten(db: Database, tmp_path: Path) -> None:
    path = forms(tmp_path / "f.csv", {"sex": "x"})
    first = taken(db, path)
    kept = rejects_path(path)
    assert taken(db, path).warnings == first.warnings, "the same rows need no second file"
    mended = kept.read_text("utf-8").replace(",x,", ",male,")
    kept.write_text(mended, "utf-8")
    said = [taken(db, path).warnings[-1] for _ in range(2)]
    assert kept.read_text("utf-8") == mended
    assert (
        said
        == [
            "f.csv.rejected.csv was there already and stays; "
            "the rejected rows are in f.csv.rejected-2.csv."
        ]
        * 2
    )
    assert sorted(p.name for p in tmp_path.glob("*rejected*")) == [
        "f.csv.rejected-2.csv",
        "f.csv.rejected.csv",
    ]


def test_rejected_rows_are_kept_beside_a_link_that_leads_nowhere(
    db: Database, tmp_path: Path
) -> None:
    path = forms(tmp_path / "f.csv", {"sex": "x"})
    rejects_path(path).symlink_to(tmp_path / "nowhere")
    assert taken(db, path).warnings[-1].endswith("the rejected rows are in f.csv.rejected-2.csv.")
    assert "SF-1" in (tmp_path / "f.csv.rejected-2.csv").read_text("utf-8")
    assert rejects_path(path).is_symlink() and not (tmp_path / "nowhere").exists()


def test_nothing_rejected_leaves_no_rejects_file(db: Database, tmp_path: Path) -> None:
    path = forms(tmp_path / "f.csv", {})
    taken(db, path)
    assert not rejects_path(path).exists()


def test_a_dry_run_says_the_same_and_writes_nothing(db: Database, tmp_path: Path) -> None:
    path = forms(tmp_path / "f.csv", {}, {"form_id": "SF-2", "sex": "x"}, {"form_id": "SF-3"})
    dry = taken(db, path, dry_run=True)
    assert count(db, "change") == count(db, "case") == 0
    assert not rejects_path(path).exists()
    assert taken(db, path).as_json() == dry.as_json()


def test_a_form_twice_in_a_file(db: Database, tmp_path: Path) -> None:
    path = forms(tmp_path / "f.csv", {}, {}, {"city": "Lowell"})
    found = taken(db, path)
    assert (found.imported, found.unchanged) == (1, 1)
    assert [(r.line, r.column) for r in found.rejected] == [(4, "form_id")]
    assert "line 2" in found.rejected[0].reason


def test_a_changed_form_never_overwrites_the_case(db: Database, tmp_path: Path) -> None:
    taken(db, forms(tmp_path / "f.csv", {}))
    logged = count(db, "change")
    found = taken(db, forms(tmp_path / "g.csv", {"last_name": "Other"}))
    assert [r.reason for r in found.rejected] == [
        "form SF-1 is already on file with other content; edit the case instead."
    ]
    assert count(db, "change") == logged


def test_the_same_form_written_otherwise_is_the_same(db: Database, tmp_path: Path) -> None:
    taken(db, forms(tmp_path / "f.csv", {}))
    otherwise = {"phone": "(555) 806-9773", "state": "Massachusetts", "first_name": " Ana "}
    assert taken(db, forms(tmp_path / "g.csv", otherwise)).unchanged == 1


def test_prescribers_are_found_by_npi_or_by_name(db: Database, tmp_path: Path) -> None:
    path = forms(
        tmp_path / "f.csv",
        {},
        {"form_id": "SF-2", "prescriber_name": "Dr A. Osei"},
        {"form_id": "SF-3", "prescriber_npi": ""},
        {"form_id": "SF-4", "prescriber_npi": "12"},
    )
    found = taken(db, path)
    assert count(db, "prescriber") == 2
    assert any("prescriber_npi" in warning for warning in found.warnings)
    taken(db, forms(tmp_path / "g.csv", {"form_id": "SF-5"}))
    assert count(db, "prescriber") == 2


def test_odd_but_kept_is_a_warning_with_its_line(db: Database, tmp_path: Path) -> None:
    path = forms(
        tmp_path / "f.csv",
        {"received_at": "2027-01-04"},
        {"form_id": "SF-2", "patient_signed_on": "2027-01-05"},
    )
    found = taken(db, path)
    assert found.imported == 2
    assert any("midnight" in w and "line 2" in w for w in found.warnings)
    assert any("signature" in w and "line 3" in w for w in found.warnings)
    assert rows(db, "SELECT received_at FROM services_form ORDER BY form_id")[0][0].startswith(
        "2027-01-04 05:00:00"
    )


def test_a_minor_is_never_callable(db: Database, tmp_path: Path) -> None:
    taken(db, forms(tmp_path / "f.csv", {"date_of_birth": "2012-01-01"}))
    (case_id,) = rows(db, 'SELECT id FROM "case"')[0]
    with db.read() as session:
        found = facts.load(session, case_id)
    assert found is not None
    programme = db.programme_on(found.opened_at.date())
    assert not calls.may_call(found, programme, found.opened_at).may


def test_hostile_text_is_kept_as_it_is(db: Database, tmp_path: Path) -> None:
    hostile = {"first_name": "=HYPERLINK(1)", "last_name": "[/red]'; DROP TABLE case;--"}
    taken(db, forms(tmp_path / "f.csv", hostile))
    assert tuple(rows(db, "SELECT first_name, last_name FROM patient")[0]) == tuple(
        hostile.values()
    )


def test_only_a_supervisor_imports(db: Database, tmp_path: Path) -> None:
    nurse = Actor(2, "nora", Role.NURSE)
    refused = refusal(import_forms(db, nurse, forms(tmp_path / "f.csv", {})))
    assert refused.code == "role"
    assert count(db, "case") == 0


def test_progress_counts_rows_to_the_end(db: Database, tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    path = forms(tmp_path / "f.csv", *({"form_id": f"SF-{n}"} for n in range(250)))
    import_forms(db, SYSTEM, path, progress=lambda done, whole: said.append((done, whole)))
    assert said[-1] == (250, 250)
    assert [done for done, _ in said] == sorted({done for done, _ in said})


def test_a_wrong_kind_of_file_is_refused(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("site_id,name\nS1,North\n", "utf-8")
    assert refusal(import_forms(db, SYSTEM, path)).code == "wrong_header"


def test_what_another_import_brings_in_meanwhile_is_not_doubled(
    db: Database, tmp_path: Path
) -> None:
    path = forms(tmp_path / "f.csv", *({"form_id": f"SF-{n}"} for n in range(250)))
    other = forms(tmp_path / "g.csv", *({"form_id": f"SF-{n}"} for n in range(0, 300, 2)))
    begun: list[ImportReport] = []

    def race(done: int, whole: int) -> None:
        if not begun:
            begun.append(report(import_forms(db, SYSTEM, other)))

    first = report(import_forms(db, SYSTEM, path, progress=race))
    assert first.rejected == begun[0].rejected == ()
    assert first.imported + begun[0].imported == count(db, "case") == 275
    assert count(db, "services_form") == 275
    assert count(db, "prescriber") == 1


def test_a_file_that_is_changed_meanwhile_stops_the_import_and_says_what_is_in(
    db: Database, tmp_path: Path
) -> None:
    path = forms(tmp_path / "forms.csv", *({"form_id": f"SF-{n}"} for n in range(250)))

    def change(done: int, total: int) -> None:
        path.write_text(path.read_text() + "\n")

    stopped = import_forms(db, SYSTEM, path, progress=change)
    told = refusal(stopped)
    assert told.code == "changed_file" and "was changed while it was read" in told.sentence
    kept = count(db, "services_form")
    assert f"{kept} rows" in told.sentence and 0 < kept < 250
    assert taken(db, path).imported == 250 - kept


def test_a_file_that_is_changed_before_anything_is_in_says_what_to_do(
    db: Database, tmp_path: Path
) -> None:
    path = forms(tmp_path / "forms.csv", *({"form_id": f"SF-{n}"} for n in range(250)))

    def change(done: int, total: int) -> None:
        path.write_text(path.read_text() + "\n")

    told = refusal(import_forms(db, SYSTEM, path, dry_run=True, progress=change))
    assert told.code == "changed_file" and count(db, "case") == 0
    assert told.way_out.startswith("Nothing was saved;") and "import it again" in told.way_out
