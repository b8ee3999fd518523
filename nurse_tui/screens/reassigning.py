"""What is said before cases are given to another nurse: from whom, to whom, how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nurse_tui.screens.choose import NOTHING, Choice
from nurse_tui.types import Refusal

if TYPE_CHECKING:
    from nurse_tui.services.worklist import Hands, NurseLoad

NOBODY = "nobody"


def cases_words(count: int) -> str:
    """Return a number of cases in words."""
    return "1 case" if count == 1 else f"{count:,} cases"


def title(hands: Hands) -> str:
    """Return the heading of the choice: how many cases, and who has them now."""
    return f"Give {cases_words(hands.cases)} to another nurse. {now_words(hands)}"


def now_words(hands: Hands) -> str:
    """Return who has the cases now, who has most of them first."""
    if len(hands.holders) == 1:
        return f"Now with {hands.holders[0].name or NOBODY}."
    each = (f"{held.cases:,} with {held.name or NOBODY}" for held in hands.holders)
    return f"Now {', '.join(each)}."


def question(hands: Hands, nurse: NurseLoad | None) -> str:
    """Return what is asked before several cases change hands."""
    return f"Give {cases_words(hands.cases)} to {named(nurse)}? {now_words(hands)}"


def named(nurse: NurseLoad | None) -> str:
    """Return whose the cases will be."""
    return nurse.name if nurse else NOBODY


def choices(hands: Hands) -> list[Choice]:
    """Return everybody who may be given the cases, with what each would have then."""
    rows = [Choice(nurse, nurse.name, _load(hands, nurse)) for nurse in hands.nurses]
    return [*rows, Choice(None, "Nobody", "they wait for a nurse to take them")]


def first(hands: Hands) -> object:
    """Return the choice on which the list opens: who has most of the cases now, else nothing."""
    most = hands.holders[0].user_id if hands.holders else 0
    if not most:
        return None
    return next((nurse for nurse in hands.nurses if nurse.user_id == most), NOTHING)


def refuse(hands: Hands, nurse: NurseLoad | None) -> Refusal | None:
    """Refuse to give cases to who has all of them already."""
    chosen = nurse.user_id if nurse else 0
    if [held.user_id for held in hands.holders] != [chosen]:
        return None
    whose = f"{cases_words(hands.cases)} with {named(nurse)}"
    return Refusal("same_hands", f"Nothing to do: {whose} already.", "R, then another nurse.")


def _load(hands: Hands, nurse: NurseLoad) -> str:
    held = sum(h.open_cases for h in hands.holders if h.user_id == nurse.user_id)
    then = nurse.open_cases - held + sum(h.open_cases for h in hands.holders)
    return f"{nurse.open_cases:,} open now, {then:,} then"
