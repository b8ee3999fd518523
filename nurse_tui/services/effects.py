"""What an answer of a script, or the end of a call, sets going in the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from nurse_tui.clock import UTC
from nurse_tui.fields import NEWEST_YEAR, OLDEST_YEAR
from nurse_tui.models import (
    Call,
    Callback,
    Consent,
    ContactPoint,
    Patient,
    SafetyReport,
    Task,
)
from nurse_tui.rules.calendar import add_business_days, end_of_day, local_date, say
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Answer, Effect, EffectKind, Item, Script
from nurse_tui.scripts.run import Run
from nurse_tui.store import finding
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.store.leaving import wind_up_opted_out
from nurse_tui.types import (
    PRODUCT,
    REACHED_OUTCOMES,
    CallOutcome,
    ConsentKind,
    Refusal,
    SafetyKind,
)
from nurse_tui.words import plain

Job: TypeAlias = Callable[[Tx], int | Refusal]


PAST = Refusal("past", "That time has passed.", "Give a later time.")
NEXT_STEP = "next_step"
"""Kind of the task that holds what was agreed at the end of a script."""
ABOUT_A_DAY = frozenset({"schedule", "vaccines"})
"""Kinds of task whose date is what they are about, not the day by which they must be done."""


def apply(tx: Tx, call: Call, effect: Effect) -> Refusal | None:
    """Write what one answer sets going; outcomes only suggest themselves on the screen."""
    handler = _HANDLERS.get(effect.kind)
    return handler(tx, call, effect) if handler is not None else None


def instant(local: str, zone: str) -> datetime | Refusal:
    """Return `YYYY-MM-DD HH:MM` on the clocks of a zone as an instant in UTC."""
    try:
        wall = datetime.fromisoformat(local.strip().replace(" ", "T", 1))
    except ValueError:
        return Refusal(
            "when", "That is not a day and a time.", "Write them as 2027-03-01 and 14:30."
        )
    if not OLDEST_YEAR < wall.year <= NEWEST_YEAR:
        words = f"The year {wall.year} is before {OLDEST_YEAR} or after {NEWEST_YEAR}."
        return Refusal("when", words, "Correct the year.")
    return wall.replace(tzinfo=ZoneInfo(zone or PROGRAMME_ZONE)).astimezone(UTC)


def _safety_report(tx: Tx, call: Call, effect: Effect) -> None:
    kind, event = SafetyKind(effect.what), effect.title or effect.value
    if any(r.kind is kind and r.event.startswith(event) for r in _reports(tx, call)):
        return
    tx.add(
        SafetyReport(
            case_id=call.case_id,
            call_id=call.id,
            kind=kind,
            aware_at=tx.at,
            reporter="patient",
            suspect_product=PRODUCT,
            event=event,
            author_id=tx.actor.user_id,
        )
    )
    tx.say(f"{tx.sentence}; safety report: {plain(kind.value)}")


def _reports(tx: Tx, call: Call) -> list[SafetyReport]:
    return finding.find(tx.session, SafetyReport, call_id=call.id)


def add_details(tx: Tx, call: Call, script: Script, item: Item, given: Answer) -> None:
    """Append what was told later to this call's safety reports; nothing is taken away (D-35)."""
    asked = [script.by_id[c.question] for c in item.conditions if c.question in script.by_id]
    kinds = {k for source in asked for k in safety_kinds(source)}
    words = " ".join(given.values).strip()
    if not kinds or item.options or not words:
        return
    for report in _reports(tx, call):
        if report.kind in kinds and words not in report.event.splitlines():
            report.event = f"{report.event}\n{words}"


def safety_kinds(item: Item) -> set[SafetyKind]:
    """Return the kinds of safety report that an item's answers may set going."""
    kinds = (a.what for a in item.actions if a.kind is EffectKind.SAFETY_REPORT)
    return {SafetyKind(kind) for kind in kinds}


def was_told(session: Session, call: Call) -> bool:
    """Say whether a safety report was made on a call: then one was mentioned (D-37)."""
    return finding.first(session, SafetyReport, call_id=call.id) is not None


def adverse_event(session: Session, call: Call, run: Run) -> bool | None:
    """Return what a call says about adverse events (D-37), or None while a question is open."""
    if was_told(session, call):
        return True
    asked = [item for item in runner.visible(run) if safety_kinds(item)]
    answered = all(item.link_id in run.answers for item in asked)
    return False if asked and answered else None


def _consent(tx: Tx, call: Call, effect: Effect) -> None:
    record_consent(tx, call, ConsentKind(effect.what), effect.value == "true")


def record_consent(tx: Tx, call: Call, kind: ConsentKind, granted: bool) -> None:
    """Record an opt-in or its withdrawal as given on the phone."""
    tx.add(
        Consent(case_id=call.case_id, kind=kind, granted=granted, at=tx.at, source="on the phone")
    )


def proposed(run: Run, kind: EffectKind, what: str = "") -> Effect:
    """Return what the answers of a call set going of a kind, or an effect without words."""
    nothing = Effect(kind, "", what, "", "")
    return next((e for e in runner.effects(run) if (e.kind, e.what) == (kind, what)), nothing)


def _task(tx: Tx, call: Call, effect: Effect) -> None:
    kind = effect.what or "task"
    title = effect.title or effect.value or "Follow up what the patient said"
    day = _day(effect.value)
    days = tx.programme.call_task_business_days.value
    due = add_business_days(tx.today, days, tx.programme.holidays)
    if day is not None and kind in ABOUT_A_DAY:
        title = f"{title} ({say(day, tx.today)})"
    elif day is not None:
        due = max(day, tx.today)
    due_at = end_of_day(due, PROGRAMME_ZONE)
    tx.say(f"{tx.sentence}; task: {title}, due {say(due, tx.today)}")
    known = _same_task(tx, call, kind)
    if known is not None:
        known.title, known.due_at = title, due_at
        return
    tx.add(
        Task(
            case_id=call.case_id,
            owner_id=tx.actor.user_id,
            kind=kind,
            title=title,
            due_at=due_at,
            created_at=tx.at,
        )
    )


def _coverage(tx: Tx, call: Call, effect: Effect) -> None:
    words = plain(effect.value)
    title = f"{effect.title}: {words}" if effect.title and words else effect.title
    _task(tx, call, Effect(effect.kind, effect.link_id, f"cover_{effect.what}", "", title))


def _same_task(tx: Tx, call: Call, kind: str) -> Task | None:
    """Return the open task that this call made of a kind: an answer given anew changes it."""
    made = finding.find(tx.session, Task, case_id=call.case_id, kind=kind, done_at=None)
    return next((t for t in made if t.created_at >= call.started_at), None)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _callback(tx: Tx, call: Call, effect: Effect) -> Refusal | None:
    at = instant(effect.value, call.zone)
    if isinstance(at, Refusal):
        return at
    if at <= tx.at:
        return PAST
    promise(tx, call, at, effect.title, tx.actor.user_id)
    return None


def promised(tx: Tx, call: Call) -> Callback | None:
    """Return the callback that was agreed on this call and is not kept yet."""
    return finding.first(tx.session, Callback, call_id=call.id, done_at=None)


def promise(tx: Tx, call: Call, at: datetime, note: str, owner_id: int | None) -> None:
    """Keep one callback of a call, at an instant in UTC; agreed anew, it moves."""
    known = promised(tx, call)
    if known is not None:
        known.due_at, known.note, known.owner_id = at, note or known.note, owner_id
        return
    tx.add(
        Callback(
            case_id=call.case_id,
            call_id=call.id,
            owner_id=owner_id,
            due_at=at,
            zone=call.zone,
            note=note,
        )
    )


LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
"""What scripts name by its code, in the words that forms use."""


def _language(tx: Tx, call: Call, effect: Effect) -> None:
    patient = finding.find(tx.session, Patient, case_id=call.case_id)[0]
    patient.language = LANGUAGE_NAMES.get(effect.value, effect.value)


def _voicemail(tx: Tx, call: Call, effect: Effect) -> None:
    granted = effect.value == "true"
    record_consent(tx, call, ConsentKind.VOICEMAIL, granted)
    phones = finding.find(tx.session, ContactPoint, case_id=call.case_id, value=call.number)
    for phone in phones:
        phone.voicemail_ok = granted


_HANDLERS: dict[EffectKind, Callable[[Tx, Call, Effect], Refusal | None]] = {
    EffectKind.SAFETY_REPORT: _safety_report,
    EffectKind.CONSENT: _consent,
    EffectKind.TASK: _task,
    EffectKind.COVERAGE: _coverage,
    EffectKind.CALLBACK: _callback,
    EffectKind.LANGUAGE: _language,
    EffectKind.VOICEMAIL: _voicemail,
}


def _kept(promise: Callback, call: Call, at: datetime) -> bool:
    """Say whether reaching the patient keeps a promise: on its day on the patient's clocks, or
    later; the call in which it was made keeps it only once its time has come."""
    zone = promise.zone or PROGRAMME_ZONE
    its_day = local_date(at, zone) >= local_date(promise.due_at, zone)
    return promise.due_at <= at or (its_day and promise.call_id != call.id)


def after_call(tx: Tx, call: Call, callback_at: datetime | None, owner_id: int | None) -> str:
    """Keep or make promises when a call ends: callbacks done, opt-outs honoured at once (D-31).

    Returns the words for the log of what ends with an opt-out.
    """
    if call.outcome in REACHED_OUTCOMES:
        for callback in finding.find(tx.session, Callback, case_id=call.case_id, done_at=None):
            if _kept(callback, call, tx.at):
                callback.done_at = tx.at
    if call.outcome is CallOutcome.OPTED_OUT:
        record_consent(tx, call, ConsentKind.CALLS, False)
    if callback_at is not None:
        promise(tx, call, callback_at, call.next_action, owner_id)
    return wind_up_opted_out(tx, call.case_id)
