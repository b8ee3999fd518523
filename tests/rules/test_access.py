"""Every cell of role x action x ownership, written out independently of the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from nurse_tui.rules import access
from nurse_tui.types import Actor, Refusal, Role

ME = 7
OWNERS = {"own": ME, "none": None, "other": 8}
# One letter per owner in the order own, none, other: y allowed, - refused.
NURSE_OWN = "y--"
EXPECTED: dict[str, tuple[str, str, str]] = {
    # action: nurse, supervisor, admin
    "case.view": ("yy-", "yyy", "---"),
    "case.edit": (NURSE_OWN, "yyy", "---"),
    "case.assign": ("---", "yyy", "---"),
    "case.take": ("-y-", "-y-", "---"),
    "call.make": (NURSE_OWN, "yyy", "---"),
    "call.answer": (NURSE_OWN, "yyy", "---"),
    "copay.decide": (NURSE_OWN, "yyy", "---"),
    "copay.enrol": (NURSE_OWN, "yyy", "---"),
    "infusion.book": (NURSE_OWN, "yyy", "---"),
    "infusion.move": (NURSE_OWN, "yyy", "---"),
    "infusion.cancel": (NURSE_OWN, "yyy", "---"),
    "note.add": (NURSE_OWN, "yyy", "---"),
    "task.edit": (NURSE_OWN, "yyy", "---"),
    "safety.report": ("yyy", "yyy", "---"),
    "safety.forward": (NURSE_OWN, "yyy", "---"),
    "undo": (NURSE_OWN, "yyy", "---"),
    "report.view": ("---", "yyy", "---"),
    "import.run": ("---", "yyy", "---"),
    "export.run": ("---", "yyy", "---"),
    "settings.view": ("---", "yyy", "yyy"),
    "verify.run": ("---", "yyy", "yyy"),
    "user.manage": ("---", "---", "yyy"),
    "backup.make": ("---", "---", "yyy"),
}
CELLS = [
    (role, action, owner, letters[i] == "y")
    for action, by_role in EXPECTED.items()
    for role, letters in zip(Role, by_role, strict=True)
    for i, owner in enumerate(OWNERS)
]


def actor(role: Role) -> Actor:
    return Actor(ME, "Sam Example", role)


def test_the_expectation_covers_every_action() -> None:
    assert set(EXPECTED) == set(access.ACTIONS)


@pytest.mark.parametrize("action", EXPECTED)
def test_every_action_is_asked_by_somebody(action: str) -> None:
    """A permission that nothing asks for promises a control that is not there."""
    package = Path(access.__file__).parents[1]
    asking = [
        p
        for layer in ("services", "commands", "interchange")
        for p in (package / layer).glob("*.py")
    ]
    assert any(f'"{action}"' in path.read_text("utf-8") for path in asking)


@pytest.mark.parametrize(("role", "action", "owner", "allowed"), CELLS)
def test_every_cell(role: Role, action: str, owner: str, allowed: bool) -> None:
    answer = access.may(actor(role), action, OWNERS[owner])
    assert (answer is None) == allowed
    if answer is not None:
        assert answer.sentence.endswith(".")
        assert answer.way_out.endswith(".")


@pytest.mark.parametrize(
    ("role", "action", "owner", "expected"),
    [
        (Role.NURSE, "case.edit", 8, "This case belongs to another nurse. Ask a supervisor"),
        (Role.NURSE, "case.edit", None, "This case has no nurse yet. Take it first."),
        (Role.NURSE, "case.take", ME, "This case is already yours."),
        (Role.NURSE, "report.view", None, "Only a supervisor may open the reports."),
        (Role.NURSE, "verify.run", None, "Only a supervisor or an administrator may verify"),
        (Role.ADMIN, "case.view", ME, "Only a nurse or a supervisor may open a case."),
        (Role.SUPERVISOR, "user.manage", None, "Only an administrator may manage users."),
    ],
)
def test_a_refusal_says_why(role: Role, action: str, owner: int | None, expected: str) -> None:
    answer = access.may(actor(role), action, owner)
    assert isinstance(answer, Refusal)
    assert str(answer).startswith(expected)


def test_an_unknown_action_is_a_fault() -> None:
    with pytest.raises(KeyError, match=r"case\.burn"):
        access.may(actor(Role.SUPERVISOR), "case.burn")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(EXPECTED))
def test_a_list_is_refused_where_no_case_is_allowed(action: str, role: Role) -> None:
    cells = EXPECTED[action][[Role.NURSE, Role.SUPERVISOR, Role.ADMIN].index(role)]
    refused = access.may_list(Actor(ME, "Somebody", role), action)
    assert isinstance(refused, Refusal) is ("y" not in cells)
