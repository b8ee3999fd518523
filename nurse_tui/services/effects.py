"""What an answer of a script, or the end of a call, sets going in the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from nurse_tui.models import (
    Call,
    Callback,
    Consent,
    ContactPoint,
    Patient,
    SafetyReport,
    Task,
)
from nurse_tui.rules.calendar import add_business_days, end_of_day
from nurse_tui.scripts.model import Effect, EffectKind
from nurse_tui.store import finding
from nurse_tui.store.database import PROGRAMME_ZONE, Tx
from nurse_tui.types import (
    REACHED_OUTCOMES,
    CallOutcome,
    ConsentKind,
    Refusal,
    SafetyKind,
)

Job: TypeAlias = Callable[[Tx], int | Refusal]


def apply(tx: Tx, call: Call, effect: Effect) -> None:
    """Write what one answer sets going; outcomes only suggest themselves on the screen."""
    handler = _HANDLERS.get(effect.kind)
    if handler is not None:
        handler(tx, call, effect)


def _safety_report(tx: Tx, call: Call, effect: Effect) -> None:
    tx.add(
        SafetyReport(
            case_id=call.case_id,
            call_id=call.id,
            kind=SafetyKind(effect.what),
            aware_at=tx.at,
            reporter="patient",
            suspect_product="LEMTRADA",
            event=effect.title or effect.value,
            author_id=tx.actor.user_id,
        )
    )


def _consent(tx: Tx, call: Call, effect: Effect) -> None:
    record_consent(tx, call, ConsentKind(effect.what), effect.value == "true")


def record_consent(tx: Tx, call: Call, kind: ConsentKind, granted: bool) -> None:
    """Record an opt-in or its withdrawal as given on the phone."""
    tx.add(
        Consent(case_id=call.case_id, kind=kind, granted=granted, at=tx.at, source="on the phone")
    )


def _task(tx: Tx, call: Call, effect: Effect) -> None:
    due = add_business_days(tx.today, 1, tx.programme.holidays)
    tx.add(
        Task(
            case_id=call.case_id,
            owner_id=tx.actor.user_id,
            kind=effect.what or "task",
            title=effect.title or effect.value or "Follow up what the patient said",
            due_at=end_of_day(due, PROGRAMME_ZONE),
            created_at=tx.at,
        )
    )


def _language(tx: Tx, call: Call, effect: Effect) -> None:
    patient = finding.find(tx.session, Patient, case_id=call.case_id)[0]
    patient.language = effect.value


def _voicemail(tx: Tx, call: Call, effect: Effect) -> None:
    granted = effect.value == "true"
    record_consent(tx, call, ConsentKind.VOICEMAIL, granted)
    phones = finding.find(tx.session, ContactPoint, case_id=call.case_id, value=call.number)
    for phone in phones:
        phone.voicemail_ok = granted


_HANDLERS: dict[EffectKind, Callable[[Tx, Call, Effect], None]] = {
    EffectKind.SAFETY_REPORT: _safety_report,
    EffectKind.CONSENT: _consent,
    EffectKind.TASK: _task,
    EffectKind.COVERAGE: _task,
    EffectKind.CALLBACK: _task,
    EffectKind.LANGUAGE: _language,
    EffectKind.VOICEMAIL: _voicemail,
}


def after_call(tx: Tx, call: Call, callback_at: datetime | None, owner_id: int | None) -> None:
    """Keep or make promises when a call ends: callbacks done, opt-outs honoured at once (D-31)."""
    if call.outcome in REACHED_OUTCOMES:
        promised = finding.find(tx.session, Callback, case_id=call.case_id, done_at=None)
        for callback in promised:
            if callback.due_at <= tx.at:
                callback.done_at = tx.at
    if call.outcome is CallOutcome.OPTED_OUT:
        record_consent(tx, call, ConsentKind.CALLS, False)
    if callback_at is not None:
        tx.add(
            Callback(
                case_id=call.case_id,
                call_id=call.id,
                owner_id=owner_id,
                due_at=callback_at,
                zone=call.zone,
                note=call.next_action,
            )
        )
