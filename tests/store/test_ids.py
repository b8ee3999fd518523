"""Row ids and case numbers: unique over threads and processes, in order, readable."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timezone

from nurse_tui import clock, ids
from tests.hostile.forks import spawn

EACH = 5_000


def test_ids_grow_within_a_process_even_when_the_clock_stands_still():
    clock.freeze(datetime(2026, 11, 18, tzinfo=timezone.utc))
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert max(made) < 2**63


def test_ids_grow_when_the_wall_clock_is_set_back(monkeypatch):
    before = ids.new_id()
    monkeypatch.setattr(clock, "wall_ms", lambda: 1_600_000_000_000)
    after = [ids.new_id() for _ in range(10_000)]
    assert [before, *after] == sorted({before, *after})


def test_ids_of_many_threads_are_all_different():
    made: list[list[int]] = [[] for _ in range(8)]

    def fill(own: list[int]) -> None:
        own.extend(ids.new_id() for _ in range(EACH))

    threads = [threading.Thread(target=fill, args=(own,)) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key for own in made for key in own}) == 8 * EACH


def test_ids_of_forked_processes_are_all_different():
    children = [spawn(lambda say: say([ids.new_id() for _ in range(EACH)])) for _ in range(4)]
    assert [child.join() for child in children] == [0] * 4
    made = [key for child in children for key in child.said[0]]
    assert len(set(made)) == 4 * EACH


def test_processes_of_the_same_number_rarely_meet(monkeypatch):
    """Ten bits tell processes apart, so two can share them: the counter begins anywhere."""
    seconds = iter(range(1_700_000_000_000, 1_700_000_001_000))
    monkeypatch.setattr(clock, "wall_ms", lambda: next(seconds))
    monkeypatch.setattr(ids, "_last_ms", 0)
    counters = {ids.new_id() & 0xFFF for _ in range(1_000)}
    assert len(counters) > 500


def test_a_fork_beside_a_thread_that_holds_the_lock_still_makes_ids():
    with ids._lock:
        child = spawn(lambda say: say(ids.new_id()))
        while not child.said and child.hear(10):
            pass
    if not child.said:
        child.kill()
    assert child.said
    assert child.join() == 0


def test_case_numbers_can_be_read_over_the_phone():
    made = {ids.case_number() for _ in range(2_000)}
    assert len(made) == 2_000
    shape = re.compile(r"[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{3}){2}")
    assert all(shape.fullmatch(number) for number in made)
    assert ids.case_number(0) == "000-000-000"
    assert ids.case_number(2**45 - 1) == "ZZZ-ZZZ-ZZZ"
