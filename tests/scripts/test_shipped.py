"""The scripts that ship: sound, walked to the end on every branch, silent before the gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurse_tui.scripts import run as runner
from nurse_tui.scripts.load import load
from nurse_tui.scripts.model import Answer, EffectKind, Item, ItemType, Script
from nurse_tui.scripts.response import to_response
from nurse_tui.scripts.run import Run
from nurse_tui.types import CallOutcome, CoverageKind, Refusal

from .build import good

FOLDER = Path(__file__).resolve().parents[2] / "data" / "scripts"
FILES = sorted(FOLDER.glob("*.json"))
SCRIPTS = [found for found in (load(path) for path in FILES) if isinstance(found, Script)]
IDS = [f"{s.id}.{s.language}" for s in SCRIPTS]
KNOWN = {
    "first_name": "Ana",
    "last_name": "Li",
    "nurse_name": "Dana",
    "callback_number": "617-555-0100",
    "state": "Secretland",
}
TYPED = {
    ItemType.DATE: "2027-03-01",
    ItemType.DATE_TIME: "2027-03-01 09:00",
    ItemType.TIME: "09:00",
    ItemType.STRING: "6175550101",
    ItemType.TEXT: "words",
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_shipped_file_checks_clean(path: Path) -> None:
    found = load(path)
    assert isinstance(found, Script), found
    assert found.left_out == () and found.status == "active" and found.callable
    assert path.name == f"{found.id}.{found.language}.json"


def test_the_calls_of_the_programme_are_there() -> None:
    ids = {s.id for s in SCRIPTS if s.language == "en"}
    assert {
        "welcome", "missed_call", "callback", "copay", "scheduling", "arrival", "follow_up",
        "inbound",
    } <= ids  # fmt: skip
    assert any((s.id, s.language) == ("welcome", "es") for s in SCRIPTS)


@pytest.mark.parametrize("spanish", [s for s in SCRIPTS if s.language == "es"], ids=lambda s: s.id)
def test_a_translation_has_the_same_items_options_and_actions(spanish: Script) -> None:
    english = next(s for s in SCRIPTS if s.id == spanish.id and s.language == "en")

    def shape(item: Item) -> tuple[object, ...]:
        actions = tuple((a.kind, a.when, a.what, a.value) for a in item.actions)
        codes = tuple(o.code for o in item.options)
        marks = (item.open, item.gate, item.ends, item.required, item.rule, item.role)
        return item.link_id, item.type, codes, item.guards, actions, marks

    assert [shape(i) for i in spanish.items] == [shape(i) for i in english.items]
    assert all(a.text != b.text for a, b in zip(spanish.items, english.items, strict=True))


def branching(script: Script) -> dict[str, set[str]]:
    """Return, for each question, the items whose conditions ask it."""
    asked: dict[str, set[str]] = {}
    for item in script.items:
        for condition in item.conditions:
            asked.setdefault(condition.question, set()).add(item.link_id)
    return asked


def steps(item: Item) -> tuple[str, ...]:
    if item.options:
        return tuple(str(n + 1) for n in range(len(item.options)))
    required = () if item.required or item.type is ItemType.DISPLAY else ("",)
    return (TYPED.get(item.type, "x"), *required)


def walk(script: Script) -> tuple[set[str], list[Run]]:
    """Give every answer at every item; two calls that can only go on alike are walked once."""
    asked, order = branching(script), [i.link_id for i in script.items]
    waiting, reached, ends = [runner.start(script, KNOWN)], set(), []
    been: set[tuple[object, ...]] = set()
    while waiting:
        run = waiting.pop()
        here = runner.current(run)
        if here is None:
            ends.append(run)
            continue
        ahead = set(order[order.index(here.link_id) :])
        kept = [a for a in run.answers.values() if asked.get(a.link_id, set()) & ahead]
        gates = tuple(run.answers.get(g.link_id) for g in script.gates)
        state = (here.link_id, gates, tuple(sorted((a.link_id, a.values) for a in kept)))
        if state in been:
            continue
        been.add(state)
        reached.add(here.link_id)
        waiting += [good(runner.answer(run, typed)) for typed in steps(here)]
    return reached, ends


@pytest.mark.parametrize("script", SCRIPTS, ids=IDS)
def test_every_branch_leads_to_the_end_with_an_outcome(script: Script) -> None:
    reached, ends = walk(script)
    assert reached == {i.link_id for i in script.items}
    assert ends
    for run in ends:
        assert runner.done(run)
        answered, total = runner.progress(run)
        assert answered == total
        assert to_response(run, authored="2027-03-01T09:00:00+00:00")["status"] == "completed"
        assert runner.outcome(run) in set(CallOutcome)


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s.gates], ids=lambda s: s.id)
def test_the_safety_questions_cannot_be_skipped(script: Script) -> None:
    """D-37: whoever is identified and stays on the line is asked; nothing answers for them."""
    for name in ("safety.event", "safety.pregnancy", "safety.complaint", "safety.error"):
        item = script.by_id[name]
        assert item.required and not item.initial
    _, ends = walk(script)
    for run in ends:
        said = {e.what for e in runner.effects(run) if e.kind is EffectKind.OUTCOME}
        if runner.outcome(run) in ("reached", "declined"):
            assert "safety.event" in run.answers, said


def test_cover_codes_are_kinds_of_cover() -> None:
    for script in SCRIPTS:
        for name in ("cover.first", "cover.second"):
            codes = {o.code for o in script.by_id[name].options} if name in script.by_id else set()
            assert codes - {"none"} <= set(CoverageKind)


def typed_welcome(*typed: str) -> Run:
    run = runner.start(next(s for s in SCRIPTS if (s.id, s.language) == ("welcome", "en")), KNOWN)
    for value in typed:
        run = good(runner.answer(run, value))
    return run


def test_a_zip_code_stands_in_for_a_birth_date() -> None:
    """D-32: name and date of birth, or the ZIP code where the date cannot be said."""
    assert runner.identified(typed_welcome("", "1", "1", "1"))
    run = typed_welcome("", "1", "1", "3")
    assert runner.current(run).link_id == "gate.zip"  # type: ignore[union-attr]
    assert runner.identified(good(runner.answer(run, "1")))
    assert runner.failed(good(runner.answer(run, "2")))
    assert runner.failed(typed_welcome("", "1", "1", "2"))
    assert runner.failed(typed_welcome("", "1", "3"))
    assert runner.outcome(typed_welcome("", "1", "2", "")) == "not_identified"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_message_names_the_first_name_and_a_number_only(language: str) -> None:
    """D-33."""
    found = [
        item.text
        for script in SCRIPTS
        for item in script.items
        if script.language == language and item.link_id in ("message.words", "voicemail.words")
    ]
    assert len(found) >= 2
    for text in found:
        assert "{first_name}" in text and "{callback_number}" in text
        assert text.count("{") == 2


SECRETS = {s.id + s.language: [i.text for i in s.items if not i.open and i.text] for s in SCRIPTS}
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "back", "jump", "defer", "search", "resume"]),
        st.sampled_from(["1", "2", "3", "4", "", "2027-03-01", "x", "6175550101"]),
        st.integers(0, 90),
    ),
    max_size=30,
)


def shown(run: Run) -> list[str]:
    """Return everything that the runner gives out about a call."""
    items = [*runner.visible(run), *runner.search(run, ""), *filter(None, [runner.current(run)])]
    told = [text for i in items for text in (i.text, i.section, runner.words(run, i))]
    everything = [runner.words(run, i) for i in run.script.items]
    rendered = [runner.render(i, run.known, runner.identified(run)) for i in run.script.items]
    answers = str(to_response(run, authored="2027-03-01T09:00:00+00:00"))
    return [*told, *everything, *rendered, answers, str(runner.effects(run))]


def perform(run: Run, operation: str, value: str, place: int) -> Run:
    link_id = run.script.items[place % len(run.script.items)].link_id
    stored = [*run.answers.values(), Answer(link_id, (value,) if value else ())]
    after: Run | Refusal = run
    if operation == "answer":
        after = runner.answer(run, value)
    elif operation == "back":
        after = runner.back(run)
    elif operation == "jump":
        after = runner.jump(run, link_id)
    elif operation == "defer":
        after = runner.defer(run)
    elif operation == "resume" and not run.script.by_id[link_id].gate:
        after = runner.start(run.script, KNOWN, stored, run.deferred)
    return run if isinstance(after, Refusal) else after


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SCRIPTS), st.sampled_from([(), ("", "1", "1"), ("", "1", "1", "1")]), OPERATIONS
)
def test_nothing_is_disclosed_before_two_identifiers_match(script, begun, operations) -> None:
    run, secrets = runner.start(script, KNOWN), SECRETS[script.id + script.language]
    operations = [("answer", value, 0) for value in begun] + operations
    for operation, value, place in operations:
        run = perform(run, operation, value, place)
        visible = {i.link_id for i in runner.visible(run)}
        matched = [
            g for g in script.gates
            if g.link_id in visible
            and run.answers.get(g.link_id, Answer("")).values == (g.gate,)
        ]  # fmt: skip
        assert {e.link_id for e in runner.effects(run)} <= visible
        assert runner.identified(run) is (len(matched) >= 2)
        if len(matched) < 2:
            assert all(i.open for i in runner.visible(run))
            told = "\n".join(shown(run))
            assert not any(secret in told for secret in secrets)
            assert "Secretland" not in told
