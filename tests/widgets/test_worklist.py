"""The worklist by keys alone: moving, marking, reloading, and never waiting for rows."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from nurse_tui.listing import Known
from nurse_tui.widgets.messages import Failed
from nurse_tui.widgets.windows import KEPT, SIZE, ListSource
from nurse_tui.widgets.worklist import Worklist
from tests.widgets.lists import ListApp, Made, MadeRows, showing

MILLION = 1_000_000
SIZE_80 = (80, 24)
ROWS = 23


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.app.worklist.settled()  # type: ignore[attr-defined]
    await pilot.press(*keys)
    await pilot.app.worklist.settled()  # type: ignore[attr-defined]
    await pilot.pause()


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["down"], 1),
        (["j", "j", "k"], 1),
        (["up"], 0),
        (["pagedown"], ROWS - 1),
        (["pagedown", "pageup"], 0),
        (["pageup"], 0),
        (["end"], MILLION - 1),
        (["end", "down"], MILLION - 1),
        (["end", "up"], MILLION - 2),
        (["end", "pagedown"], MILLION - 1),
        (["end", "pageup"], MILLION - ROWS),
        (["end", "home"], 0),
    ],
)
async def test_a_key_moves_the_focus_in_a_million_rows(keys: list[str], place: int) -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, *keys)
        assert app.worklist.place == place
        assert app.focused_line().split()[0] == str(place)
        assert app.worklist.focused_row == Made(place)
        assert app.heard(Worklist.Highlighted)[-1].row == Made(place)


async def test_few_rows_of_a_million_are_held() -> None:
    source = MadeRows(MILLION)
    async with showing(source) as (app, pilot):
        for _ in range(40):
            await press(pilot, *["pagedown"] * 12)
        assert app.worklist.place == 40 * 12 * (ROWS - 1)
        assert len(app.worklist._windows._pages) <= KEPT  # type: ignore[union-attr]
        assert {count for _, count in source.reads} == {SIZE}


async def test_a_step_draws_two_lines_and_a_pause_none() -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, "down")
        app.worklist.drawn.clear()
        await press(pilot, "down")
        assert sorted(app.worklist.drawn) == [2, 3]
        app.worklist.drawn.clear()
        await pilot.pause()
        assert app.worklist.drawn == []


async def test_the_view_turns_like_a_page_and_keeps_three_rows() -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, *["down"] * ROWS)
        assert app.lines()[1].split()[0] == str(ROWS - 3)
        assert app.focused_line().split()[0] == str(ROWS)
        await press(pilot, *["up"] * 4)
        assert app.lines()[-1].split()[0] == str(ROWS - 1)
        assert app.focused_line().split()[0] == str(ROWS - 4)


async def test_the_terminals_cursor_sits_on_the_focused_row() -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, "down", "down")
        assert app.cursor_position == Offset(1, 3)
        await press(pilot, "end")
        assert app.cursor_position == Offset(1, ROWS)


async def test_enter_opens_the_focused_row() -> None:
    async with showing(MadeRows(5)) as (app, pilot):
        await press(pilot, "down", "enter")
        assert [message.row for message in app.heard(Worklist.Opened)] == [Made(1)]


async def test_marks_are_kept_over_pages_and_taken_away_by_escape() -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, "space", "end", "space", "home")
        assert app.worklist.marked_ids == {0, MILLION - 1}
        assert app.lines()[1].startswith("#> 0 ")
        await press(pilot, "space")
        assert app.worklist.marked_ids == {MILLION - 1}
        await press(pilot, "escape")
        assert app.worklist.marked_ids == frozenset()
        assert app.heard(Worklist.Marked)[-1].ids == frozenset()
        assert app.said.count("back") == 0
        await press(pilot, "escape")
        assert app.said.count("back") == 1


async def test_shift_and_arrows_mark_a_range() -> None:
    async with showing(MadeRows(50)) as (app, pilot):
        await press(pilot, "down", "shift+down", "shift+down", "down", "down", "shift+up")
        assert app.worklist.marked_ids == {1, 2, 3, 4, 5}
        assert app.worklist.place == 4


async def test_a_range_may_pass_rows_that_are_not_read_yet() -> None:
    source = MadeRows(MILLION)
    async with showing(source) as (app, pilot):
        await press(pilot, "home")
        source.gate.clear()
        await pilot.press("end", "shift+up", "shift+up")
        assert app.worklist.marked_ids == frozenset()
        source.gate.set()
        await app.worklist.settled()
        assert app.worklist.marked_ids == {MILLION - 1, MILLION - 2, MILLION - 3}


async def test_rows_that_are_not_read_yet_are_dots_and_keys_still_work() -> None:
    source = MadeRows(MILLION)
    async with showing(source, patience=0) as (app, pilot):
        await press(pilot, "home")
        source.gate.clear()
        await pilot.press("end", "up", "up")
        assert app.worklist.place == MILLION - 3
        assert app.worklist.focused_row is None
        assert app.focused_line().split() == ["...", "...", "..."]
        await pilot.press("home")
        assert app.focused_line().split()[0] == "0"
        source.gate.set()


async def test_a_view_that_comes_soon_is_never_drawn_as_dots() -> None:
    source = MadeRows(MILLION)
    async with showing(source) as (app, pilot):
        await press(pilot, "home")
        source.gate.clear()
        await pilot.press("end")
        assert app.focused_line().split()[0] == "0"
        source.gate.set()
        await app.worklist.settled()
        assert app.focused_line().split()[0] == str(MILLION - 1)


async def test_reading_again_keeps_the_focus_on_its_row_and_line() -> None:
    source = MadeRows(1000)
    async with showing(source) as (app, pilot):
        await press(pilot, *["down"] * 5)
        source.ids = [*range(5000, 5040), *range(1000)]
        app.worklist.set_source(source)
        await app.worklist.settled()
        assert source.refreshed == 1
        assert (app.worklist.place, app.worklist.focused_row) == (45, Made(5))
        assert app.cursor_position == Offset(1, 6)


@pytest.mark.parametrize(
    ("removed", "next_row"),
    [([5], 6), ([5, 6], 7), ([999], 5), (range(4, 27), 28), ([1, 5], 6)],
)
async def test_after_a_removal_the_focus_goes_to_the_next_row(
    removed: list[int], next_row: int
) -> None:
    source = MadeRows(1000)
    async with showing(source) as (app, pilot):
        await press(pilot, *["down"] * 5)
        source.remove(*removed)
        app.worklist.set_source(source)
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(next_row)


async def test_after_the_last_row_is_removed_the_focus_goes_to_the_one_before() -> None:
    source = MadeRows(300)
    async with showing(source) as (app, pilot):
        await press(pilot, "end")
        source.remove(299)
        app.worklist.set_source(source)
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(298)


async def test_keys_pressed_during_a_reload_count_from_where_the_row_is_then() -> None:
    source = MadeRows(1000)
    async with showing(source) as (app, pilot):
        await press(pilot, "down")
        source.gate.clear()
        app.worklist.set_source(source)
        await pilot.press("down", "down")
        source.gate.set()
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(3)


async def test_another_list_keeps_the_row_that_both_hold_and_closes_the_old_one() -> None:
    old, new = MadeRows(1000), MadeRows(0)
    new.ids = range(0, 1000, 2)
    async with showing(old) as (app, pilot):
        await press(pilot, *["down"] * 8, "space")
        app.worklist.set_source(new)
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(8)
        assert app.worklist.marked_ids == {8}
        assert old.closed
        assert old.heard is None
        app.worklist.set_source(MadeRows(50), keep=False)
        await app.worklist.settled()
        assert app.worklist.place == 0
        assert app.worklist.marked_ids == frozenset()
    assert new.closed


async def test_an_answer_to_an_older_wish_is_dropped() -> None:
    slow, quick = MadeRows(10), MadeRows(3)
    slow.gate.clear()
    async with showing(slow) as (app, pilot):
        app.worklist.set_source(quick)
        await app.worklist.settled()
        slow.gate.set()
        await pilot.pause()
        assert app.worklist.known == Known(3, complete=True)
        assert slow.closed


async def test_go_to_moves_to_a_row_far_away_and_stays_when_it_is_not_there() -> None:
    async with showing(MadeRows(MILLION)) as (app, pilot):
        await press(pilot, "down")
        app.worklist.go_to(777_777)
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(777_777)
        app.worklist.go_to(MILLION + 5)
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(777_777)


async def test_the_end_is_reached_before_the_rows_are_counted() -> None:
    source = MadeRows(MILLION, counted=2000)
    async with showing(source) as (app, pilot):
        await press(pilot, "end", "up", "pageup")
        row = app.worklist.focused_row
        assert row == Made(MILLION - 1 - 1 - (ROWS - 1))
        before = app.lines()
        source.counted = None
        assert source.heard is not None
        source.heard()
        await pilot.pause()
        await app.worklist.settled()
        assert app.worklist.known == Known(MILLION, complete=True)
        assert app.worklist.focused_row == row
        assert app.worklist.place == MILLION - 1 - 1 - (ROWS - 1)
        assert app.lines() == before


@pytest.mark.parametrize("counted", [None, 2000])
async def test_end_pressed_before_the_first_answer_is_kept(counted: int | None) -> None:
    source = MadeRows(MILLION, counted=counted)
    source.gate.clear()
    async with showing(source) as (app, pilot):
        await pilot.press("end")
        source.gate.set()
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(MILLION - 1)


async def test_an_empty_list_says_what_to_do() -> None:
    async with showing(MadeRows(0)) as (app, pilot):
        await press(pilot, "down", "end", "enter", "space", "shift+down")
        assert "   No cases here. Press f for another filter." in [x.rstrip() for x in app.lines()]
        assert app.worklist.focused_row is None
        assert app.heard(Worklist.Opened) == []


async def test_a_list_that_empties_says_so() -> None:
    source = MadeRows(1)
    async with showing(source) as (app, pilot):
        await press(pilot, "home")
        source.remove(0)
        app.worklist.set_source(source)
        await app.worklist.settled()
        await pilot.pause()
        assert app.heard(Worklist.Highlighted)[-1].row is None


async def test_a_small_terminal_drops_the_least_needed_column() -> None:
    app = ListApp(MadeRows(MILLION))
    async with app.run_test(size=(40, 12)) as pilot:
        await press(pilot, "end")
        assert app.lines()[0].split() == ["ID", "NAME"]
        assert app.focused_line().split() == [str(MILLION - 1), "row", str(MILLION - 1)]
        await pilot.resize_terminal(80, 24)
        await app.worklist.settled()
        await pilot.pause()
        assert app.lines()[0].split() == ["ID", "NAME", "EXTRA"]
        assert app.focused_line().split()[0] == str(MILLION - 1)


HOSTILE = [
    "[/red]", "[@click=app.quit]x[/]", "\x1b[31mred\x1b]52;c;x\x07", "\x9b31m", "a\u202eb",
    "李小龍 李小龍 李小龍 李小龍 李小龍 李小龍", "e" + "\u0301" * 500, "x" * 5000,
    "\ud800", "tab\there\n", "",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_stay_literal_and_columns_straight(name: str) -> None:
    async with showing(ListSource([Made(7, name), Made(8, "next")])) as (app, pilot):
        await press(pilot, "down", "up")
        strips = [super(type(app.worklist), app.worklist).render_line(y) for y in (1, 2)]
        assert [strip.cell_length for strip in strips] == [80, 80]
        assert all(letter.isprintable() or letter in "\u0301\u200c" for letter in strips[0].text)
        for strip in strips:
            assert strip.crop(80 - 21, 80 - 16).text == "extra"


class Broken(MadeRows):
    def rows(self, start: int, count: int) -> list[Made]:
        raise RuntimeError("the disk is gone")


class Uncounted(MadeRows):
    def known(self) -> Known:
        raise RuntimeError("the disk is gone")


class FaultApp(ListApp):
    def on_worklist_failed(self, message: Failed) -> None:
        self.said.append(str(message.error))


@pytest.mark.parametrize("source", [Broken(10), Uncounted(10)])
async def test_a_fault_while_reading_is_told_once_and_another_list_is_shown(source) -> None:
    app = FaultApp(source)
    async with app.run_test(size=SIZE_80) as pilot:
        await pilot.pause()
        await app.worklist.settled()
        await pilot.pause()
        assert app.said.count("the disk is gone") == 1
        app.worklist.set_source(MadeRows(10))
        await app.worklist.settled()
        assert app.worklist.focused_row == Made(0)


async def test_a_fault_of_a_later_page_is_told() -> None:
    source = MadeRows(10_000)
    app = FaultApp(source)
    async with app.run_test(size=SIZE_80) as pilot:
        await app.worklist.settled()
        source.rows = Broken(10).rows  # type: ignore[method-assign]
        await pilot.press("end")
        await app.worklist.settled()
        await pilot.pause()
        assert "the disk is gone" in app.said
