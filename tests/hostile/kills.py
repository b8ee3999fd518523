"""Kill a process while it writes, again and again: nothing acknowledged is lost, nothing is torn.

`python -m tests.hostile.kills [COUNT]` is the long form, 1,000 kills by default.
"""

from __future__ import annotations

import random
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nurse_tui import clock
from nurse_tui.scripts import run as runner
from nurse_tui.services.call_view import CallView
from nurse_tui.store.database import Database, open_database
from nurse_tui.types import Actor, CallOutcome
from tests.cases import NOW, add_case, add_site
from tests.databases import KEY, SYSTEM, add_user, fresh_database
from tests.hostile.checks import SHIPPED, assert_sound, assert_whole, chain, facts_now, services
from tests.hostile.forks import Say, faults, spawn
from tests.services.test_calls import answers_for

MOST_ACKS, LONGEST_WAIT = 14, 0.012


@dataclass
class Tally:
    """What the kills came to."""

    kills: int = 0
    acknowledged: int = 0
    unacknowledged_but_kept: int = 0


def write_until_killed(path: Path, actor: Actor, case_id: int, site_id: int, say: Say) -> None:
    """Work on a case as a nurse would, saying each command once its service call has returned."""
    db = open_database(path, KEY, SHIPPED.on)
    mine = services(db, actor)
    view = mine.calls.start(case_id)
    assert isinstance(view, CallView), view
    say("call.start")
    turn = 0
    while True:
        turn += 1
        item = runner.current(view.run)
        if turn % 4 == 0 or item is None:
            _book_or_cancel(mine, case_id, site_id, say)
        elif turn % 4 == 2:
            assert isinstance(mine.work.add_note(case_id, f"note {turn}"), int)
            say("note.add")
        if item is not None:
            view = mine.calls.answer(view.call_id, item.link_id, answers_for(item))
            assert isinstance(view, CallView), view
            say("call.answer")


def _book_or_cancel(mine, case_id: int, site_id: int, say: Say) -> None:
    case = mine.cases.view(case_id)
    if any(day.on for course in case.facts.courses if not course.cancelled for day in course.days):
        assert isinstance(mine.infusions.cancel(case_id, 1, "moved house", case.version), int)
        say("infusion.cancel")
        return
    weeks = mine.infusions.propose(case_id, 1, site_id).weeks
    start = next(week.start for week in weeks if week.possible)
    booked = mine.infusions.book(case_id, 1, site_id, start, case.version)
    assert isinstance(booked, int), booked
    say("infusion.book")


def check_after_kill(db: Database, actor: Actor, case_id: int, acknowledged: list[str]) -> int:
    """Check a case after the kill and work on in it; returns how many writes were never said."""
    commands = [row["command"] for row in chain(db, case_id)][1:]
    assert commands[: len(acknowledged)] == acknowledged, "an acknowledged write is lost"
    assert len(commands) <= len(acknowledged) + 1, "a write that nobody made"
    assert_whole(db, case_id)
    mine = services(db, actor)
    _resume(mine, db, case_id)
    if "infusion.book" in commands or "infusion.cancel" in commands:
        before = facts_now(db, case_id)
        assert isinstance(mine.history.undo(case_id), str)
        assert facts_now(db, case_id) != before
        assert isinstance(mine.history.redo(case_id), str)
        assert facts_now(db, case_id) == before
    assert_whole(db, case_id)
    return len(commands) - len(acknowledged)


def _resume(mine, db: Database, case_id: int) -> None:
    answered = [row["link_id"] for row in facts_now(db, case_id).get("call_answer", [])]
    view = mine.calls.start(case_id)
    assert isinstance(view, CallView), view
    assert set(view.run.answers) == set(answered)
    stands_at = runner.current(view.run)
    assert stands_at is None or stands_at.link_id not in answered
    spoke = runner.identified(view.run)
    outcome = CallOutcome.REACHED if spoke else CallOutcome.NO_ANSWER
    done = mine.calls.finish(view.call_id, outcome, adverse_event=False if spoke else None)
    assert done == case_id


def run(folder: Path, kills: int, seed: int) -> Tally:
    """Kill as often as asked, each time in a new case of the same file."""
    clock.freeze(NOW)
    chance = random.Random(seed)
    db = fresh_database(folder)
    actor = add_user(db, "dana")
    site_id = add_site(db, SYSTEM, chairs=99)
    tally = Tally()
    for number in range(kills):
        case_id = add_case(db, SYSTEM, nurse_id=actor.user_id, form_id=f"SF-{number}")
        # A connection must never cross a fork.
        db.close()
        child = spawn(partial(write_until_killed, db.path, actor, case_id, site_id))
        child.hear_until(chance.randrange(MOST_ACKS))
        child.hear(chance.random() * LONGEST_WAIT)
        child.kill()
        assert not faults(child), faults(child)[0]
        db = open_database(db.path, KEY, SHIPPED.on)
        tally.unacknowledged_but_kept += check_after_kill(db, actor, case_id, child.said)
        tally.acknowledged += len(child.said)
        tally.kills += 1
        if number % 50 == 0:
            assert_sound(db)
    assert_sound(db)
    db.close()
    return tally


def main() -> None:
    """Run the long form, a new file for every hundred kills, and print what each came to."""
    left = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = 0
    while left > 0:
        seed += 1
        with tempfile.TemporaryDirectory(prefix="nurse-tui-kills-") as folder:
            print(seed, run(Path(folder), min(left, 100), seed), flush=True)
        left -= 100


if __name__ == "__main__":
    main()
