"""What the services take from the settings of the day, and not from their own code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from nurse_tui.models import KitShipment
from nurse_tui.rules.programme import Programme
from nurse_tui.scripts import run as runner
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.services.call_script import known, script_for
from nurse_tui.store import finding
from tests.services.test_call_effects import go_to


class Changed:
    """The shipped settings with one value of its own."""

    def __init__(self, shipped: Any, name: str, value: object) -> None:
        self.shipped, self.name, self.value = shipped, name, value

    def on(self, day: date) -> Programme:
        held = self.shipped.on(day)
        return replace(held, **{self.name: replace(getattr(held, self.name), value=self.value)})


def services(desk: Any, name: str, value: object) -> Services:
    changed = Changed(desk.shipped, name, value)
    db = replace(desk.db, programme_on=changed.on)
    return Services(Desk(db, desk.nurse, changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "due"), [(1, "2026-11-20T04:59:59+00:00"), (3, "2026-11-24T04:59:59+00:00")]
)
def test_when_a_task_of_a_call_is_due(desk, days: int, due: str) -> None:
    mine = services(desk, "call_task_business_days", days)
    view = go_to(mine, mine.calls.start(desk.case), "kit.received")
    mine.calls.answer(view.call_id, "kit.received", "false")
    (task,) = [t for t in mine.cases.view(desk.case).facts.tasks if t.kind == "kit"]
    assert task.due_at == datetime.fromisoformat(due)


def test_what_the_kit_holds(desk) -> None:
    mine = services(desk, "welcome_kit_items", ("Guide", "Card"))
    mine.work.send_kit(desk.case, date(2026, 11, 18))
    with desk.db.read() as session:
        assert finding.find(session, KitShipment, case_id=desk.case)[0].items == "Guide, Card"


@pytest.mark.parametrize("script_id", ["welcome", "copay"])
@pytest.mark.parametrize("language", ["english", "spanish"])
def test_the_numbers_and_states_that_scripts_name(desk, script_id: str, language: str) -> None:
    facts = desk.mine.cases.view(desk.case).facts
    programme = desk.shipped.on(date(2026, 11, 18))
    states = replace(programme.copay_infusion_excluded_states, value=("NH", "DC"))
    phone = replace(programme.programme_phone, value="1-800-555-0100")
    changed = replace(programme, copay_infusion_excluded_states=states, programme_phone=phone)
    script = script_for(script_id, language)
    names = known(facts, "Dana", changed)
    said = " ".join(runner.render(item, names, identified=True) for item in script.items)
    assert "New Hampshire, District of Columbia." in said
    assert "Massachusetts" not in said and "1-855" not in said
    assert "1-800-555-0100" in said
    assert "not known" not in runner.render(
        next(i for i in script.items if "{excluded_states}" in i.text), names, identified=True
    )


def test_the_line_that_a_script_names(desk) -> None:
    mine = services(desk, "programme_phone", "1-800-555-0100")
    view = mine.calls.start(desk.case)
    assert view.run.known["callback_number"] == "1-800-555-0100"
    assert "1-800-555-0100" in mine.calls.voicemail(desk.case).words
    ends = next(item for item in view.run.script.items if item.ends)
    assert "1-800-555-0100" in runner.render(ends, view.run.known)


def test_how_far_ahead_the_report_counts_renewals_d47(desk) -> None:
    changed = Changed(desk.shipped, "copay_renewal_report_days", (7, 90))
    db = replace(desk.db, programme_on=changed.on)
    boss = Services(Desk(db, desk.boss.actor, changed))  # type: ignore[arg-type]
    totals = boss.reports.run("copay").totals
    counted = [name for name in totals if name.startswith("renewals")]
    assert counted == ["renewals_due_in_7_days", "renewals_due_in_90_days"]
