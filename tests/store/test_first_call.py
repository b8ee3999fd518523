"""When its form was complete and when it was first tried is kept with each case (D-30)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nurse_tui import clock
from nurse_tui.models import Case
from nurse_tui.store import schema, verify
from nurse_tui.types import CallOutcome
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, add_user, fresh_database
from tests.hostile.checks import services
from tests.store.test_enrolling import back_to_0004


def kept(db, case_id: int) -> tuple[object, object]:
    with db.read() as session:
        case = session.get(Case, case_id)
        return case.form_completed_at, case.first_attempt_at


@pytest.mark.parametrize("older", [False, True], ids=["as it is written", "after the migration"])
def test_the_first_attempt_is_kept_and_a_later_one_is_not(tmp_path, older: bool) -> None:
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    nurse = add_user(db, "dana")
    mine = services(db, nurse)
    case = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    waiting = add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    complete, first = kept(db, case)
    assert complete is not None and first is None
    for day in (0, 1):
        clock.freeze(NOW + timedelta(days=day))
        assert isinstance(mine.calls.log_unanswered(case, CallOutcome.NO_ANSWER), int)
    if older:
        back_to_0004(db)
        schema.upgrade(db.engine)
    assert kept(db, case) == (complete, NOW) and kept(db, waiting)[1] is None
    assert [c.name for c in verify.run(db).checks if not c.ok] == []
