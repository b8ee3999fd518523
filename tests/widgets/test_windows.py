"""Pages, columns and page turns, without a screen."""

from __future__ import annotations

import queue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from nurse_tui.listing import Known
from nurse_tui.widgets.columns import GAP, LEAST, Column, dots, fit, pieces, snug, titles
from nurse_tui.widgets.sheet import CONTEXT, turned
from nurse_tui.widgets.windows import KEPT, SIZE, Fault, Found, ListSource, Window, Windows
from tests.widgets.lists import COLUMNS, Made, MadeRows


def answers(windows: Windows[Made], count: int) -> list[Any]:
    return [windows.heard.get(timeout=30) for _ in range(count)]  # type: ignore[attr-defined]


def reading(source: Any) -> Windows[Made]:
    heard: queue.Queue[Any] = queue.Queue()
    windows: Windows[Made] = Windows(source, lambda _, answer: heard.put(answer))
    windows.heard = heard  # type: ignore[attr-defined]
    return windows


@pytest.mark.parametrize("place", [0, 1, SIZE - 1, SIZE, 999, -1, -SIZE, -SIZE - 1, -1000])
def test_a_row_is_found_by_its_place_from_either_end(place: int) -> None:
    source = MadeRows(1000)
    windows = reading(source)
    page = place // SIZE
    windows.take(Window(page, source.rows(page * SIZE, SIZE)))
    assert windows.row(place) == Made(place % 1000)


def test_places_outside_the_list_hold_no_row() -> None:
    source = MadeRows(40)
    windows = reading(source)
    for page in (0, -1):
        windows.take(Window(page, source.rows(page * SIZE, SIZE)))
    places = (40, SIZE - 1, SIZE, -41, -SIZE, -SIZE - 1)
    assert [windows.row(place) for place in places] == [None] * 6
    assert windows.row(39) == windows.row(-1) == Made(39)


def test_what_is_here_or_asked_for_is_not_read_again() -> None:
    source = MadeRows(1000)
    source.gate.clear()
    windows = reading(source)
    windows.want(0, 20, SIZE + 2)
    windows.want(1, 21, SIZE + 2)
    source.gate.set()
    for window in answers(windows, 2):
        windows.take(window)
    windows.want(2, 22, SIZE + 2)
    windows.close()
    assert source.reads == [(0, SIZE), (SIZE, SIZE)]
    assert windows.waiting == set()


def test_a_newer_wish_replaces_what_was_not_begun() -> None:
    source = MadeRows(100_000)
    source.gate.clear()
    windows = reading(source)
    windows.want(0, 20, 20)
    while windows._doing is None:
        pass
    windows.want(5000, 5020, 5020)
    windows.want(90_000, 90_020, 90_020)
    source.gate.set()
    pages = [window.page for window in answers(windows, 2)]
    windows.close()
    assert pages == [0, 90_000 // SIZE]


def test_only_the_nearest_windows_are_kept() -> None:
    windows = reading(MadeRows(10))
    for page in range(100):
        windows.take(Window(page, [Made(page)]))
    assert sorted(windows._pages) == list(range(100 - KEPT, 100))


def test_a_search_takes_the_first_row_still_listed_and_reads_around_it() -> None:
    source = MadeRows(1000)
    source.remove(300, 301)
    windows = reading(source)
    windows.find([300, 301, 302], 300, range(-5, 10), refresh=True)
    (found,) = answers(windows, 1)
    windows.close()
    assert isinstance(found, Found)
    assert found.place == 300
    assert [window.page for window in found.windows] == [300 // SIZE]
    assert source.refreshed == 1


@pytest.mark.parametrize(
    ("place", "pages"), [(0, [0]), (SIZE + 2, [0, 1]), (-1, [-1]), (-SIZE - 2, [-2, -1])]
)
def test_a_search_without_a_row_stays_at_its_place(place: int, pages: list[int]) -> None:
    windows = reading(MadeRows(1000))
    windows.find([], place, range(-10, 10), refresh=False)
    (found,) = answers(windows, 1)
    windows.close()
    assert found.place == place
    assert [window.page for window in found.windows] == pages


def test_a_fault_is_an_answer() -> None:
    class Broken(MadeRows):
        def rows(self, start: int, count: int) -> list[Made]:
            raise OSError("gone")

    windows = reading(Broken(10))
    windows.want(0, 1, 1)
    (answer,) = answers(windows, 1)
    windows.close()
    assert isinstance(answer, Fault)
    assert str(answer.error) == "gone"


@given(st.integers(0, 50), st.integers(-60, 60), st.integers(0, 60))
def test_a_list_in_memory_answers_like_any_source(length: int, start: int, count: int) -> None:
    source = ListSource([Made(i) for i in range(length)])
    places = range(start, start + count)
    expected = [Made(p % length) for p in places if length and -length <= p < length]
    if start < 0:
        places = range(start, min(0, start + count))
        expected = [Made(p + length) for p in places if -length <= p]
        count = len(places)
    assert list(source.rows(start, count)) == expected
    assert source.known() == Known(length, complete=True)
    assert source.find(length) is None
    assert [source.find(i) for i in range(length)] == list(range(length))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 80))
def test_after_a_turn_the_focus_is_in_view(focus: int, top: int, height: int) -> None:
    new = turned(focus, top, height)
    assert new <= focus < new + height
    if top <= focus < top + height:
        assert new == top


@pytest.mark.parametrize(
    ("focus", "top", "height", "new"),
    [(20, 0, 20, 20 - CONTEXT), (19, 0, 20, 0), (9, 10, 20, 9 - 19 + CONTEXT), (3, 0, 3, 2)],
)
def test_a_turn_keeps_rows_of_the_old_view(focus: int, top: int, height: int, new: int) -> None:
    assert turned(focus, top, height) == new


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (44, {"ID": 9, "NAME": 12, "EXTRA": 20}),
        (43, {"ID": 9, "NAME": 32}),
        (80, {"ID": 9, "NAME": 48, "EXTRA": 20}),
        (23, {"ID": 9, "NAME": 12}),
        (22, {"ID": 9, "NAME": 11}),
        (1, {"ID": LEAST, "NAME": LEAST}),
    ],
)
def test_columns_fit_the_room(room: int, widths: dict[str, int]) -> None:
    assert {column.title: width for column, width in fit(COLUMNS, room)} == widths


@pytest.mark.parametrize(
    ("room", "widths"),
    [(32, [10, 10, 10]), (38, [12, 14, 10]), (62, [14, 36, 10]), (63, [14, 37, 10])],
)
def test_what_a_column_needs_no_more_goes_to_the_others(room: int, widths: list[int]) -> None:
    columns = [
        Column[Made]("A", 10, lambda row: Text("a"), flex=1, most=14),
        Column[Made]("B", 10, lambda row: Text("b"), flex=2),
        Column[Made]("C", 10, lambda row: Text("c"), flex=1, most=10),
    ]
    assert [width for _, width in fit(columns, room + 1)] == widths


def test_columns_of_rows_that_are_held_are_as_wide_as_their_longest_words() -> None:
    columns = [
        Column[Made]("NUMBER", 20, lambda row: Text("9" * row.row_id)),
        Column[Made]("WHY", 10, lambda row: Text("\u738b" * row.row_id), flex=1),
        Column[Made]("MORE", 4, lambda row: Text("more"), flex=1),
    ]
    made = snug(columns, [Made(1), Made(8)])
    assert [(column.width, column.most) for column in made] == [(8, 8), (10, 16), (4, 4)]
    assert [column.width for column in snug(columns, [])] == [6, 3, 4]


def test_of_two_columns_the_one_of_higher_priority_goes_first() -> None:
    columns = [
        Column[Made]("A", 10, lambda row: Text("a"), priority=2),
        Column[Made]("B", 10, lambda row: Text("b"), priority=1),
        Column[Made]("C", 10, lambda row: Text("c")),
    ]
    assert [column.title for column, _ in fit(columns, 25)] == ["B", "C"]
    assert [column.title for column, _ in fit(columns, 15)] == ["C"]


def test_styles_inside_a_cell_are_kept_and_cut_with_it() -> None:
    def render(row: Made) -> Text:
        return Text.assemble("plain ", ("late", "late"), " and much more")

    fitted = fit([Column[Made]("A", 12, render)], 13)
    assert list(pieces(fitted, Made(1))) == [
        ("plain ", ""), ("lat.", "late"), ("..", ""), (GAP, ""),
    ]  # fmt: skip


def test_header_and_dots_are_as_wide_as_rows() -> None:
    fitted = fit(COLUMNS, 60)
    row = "".join(words for words, _ in pieces(fitted, Made(1)))
    assert len(titles(fitted)) == len(dots(fitted)) == len(row) == 60
