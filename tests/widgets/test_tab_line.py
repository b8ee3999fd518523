"""The line of tabs at every width."""

from __future__ import annotations

import pytest

from nurse_tui.widgets.tab_line import tab_line

TITLES = ("Week", "Courses", "Sites")
WHOLE = "[>Week  Courses  Sites ]"


@pytest.mark.parametrize(
    ("at", "width", "shown"),
    [
        (0, len(WHOLE), WHOLE),
        (2, len(WHOLE), "[ Week  Courses >Sites ]"),
        (0, len(WHOLE) - 1, "[>Week ]  1 of 3, ] next"),
        (1, 1, "[>Courses ]  2 of 3, ] next"),
    ],
)
def test_the_tab_that_is_shown_is_always_there(at, width, shown) -> None:
    assert tab_line(TITLES, at, width).plain == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [(0, "[>aaaaaaaaa  bbbbbbbbb ]  1 of 4"), (3, "[ ccccccccc >ddddddddd ]  4 of 4")],
)
def test_neighbours_are_shown_as_far_as_they_fit(at, shown) -> None:
    titles = tuple(letter * 9 for letter in "abcd")
    assert tab_line(titles, at, len(shown) + len(", ] next")).plain == f"{shown}, ] next"


def test_no_tabs_are_no_line() -> None:
    assert tab_line((), 0, 80).plain == ""
