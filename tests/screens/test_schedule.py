"""The schedule of a case by keys alone, on real services: screen, message and database row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui import clock
from nurse_tui.screens.choose import ChooseScreen
from nurse_tui.screens.schedule import ScheduleScreen
from nurse_tui.screens.schedule_forms import DayForm
from nurse_tui.screens.schedule_gate import GateScreen
from nurse_tui.screens.schedule_words import span_words
from nurse_tui.types import DayStatus
from nurse_tui.widgets.detail_box import DetailBox
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, count

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)
FIRST = "Mon 30 Nov to Fri 4 Dec"
SECOND = "Mon 7 to Fri 11 Dec"


async def opened(app, pilot, case) -> ScheduleScreen:
    await calm(pilot)
    app.open_view("schedule", case)
    await calm(pilot)
    assert isinstance(app.screen, ScheduleScreen)
    return app.screen


def days(desk, case=None) -> list[tuple[date, DayStatus]]:
    facts = desk.mine.cases.view(case or desk.case).facts
    return [(day.on, day.status) for course in facts.courses for day in course.days]


def booked(desk, start: date = date(2026, 11, 30), case: int | None = None) -> None:
    case = case or desk.case
    seen = desk.mine.cases.view(case).version
    assert isinstance(desk.mine.infusions.book(case, 1, desk.site, start, seen), int)


async def test_it_begins_on_the_first_week_that_works_and_says_why_others_do_not(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, desk.case)
        seen = shown(app)
        assert "Ortiz, Marisol" in seen and "course 1" in seen
        assert "Harbor Infusion  Nashua NH · 2 chairs · REMS until 31 Dec 2028" in seen
        assert f"> + possible {FIRST}" in seen
        assert "x no       Mon 23 to Fri 27 Nov" in seen and "D-57 Thu 26 Nov 2026 is a fe" in seen
        assert f"{FIRST}  + POSSIBLE" in seen and "no baseline labs are on file" in seen
        await press(pilot, "up")
        assert "x NOT POSSIBLE" in shown(app)
        assert "way out  The first week that works at Harbor Infusion is Mon 30 Nov" in shown(app)
        assert screen.weeks.focused_row is not None


async def test_booking_takes_the_days_and_u_gives_them_back(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "b")
        assert app.last_said == f"Course 1 is booked at Harbor Infusion: {FIRST}. u undoes it."
        monday = date(2026, 11, 30)
        week = [monday + timedelta(days=n) for n in range(5)]
        assert days(desk) == [(day, DayStatus.SCHEDULED) for day in week]
        seen = shown(app)
        assert seen.count("+ booked") == 5 and f"= booked   {FIRST}" in seen
        await press(pilot, "u")
        assert app.last_said.startswith("Undone: Booked course 1")
        assert count(desk.db, "infusion_day") == 0 and "+ booked" not in shown(app)
        await press(pilot, "U")
        assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5


async def test_a_week_that_does_not_work_is_refused_with_the_reason_and_the_way_out(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "up", "b")
        assert "Thu 26 Nov 2026 is a federal holiday" in app.last_said
        assert "Mon 30 Nov 2026" in app.last_said
        assert count(desk.db, "infusion_day") == 0


async def test_reasons_out_of_sight_are_one_key_away_and_the_key_is_named(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        assert "enter shows all" not in shown(app)
        way_out = "way out  The first week"
        await press(pilot, "up")
        box = app.screen.query_one(DetailBox)
        assert ("enter shows all" in shown(app)) is (box.max_scroll_y > 0)
        assert box.max_scroll_y > 0 or way_out in shown(app)
        box.styles.max_height = 3
        await calm(pilot)
        assert "enter shows all" in shown(app) and way_out not in shown(app)
        await press(pilot, "enter")
        assert way_out in shown(app)


async def test_a_case_on_hold_shows_every_week_refused_with_the_way_out(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.cases.set_case(desk.case, seen, "On hold: moving", hold_reason="moving")
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        assert "x NOT POSSIBLE" in shown(app) and "+ possible" not in shown(app)
        assert "way out  Lift the hold first." in shown(app)
        await press(pilot, "b")
        assert app.last_said == "The case is on hold: moving. Lift the hold first."
        assert count(desk.db, "infusion_day") == 0


async def test_a_booked_course_is_not_booked_twice(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "down", "b")
        assert "booked already" in app.last_said and "M moves it" in app.last_said
    refused = desk.mine.infusions.book(
        desk.case, 1, desk.site, date(2026, 12, 7), desk.mine.cases.view(desk.case).version
    )
    assert refused.code == "already_booked"
    assert count(desk.db, "infusion_day") == 5


async def test_on_the_booked_week_b_and_m_say_that_it_is_booked_and_what_moves_it(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, desk.case)
        assert "> = booked" in shown(app)
        await press(pilot, "b")
        assert app.last_said == (
            f"This week is booked for the course: {FIRST}. M on another week moves it there."
        )
        await press(pilot, "M")
        assert app.screen is screen
        assert app.last_said.startswith(f"The course is on these days already: {FIRST}.")
    assert count(desk.db, "infusion_day") == 5


async def test_moving_asks_why_and_keeps_the_old_days_on_record(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "down", "M")
        assert isinstance(app.screen, ChooseScreen) and "why?" in shown(app)
        await press(pilot, "enter")
        assert app.last_said == f"Course 1 is moved to {SECOND}. u undoes it."
        assert count(desk.db, "infusion_day", "status = 'cancelled' AND reason != ''") == 5
        assert count(desk.db, "infusion_day", "on_date >= '2026-12-07' AND status='scheduled'") == 5


async def test_another_reason_must_be_said_in_words(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "down", "M", "end", "enter", "f2")
        assert "A reason is needed" in app.last_said
        assert count(desk.db, "infusion_day", "status = 'cancelled'") == 0
        await press(pilot, *"snow", "f2")
        assert count(desk.db, "infusion_day", "reason = 'other: snow'") == 5


async def test_cancelling_asks_twice_and_names_the_patient(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "X", "enter")
        assert "Ortiz, Marisol" in shown(app) and "no, leave everything as it is" in shown(app)
        await press(pilot, "escape")
        assert count(desk.db, "infusion_day", "status = 'cancelled'") == 0
        await press(pilot, "X", "enter", "f2")
        assert app.last_said == f"Course 1, {FIRST}, is cancelled. u undoes it."
        assert count(desk.db, "infusion_day", "status = 'cancelled'") == 5
        await press(pilot, "u")
        assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5


async def test_nothing_booked_can_neither_be_moved_nor_cancelled_nor_recorded(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        for key in "MXg":
            await press(pilot, key)
            assert app.last_said.startswith("No day of this course is booked.")


async def test_the_loser_of_the_last_chair_is_told_and_sees_the_weeks_anew(desk) -> None:
    desk.site = add_site(desk.db, SYSTEM, code="S0", name="A One Chair", chairs=1)
    rival = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2",
                     form={"preferred_site": "S0"})  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, rival)
        assert "A One Chair" in shown(app) and f"> + possible {FIRST}" in shown(app)
        booked(desk)
        await press(pilot, "b")
        assert "no chair" in app.last_said.lower()
        assert f"> x no       {FIRST}" in shown(app) and "D-59" in shown(app)
        assert days(desk, rival) == []


async def test_a_case_that_was_changed_meanwhile_is_read_again(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, desk.case)
        desk.mine.work.add_note(desk.case, "called the office")
        await press(pilot, "b")
        assert count(desk.db, "infusion_day") == 0 and screen.case is not None
        assert screen.case.version == desk.mine.cases.view(desk.case).version
        await press(pilot, "b")
        assert count(desk.db, "infusion_day") == 5


async def test_a_day_is_recorded_and_one_not_given_needs_its_reason(desk) -> None:
    booked(desk)
    clock.freeze(NOW + timedelta(days=13, hours=4))
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "g")
        assert isinstance(app.screen, DayForm)
        await press(pilot, "f2")
        assert "still missing before this day" in app.last_said
        await press(pilot, "tab", "tab", "=papers are late", "f2")
        assert days(desk)[0][1] is DayStatus.GIVEN and "= given" in shown(app)
        await press(pilot, "g", "tab", "enter", "down", "enter", "f2")
        assert "Say why it was not given." in shown(app)
        await press(pilot, *"fever", "f2")
        assert count(desk.db, "infusion_day", "status = 'missed' AND reason = 'fever'") == 1


async def test_the_gate_lists_what_is_missing_and_records_it(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, desk.case)
        assert screen.proposal is not None
        missing = len(screen.proposal.blockers)
        assert f"! {missing} still missing before day 1 (r)" in shown(app)
        await press(pilot, "r")
        assert isinstance(app.screen, GateScreen) and "STILL MISSING" in shown(app)
        await press(pilot, "end", "enter")
        assert not isinstance(app.screen, GateScreen)


async def test_another_site_shows_its_own_weeks_and_its_distance(desk) -> None:
    add_site(desk.db, SYSTEM, code="S2", name="Lakeside", city="Manchester", chairs=1,
             latitude=42.99, longitude=-71.46, rems_expires_on=date(2026, 12, 31))  # fmt: skip
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "i")
        assert "Manchester NH · 16 mi" in shown(app)
        await press(pilot, "up", "enter")
        assert "Lakeside  Manchester NH · 1 chair · REMS until 31 Dec" in shown(app)
        await press(pilot, "b")
        assert "Lakeside" in app.last_said
        assert count(desk.db, "course", f"site_id != {desk.site}") == 1


async def test_more_weeks_and_only_those_that_work(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "less_than_sign")
        assert app.last_said.startswith("These are the first weeks.")
        await press(pilot, "greater_than_sign")
        assert FIRST not in shown(app) and "Mon 15 to" in shown(app)
        await press(pilot, "less_than_sign", "f")
        assert "x no" not in shown(app) and FIRST in shown(app)


async def test_a_view_of_the_past_books_nothing(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, desk.case)
        clock.freeze(NOW + timedelta(days=1))
        booked(desk)
        screen.as_of = NOW
        screen.changed()
        await calm(pilot)
        assert "AS OF Wed 18 Nov" in shown(app) and "+ booked" not in shown(app)
        await press(pilot, "b")
        assert "the case as it was" in app.last_said
        await press(pilot, "escape")
        assert "AS OF" not in shown(app) and shown(app).count("+ booked") == 5


async def test_without_any_site_it_says_how_to_import_them(bare) -> None:
    app = app_on(bare)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, bare.case)
        assert "There is no infusion site in the database yet." in shown(app)
        assert "nurse-tui import sites FILE" in shown(app)


async def test_anothers_case_is_refused_in_words(desk) -> None:
    app = app_on(desk, services=desk.other)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        assert "x REFUSED  This case belongs to another nurse." in shown(app)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_names_are_shown_literally(desk, text) -> None:
    site = add_site(desk.db, SYSTEM, code="S0", name=text, city=text)
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2",
                    last_name=text, form={"preferred_site": "S0"})  # fmt: skip
    assert site
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, case)
        await press(pilot, "b")
        assert days(desk, case) != [] and app.is_running
        await press(pilot, "X", "enter")
        assert "\x1b" not in shown(app) and "\u202e" not in shown(app)
        await press(pilot, "escape", "i", "escape", "r")
        assert "? all keys" in shown(app)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([date(2026, 11, 30), date(2026, 12, 4)], "Mon 30 Nov to Fri 4 Dec"),
        ([date(2026, 12, 7), date(2026, 12, 11)], "Mon 7 to Fri 11 Dec"),
        ([date(2026, 12, 28), date(2027, 1, 1)], "Mon 28 Dec to Fri 1 Jan 2027"),
        ([date(2027, 1, 4), date(2027, 1, 8)], "Mon 4 to Fri 8 Jan 2027"),
        ([date(2028, 2, 28), date(2028, 2, 29)], "Mon 28 to Tue 29 Feb 2028"),
        ([date(2026, 12, 7)], "Mon 7 Dec"),
    ],
)
def test_spans_are_said_shortly(given, words) -> None:
    assert span_words(given, date(2026, 11, 18)) == words


async def test_every_size_works(desk) -> None:
    for size in ((40, 12), (120, 40)):
        app = app_on(desk)
        async with app.run_test(size=size) as pilot:
            await opened(app, pilot, desk.case)
            assert "+ possible" in shown(app)
            await press(pilot, "enter")
            assert "POSSIBLE" in shown(app)


EVERY_DAY = "Mon Tue Wed Thu Fri Sat Sun"


async def over_a_weekend(desk) -> int:
    site = add_site(desk.db, SYSTEM, code="S7", name="Every Day", open_days=EVERY_DAY)
    seen = desk.mine.cases.view(desk.case).version
    start = date(2026, 11, 27)
    assert isinstance(desk.mine.infusions.book(desk.case, 1, site, start, seen), int)
    return site


async def test_a_course_over_two_weeks_shows_its_booked_days_in_each(desk) -> None:
    await over_a_weekend(desk)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        seen = shown(app)
        assert "= booked   Fri 27 to Sun 29 Nov" in seen
        assert "= booked   Mon 30 Nov to Tue 1 Dec" in seen
        assert seen.count("= booked ") == 2 and seen.count("+ booked") == 5
        assert "Fri 27 Nov to Tue 1 Dec  = BOOKED" in seen and "ANY MORE" not in seen
        await press(pilot, "down")
        assert "M moves the course to Mon 30 Nov to Fri 4 Dec." in shown(app)


async def test_booked_days_that_no_longer_work_say_why(desk) -> None:
    site = await over_a_weekend(desk)
    with desk.db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE infusion_site SET closures = '2026-11-28' WHERE id = ?", (site,)
        )
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        seen = shown(app)
        assert "Fri 27 Nov to Tue 1 Dec  ! BOOKED, BUT NOT POSSIBLE ANY MORE" in seen
        assert "Sat 28 Nov" in seen.partition("ANY MORE")[2]


async def test_a_long_reason_wraps_beside_its_rule(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=(50, 30)) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "up")
        below = shown(app).partition("x NOT POSSIBLE")[2].splitlines()
        first = next(n for n, row in enumerate(below) if "D-57" in row)
        at = below[first].index("Thu 26")
        assert below[first + 1][:at].strip() == "" and below[first + 1][at] != " "


async def test_where_room_is_short_the_booked_days_are_said_in_words(desk) -> None:
    booked(desk)
    app = app_on(desk)
    async with app.run_test(size=(40, 24)) as pilot:
        await opened(app, pilot, desk.case)
        assert f"+ booked  {FIRST}" in shown(app) and "F..." not in shown(app)


async def test_a_course_that_stopped_short_goes_on_by_one_key_d58(desk) -> None:
    booked(desk)
    clock.freeze(NOW + timedelta(days=13))
    for day in desk.mine.cases.view(desk.case).facts.courses[0].days[:2]:
        seen = desk.mine.cases.view(desk.case).version
        assert desk.mine.infusions.record_day(desk.case, day.id, DayStatus.GIVEN, "well", seen)
    seen = desk.mine.cases.view(desk.case).version
    assert isinstance(desk.mine.infusions.cancel(desk.case, 1, "infection", seen), int)
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        assert "course 2" in shown(app) and "o to go on with it" in shown(app)
        await press(pilot, "o")
        assert "course 1" in shown(app) and "o to plan the next one" in shown(app)
        await press(pilot, "o")
        assert "course 2" in shown(app)
        await press(pilot, "o", "b")
        assert app.last_said.startswith("Course 1 is booked at Harbor Infusion: ")
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 3
    assert count(desk.db, "course") == 1


async def test_where_no_course_stopped_short_the_key_says_so(desk) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        await press(pilot, "o")
        assert app.last_said.startswith("No course of this case stopped short")
        assert "stopped short; the" not in shown(app)


async def test_a_course_of_which_every_day_was_missed_is_planned_again_d58(desk) -> None:
    booked(desk)
    clock.freeze(NOW + timedelta(days=16))
    for day in desk.mine.cases.view(desk.case).facts.courses[0].days:
        seen = desk.mine.cases.view(desk.case).version
        missed = desk.mine.infusions.record_day(desk.case, day.id, DayStatus.MISSED, "snow", seen)
        assert isinstance(missed, int), missed
    app = app_on(desk)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, desk.case)
        assert "course 1" in shown(app)
        await press(pilot, "b")
        assert app.last_said.startswith("Course 1 is booked at Harbor Infusion: ")
    assert count(desk.db, "infusion_day", "status = 'scheduled'") == 5
