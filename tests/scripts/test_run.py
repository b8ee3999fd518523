"""The call as a state machine: answers, branching, back, jump, defer, resume, effects."""

from __future__ import annotations

from datetime import datetime

import pytest

from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Answer, Condition, Effect, EffectKind, ItemType
from nurse_tui.scripts.response import to_response
from nurse_tui.scripts.run import (
    answer,
    back,
    current,
    defer,
    done,
    effects,
    failed,
    identified,
    jump,
    progress,
    search,
    start,
    visible,
    words,
)
from nurse_tui.scripts.values import holds
from nurse_tui.types import Refusal

from .build import action, choice, ext, gates, good, item, script, when

KNOWN = {"first_name": "Ana", "nurse_name": "Dana", "day_1": "Mon 1 Mar 2027"}


def begun(*items, **more):
    """Start a gated call and pass the gate."""
    run = start(script(*gates(), *items), KNOWN, **more)
    return good(answer(good(answer(run, "1")), "1"))


def at(run) -> str | None:
    here = current(run)
    return here.link_id if here else None


@pytest.mark.parametrize(
    ("kind", "operator", "value", "given", "expected"),
    [
        (ItemType.CHOICE, "=", "x", ("x",), True),
        (ItemType.CHOICE, "=", "x", ("y", "x"), True),
        (ItemType.CHOICE, "=", "x", (), False),
        (ItemType.CHOICE, "!=", "x", ("y",), True),
        (ItemType.CHOICE, "!=", "x", ("x", "y"), False),
        (ItemType.CHOICE, "!=", "x", (), True),
        (ItemType.CHOICE, "exists", "true", ("x",), True),
        (ItemType.CHOICE, "exists", "true", (), False),
        (ItemType.CHOICE, "exists", "false", (), True),
        (ItemType.CHOICE, "exists", "false", ("x",), False),
        (ItemType.INTEGER, ">", "9", ("10",), True),
        (ItemType.INTEGER, ">", "9", ("9",), False),
        (ItemType.INTEGER, ">=", "9", ("9",), True),
        (ItemType.INTEGER, ">=", "9", ("8",), False),
        (ItemType.INTEGER, "<", "9", ("8",), True),
        (ItemType.INTEGER, "<", "9", ("9",), False),
        (ItemType.INTEGER, "<=", "9", ("9",), True),
        (ItemType.INTEGER, "<=", "9", ("10",), False),
        (ItemType.INTEGER, ">", "9", (), False),
        (ItemType.DECIMAL, "=", "1.50", ("1.5",), True),
        (ItemType.DATE, "<", "2028-02-29", ("2028-02-28",), True),
        (ItemType.DATE, "<=", "2028-02-29", ("2028-02-29",), True),
        (ItemType.DATE, ">", "2028-02-29", ("2028-03-01",), True),
        (ItemType.BOOLEAN, "=", "true", ("true",), True),
    ],
)
def test_conditions(kind, operator, value, given, expected) -> None:
    assert holds(Condition("q", operator, value, ""), kind, given) is expected


@pytest.mark.parametrize(
    ("made", "typed", "stored"),
    [
        (choice("a", "x", "y"), "2", "y"),
        (choice("a", "x", "y"), "X", "x"),
        (choice("a", *"abcdefghij"), "0", "j"),
        (item("a", "boolean"), "1", "true"),
        (item("a", "boolean"), "n", "false"),
        (item("a", "boolean"), "No", "false"),
        (item("a", "date"), "2028-02-29", "2028-02-29"),
        (item("a", "date"), "2/29/2028", "2028-02-29"),
        (item("a", "dateTime"), "2027-03-01 9:05", "2027-03-01T09:05"),
        (item("a", "dateTime"), "2027-03-01T14:30", "2027-03-01T14:30"),
        (item("a", "time"), "7:00", "07:00"),
        (item("a", "integer"), "007", "7"),
        (item("a", "decimal"), "1.5", "1.5"),
        (item("a"), " 02155 ", "02155"),
        (item("a", extension=[ext("format", valueCode="zip")]), "02155", "02155"),
        (item("a", extension=[ext("format", valueCode="phone")]), "(617) 555-0101", "+16175550101"),
        (item("a", maxLength=3), "abc", "abc"),
        (item("a"), "[/red] \u202e", "[/red] \u202e"),
    ],
)
def test_what_is_typed_is_read(made, typed: str, stored: str) -> None:
    assert good(answer(begun(made), typed)).answers["a"].values == (stored,)


@pytest.mark.parametrize(
    ("made", "typed", "code"),
    [
        (choice("a", "x", "y"), "3", "option"),
        (choice("a", "x", "y"), "²", "option"),
        (choice("a", "x", "y"), "1,2", "option"),
        (item("a", "boolean"), "perhaps", "option"),
        (item("a", "date"), "2027-02-29", "date"),
        (item("a", "date"), "13/1/2027", "date"),
        (item("a", "date"), "2027", "date"),
        (item("a", "dateTime"), "2027-03-01", "date_time"),
        (item("a", "dateTime"), "2027-03-01 24:00", "date_time"),
        (item("a", "time"), "noon", "time"),
        (item("a", "integer"), "1.5", "integer"),
        (item("a", "integer"), "٣", "integer"),
        (item("a", "decimal"), "nan", "decimal"),
        (item("a", extension=[ext("format", valueCode="zip")]), "2155", "zip"),
        (item("a", extension=[ext("format", valueCode="phone")]), "555", "phone"),
        (item("a", maxLength=3), "abcd", "length"),
        (item("a", required=True), "  ", "required"),
    ],
)
def test_a_wrong_value_is_refused_in_words(made, typed: str, code: str) -> None:
    refusal = answer(begun(made), typed)
    assert isinstance(refusal, Refusal)
    assert refusal.code == f"script.{code}"
    assert refusal.sentence.endswith(".") and refusal.way_out


DAY = datetime(2027, 3, 1, 14, 30)  # noqa: DTZ001 - a wall clock has no zone


@pytest.mark.parametrize(
    ("kind", "side", "typed", "code"),
    [
        ("date", "future", "2027-02-28", "script.past"),
        ("date", "future", "2027-03-01", None),
        ("date", "future", "2027-03-02", None),
        ("date", "past", "2027-02-28", None),
        ("date", "past", "2027-03-01", None),
        ("date", "past", "2027-03-02", "script.future"),
        ("dateTime", "future", "2027-03-01 14:29", "script.past"),
        ("dateTime", "future", "2027-03-01 14:30", "script.past"),
        ("dateTime", "future", "2027-03-01 14:31", None),
        ("dateTime", "past", "2027-03-01 14:30", None),
        ("dateTime", "past", "2027-03-01 14:31", "script.future"),
    ],
)
def test_a_date_lies_on_the_side_that_the_script_asks_for(kind, side, typed, code) -> None:
    made = item("a", kind, extension=[ext("lies-in", valueCode=side)])
    found = answer(begun(made, now=DAY), typed)
    assert (found.code if isinstance(found, Refusal) else None) == code
    assert not isinstance(answer(begun(made), typed), Refusal)
    assert code is None or found.way_out


def test_what_was_answered_before_is_not_judged_again() -> None:
    made = item("a", "date", extension=[ext("lies-in", valueCode="future")])
    run = start(script(*gates(), made), KNOWN, [Answer("a", ("2027-02-28",))], now=DAY)
    assert run.unread == () and "a" in run.answers


def test_a_date_without_a_mark_may_lie_anywhere() -> None:
    for typed in ("1950-01-01", "2099-01-01"):
        assert not isinstance(answer(begun(item("a", "date"), now=DAY), typed), Refusal)


def test_a_title_holds_the_words_of_earlier_answers_and_follows_them() -> None:
    made = [
        choice("step", "call", "wait"),
        item("who"),
        item("day", "date", extension=[action("task", what="next", title="{step}: {who}")]),
    ]
    run = begun(*made)
    for typed in ("1", "Dana", "2027-03-01"):
        run = good(answer(run, typed))
    assert [e.title for e in effects(run)] == ["Call: Dana"]
    changed = good(answer(good(jump(run, "step")), "2"))
    assert [e.title for e in effects(changed, "step")] == ["Wait: Dana"]
    assert effects(changed, "name") == ()


def test_an_optional_question_may_be_passed_over_and_an_initial_value_taken() -> None:
    run = begun(item("a"), item("b", initial=[{"valueString": "same"}]))
    run = good(answer(good(answer(run, "")), ""))
    assert run.answers["a"].values == ()
    assert run.answers["b"].values == ("same",)
    assert done(run)


def test_several_options_may_be_chosen_where_the_item_repeats() -> None:
    run = good(answer(begun(choice("a", "x", "y", "z", repeats=True)), "1,3"))
    assert run.answers["a"].values == ("x", "z")


def test_changing_an_answer_hides_and_shows_but_keeps_what_was_said() -> None:
    shown = item("b", required=True, enableWhen=[when("a", answerCoding={"code": "x"})])
    run = begun(choice("a", "x", "y", required=True), shown, item("c", required=True))
    run = good(answer(good(answer(good(answer(run, "1")), "told")), "last"))
    assert done(run) and progress(run) == (5, 5)
    run = good(answer(good(jump(run, "a")), "2"))
    assert [i.link_id for i in visible(run)] == ["name", "birth", "a", "c"]
    assert progress(run) == (4, 4) and run.answers["b"].values == ("told",)
    assert isinstance(jump(run, "b"), Refusal)
    run = good(answer(good(jump(run, "a")), "1"))
    assert progress(run) == (5, 5) and done(run)


def test_a_hidden_question_answers_nothing_for_others() -> None:
    run = begun(
        choice("a", "x", "y"),
        choice("b", "x", "y", enableWhen=[when("a", answerCoding={"code": "x"})]),
        item("c", enableWhen=[when("b", answerCoding={"code": "x"})]),
    )
    run = good(answer(good(answer(run, "1")), "1"))
    assert at(run) == "c"
    run = good(answer(good(jump(run, "a")), "2"))
    assert [i.link_id for i in visible(run)] == ["name", "birth", "a", "b"][:3]


def test_any_and_all() -> None:
    both = [when("a", answerBoolean=True), when("b", answerBoolean=True)]
    run = begun(
        item("a", "boolean"),
        item("b", "boolean"),
        item("every", enableWhen=both, enableBehavior="all"),
        item("some", enableWhen=both, enableBehavior="any"),
    )
    run = good(answer(good(answer(run, "1")), "2"))
    assert [i.link_id for i in visible(run)][-1] == "some"
    run = good(answer(good(jump(run, "b")), "1"))
    assert [i.link_id for i in visible(run)][-2:] == ["every", "some"]


def test_a_deferred_question_comes_again_at_the_end() -> None:
    run = begun(item("a", required=True), item("b", required=True))
    run = good(defer(run))
    assert at(run) == "b"
    run = good(answer(run, "b"))
    assert at(run) == "a" and not done(run) and progress(run) == (3, 4)
    run = good(answer(run, "a"))
    assert at(run) is None and done(run) and not run.deferred


def test_deferring_an_answered_question_takes_the_answer_back() -> None:
    run = begun(item("a", required=True), item("b"))
    run = good(defer(back(good(answer(run, "x")))))
    assert "a" not in run.answers and run.deferred == {"a"}


def test_an_identifier_cannot_be_put_off() -> None:
    refusal = defer(start(script(*gates(), item("a")), {}))
    assert isinstance(refusal, Refusal) and refusal.rule == "D-32"


def test_back_and_the_first_item_stays() -> None:
    run = begun(item("a"), item("b"))
    run = good(answer(run, "x"))
    assert at(back(run)) == "a"
    assert at(back(back(back(back(back(run)))))) == "name"


def test_nothing_more_to_answer_is_a_refusal() -> None:
    run = good(answer(begun(item("a")), "x"))
    assert isinstance(answer(run, "y"), Refusal) and isinstance(defer(run), Refusal)
    assert at(back(run)) == "a"


def test_resume_replays_and_names_what_no_longer_fits() -> None:
    run = begun(item("a", required=True), choice("b", "x", "y", required=True), item("c"))
    run = good(answer(run, "told"))
    stored = [*run.answers.values(), Answer("gone", ("1",)), Answer("b", ("z",))]
    again = start(run.script, KNOWN, stored, deferred=["gone"])
    assert at(again) == "b" and identified(again)
    assert {a.link_id for a in again.unread} == {"gone", "b"}
    assert not again.deferred
    assert again.answers == run.answers


def test_a_failed_identifier_ends_the_call_and_can_be_corrected() -> None:
    run = start(script(*gates(), item("secret", text="About LEMTRADA")), KNOWN)
    run = good(answer(good(answer(run, "1")), "2"))
    assert failed(run) and not identified(run) and at(run) == "end"
    assert [i.link_id for i in visible(run)] == ["name", "birth", "end"]
    over = good(answer(run, ""))
    assert done(over) and at(over) is None
    run = good(answer(good(jump(run, "birth")), "1"))
    assert identified(run) and at(run) == "secret"


def test_jump_refuses_in_words() -> None:
    before = start(script(*gates(), item("a")), {})
    assert jump(before, "a").code == "script.not_identified"  # type: ignore[union-attr]
    assert jump(before, "no such").code == "script.not_identified"  # type: ignore[union-attr]
    after = begun(item("a"))
    assert jump(after, "no such").code == "script.unknown"  # type: ignore[union-attr]


def test_placeholders_are_filled_once_and_facts_only_after_identification() -> None:
    known = {**KNOWN, "first_name": "{day_1}"}
    shown = item("hello", text="Hello {first_name}", extension=[ext("open", valueBoolean=True)])
    run = start(script(shown, *gates(), item("site", text="On {day_1} or {payer}")), known)
    assert words(run) == "Hello {day_1}"
    site = run.script.by_id["site"]
    assert words(run, site) == "" and runner.render(site, known) == ""
    run = good(answer(good(answer(good(answer(run, "x")), "1")), "1"))
    assert words(run) == "On Mon 1 Mar 2027 or [payer not known]"


def test_search_finds_visible_items_by_words() -> None:
    made = item("when.week", text="Which week suits you?")
    assert search(start(script(*gates(), made), {}), "week") == ()
    run = begun(made, item("other"))
    assert [i.link_id for i in search(run, "WEEK suits")] == ["when.week"]
    assert search(run, "zebra") == ()


def test_effects_follow_the_answers_that_count() -> None:
    marks = [
        action("safety_report", when="true", what="adverse_event"),
        action("outcome", when="true", what="reached"),
    ]
    run = begun(
        item("ae", "boolean", extension=marks),
        item("text", "boolean", extension=[action("consent", what="text")]),
        item("at", "dateTime", extension=[action("callback", title="Call back")]),
    )
    run = good(answer(good(answer(good(answer(run, "1")), "2")), "2027-03-01 9:00"))
    assert effects(run) == (
        Effect(EffectKind.SAFETY_REPORT, "ae", "adverse_event", "true", ""),
        Effect(EffectKind.OUTCOME, "ae", "reached", "true", ""),
        Effect(EffectKind.CONSENT, "text", "text", "false", ""),
        Effect(EffectKind.CALLBACK, "at", "", "2027-03-01T09:00", "Call back"),
    )
    assert runner.outcome(run) == "reached"
    assert [e.link_id for e in effects(run, "text")] == ["text"]
    run = good(answer(good(jump(run, "ae")), "2"))
    assert effects(run, "ae") == () and runner.outcome(run) == ""


def test_a_hidden_answer_sets_nothing_going() -> None:
    shown = [when("a", answerCoding={"code": "x"})]
    task = [action("task", what="b", title="Do it")]
    run = begun(choice("a", "x", "y"), item("b", extension=task, enableWhen=shown))
    run = good(answer(good(answer(run, "1")), "told"))
    assert [e.title for e in effects(run)] == ["Do it"]
    assert effects(good(answer(good(jump(run, "a")), "2"))) == ()


def test_a_trial_shows_a_questionnaire_that_has_no_gate() -> None:
    plain = script(item("a"), item("b"))
    assert visible(start(plain, {})) == ()
    run = start(plain, {}, trial=True)
    assert words(run) == "Words?" and at(good(answer(run, "x"))) == "b"


def test_steps_leave_the_run_before_them_as_it_was() -> None:
    before = begun(item("a"))
    good(answer(before, "x"))
    assert "a" not in before.answers


def test_the_export_nests_groups_and_leaves_out_what_does_not_count() -> None:
    group = {**item("g", "group", "Group"), "item": [choice("a", "x", "y"), item("n", "integer")]}
    hidden = item("h", enableWhen=[when("a", answerCoding={"code": "y"})])
    run = begun(group, item("yes", "boolean"), hidden)
    run = good(answer(good(answer(good(answer(run, "1")), "7")), "1"))
    run = start(run.script, KNOWN, [*run.answers.values(), Answer("h", ("kept",))])
    made = to_response(run, authored="2027-03-01T09:00:00+00:00", subject="Patient/1")
    assert made["questionnaire"] == "trial|1" and made["status"] == "completed"
    assert made["subject"] == {"reference": "Patient/1"}
    by_id = {entry["linkId"]: entry for entry in made["item"]}
    assert set(by_id) == {"name", "birth", "g", "yes"}
    assert [e["answer"][0] for e in by_id["g"]["item"]] == [
        {"valueCoding": {"code": "x", "display": "X"}},
        {"valueInteger": 7},
    ]
    assert by_id["yes"]["answer"] == [{"valueBoolean": True}]


def test_the_export_puts_questions_under_the_answer_that_holds_them() -> None:
    holder = {**item("a", "boolean"), "item": [item("inner")]}
    run = start(script(holder), {}, trial=True)
    assert [i.link_id for i in visible(run)] == ["a"]
    run = good(answer(good(answer(run, "1")), "told"))
    made = to_response(run, authored="2027-03-01T09:00:00+00:00")
    assert made["item"][0]["answer"][0]["item"][0]["answer"] == [{"valueString": "told"}]


def test_the_export_gives_times_their_zone() -> None:
    run = good(answer(begun(item("a", "dateTime")), "2027-07-06 07:30"))
    made = to_response(run, authored="2027-07-06T14:30:00Z", zone="America/Phoenix")
    assert made["item"][-1]["answer"] == [{"valueDateTime": "2027-07-06T07:30:00-07:00"}]
