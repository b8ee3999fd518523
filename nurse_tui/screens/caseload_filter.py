"""What the caseload shows: whose cases, which of them, in which order; and the menus for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nurse_tui.listing import Tally, WorklistFilter, WorklistSort
from nurse_tui.screens.choose import Choice
from nurse_tui.types import CLOSED_STATES, Role, State
from nurse_tui.words import label, plain

MINE, UNASSIGNED, EVERYBODY = "mine", "without a nurse", "everybody's"
BOTH = "mine and without a nurse"
ORDERS = {
    WorklistSort.DUE: "Most urgent first",
    WorklistSort.NAME: "By name",
    WorklistSort.STATE: "By where they stand",
    WorklistSort.OPENED: "Oldest case first",
}
BY_NURSE, BY_STATE = "by nurse", "by state"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which rows are shown: `whose` in words, with a nurse's id where it names one."""

    whose: str = MINE
    nurse_id: int | None = None
    state: State | None = None
    overdue: bool = False
    closed: bool = False
    sort: WorklistSort = WorklistSort.DUE
    search: str = ""
    kind: str = ""
    """A kind of deadline that is due; empty for any."""
    kept: bool = False
    """Of a state in which cases are over: those that a safety report keeps listed are meant."""

    @property
    def mine(self) -> bool:
        """Whether the signed-in person's own cases are in the list."""
        return self.whose in (MINE, BOTH)

    @property
    def only_closed(self) -> bool:
        """Whether the list holds closed cases, which nothing is due of."""
        return self.closed or (self.state in CLOSED_STATES and not self.kept)

    def wanted(self) -> WorklistFilter:
        """Return the filter that the store reads; whose list `mine` is, the service knows."""
        nurse = {UNASSIGNED: 0, EVERYBODY: None}.get(self.whose, self.nurse_id)
        is_open, both = not self.only_closed, self.whose == BOTH
        asked = WorklistFilter(nurse, is_open, self.state, None, self.sort, self.search, both)
        return replace(asked, kind=self.kind)

    def words(self) -> str:
        """Return the filter as the counts line shows it."""
        parts = [self.whose]
        parts += ["overdue"] if self.overdue else []
        parts += [_of_kind(self.kind)] if self.kind else []
        parts += ["closed"] if self.closed else []
        parts += [plain(self.state.value)] if self.state else []
        parts += [ORDERS[self.sort].lower()] if self.sort is not WorklistSort.DUE else []
        return ", ".join(parts)

    def empty_words(self) -> str:
        """Return what to do when nothing is shown."""
        if self.search:
            return f"Nobody is found by “{self.search}” among these. esc shows them all again."
        if self.overdue:
            return "Nothing is overdue. f shows the other cases."
        if self.whose == MINE and not (self.closed or self.state):
            return "No open case is yours. f shows those without a nurse, T takes one."
        return "No case is like this. f chooses others."


def _of_kind(kind: str) -> str:
    from nurse_tui.rules.due import KINDS  # The first screen is painted without the rules.

    words = KINDS.get(kind, kind)
    return words[:1].lower() + words[1:]


def first(role: Role) -> Shown:
    """Return what a role sees first: a nurse her own cases, a supervisor everybody's."""
    return Shown(MINE if role is Role.NURSE else EVERYBODY)


def hands(role: Role) -> list[str]:
    """Return in whose hands the cases may be that a role sees, most wanted first."""
    return [MINE, UNASSIGNED, BOTH] if role is Role.NURSE else [EVERYBODY, MINE, UNASSIGNED]


def other_hands(role: Role, shown: Shown, step: int) -> Shown:
    """Return what is shown some steps on among those hands."""
    names = hands(role)
    at = names.index(shown.whose) if shown.whose in names else -max(step, 0)
    return replace(shown, whose=names[(at + step) % len(names)], nurse_id=None)


def filters(role: Role, shown: Shown) -> list[Choice]:
    """Return the lines of the filter menu; each value is what is shown after it, or a word."""
    plainly = _plain(shown)
    rows = [Choice(replace(plainly, whose=w, nurse_id=None), f"Open, {w}") for w in hands(role)]
    if role is not Role.NURSE:
        rows.append(Choice(BY_NURSE, "Open, of one nurse"))
    return [
        *rows,
        Choice(replace(plainly, overdue=True), "Overdue", f"of those {shown.whose}"),
        Choice(BY_STATE, "By where they stand", f"of those {shown.whose}"),
        Choice(replace(plainly, closed=True), "Closed", f"of those {shown.whose}"),
    ]


def _plain(shown: Shown) -> Shown:
    """Return what is shown without the conditions that a menu sets anew."""
    return replace(shown, state=None, overdue=False, closed=False, kind="", kept=False)


def states(shown: Shown) -> list[Choice]:
    """Return the lines of the menu of states."""
    return [Choice(replace(_plain(shown), state=state), label(state.value)) for state in State]


def orders(shown: Shown) -> list[Choice]:
    """Return the lines of the menu of orders."""
    return [Choice(replace(shown, sort=sort), words) for sort, words in ORDERS.items()]


def of_nurse(shown: Shown, nurse: Any) -> Shown:
    """Return the open cases of one nurse, of whom `user_id` and `name` are known."""
    return replace(_plain(shown), whose=nurse.name, nurse_id=nurse.user_id)


def count_words(tally: Tally, shown: Shown) -> list[str | tuple[str, str]]:
    """Return the counts of the list that is shown, as pieces of a line."""
    if shown.only_closed:
        return [f"{tally.all:,} closed"]
    due = max(tally.due_today - tally.overdue, 0)
    counted: list[str | tuple[str, str]] = [f"{tally.all:,} open"]
    counted.append((f"{due:,} due today", "$text-warning"))
    if tally.overdue:
        counted.append((f"! {tally.overdue:,} overdue", "bold $text-error"))
    return counted
