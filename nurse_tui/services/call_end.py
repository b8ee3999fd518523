"""When a call may end, and how (D-32, D-33, D-37)."""

from __future__ import annotations

from datetime import datetime

from nurse_tui import clock
from nurse_tui.models import Call, ContactPoint
from nurse_tui.rules.calls import CAME_IN, MayCall
from nurse_tui.rules.moments import at_words
from nurse_tui.services import effects
from nurse_tui.store import finding
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.types import REACHED_OUTCOMES, CallOutcome, Refusal
from nurse_tui.words import plain

UNANSWERED = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.VOICEMAIL_LEFT)
"""How a call that was made ends where nobody took it."""
DISCLOSE_NOTHING = Refusal(
    "identification_failed",
    "Identification failed, so the call ends as not identified and nothing is disclosed.",
    "End it as not identified; backspace corrects an answer that was keyed wrong.",
    "D-32",
)


SPOKE_WITH_NOBODY = frozenset(
    {
        CallOutcome.NO_ANSWER,
        CallOutcome.BUSY,
        CallOutcome.VOICEMAIL_LEFT,
        CallOutcome.WRONG_NUMBER,
    }
)
NOBODY_IDENTIFIED = SPOKE_WITH_NOBODY | {CallOutcome.NOT_IDENTIFIED}
"""How a call does not end on which the patient was identified."""


def refuse_failed(failed: bool, outcome: CallOutcome) -> Refusal | None:
    """Refuse every other end of a call whose identification failed (D-32)."""
    return DISCLOSE_NOTHING if failed and outcome is not CallOutcome.NOT_IDENTIFIED else None


def refuse_end(
    tx: Tx,
    call: Call,
    outcome: CallOutcome,
    adverse_event: bool | None,
    callback_at: datetime | None,
) -> Refusal | None:
    """Say why a call may not end this way, or None when it may."""
    spoke = outcome in REACHED_OUTCOMES
    if outcome in UNANSWERED and not call.outbound:
        return CAME_IN
    if outcome in NOBODY_IDENTIFIED and call.identified_at is not None:
        return Refusal(
            "identified",
            f"The patient was identified on this call, so it does not end as {plain(outcome)}.",
            "End it as reached or with a callback; if the identifiers were keyed wrong, correct "
            "them with backspace and end it as not identified.",
            "D-37",
        )
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
    asked = outcome is CallOutcome.CALLBACK_REQUESTED
    if asked and callback_at is None and effects.promised(tx, call) is None:
        return Refusal("when", "A callback needs a time.", "Give the day and the time.")
    if callback_at is not None and callback_at <= tx.at:
        return effects.PAST
    if outcome is CallOutcome.VOICEMAIL_LEFT and not may_leave_voicemail(
        tx.session, call.case_id, call.number
    ):
        return Refusal(
            "no_voicemail",
            "The patient has not agreed to voicemail on this number.",
            "Log it as no answer.",
            "D-33",
        )
    return None


def may_leave_voicemail(session: Session, case_id: int, number: str) -> bool:
    """Say whether the patient agreed to messages on a number (D-33)."""
    phones = finding.find(session, ContactPoint, case_id=case_id, value=number)
    return any(phone.voicemail_ok for phone in phones)


def refuse_call(may: MayCall) -> Refusal | None:
    """Return the refusal of a call that may not be made, saying when it opens."""
    if may.may:
        return None
    reason = may.reasons[0]
    opens = may.way_out
    if may.opens_at:
        opens = f"It opens {at_words(may.opens_at, clock.now(), PROGRAMME_ZONE)} ET."
    return Refusal("no_call", reason.sentence, opens, reason.rule)
