"""Whether treatment and help may still be arranged for a case at all (D-1, D-2, D-29).

Asked before a week is booked or moved, before a co-pay enrolment, and again when either is redone.
What is only unusual, such as fewer medicines before this one than the label generally expects,
warns elsewhere and never stops anything here (D-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nurse_tui.rules import eligibility, intake
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.programme import Programme
from nurse_tui.types import Reason, Refusal, Verdict


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing can be arranged now, and what would change that."""

    reason: Reason
    way_out: str


def may_go_on(facts: CaseFacts, programme: Programme, today: date) -> Stop | None:
    """Return why nothing more may be arranged for the patient on a date, or None (D-1, D-2, D-29).

    A case that is over comes first, then a hold, then age, contraindications and type of MS.
    """
    left = intake.ended(facts)
    if left is not None:
        return Stop(left, _back(facts))
    if facts.hold_reason:
        reason = Reason("D-29", f"The case is on hold: {facts.hold_reason}.")
        return Stop(reason, "Lift the hold first.")
    young = intake.too_young(facts, programme)
    if young is not None:
        way_out = "Ask the prescriber's office for a new form once the patient is old enough;"
        way_out += " correct the date of birth if it is wrong."
        return Stop(young, way_out)
    decided = eligibility.decide(facts, programme, today)
    if decided.verdict is not Verdict.INELIGIBLE:
        return None
    return Stop(decided.reasons[0], decided.way_out)


def refuse_turn(turn: str, closed_reason: str, hold_reason: str) -> Refusal | None:
    """Refuse to close, reopen, hold or release a case that stands so already (D-29, D-30)."""
    closed = Refusal("closed", f"The case is closed already: {closed_reason}.",
                     "Reopen it first (e).", "D-29")  # fmt: skip
    if turn == "close":
        return closed if closed_reason else None
    if turn == "reopen":
        nothing = Refusal("not_closed", "The case is open.", "Nothing needs to be done.", "D-30")
        return None if closed_reason else nothing
    if turn == "hold":
        held = Refusal("held", f"The case is on hold already: {hold_reason}.",
                       "Release it first (e).", "D-29")  # fmt: skip
        return closed if closed_reason else held if hold_reason else None
    nothing = Refusal("not_held", "The case is not on hold.", "Nothing needs to be done.", "D-29")
    return None if hold_reason else nothing


def _back(facts: CaseFacts) -> str:
    if facts.patient.deceased_on is not None:
        return "If the death was recorded by mistake, undo it (u)."
    if facts.closed_reason:
        return "Reopen the case first."
    return "Wait for the patient's new consent to the services."
