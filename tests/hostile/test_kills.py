"""Thirty kills of a writing process in every run; the long form is `tests.hostile.kills`."""

from __future__ import annotations

from tests.hostile.kills import run


def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path):
    tally = run(tmp_path, kills=30, seed=20270115)
    assert tally.kills == 30
    assert tally.acknowledged > 60
