"""Sites near a patient, courses with open days, weeks of a course that went on, backups."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.keyring import KeyRing
from nurse_tui.models import InfusionSite
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import keyslots
from nurse_tui.types import DayStatus, Refusal, Role
from tests.cases import NOW, add_case, add_site
from tests.databases import KEY, SYSTEM, add_user, count

MONDAY = date(2026, 11, 30)


def version(desk, case_id=None) -> int:
    return desk.boss.cases.view(case_id or desk.case).version


def days(desk):
    courses = desk.mine.cases.view(desk.case).facts.courses
    return [day for course in courses for day in course.days]


def record(desk, day, status: DayStatus, reason: str = "") -> None:
    done = desk.mine.infusions.record_day(desk.case, day.id, status, reason, version(desk))
    assert isinstance(done, int), done


def test_the_nearest_site_comes_first_and_those_without_a_place_last(desk) -> None:
    far = add_site(desk.db, SYSTEM, code="S2", name="Far", latitude=25.76, longitude=-80.19)
    near = add_site(desk.db, SYSTEM, code="S3", name="Near", latitude=42.77, longitude=-71.47)
    found = desk.mine.sites.near(desk.case)
    assert [site.site_id for site in found] == [near, far, desk.site]
    assert found[0].distance_miles < 5 < 1000 < found[1].distance_miles
    assert found[2].distance_miles is None
    assert isinstance(desk.other.sites.near(desk.case), Refusal)


def test_courses_are_a_nurses_own_and_a_supervisors_all(desk) -> None:
    theirs = add_case(desk.db, SYSTEM, nurse_id=desk.other.actor.user_id, form_id="SF-2")
    desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    desk.other.infusions.book(theirs, 1, desk.site, MONDAY, version(desk, theirs))
    assert [row.case_id for row in desk.mine.sites.courses()] == [desk.case]
    assert {row.case_id for row in desk.boss.sites.courses()} == {desk.case, theirs}
    assert desk.boss.sites.courses(mine=True) == ()
    row = desk.mine.sites.courses()[0]
    assert (row.first, row.last, row.given, row.total) == (MONDAY, date(2026, 12, 4), 0, 5)
    assert row.check.on == date(2026, 11, 23) and not row.is_unrecorded


def test_a_course_leaves_the_list_once_every_day_is_recorded_or_cancelled(desk) -> None:
    desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    clock.freeze(NOW + timedelta(days=20))
    assert desk.mine.sites.courses()[0].is_unrecorded
    for day in days(desk):
        record(desk, day, DayStatus.GIVEN, "as the site told")
    assert desk.mine.sites.courses() == ()


def test_an_interrupted_course_goes_on_with_the_days_that_are_left(desk) -> None:
    desk.mine.infusions.book(desk.case, 1, desk.site, MONDAY, version(desk))
    clock.freeze(NOW + timedelta(days=14))
    first, second, *rest = days(desk)
    record(desk, first, DayStatus.GIVEN, "as the site told")
    record(desk, second, DayStatus.GIVEN)
    assert isinstance(desk.mine.infusions.cancel(desk.case, 1, "infection", version(desk)), int)
    start = next(w.start for w in desk.mine.infusions.propose(desk.case, 1).weeks if w.possible)
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, start, version(desk)), int)
    again = [day for day in days(desk) if day.status is DayStatus.SCHEDULED]
    assert [day.number for day in again] == [3, 4, 5]
    assert len(again) == len(rest)


def test_a_page_of_weeks_begins_after_the_last_one_shown(desk) -> None:
    first = desk.mine.infusions.propose(desk.case)
    second = desk.mine.infusions.propose(desk.case, first=first.after)
    assert first.after.weekday() == 0
    assert second.weeks[0].days[0] >= first.after > first.weeks[-1].start
    assert second.weeks[0].start - first.weeks[-1].start <= timedelta(days=7)


def test_a_backup_is_an_administrators_and_logged(desk, tmp_path) -> None:
    root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    ring = KeyRing(desk.db.path, KEY)
    refused = desk.mine.upkeep.back_up(ring, tmp_path / "copy.db")
    assert isinstance(refused, Refusal) and not (tmp_path / "copy.db").exists()
    assert root.upkeep.backups().last is None
    without = root.upkeep.back_up(ring, tmp_path / "copy.db")
    assert isinstance(without, Refusal) and without.code == "no_keys"
    assert not (tmp_path / "copy.db").exists()
    cheap = keyslots.Kdf(64, 1, 1)
    assert keyslots.add_slot(desk.db.path, "root", "heron lantern quilt", KEY, cheap) is None
    assert root.upkeep.back_up(ring, tmp_path / "copy.db") == tmp_path / "copy.db"
    last = root.upkeep.backups().last
    assert last is not None and last.sentence == "Backed up to copy.db"
    assert count(desk.db, "change", "subject = 'backup:database'") == 1
    assert "key=" not in repr(ring)


def test_the_log_of_what_is_no_case_names_no_patient(desk) -> None:
    root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    assert root.upkeep.note_restored("copy.db") is None
    changes = root.upkeep.changes()
    kinds = {change.subject.partition(":")[0] for change in changes}
    assert kinds == {"user", "infusion_site", "prescriber", "restore"}
    assert changes[0].sentence == "Restored from copy.db"
    assert not any("Ortiz" in change.sentence for change in changes)
    assert isinstance(desk.mine.upkeep.changes(), Refusal)


@pytest.mark.parametrize(
    ("open_days", "said"),
    [("Mon Tue Wed Thu Fri", "federal holiday"), ("Mon Tue Wed Thu Fri Sat Sun", None),
     ("Mon Tue Wed Fri", "not open")],
)  # fmt: skip
def test_the_week_of_a_site_is_closed_where_the_rule_says_so_d57(desk, open_days, said):
    def job(tx) -> int:
        tx.get(InfusionSite, desk.site).open_days = open_days
        tx.say("Opened")
        return desk.site

    desk.db.write(SYSTEM, "import.sites", job)
    thanksgiving = date(2026, 11, 26)
    week = desk.mine.infusions.site_week(desk.site, date(2026, 11, 23))
    assert week.closed.get(thanksgiving) == said


def test_a_site_with_an_open_certification_stays_the_one_of_the_patients_state_d18(desk):
    far = add_site(desk.db, SYSTEM, code="ZZ", name="Far Away")

    def job(tx) -> int:
        tx.get(InfusionSite, desk.site).rems_expires_on = None
        tx.get(InfusionSite, far).state = "CA"
        tx.say("Certified without end")
        return far

    desk.db.write(SYSTEM, "import.sites", job)
    assert desk.mine.infusions.propose(desk.case).site.site_id == desk.site
