"""Who may do what: one table of actions, read by every service call and by the screens.

A role reaches an action on its own cases, on unassigned ones, on both, or on any; what belongs to
no case is reached or not. Supervisors see the whole team; administrators see no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from nurse_tui.types import Actor, Refusal, Role


class Reach(Enum):
    """Which cases a role reaches with an action; actions on no case use NONE or ANY."""

    NONE = "none"
    OWN = "own"
    UNASSIGNED = "unassigned"
    OWN_OR_UNASSIGNED = "own or unassigned"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Permission:
    """What an action is called in a sentence, and how far each role reaches."""

    words: str
    nurse: Reach
    supervisor: Reach
    admin: Reach

    def reach(self, role: Role) -> Reach:
        """Return how far a role reaches."""
        return {
            Role.NURSE: self.nurse,
            Role.SUPERVISOR: self.supervisor,
            Role.ADMIN: self.admin,
        }[role]


def _case(words: str, nurse: Reach = Reach.OWN) -> Permission:
    return Permission(words, nurse, Reach.ANY, Reach.NONE)


def _supervisor(words: str) -> Permission:
    return Permission(words, Reach.NONE, Reach.ANY, Reach.NONE)


def _admin(words: str) -> Permission:
    return Permission(words, Reach.NONE, Reach.NONE, Reach.ANY)


def _overseer(words: str) -> Permission:
    return Permission(words, Reach.NONE, Reach.ANY, Reach.ANY)


ACTIONS: dict[str, Permission] = {
    "case.view": _case("open a case", Reach.OWN_OR_UNASSIGNED),
    "case.edit": _case("change a case"),
    "case.assign": _supervisor("reassign a case"),
    "case.take": Permission(
        "take an unassigned case", Reach.UNASSIGNED, Reach.UNASSIGNED, Reach.NONE
    ),
    "call.make": _case("call a patient"),
    "call.answer": _case("record a call"),
    "copay.decide": _case("decide the co-pay"),
    "copay.enrol": _case("enrol a patient in the co-pay programme"),
    "infusion.book": _case("book an infusion"),
    "infusion.move": _case("move an infusion"),
    "infusion.cancel": _case("cancel an infusion"),
    "note.add": _case("write a note"),
    "task.edit": _case("change a task"),
    # Whoever learns of an adverse event must be able to report it at once (D-35).
    "safety.report": _case("report an adverse event", Reach.ANY),
    "safety.forward": _case("forward an adverse event"),
    "undo": _case("undo a change"),
    "report.view": _supervisor("open the reports"),
    "import.run": _supervisor("import files"),
    "export.run": _supervisor("export cases"),
    "settings.view": _overseer("open the programme settings"),
    "verify.run": _overseer("verify the database"),
    "user.manage": _admin("manage users"),
    "backup.make": _admin("make a backup"),
}
"""Every action by its id."""


def may(actor: Actor, action: str, case_nurse_id: int | None = None) -> Refusal | None:
    """Return why an actor may not do something, or None when they may.

    `case_nurse_id` is the nurse the case belongs to, None when it has none or no case is meant.
    Raises KeyError for an unknown action.
    """
    permission = ACTIONS[action]
    reach = permission.reach(actor.role)
    if reach is Reach.NONE:
        return _wrong_role(permission)
    if reach is Reach.ANY:
        return None
    if case_nurse_id is None:
        return _unassigned() if reach is Reach.OWN else None
    if case_nurse_id == actor.user_id:
        return _already_yours() if reach is Reach.UNASSIGNED else None
    return _anothers()


def may_list(actor: Actor, action: str) -> Refusal | None:
    """Return why an actor may do something with no case at all, or None when with some.

    Raises KeyError for an unknown action.
    """
    permission = ACTIONS[action]
    return _wrong_role(permission) if permission.reach(actor.role) is Reach.NONE else None


def _wrong_role(permission: Permission) -> Refusal:
    roles = [role.value for role in Role if permission.reach(role) is not Reach.NONE]
    names = " or ".join("an administrator" if r == Role.ADMIN else f"a {r}" for r in roles)
    return Refusal("role", f"Only {names} may {permission.words}.", f"Ask {names}.")


def _unassigned() -> Refusal:
    return Refusal("unassigned", "This case has no nurse yet.", "Take it first.")


def _already_yours() -> Refusal:
    return Refusal("already_yours", "This case is already yours.", "Open it and go on.")


def _anothers() -> Refusal:
    return Refusal(
        "other_nurse",
        "This case belongs to another nurse.",
        "Ask a supervisor to reassign it to you.",
    )
