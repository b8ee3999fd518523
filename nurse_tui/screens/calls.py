"""Today's calls: what is due or promised, who may be called now, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.content import Content

from nurse_tui import clock
from nurse_tui.rules.moments import at_words, clock_in, lateness, place_of, short
from nurse_tui.screens.short_list import Filter, Order, ShortList
from nurse_tui.types import CallOutcome, Refusal
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.hanging import hung
from nurse_tui.widgets.text import GLYPHS, clean, line, rich_text, stacked, state
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.rules.facts import CallFact
    from nurse_tui.services.call_queue import QueuedCall

LONGEST_NAME = 40
HOME = "America/New_York"
"""The programme's zone, by whose clock the nurse works."""
TONES = {"overdue": "late", "due": "due", "later": ""}


class CallsScreen(ShortList["QueuedCall"]):
    """The nurse's calls, open ones first, then by what is due."""

    VIEW_NAME: ClassVar[str] = "calls"
    VIEW_TITLE: ClassVar[str] = "Calls"
    CSS_PATH = "calls.tcss"
    EMPTY: ClassVar[tuple[str, str]] = (
        "No call is due or promised.",
        "Calls come here from complete forms, callbacks and follow-ups. 1 shows the caseload.",
    )

    def read(self, services: Any) -> Sequence[QueuedCall] | Refusal:
        rows: Sequence[QueuedCall] | Refusal = services.calls.queue()
        return rows

    def columns(self) -> Sequence[Column[QueuedCall]]:
        return (
            Column("DUE", 13, _due),
            Column("MAY CALL", 14, _may),
            Column("PATIENT", 18, _patient, flex=1),
            Column("THERE", 5, _there, priority=2),
            Column("TRIED", 20, _tried, priority=1),
            Column("WHY", 20, _why, flex=2, priority=3),
        )

    def filters(self) -> Sequence[Filter[QueuedCall]]:
        return (
            Filter("May be called now", lambda row: row.may.may),
            Filter("Promised callbacks", lambda row: row.callback is not None),
            Filter("Never reached yet", lambda row: row.attempts > 0),
        )

    def orders(self) -> Sequence[Order[QueuedCall]]:
        return (
            Order("What is due first", lambda row: (row.open_call is None, row.due_at)),
            Order("Who may be called first", _opens),
            Order("Name", lambda row: row.patient.casefold()),
        )

    def summary(self, shown: Sequence[QueuedCall]) -> Content:
        now = sum(row.may.may for row in shown)
        left = [row for row in shown if row.open_call is not None]
        parts: list[Content | str] = [f"{len(shown)} to call · {now} may be called now"]
        if left:
            parts += ["  ", state("overdue", f"{len(left)} not ended: enter goes on with it")]
        return line(*parts)

    def glance(self, row: QueuedCall) -> Content:
        reason = row.may.reasons[0]
        now, zone = clock.now(), row.zone or HOME
        here = f"{clock_in(now, zone)} in {place_of(zone)}"
        who = f"  {row.number} · prefers {row.language or 'no language yet'}"
        # The reason of a call that waits for its hours says the time already.
        there = "" if here in reason.sentence else f" · {here}"
        name = (clean(row.patient, LONGEST_NAME), "bold")
        lead = line((f"{reason.rule} ", "bold $text-accent"))
        why = line(reason.sentence, " ", row.may.way_out)
        room = max(self.size.width - 2, 1)
        return stacked(
            [line(name, who, there), line(row.why, *_promise(row)), hung((lead, why), room)]
        )

    # -- keys

    def do_open(self) -> Refusal | None:
        """Call the patient, or go on with the call that is open."""
        return self.do_call()

    def do_call_no_answer(self) -> Refusal | None:
        """Log that nobody was reached, and go to the next row."""
        row = self.row_here()
        if row is None:
            return Refusal("no_row", "There is no call under the cursor.", "Choose a row first.")
        from nurse_tui.screens.call_unanswered import log_unanswered

        log_unanswered(self, row.case_id, partial(self._logged, self.sheet.place), row.patient)
        return None

    def _logged(self, place: int, sentence: str) -> None:
        """Say so and go on: the row that was logged moves away, or the cursor moves on."""
        if place == self.sheet.place:
            self.sheet.action_move(1)
        self.say(sentence)
        self.changed()


def _opens(row: QueuedCall) -> tuple[bool, object]:
    opens = row.may.opens_at
    return opens is None, opens or row.due_at


def _due(row: QueuedCall) -> Text:
    found = lateness(row.due_at, clock.now(), HOME)
    return rich_text(f"{GLYPHS[found.kind][0]} {found.words}", style=TONES[found.kind])


def _may(row: QueuedCall) -> Text:
    if row.open_call is not None:
        return rich_text("! NOT ENDED", style="late")
    if row.may.may:
        return rich_text("= NOW", style="ok")
    if row.may.opens_at is None:
        return rich_text("x NO", style="refused")
    now = clock.now()
    day = short(_day(row.may.opens_at), _day(now))
    same = "" if _day(row.may.opens_at) == _day(now) else f"{day} "
    return rich_text(f"+ {same}{clock_in(row.may.opens_at, HOME)}", style="dim")


def _patient(row: QueuedCall) -> Text:
    return rich_text(row.patient or row.number, style="strong")


def _there(row: QueuedCall) -> Text:
    return rich_text(clock_in(clock.now(), row.zone) if row.zone else "?", style="dim")


def _tried(row: QueuedCall) -> Text:
    if row.last is None:
        return rich_text("not yet", style="dim")
    count = f"{row.attempts}/{row.allowed} " if row.attempts else ""
    return rich_text(f"{count}{_last(row.last)}")


def _why(row: QueuedCall) -> Text:
    return rich_text(row.why)


def _last(call: CallFact) -> str:
    outcome = plain((call.outcome or CallOutcome.REACHED).value)
    return f"{outcome} {short(_day(call.started_at), _day(clock.now()))}"


def _day(at: datetime) -> date:
    return clock.local_date(at, HOME)


def _promise(row: QueuedCall) -> list[str]:
    promised = row.callback
    if promised is None:
        return []
    now, zone = clock.now(), promised.zone or row.zone or HOME
    place = place_of(zone)
    note = f", {promised.note}" if promised.note else ""
    return [f" · promised {at_words(promised.due_at, now, zone)} in {place}{note}"]
