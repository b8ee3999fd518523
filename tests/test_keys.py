"""The key registry: unique ids, no clash, remapping refused in words."""

from __future__ import annotations

import pytest

from nurse_tui import keys
from nurse_tui.types import Refusal, Role


def test_ids_are_unique() -> None:
    ids = [command.id for command in keys.REGISTRY.commands]
    assert len(ids) == len(set(ids))


def test_no_two_commands_share_a_key_on_one_screen() -> None:
    assert keys.REGISTRY.clash() is None


def test_every_command_has_words() -> None:
    for command in keys.REGISTRY.commands:
        assert command.label and command.help and command.roles and command.screens, command.id
        assert len(command.help) <= 80, command.id


OWNED_BY_TERMINALS = {
    *(f"ctrl+{letter}" for letter in "sqabzhijmw"), "insert", "capslock", "f1", "f10", "f11"
}  # fmt: skip


def test_no_command_requires_a_key_that_terminals_own() -> None:
    for command in keys.REGISTRY.commands:
        if command.id != "quit":
            assert command.key not in OWNED_BY_TERMINALS, command.id
            assert not command.key.startswith("alt+"), command.id


def test_the_adverse_event_key_works_on_every_screen() -> None:
    for screen in keys.SCREENS:
        assert keys.by_id("safety") in keys.for_screen(screen, Role.NURSE)


@pytest.mark.parametrize(
    ("role", "there", "absent"),
    [
        (Role.NURSE, "go.caseload", "go.reports"),
        (Role.SUPERVISOR, "reassign", "user.add"),
        (Role.ADMIN, "go.admin", "go.caseload"),
    ],
)
def test_a_role_sees_what_it_can_ever_do(role: Role, there: str, absent: str) -> None:
    ids = {c.id for screen in keys.SCREENS for c in keys.for_screen(screen, role)}
    assert there in ids
    assert absent not in ids


def test_a_remap_moves_the_key() -> None:
    changed = keys.configured({"note": "W"})
    assert isinstance(changed, keys.Registry)
    assert changed.by_id("note").keys == ("W",)
    assert changed.by_id("task") == keys.by_id("task")


def test_a_clash_is_refused_with_both_names() -> None:
    refusal = keys.configured({"note": "t"})
    assert isinstance(refusal, Refusal)
    assert "“Note”" in refusal.sentence and "“Task”" in refusal.sentence


def test_two_commands_may_swap_their_keys() -> None:
    changed = keys.configured({"note": "t", "task": "w"})
    assert isinstance(changed, keys.Registry)
    assert changed.by_id("note").key == "t"


def test_an_unknown_id_is_refused_by_name() -> None:
    refusal = keys.configured({"nonsense": "t"})
    assert isinstance(refusal, Refusal)
    assert "nonsense" in refusal.sentence


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (3, "keys"),
        (["note"], "keys"),
        ({"single_letters": "false"}, "single_letters"),
        ({"single_letters": 0}, "single_letters"),
        ({"open": ["x"]}, "open"),
        ({"note": 3}, "note"),
    ],
)
def test_what_are_no_keys_is_refused_by_name(part: object, named: str) -> None:
    refusal = keys.configured(part)
    assert isinstance(refusal, Refusal) and refusal.code == "keys_wrong"
    assert refusal.sentence.startswith(f"In the configuration {named} is not ")
    assert refusal.way_out


def test_single_letters_can_be_switched_off() -> None:
    changed = keys.configured({"single_letters": False})
    assert isinstance(changed, keys.Registry)
    assert not [c.id for c in changed.commands for k in c.keys if len(k) == 1 and k.isalpha()]
    assert changed.by_id("move_down").keys == ("down",)
    assert changed.by_id("call.answer").keys == tuple("123456789")
    assert changed.by_id("safety").keys == ("f8",)
    assert changed.find("Note") is not None


@pytest.mark.parametrize(
    ("key", "shown"), [("question_mark", "?"), ("ctrl+q", "ctrl+q"), ("+", "+"), ("L", "L")]
)
def test_keys_are_shown_as_people_read_them(key: str, shown: str) -> None:
    assert keys.display(key) == shown
