"""What the loader takes, and the faults that it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurse_tui.scripts.load import find, load
from nurse_tui.scripts.model import EffectKind, ItemType, Script, ScriptFaults, TextRole

from .build import (
    action,
    choice,
    end,
    ext,
    gate,
    gates,
    item,
    loaded,
    questionnaire,
    script,
    when,
)

OPEN = ext("open", valueBoolean=True)


def test_nested_groups_are_flattened_in_order_with_their_conditions() -> None:
    inner = {**item("g2", "group", "Inner"), "item": [item("b")]}
    inner["enableWhen"] = [when("a", answerString="yes")]
    outer = {**item("g1", "group", "Outer"), "item": [item("a"), inner, item("c")]}
    found = script(outer)
    assert [i.link_id for i in found.items] == ["a", "b", "c"]
    assert [i.section for i in found.items] == ["Outer", "Inner", "Outer"]
    assert found.by_id["b"].path == (("g1", "Outer"), ("g2", "Inner"))
    assert [c.question for c in found.by_id["b"].conditions] == ["a"]
    assert found.by_id["c"].guards == ()


@pytest.mark.parametrize(
    "kind",
    [t for t in ItemType if t not in (ItemType.CHOICE, ItemType.OPEN_CHOICE)],
)
def test_every_type_of_the_subset_loads(kind: ItemType) -> None:
    assert script(item("a", kind)).items[0].type is kind


def test_the_marks_of_the_extension_are_read() -> None:
    marks = [
        ext("role", valueCode="note"),
        ext("rule", valueString="D-8"),
        ext("tag", valueString="fact"),
        ext("format", valueCode="phone"),
        action("task", what="phone", title="Add it"),
    ]
    found = script(*gates(), item("phone", extension=marks)).by_id["phone"]
    assert (found.role, found.rule, found.tag) == (TextRole.NOTE, "D-8", "fact")
    assert (found.format, found.actions[0].kind) == ("phone", EffectKind.TASK)
    assert not found.open


def test_a_string_no_stays_a_string_and_zero_padding_stays() -> None:
    options = [{"valueString": "NO"}, {"valueString": "02155"}]
    found = script(item("a", "choice", answerOption=options))
    assert [o.code for o in found.items[0].options] == ["NO", "02155"]


FAULTS = [
    ("twice", [item("a"), item("a")], "a", "used twice"),
    ("group twice", [{**item("a", "group"), "item": [item("b")]}, item("a")], "a", "used twice"),
    ("type", [item("a", "magic")], "a", "unknown type 'magic'"),
    ("no linkId", [{"type": "string", "text": "x"}], "", "no linkId"),
    ("unknown question", [item("a", enableWhen=[when("z", answerString="1")])], "a", "not exist"),
    (
        "later",
        [item("a", enableWhen=[when("b", answerString="1")]), item("b")],
        "a",
        "comes later",
    ),
    ("itself", [item("a", enableWhen=[when("a", answerString="1")])], "a", "later or is itself"),
    (
        "group asked",
        [
            {**item("g", "group"), "item": [item("a")]},
            item("b", enableWhen=[when("g", answerString="1")]),
        ],
        "b",
        "a group",
    ),
    ("operator", [item("a"), item("b", enableWhen=[when("a", "~", answerString="1")])], "b", "~"),
    ("no answer", [item("a"), item("b", enableWhen=[when("a")])], "b", "no answer"),
    (
        "behaviour",
        [
            item("a"),
            item("b", enableWhen=[when("a", answerString="1"), when("a", answerString="2")]),
        ],
        "b",
        "enableBehavior",
    ),
    ("no options", [item("a", "choice")], "a", "without options"),
    (
        "side of no date",
        [item("a", "time", extension=[ext("lies-in", valueCode="past")])],
        "a",
        "lies-in is for dates, and this is a time",
    ),
    (
        "no such side",
        [item("a", "date", extension=[ext("lies-in", valueCode="now")])],
        "a",
        "'now', not past, future",
    ),
    (
        "a title of what comes later",
        [
            item("a", extension=[action("task", what="x", title="Do {b}")]),
            item("b"),
        ],
        "a",
        "the title of an action names 'b', no earlier question",
    ),
    (
        "a title of text",
        [
            item("a", "display"),
            item("b", extension=[action("task", what="x", title="Do {a}")]),
        ],
        "b",
        "the title of an action names 'a', no earlier question",
    ),
    ("option twice", [choice("a", "x", "x")], "a", "there twice"),
    (
        "wrong kind",
        [item("a", "integer"), item("b", enableWhen=[when("a", answerString="1")])],
        "b",
        "with a String",
    ),
    (
        "no order",
        [choice("a", "x", "y"), item("b", enableWhen=[when("a", ">", answerString="x")])],
        "b",
        "no order",
    ),
    (
        "display asked",
        [item("a", "display"), item("b", enableWhen=[when("a", "exists", answerBoolean=True)])],
        "b",
        "no answer",
    ),
    (
        "impossible option",
        [choice("a", "x", "y"), item("b", enableWhen=[when("a", answerCoding={"code": "z"})])],
        "b",
        "no answers can ever",
    ),
    (
        "contradiction",
        [
            choice("a", "x", "y"),
            item(
                "b",
                enableBehavior="all",
                enableWhen=[
                    when("a", answerCoding={"code": "x"}),
                    when("a", answerCoding={"code": "y"}),
                ],
            ),
        ],
        "b",
        "no answers can ever",
    ),
    (
        "dead chain",
        [
            choice("a", "x", "y"),
            item("b", "boolean", enableWhen=[when("a", answerCoding={"code": "z"})]),
            item("c", enableWhen=[when("b", answerBoolean=True)]),
        ],
        "c",
        "no answers can ever",
    ),
    (
        "contradiction through a question",
        [
            choice("a", "x", "y"),
            item("b", "boolean", enableWhen=[when("a", answerCoding={"code": "x"})]),
            item(
                "c",
                enableBehavior="all",
                enableWhen=[when("b", answerBoolean=True), when("a", answerCoding={"code": "y"})],
            ),
        ],
        "c",
        "no answers can ever",
    ),
    (
        "empty range",
        [
            item("a", "integer"),
            item(
                "b",
                enableBehavior="all",
                enableWhen=[when("a", ">", answerInteger=5), when("a", "<", answerInteger=5)],
            ),
        ],
        "b",
        "no answers can ever",
    ),
    ("modifier", [item("a", modifierExtension=[{"url": "x"}])], "a", "modifierExtension"),
    ("empty group", [item("g", "group")], "g", "no item"),
]


@pytest.mark.parametrize(
    ("items", "link_id", "sentence"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_named_with_its_item(items, link_id: str, sentence: str) -> None:
    found = loaded(*items)
    assert isinstance(found, ScriptFaults)
    assert any(f.link_id == link_id and sentence in f.fault for f in found.faults), found.faults


GATE_FAULTS = [
    ("no gate", [item("a", extension=[ext("rule", valueString="D-1")]), end()], "0 of 2"),
    ("one gate", [gate("name"), item("a"), end()], "1 of 2"),
    ("not required", [gate("name", required=False), gate("birth"), item("a"), end()], "required"),
    ("one answer", [
        {**gate("name"), "answerOption": [{"valueCoding": {"code": "match"}}]},
        gate("birth"), item("a"), end(),
    ], "no other answer"),
    ("beforehand", [
        gate("name", initial=[{"valueCoding": {"code": "match"}}]), gate("birth"), item("a"), end(),
    ], "answered beforehand"),
    ("text gate", [
        item("name", "string", required=True, extension=[ext("identity-gate", valueCode="x")]),
        gate("birth"), item("a"), end(),
    ], "must be a choice"),
    ("unknown match", [
        gate("name", extension=[ext("identity-gate", valueCode="maybe")]),
        gate("birth"), item("a"), end(),
    ], "not among its options"),
    ("no end", [gate("name"), gate("birth"), item("a")], "no item ends the call"),
    ("waits for itself", [
        choice("a", "x", "y"),
        gate("name", enableWhen=[when("a", answerCoding={"code": "x"})]),
        gate("birth"), end(),
    ], "waits for the gate"),
    ("discloses", [*gates(), item("a", text="About LEMTRADA", extension=[OPEN])], "LEMTRADA"),
    ("discloses MS", [*gates(), item("a", text="Your MS nurse", extension=[OPEN])], "'MS'"),
    ("discloses in an option", [
        *gates(), choice("a", "infusion", "other", extension=[OPEN]),
    ], "Infusion"),
    ("discloses in a section", [*gates(), {
        **item("g", "group", "REMS"), "item": [item("a", extension=[OPEN])],
    }], "REMS"),
    ("fact before", [*gates(), item("a", text="{day_1}?", extension=[OPEN])], "day_1"),
    ("consent before", [
        *gates(), item("a", "boolean", extension=[OPEN, action("consent", what="calls")]),
    ], "consent may not be set"),
    ("unknown placeholder", [*gates(), item("a", text="Dear {nickname}")], "nickname"),
    ("unknown mark", [*gates(), item("a", extension=[ext("magic", valueCode="x")])], "magic"),
    ("unknown action", [*gates(), item("a", extension=[action("explode")])], "explode"),
    ("unknown consent", [*gates(), item("a", extension=[action("consent", what="x")])], "a what"),
    ("task without title", [*gates(), item("a", extension=[action("task")])], "title"),
    ("unknown answer", [
        *gates(), choice("a", "x", "y", extension=[action("task", when="z", title="t")]),
    ], "no such answer"),
    ("answered safety", [
        *gates(),
        item("a", "boolean", initial=[{"valueBoolean": False}],
             extension=[action("safety_report", when="true", what="pregnancy")]),
    ], "beforehand (D-37)"),
    ("mark on a group", [*gates(), {
        **item("g", "group", extension=[OPEN]), "item": [item("a")],
    }], "does not belong here"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "sentence"), [f[1:] for f in GATE_FAULTS], ids=[f[0] for f in GATE_FAULTS]
)
def test_a_weak_gate_is_refused(items, sentence: str) -> None:
    found = loaded(*items)
    assert isinstance(found, ScriptFaults)
    assert any(sentence in f.fault for f in found.faults), found.faults


def test_a_plain_questionnaire_loads_but_is_no_call_script() -> None:
    found = script(item("a"))
    assert not found.callable
    assert script(*gates(), item("a")).callable


def test_what_is_not_read_is_named() -> None:
    found = script(
        item("a", extension=[{"url": "http://example.org/x", "valueCode": "y"}]),
        item("b", "quantity"),
        item("c", "choice", answerValueSet="http://example.org/v"),
        contained=[{"resourceType": "ValueSet"}],
    )
    assert [i.link_id for i in found.items] == ["a"]
    assert "a: extension http://example.org/x" in found.left_out
    assert "b: the item is left out: type quantity is not in the subset" in found.left_out
    assert "c: the item is left out: answerValueSet is not in the subset" in found.left_out
    assert "contained is not read" in found.left_out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1"),
        ("[]", "not an object"),
        ("{}", "not a Questionnaire"),
        ("[" * 100_000, "nested too deeply"),
        ('{"resourceType": "Questionnaire", "status": "active", "item": 3}', "list of objects"),
        ('{"resourceType": "Questionnaire", "item": []}', "status"),
        ('{"a": ' + "9" * 5000 + "}", "too long"),
    ],
)
def test_a_file_that_is_no_script_gets_a_sentence(text: str, sentence: str) -> None:
    found = load(text)
    assert isinstance(found, ScriptFaults)
    assert any(sentence in f.fault for f in found.faults), found.faults


def test_deep_groups_are_refused_not_crashed_on() -> None:
    deep = item("leaf")
    for n in range(60):
        deep = {**item(f"g{n}", "group"), "item": [deep]}
    found = loaded(deep)
    assert isinstance(found, ScriptFaults)
    assert any("deep" in f.fault for f in found.faults)


def test_files_that_cannot_be_read_are_faults(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "absent.json", tmp_path, wrong):
        assert isinstance(load(path), ScriptFaults)


def test_the_library_takes_the_newest_active_version(tmp_path: Path) -> None:
    body = [*gates(), item("a")]
    for name, more in {
        "trial.en.json": {"version": "1.9.0"},
        "trial.en.2.json": {"version": "1.10.0"},
        "trial.en.3.json": {"version": "2.0.0", "status": "draft"},
        "trial.es.json": {"version": "1.0.0", "language": "es"},
    }.items():
        (tmp_path / name).write_text(json.dumps(questionnaire(*body, **more)))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "plain.json").write_text(json.dumps(questionnaire(item("a"), id="plain")))
    wanted = {"en": ("en", "1.10.0"), "es": ("es", "1.0.0"), "fr": ("en", "1.10.0")}
    for language, version in wanted.items():
        found = find(tmp_path, "trial", language)
        assert found is not None and (found.language, found.version) == version
    assert find(tmp_path, "absent", "en") is None
    assert find(tmp_path, "broken", "en") is find(tmp_path, "plain", "en") is None
    assert find(tmp_path, "../trial", "en") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
OTHERS = "repeats initial enableWhen enableBehavior item extension maxLength modifierExtension"
NAMES = st.sampled_from([*choice("a", "x", required=True), *OTHERS.split()])


@given(st.lists(st.dictionaries(NAMES, JSON), max_size=3), JSON, NAMES)
def test_no_json_makes_the_loader_fail(items, value, name: str) -> None:
    found = load(json.dumps(questionnaire(*items)))
    assert isinstance(found, Script | ScriptFaults)
    spoilt = {**choice("a", "x", enableWhen=[when("b", answerBoolean=True)]), name: value}
    found = load(json.dumps(questionnaire(item("b", "boolean"), spoilt)))
    assert isinstance(found, Script | ScriptFaults)


@given(st.sampled_from(["question", "operator", "answerCoding", "url", "extension"]), JSON)
def test_no_condition_or_mark_makes_the_loader_fail(name: str, value) -> None:
    condition = {**when("b", answerCoding={"code": "x"}), name: value}
    mark = {**action("task", title="t"), name: value}
    inner = ext("on-answer", extension=[{"url": value}, {"url": "do", "valueCode": value}])
    spoilt = choice("a", "x", enableWhen=[condition], extension=[mark, inner])
    found = load(json.dumps(questionnaire(choice("b", "x", "y"), spoilt)))
    assert isinstance(found, Script | ScriptFaults)


def test_the_script_in_the_guide_loads() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "scripts.md").read_text("utf-8")
    example = guide.partition("```json\n")[2].partition("```")[0]
    found = load(example)
    assert isinstance(found, Script) and found.callable and len(found.items) == 5


def test_many_alternatives_do_not_slow_the_check_or_accuse_an_item() -> None:
    names = [f"q{n}" for n in range(12)]
    asked = [choice(name, *"abcdefgh") for name in names]
    guarded = [
        item(
            f"i{n}",
            "boolean",
            enableBehavior="any",
            enableWhen=[when(name, answerCoding={"code": c}) for name in names for c in "abcd"],
        )
        for n in range(3)
    ]
    last = item("last", enableWhen=[when("i2", answerBoolean=True)])
    assert script(*asked, *guarded, last).by_id["last"]
