"""When a call may end, and how (D-32, D-33, D-37)."""

from __future__ import annotations

from datetime import datetime

from nurse_tui.models import Call, ContactPoint
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.types import REACHED_OUTCOMES, CallOutcome, Refusal


def refuse_end(
    tx: Tx,
    call: Call,
    outcome: CallOutcome,
    adverse_event: bool | None,
    callback_at: datetime | None,
) -> Refusal | None:
    """Say why a call may not end this way, or None when it may."""
    spoke = outcome in REACHED_OUTCOMES
    if outcome is CallOutcome.REACHED and call.identified_at is None:
        return Refusal(
            "not_identified",
            "Two identifiers were not confirmed, so the patient was not reached.",
            "Confirm them in the script, or end the call as not identified.",
            "D-32",
        )
    if spoke and call.identified_at is not None and adverse_event is None:
        return Refusal(
            "ask_adverse_event",
            "Every call with a patient records whether an adverse event was mentioned.",
            "Answer yes or no.",
            "D-37",
        )
    if outcome is CallOutcome.CALLBACK_REQUESTED and callback_at is None:
        return Refusal("when", "A callback needs a time.", "Give the day and the time.")
    if callback_at is not None and callback_at <= tx.at:
        return Refusal("past", "That time has passed.", "Give a later time.")
    if outcome is CallOutcome.VOICEMAIL_LEFT and not _may_leave_voicemail(tx, call):
        return Refusal(
            "no_voicemail",
            "The patient has not agreed to voicemail on this number.",
            "Log it as no answer.",
            "D-33",
        )
    return None


def _may_leave_voicemail(tx: Tx, call: Call) -> bool:
    phones = finding.find(tx.session, ContactPoint, case_id=call.case_id, value=call.number)
    return any(phone.voicemail_ok for phone in phones)
