"""Every public method of every service, called by one whose standing changed in mid-session."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.listing import WorklistFilter
from nurse_tui.models import User
from nurse_tui.services.bundle import Services
from nurse_tui.types import Actor, Refusal, Role
from tests.databases import SYSTEM
from tests.hostile.test_access import arguments, methods, service_method

STILL = {
    "reports.about": "what reports there are, not what they say",
    "reports.names": "what reports there are, not what they say",
    "calls.running": "answers None, as for a case that may not be seen",
    "calls.log_unanswered": "refused by starting the call, or by ending the one that runs",
    "drafts.save": "what was typed is kept for its author and tells nothing",
    "drafts.drop": "the author's own, and tells nothing",
}
"""Methods that may answer without asking, each with the reason why."""
GIVEN = {
    "intake.complete_form": {"prescriber": "Dr. Ames"},
    "intake.record_letter": {"letter_sent_on": date(2026, 11, 1)},
}
"""What a method must be given beyond its arguments, or it has nothing to write."""
LOST = ("inactive", "role_changed")


def change_user(desk, actor: Actor, **fields) -> None:
    def job(tx) -> None:
        for name, value in fields.items():
            setattr(tx.get(User, actor.user_id), name, value)
        tx.say("user changed")

    desk.db.write(SYSTEM, "user.set", job)


def called(desk, services: Services, name: str, call_id: int) -> object:
    method = service_method(services, name)
    return method(**arguments(name, method, desk, call_id), **GIVEN.get(name, {}))


def walked() -> list[str]:
    return [m for m in methods() if m not in STILL]


@pytest.mark.parametrize("name", walked())
def test_one_who_was_switched_off_or_lowered_reads_and_writes_nothing(desk, name):
    call_id = desk.mine.calls.start(desk.case).call_id
    change_user(desk, desk.mine.actor, active=False)
    change_user(desk, desk.boss.actor, role=Role.NURSE)
    for services in (desk.mine, desk.boss):
        answer = called(desk, services, name, call_id)
        assert isinstance(answer, Refusal) and answer.code in LOST, (services.actor.role, answer)


def test_the_exceptions_exist_and_tell_nothing(desk):
    assert set(STILL) <= set(methods())
    call_id = desk.mine.calls.start(desk.case).call_id
    change_user(desk, desk.mine.actor, active=False)
    assert desk.mine.calls.running(desk.case) is None
    assert isinstance(called(desk, desk.mine, "calls.log_unanswered", call_id), Refusal)
    assert called(desk, desk.mine, "drafts.save", call_id) is None


def test_a_list_that_is_open_is_empty_from_then_on(desk):
    source = desk.mine.worklist.open(WorklistFilter(), mine=True).source
    assert [row.case_id for row in source.rows(0, 10)] == [desk.case]
    assert source.find(desk.case) == 0
    change_user(desk, desk.mine.actor, active=False)
    assert (list(source.rows(0, 10)), source.find(desk.case)) == ([], None)
    assert source.known().count == 0
    change_user(desk, desk.mine.actor, active=True)
    assert len(source.rows(0, 10)) == 1
    source.close()
