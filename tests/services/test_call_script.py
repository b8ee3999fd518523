"""Which call comes next, which script it reads, and what the script is filled with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from nurse_tui.rules.deadlines import deadlines
from nurse_tui.rules.facts import CallbackFact, RemsFact
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import FACT_PLACEHOLDERS, OPEN_PLACEHOLDERS
from nurse_tui.services import call_script
from nurse_tui.services.call_script import SCRIPT_OF, kind_for, known, script_for
from nurse_tui.types import CallKind, CallOutcome, DayStatus, RemsParty
from tests.rules.factory import UTC, WELCOMED, call, course, day, facts, programme

GIVEN = course("2027-03-01", status=DayStatus.GIVEN)
COMING = course("2028-03-06", 2)
"""A Monday: day -2 is a Saturday, so the Friday before is on time."""
LATER = CallbackFact(1, datetime(2028, 3, 6, 15, tzinfo=UTC), "America/New_York", "")
P = programme()


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        ("2028-03-02", CallKind.FOLLOW_UP),
        ("2028-03-03", CallKind.ARRIVAL),
        ("2028-03-04", CallKind.ARRIVAL),
        ("2028-03-06", CallKind.ARRIVAL),
        ("2028-03-07", CallKind.FOLLOW_UP),
    ],
)
def test_before_day_1_of_a_later_course_the_arrival_call_comes_d62(today, kind):
    case = facts(calls=(WELCOMED,), courses=(GIVEN, COMING))
    assert kind_for(case, P, day(today)) is kind
    assert kind_for(replace(case, calls=()), P, day(today)) is CallKind.WELCOME
    assert kind_for(replace(case, callbacks=(LATER,)), P, day(today)) is CallKind.CALLBACK


def test_the_call_that_is_proposed_settles_the_arrival_call_d62():
    case = facts(calls=(WELCOMED,), courses=(GIVEN, COMING))
    kind = kind_for(case, P, day("2028-03-03"))
    made = replace(case, calls=(WELCOMED, call("2028-03-03 10:00", CallOutcome.REACHED, kind)))
    (arrival,) = [d for d in deadlines(made, P) if d.kind == "arrival_call"]
    assert arrival.done_at is not None
    assert kind_for(made, P, day("2028-03-03")) is CallKind.FOLLOW_UP
    missed = replace(case, calls=(WELCOMED, call("2028-03-03 10:00", kind=kind)))
    assert kind_for(missed, P, day("2028-03-04")) is CallKind.ARRIVAL


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_arrival_call_speaks_of_what_is_to_come_d26_d61(language):
    script = script_for(SCRIPT_OF[CallKind.ARRIVAL], language)
    assert (script.id, script.language) == ("arrival", language)
    names = known(facts(courses=(GIVEN, COMING)), "Dana", P)
    said = " ".join(runner.render(item, names, identified=True) for item in script.items)
    assert "Mon 6 Mar 2028, Tue 7 Mar 2028, Wed 8 Mar 2028" in said
    assert "not known" not in said
    assert script.by_id["arrival.known"].required and script.by_id["arrival.time"].required
    infection = script.by_id["arrival.infection"]
    assert (infection.rule, infection.required, infection.initial) == ("D-61", True, ())
    assert [(a.when, a.what) for a in infection.actions] == [("true", "infection")]


def test_every_placeholder_that_a_script_may_name_is_filled():
    told = RemsFact(RemsParty.PATIENT, "enrolled", day("2027-06-01"), "office")
    names = known(facts(courses=(COMING,), rems=(told,)), "Dana", P)
    assert {name for name, words in names.items() if words} == FACT_PLACEHOLDERS | OPEN_PLACEHOLDERS


@pytest.mark.parametrize("kind", CallKind)
def test_every_kind_of_call_has_a_script(kind):
    assert script_for(SCRIPT_OF[kind], "en").language == "en"


def test_what_is_typed_as_a_language_does_not_fill_the_memory():
    call_script.read_once.cache_clear()
    scripts = {
        id(script_for("welcome", words)) for words in ("Spanish", " ES ", "español (México)")
    }
    assert len(scripts) == 1 and script_for("welcome", "Klingon").language == "en"
    assert call_script.read_once.cache_info().currsize == 2
