"""Dates that cannot be: the day itself, one before and one after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui.rules import dates

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(("days", "wrong"), [(-1, False), (0, False), (1, True)])
def test_what_is_done_is_not_in_the_future(days: int, wrong: bool) -> None:
    assert bool(dates.not_yet(TODAY + timedelta(days=days), TODAY)) is wrong


@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, False), (1, False)])
def test_nothing_ends_before_it_was_done(days: int, wrong: bool) -> None:
    assert bool(dates.ends_before_done(TODAY, TODAY + timedelta(days=days))) is wrong


@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, False), (1, False)])
def test_no_result_comes_before_its_draw(days: int, wrong: bool) -> None:
    assert bool(dates.received_before_drawn(TODAY, TODAY + timedelta(days=days))) is wrong


def test_a_date_that_is_not_given_is_not_wrong() -> None:
    assert dates.not_yet(None, TODAY) == ""
    assert dates.ends_before_done(TODAY, None) == ""
    assert dates.received_before_drawn(TODAY, None) == ""
