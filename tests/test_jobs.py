"""The program's threads: what they keep of the work that was done."""

from __future__ import annotations

from concurrent.futures import wait
from threading import Event

import pytest

from nurse_tui.jobs import Jobs


@pytest.fixture
def jobs():
    made = Jobs()
    yield made
    made.close()


def test_nothing_is_kept_of_reads_that_have_ended(jobs):
    done = [jobs.read(lambda: "Marisol Ortiz", f"{number} rows") for number in range(20)]
    wait(done)
    jobs.close()
    assert jobs._newest == {}


def test_of_a_group_only_the_newest_runs_and_is_known_until_it_ends(jobs):
    go_on = Event()
    busy = [jobs.read(go_on.wait) for _ in range(2)]
    older, newer = jobs.read(lambda: "older", "rows"), jobs.read(lambda: "newer", "rows")
    assert older.cancelled() and jobs._newest == {"rows": newer}
    go_on.set()
    wait([*busy, newer])
    assert newer.result() == "newer"
