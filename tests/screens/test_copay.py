"""Co-pay by keys alone, on the real services over a real file."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.screens.copay import CopayScreen
from nurse_tui.screens.copay_case import CopayCaseScreen
from nurse_tui.screens.schedule import ScheduleScreen
from nurse_tui.types import Benefit, CoverageKind, Role
from tests.cases import add_case
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import HOSTILE, app_on, calm
from .test_call import press, write

COMMERCIAL = CoverageKind.COMMERCIAL


async def open_verdict(pilot, case: int) -> None:
    await calm(pilot)
    pilot.app.open_view("copay_case", case)
    await calm(pilot)


def verdicts(app) -> tuple[str, str]:
    lines = [row for row in shown(app).splitlines() if row.startswith((" DRUG ", " INFUSION "))]
    return lines[0], lines[1]


@pytest.mark.parametrize(
    ("covers", "where", "drug", "infusion", "rule"),
    [
        ((COMMERCIAL,), {}, "= ELIGIBLE", "= ELIGIBLE", "D-43"),
        ((COMMERCIAL, CoverageKind.MEDICARE), {}, "NOT ELIGIBLE", "NOT ELIGIBLE", "D-39"),
        ((CoverageKind.UNINSURED,), {}, "NOT ELIGIBLE", "NOT ELIGIBLE", "D-43"),
        ((COMMERCIAL,), {"state": "MA", "zip": "02115"}, "= ELIGIBLE", "NOT ELIGIBLE", "D-41"),
        ((), {}, "UNDETERMINED", "UNDETERMINED", "missing"),
    ],
)
async def test_the_verdict_of_each_benefit_with_its_rule(desk, covers, where, drug, infusion, rule):
    case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", coverages=covers, **where
    )
    app = app_on(desk)
    async with app.run_test(size=(160, 60)) as pilot:
        await open_verdict(pilot, case)
        first, second = verdicts(app)
        assert drug in first and infusion in second and rule in shown(app)


async def test_enrolling_says_so_and_undo_takes_it_back(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        await press(pilot, "y", "enter")
        assert "Enrolled for drug costs. u undoes it." in shown(app)
        assert "ENROLLED since Wed 18 Nov" in verdicts(app)[0]
        assert count(desk.db, "copay_enrollment", "ends_on IS NULL") == 1
        await press(pilot, "u")
        assert "Undone" in shown(app) and "not enrolled" in verdicts(app)[0]
        assert count(desk.db, "copay_enrollment") == 0
        await press(pilot, "U")
        assert count(desk.db, "copay_enrollment") == 1


async def test_what_the_rule_forbids_is_refused_with_the_way_out(desk):
    case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2",
        coverages=(COMMERCIAL, CoverageKind.MEDICARE_ADVANTAGE),
    )  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, case)
        await press(pilot, "y", "down", "enter")
        assert "Medicare Advantage has ended" in shown(app)
        await press(pilot, "r", "enter")
        assert "promises nothing" in shown(app)
    assert count(desk.db, "copay_enrollment") == 0
    assert count(desk.db, "assistance_referral", f"case_id = {case}") == 1


async def test_the_verdict_is_kept_with_its_terms(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        await press(pilot, "K", "end")
        assert "Wed 18 Nov 11:00  drug = ELIGIBLE" in shown(app)
    assert count(desk.db, "copay_decision") == 2


async def test_an_enrolment_ends_with_a_reason_and_another_key(desk):
    version = desk.mine.cases.view(desk.case).version
    desk.mine.copay.enrol(desk.case, Benefit.INFUSION, version)
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        await press(pilot, "X")
        assert "Ortiz, Marisol" in shown(app) and "End the co-pay enrolment" in shown(app)
        await press(pilot, "f2")
        assert "A reason is needed." in shown(app)
        app.screen.query_one("#reason").focus()
        await write(pilot, "moved to the VA")
        await press(pilot, "f2")
        assert "is ended" in shown(app)
    assert count(desk.db, "copay_enrollment", "end_reason = 'moved to the VA'") == 1


async def test_government_cover_to_come_shows_the_last_day_and_its_reason(desk):
    version = desk.mine.cases.view(desk.case).version
    desk.mine.work.add_coverage(
        desk.case, version, CoverageKind.MEDICARE, "CMS", starts_on=date(2026, 12, 1)
    )
    app = app_on(desk)
    async with app.run_test(size=(160, 60)) as pilot:
        await open_verdict(pilot, desk.case)
        said = "Medicare (CMS, cover 2) starts on Tue 1 Dec 2026"
        assert "D-51" in shown(app)
        await press(pilot, "y", "enter")
        assert " costs until Mon 30 Nov 2026. u undoes it." in app.last_said
        assert f"ENROLLED since Wed 18 Nov, last day Mon 30 Nov: {said}" in verdicts(app)[0]
        await press(pilot, "X")
        assert "End the co-pay enrolment" in shown(app)


async def test_without_an_enrolment_there_is_nothing_to_end(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        await press(pilot, "X", "r")
        assert "open to the patient" in shown(app)


async def test_a_change_by_somebody_else_is_said_and_read_again(desk):
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        desk.boss.work.add_note(desk.case, "from elsewhere")
        await press(pilot, "K")
        assert "changed this case after you opened it" in shown(app)
        await press(pilot, "K")
        assert "The verdict is kept" in shown(app)


async def test_the_lists_behind_the_tabs(desk):
    version = desk.mine.cases.view(desk.case).version
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version)
    add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", coverages=(),
        last_name="Bhatt",
    )  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        await press(pilot, "3")
        assert isinstance(app.screen, CopayScreen)
        assert "Ortiz" in shown(app) and "enrolled Wed 18 Nov" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "Ortiz" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "Bhatt" in shown(app) and "missing: coverage" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "No enrolment has ended." in shown(app)
        await press(pilot, "left_square_bracket", "enter")
        assert isinstance(app.screen, CopayCaseScreen)
        assert "Bhatt" in shown(app)


async def test_another_nurses_case_is_refused(desk):
    app = app_on(desk, services=desk.other)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        assert "REFUSED" in shown(app) and "another nurse" in shown(app)


async def test_a_supervisor_sees_the_team(desk):
    version = desk.mine.cases.view(desk.case).version
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version)
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        await press(pilot, "3")
        assert "Ortiz" in shown(app)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_names_are_shown_as_they_are(desk, name):
    case = add_case(
        desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", first_name=name,
        last_name=name, coverages=(),
    )  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, case)
        assert "\x1b" not in shown(app) and "\u202e" not in shown(app)
        assert "UNDETERMINED" in shown(app)
        await press(pilot, "escape", "3", "right_square_bracket", "right_square_bracket")
        assert "\x1b" not in shown(app) and "1 shown" in shown(app)


async def test_s_goes_from_the_verdict_to_the_infusion_weeks(desk):
    async with app_on(desk).run_test(size=(80, 24)) as pilot:
        await open_verdict(pilot, desk.case)
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, ScheduleScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, CopayCaseScreen)


@pytest.mark.parametrize(("most", "words"), [(1, "first 1 shown"), (2, "  1 shown")])
async def test_a_list_that_was_cut_says_so(desk, monkeypatch, most, words):
    monkeypatch.setattr("nurse_tui.services.copay_views.MOST_DOUBTS", most)
    nurse_id = desk.nurse.user_id
    add_case(desk.db, SYSTEM, nurse_id=nurse_id, form_id="SF-2", coverages=())
    app = app_on(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await calm(pilot)
        await press(pilot, "3", "right_square_bracket", "right_square_bracket")
        assert isinstance(app.screen, CopayScreen) and len(app.screen.rows) == 1
        assert words in shown(app)
