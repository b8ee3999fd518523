"""Sites, clearance and infusion days come in and find their cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nurse_tui.interchange.clearance import import_clearance
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.infusions import import_infusions
from nurse_tui.interchange.report import ImportReport
from nurse_tui.interchange.sites import import_sites
from nurse_tui.store import intake
from nurse_tui.store.database import Database
from nurse_tui.types import DayStatus
from tests.databases import SYSTEM, count
from tests.interchange.files import forms, report, rows, write_csv

MONDAY = date(2027, 1, 11)
SITE = {
    "site_id": "S1",
    "name": "North Infusion",
    "state": "MA",
    "zip": "02155",
    "phone": "617-555-0100",
    "chairs": "1",
    "open_days": "Mon-Fri",
    "rems_certified_on": "2026-01-01",
    "rems_expires_on": "2028-01-01",
    "closures": "2027-12-24;2027-03-03",
}
DAY = {
    "form_id": "SF-1",
    "course": "1",
    "day": "1",
    "date": "2027-01-11",
    "site_id": "S1",
    "status": "scheduled",
}
LABS = {"form_id": "SF-1", "kind": "baseline_labs", "done_on": "2027-01-10"}


def sites(db: Database, tmp_path: Path, *changes: dict[str, str]) -> ImportReport:
    path = write_csv(tmp_path / "sites.csv", [{**SITE, **change} for change in changes])
    return report(import_sites(db, SYSTEM, path))


def days(
    db: Database, tmp_path: Path, *changes: dict[str, str], dry_run: bool = False
) -> ImportReport:
    path = write_csv(tmp_path / "days.csv", [{**DAY, **change} for change in changes])
    return report(import_infusions(db, SYSTEM, path, dry_run=dry_run))


def clearance(db: Database, tmp_path: Path, *changes: dict[str, str]) -> ImportReport:
    path = write_csv(tmp_path / "clearance.csv", [{**LABS, **change} for change in changes])
    return report(import_clearance(db, SYSTEM, path))


@pytest.fixture
def ready(db: Database, tmp_path: Path) -> Database:
    """A database with a site of one chair and two complete forms."""
    assert sites(db, tmp_path, {}).imported == 1
    import_forms(db, SYSTEM, forms(tmp_path / "f.csv", {}, {"form_id": "SF-2", "first_name": "B"}))
    return db


def test_a_site_is_placed_by_its_zip_and_brought_up_to_date(db: Database, tmp_path: Path) -> None:
    assert sites(db, tmp_path, {}).imported == 1
    ((zone, latitude, open_days, closures),) = rows(
        db, "SELECT zone, latitude, open_days, closures FROM infusion_site"
    )
    assert zone == "America/New_York"
    assert 42 < latitude < 43
    assert (open_days, closures) == ("Mon Tue Wed Thu Fri", "2027-03-03 2027-12-24")
    logged = count(db, "change")
    assert sites(db, tmp_path, {}).unchanged == 1
    assert count(db, "change") == logged
    assert sites(db, tmp_path, {"chairs": "3"}).imported == 1
    assert rows(db, "SELECT chairs FROM infusion_site") == [(3,)]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"site_id": ""}, "site_id"),
        ({"name": ""}, "name"),
        ({"chairs": "-1"}, "chairs"),
        ({"open_days": "always"}, "open_days"),
        ({"closures": "Christmas"}, "closures"),
        ({"rems_expires_on": "2025-01-01"}, "rems_expires_on"),
        ({}, "site_id"),
    ],
)
def test_a_wrong_site_is_rejected(
    db: Database, tmp_path: Path, change: dict[str, str], column: str
) -> None:
    found = sites(db, tmp_path, {}, change)
    assert (found.imported, [(r.line, r.column) for r in found.rejected]) == (1, [(3, column)])


def test_clearance_finds_its_case_and_is_known_again(ready: Database, tmp_path: Path) -> None:
    other = {"kind": "vaccination", "valid_until": "2027-06-01", "result_on_file": "yes"}
    assert clearance(ready, tmp_path, {}, other, {}).as_json()["imported"] == 2
    logged = count(ready, "change")
    assert clearance(ready, tmp_path, {}, other).unchanged == 2
    assert (count(ready, "clearance"), count(ready, "change")) == (2, logged)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"form_id": "SF-9"}, "form_id"),
        ({"kind": "horoscope"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"done_on": "2027-01-16"}, "done_on"),
        ({"done_on": ""}, "done_on"),
        ({"valid_until": "2027-01-09"}, "valid_until"),
    ],
)
def test_a_wrong_clearance_is_rejected(
    ready: Database, tmp_path: Path, change: dict[str, str], column: str
) -> None:
    found = clearance(ready, tmp_path, change)
    assert [(r.line, r.column) for r in found.rejected] == [(2, column)]
    assert count(ready, "clearance") == 0


def test_days_make_a_course_and_move_the_journey(ready: Database, tmp_path: Path) -> None:
    week = [{"day": str(n + 1), "date": f"2027-01-{11 + n}"} for n in range(5)]
    assert days(ready, tmp_path, *week).imported == 5
    assert count(ready, "course") == 1
    state = 'SELECT state FROM "case" WHERE id IN (SELECT case_id FROM course)'
    # Nobody has welcomed the patient yet, and days that are only planned do not change that.
    assert rows(ready, state) == [("welcome_pending",)]
    assert days(ready, tmp_path, *week).unchanged == 5
    given = [{**day, "status": "given"} for day in week[:4]]
    assert days(ready, tmp_path, *given).imported == 4
    assert rows(ready, state) == [("in_course",)]
    assert days(ready, tmp_path, {**week[4], "status": "given"}).imported == 1
    assert rows(ready, state) == [("monitoring",)]
    assert count(ready, "infusion_day", "status = 'given'") == 5


def test_a_dry_run_writes_no_day(ready: Database, tmp_path: Path) -> None:
    logged = count(ready, "change")
    found = days(ready, tmp_path, {}, {"day": "9"}, dry_run=True)
    assert (found.imported, len(found.rejected)) == (1, 1)
    assert (count(ready, "course"), count(ready, "change")) == (0, logged)


def test_a_dry_run_counts_the_chairs_that_earlier_rows_take_and_free(
    ready: Database, tmp_path: Path
) -> None:
    assert days(ready, tmp_path, {}).imported == 1
    for change in (
        [{"form_id": "SF-2", "date": "2027-01-12"}, {"day": "2", "date": "2027-01-12"}],
        [{"status": "cancelled"}, {"form_id": "SF-2"}],
    ):
        dry = days(ready, tmp_path, *change, dry_run=True)
        assert days(ready, tmp_path, *change).as_json() == dry.as_json()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"form_id": "SF-9"}, "form_id"),
        ({"site_id": "S9"}, "site_id"),
        ({"day": "6"}, "day"),
        ({"course": "2", "day": "4"}, "day"),
        ({"status": "done"}, "status"),
        ({"status": "given", "date": "2027-01-16"}, "date"),
        ({"day": "2"}, "date"),
        ({"date": "2027-01-12"}, "date"),
        ({"form_id": "SF-2"}, "date"),
    ],
)
def test_a_day_that_cannot_be_is_rejected(
    ready: Database, tmp_path: Path, change: dict[str, str], column: str
) -> None:
    assert days(ready, tmp_path, {}).imported == 1
    found = days(ready, tmp_path, change)
    assert [(r.line, r.column) for r in found.rejected] == [(2, column)]
    assert count(ready, "infusion_day") == 1


def test_what_was_given_stays_given_and_takes_a_chair_beyond_the_last(
    ready: Database, tmp_path: Path
) -> None:
    assert days(ready, tmp_path, {"status": "given"}).imported == 1
    back = days(ready, tmp_path, {"status": "cancelled"})
    assert [(r.column, r.line) for r in back.rejected] == [("status", 2)]
    second = days(ready, tmp_path, {"form_id": "SF-2", "status": "given"})
    assert second.imported == 1
    assert any("no free chair" in warning for warning in second.warnings)


@pytest.mark.parametrize("status", DayStatus)
def test_which_days_take_a_chair_d59(ready: Database, tmp_path: Path, status: DayStatus) -> None:
    assert days(ready, tmp_path, {"status": status.value}).imported == 1
    takes = status.value in ("scheduled", "given", "interrupted")
    assert days(ready, tmp_path, {"form_id": "SF-2"}).imported == 1 - takes
    with ready.read() as session:
        held = intake.live_days(session, rows(ready, "SELECT id FROM infusion_site")[0][0], MONDAY)
    assert len(held) == 1


def test_a_cancelled_day_makes_room(ready: Database, tmp_path: Path) -> None:
    days(ready, tmp_path, {})
    assert days(ready, tmp_path, {"status": "cancelled"}).imported == 1
    assert days(ready, tmp_path, {"form_id": "SF-2"}).imported == 1


def test_what_the_rules_say_against_scheduled_days_is_a_warning(
    ready: Database, tmp_path: Path
) -> None:
    found = days(ready, tmp_path, {}, {"day": "2", "date": "2027-01-13"})
    assert found.imported == 2
    assert any("D-5" in warning for warning in found.warnings)


def test_a_day_given_while_the_gate_was_not_clear_is_kept_with_one_warning_a_course_d61(
    ready: Database, tmp_path: Path
) -> None:
    given = [{"day": str(n), "date": f"2027-01-{10 + n}", "status": "given"} for n in (1, 2)]
    found = days(ready, tmp_path, *given)
    assert found.imported == 2
    warned = [text for text in map(str, found.as_json()["warnings"]) if "D-61" in text]
    assert len(warned) == 1 and "missing before Mon 11 Jan 2027" in warned[0]
