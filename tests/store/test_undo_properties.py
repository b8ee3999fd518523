"""Any sequence of a nurse's work on one case: whole after each step, and undone to the start."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nurse_tui import clock
from nurse_tui.services.bundle import Services
from nurse_tui.store.database import Database
from nurse_tui.types import Benefit, ClearanceKind, CoverageKind, Refusal
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, add_user, fresh_database
from tests.hostile.checks import assert_whole, facts_now, services


@dataclass
class Work:
    """The case under test and what has been done to it."""

    db: Database
    mine: Services
    case: int
    sites: tuple[int, int]
    done: int = 0

    @property
    def seen(self) -> int:
        view = self.mine.cases.view(self.case)
        assert not isinstance(view, Refusal)
        return view.version


def edit(w: Work, n: int) -> Any:
    return w.mine.cases.edit_patient(
        w.case, w.seen, city=f"City {n}", state=("NH", "MA", "MI")[n % 3]
    )


def cover(w: Work, n: int) -> Any:
    kinds = (CoverageKind.COMMERCIAL, CoverageKind.MEDICARE, CoverageKind.EXCHANGE)
    return w.mine.work.add_coverage(w.case, w.seen, kinds[n % 3], f"payer {n}")


def end_cover(w: Work, n: int) -> Any:
    covers = w.mine.cases.view(w.case).facts.coverages
    ends = date(2026, 11, 18) + timedelta(days=n % 5 - 2)
    return w.mine.work.end_coverage(w.case, covers[n % len(covers)].id, ends, w.seen)


def enrol(w: Work, n: int) -> Any:
    return w.mine.copay.enrol(w.case, tuple(Benefit)[n % 2], w.seen)


def end_enrolment(w: Work, n: int) -> Any:
    return w.mine.copay.end(w.case, tuple(Benefit)[n % 2], f"reason {n}", w.seen)


def book(w: Work, n: int) -> Any:
    return w.mine.infusions.book(w.case, 1, w.sites[n % 2], monday(n), w.seen)


def move(w: Work, n: int) -> Any:
    return w.mine.infusions.move(w.case, 1, w.sites[n % 2], monday(n + 1), "asked", w.seen)


def cancel(w: Work, n: int) -> Any:
    return w.mine.infusions.cancel(w.case, 1, f"reason {n}", w.seen)


def monday(n: int) -> date:
    return date(2027, 1, 4) + timedelta(weeks=n % 4)


def add_task(w: Work, n: int) -> Any:
    return w.mine.work.add_task(w.case, f"task {n}", NOW + timedelta(days=n))


def finish_task(w: Work, n: int) -> Any:
    tasks = w.mine.cases.view(w.case).facts.tasks
    return w.mine.work.finish_task(w.case, tasks[n % len(tasks)].id) if tasks else None


def confirm(w: Work, n: int) -> Any:
    kinds = tuple(ClearanceKind)
    return w.mine.work.confirm(w.case, kinds[n % len(kinds)], date(2026, 10, 1 + n % 28))


def hold(w: Work, n: int) -> Any:
    return w.mine.cases.set_case(w.case, w.seen, "hold", hold_reason="away" if n % 2 else "")


def close(w: Work, n: int) -> Any:
    return w.mine.cases.set_case(w.case, w.seen, "close", closed_reason="moved" if n % 3 else "")


def note(w: Work, n: int) -> Any:
    return w.mine.work.add_note(w.case, f"note {n}")


def undo(w: Work, _n: int) -> Any:
    return w.mine.history.undo(w.case)


def redo(w: Work, _n: int) -> Any:
    return w.mine.history.redo(w.case)


ACTIONS = (
    edit, cover, end_cover, enrol, end_enrolment, book, move, cancel, add_task, finish_task,
    confirm, hold, close, note, undo, undo, redo,
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11)), min_size=1, max_size=14)
KEPT = {"note"}


def undoable_facts(w: Work) -> dict[str, Any]:
    return {table: rows for table, rows in facts_now(w.db, w.case).items() if table not in KEPT}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_is_done_stays_whole_and_can_be_undone_to_the_start(steps):
    clock.freeze(NOW)
    with tempfile.TemporaryDirectory(prefix="nurse-tui-undo-") as folder:
        db = fresh_database(Path(folder))
        try:
            run(prepared(db), steps)
        finally:
            db.close()


def prepared(db: Database) -> Work:
    nurse = add_user(db, "dana")
    sites = (add_site(db, SYSTEM), add_site(db, SYSTEM, code="S2", name="Second"))
    return Work(db, services(db, nurse), add_case(db, SYSTEM, nurse_id=nurse.user_id), sites)


def run(w: Work, steps) -> None:
    start = undoable_facts(w)
    for action, n in steps:
        before = facts_now(w.db, w.case)
        answer = action(w, n)
        assert_whole(w.db, w.case)
        if isinstance(answer, Refusal):
            assert facts_now(w.db, w.case) == before
            assert answer.code != "touched_since", answer
    while isinstance(answer := w.mine.history.undo(w.case), str):
        assert_whole(w.db, w.case)
    if answer.code.startswith("copay_"):
        return  # The undo would enrol where the rules refuse by now.
    assert answer.code == "nothing_to_undo", answer
    assert undoable_facts(w) == start
    redo_everything(w, start)


def redo_everything(w: Work, start: dict[str, Any]) -> None:
    redone = 0
    while isinstance(answer := w.mine.history.redo(w.case), str):
        redone += 1
        assert_whole(w.db, w.case)
    assert answer.code == "nothing_to_redo", answer
    for _ in range(redone):
        assert isinstance(w.mine.history.undo(w.case), str)
    assert undoable_facts(w) == start
