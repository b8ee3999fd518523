"""What may be recorded of an infusion day, and what asks for a reason (D-58, D-61)."""

from __future__ import annotations

from nurse_tui.models import Course, InfusionDay
from nurse_tui.rules import clearance
from nurse_tui.rules.calendar import say
from nurse_tui.rules.clearance import Blocker
from nurse_tui.rules.days import HAPPENED, is_too_soon
from nurse_tui.store import facts as fact_store
from nurse_tui.store import sites
from nurse_tui.store.database import Tx
from nurse_tui.types import DayStatus, Refusal


def refuse_record(tx: Tx, day: InfusionDay, status: DayStatus, reason: str) -> Refusal | None:
    """Return why this may not be recorded of a day, or None (D-58, D-61)."""
    if status not in HAPPENED:
        return Refusal(
            "not_recordable",
            f"A day is recorded as given, missed or interrupted, never as {status.value}.",
            "b books days, M moves them and X cancels them on the screen of weeks.",
            "D-58",
        )
    if day.status is DayStatus.CANCELLED:
        return Refusal(
            "cancelled_day",
            f"{say(day.on_date)} was cancelled, so nothing is recorded of it.",
            "u takes the cancellation back while it is the last change; else book the day again.",
            "D-58",
        )
    if is_too_soon(status, day.on_date, tx.today):
        return Refusal(
            "future_day",
            f"{say(day.on_date)} has not come yet, so it cannot be {status.value} already.",
            "Record it on the day, or move or cancel the booking.",
            "D-58",
        )
    if reason.strip():
        return None
    if status is not DayStatus.GIVEN:
        return Refusal("why", "A day that was not given needs a reason.", "Add it.", "D-58")
    held = blockers_of(tx, day)
    return _refuse_uncleared(held) if held else None


def blockers_of(tx: Tx, day: InfusionDay) -> tuple[Blocker, ...]:
    """Return what the gate still wants for a day: before the first all of it (D-61).

    Once a course has begun only a contraindication is asked about again (D-2).
    """
    facts = fact_store.load(tx.session, day.case_id)
    found = sites.facts_of(tx.session, day.on_date, day.on_date, site_ids=[day.site_id])
    if facts is None or not found:
        return ()
    number = tx.get(Course, day.course_id).number
    programme, on = tx.programme, day.on_date
    return clearance.before_day(facts, number, on, found[0], programme, tx.today)


def despite(held: tuple[Blocker, ...]) -> str:
    """Say for the log how many things a day was given in spite of, or nothing."""
    if not held:
        return ""
    return f" while {_things(len(held))} still missing before it"


def _refuse_uncleared(held: tuple[Blocker, ...]) -> Refusal:
    more = f" ({len(held) - 1} more)" if len(held) > 1 else ""
    return Refusal(
        "not_cleared",
        f"{_things(len(held))} still missing before this day: {held[0].sentence}{more}",
        "Record what was confirmed, or say why it was given all the same.",
        "D-61",
    )


def _things(count: int) -> str:
    return "1 thing is" if count == 1 else f"{count} things are"
