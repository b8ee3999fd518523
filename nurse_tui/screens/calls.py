"""Today's calls: what is due or promised, who may be called now, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.content import Content

from nurse_tui import clock
from nurse_tui.rules.moments import at_words, clock_in, lateness, place_of, short
from nurse_tui.screens.caseload_filter import BY_NURSE, EVERYBODY, MINE
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.short_list import Filter, Order, ShortList
from nurse_tui.types import CallOutcome, Refusal, Role
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.hanging import hung
from nurse_tui.widgets.text import GLYPHS, clean, line, rich_text, stacked, state
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.rules.facts import CallFact
    from nurse_tui.services.call_queue import QueuedCall
    from nurse_tui.services.worklist import NurseLoad

LONGEST_NAME = 40
TONES = {"overdue": "late", "due": "due", "later": ""}


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose calls are shown: in words, with a nurse's id where it names one."""

    words: str
    nurse_id: int | None = None


class CallsScreen(ShortList["QueuedCall"]):
    """The nurse's calls, open ones first, then by what is due; a supervisor sees everybody's."""

    VIEW_NAME: ClassVar[str] = "calls"
    VIEW_TITLE: ClassVar[str] = "Calls"
    CSS_PATH = "calls.tcss"
    EMPTY: ClassVar[tuple[str, str]] = (
        "No call is due or promised.",
        "Calls come here from complete forms, callbacks and follow-ups. 1 shows the caseload.",
    )

    def __init__(self) -> None:
        super().__init__()
        actor = self.nurse_app.gateway.actor
        self.leads = actor is not None and actor.role is Role.SUPERVISOR
        self.whose = Whose(EVERYBODY) if self.leads else Whose(MINE)

    def read(self, services: Any) -> Sequence[QueuedCall] | Refusal:
        whose = self.whose
        rows: Sequence[QueuedCall] | Refusal = services.calls.queue(
            whose.nurse_id, everybodys=whose.words == EVERYBODY
        )
        return rows

    @property
    def empty_words(self) -> tuple[str, str]:
        title, way_out = self.EMPTY
        return title, f"These are {self.whose.words}; ] shows others." if self.leads else way_out

    def columns(self) -> Sequence[Column[QueuedCall]]:
        nurse = [Column("NURSE", 16, _nurse, priority=1)] if self.leads else []
        return (
            Column("DUE", 13, _due),
            Column("MAY CALL", 14, _may),
            Column("PATIENT", 18, _patient, flex=1),
            *nurse,
            Column("THERE", 5, _there, priority=3 if self.leads else 2),
            Column("TRIED", 20, _tried, priority=2 if self.leads else 1),
            Column("WHY", 20, _why, flex=2, priority=4),
        )

    def filters(self) -> Sequence[Filter[QueuedCall]]:
        return (
            Filter("May be called now", lambda row: row.may.may),
            Filter("Promised callbacks", lambda row: row.callback is not None),
            Filter("Never reached yet", lambda row: row.reached_at is None),
        )

    def do_filter(self) -> Refusal | None:
        """Choose which calls are shown, and for a supervisor whose."""
        if not self.leads:
            return super().do_filter()
        hands = [Choice(Whose(words), f"All, {words}") for words in (EVERYBODY, MINE)]
        hands.append(Choice(BY_NURSE, "All, of one nurse"))
        kinds = [Choice(one, one.words, f"of those {self.whose.words}") for one in self.filters()]
        self.app.push_screen(ChooseScreen("Show", [*hands, *kinds], self.whose), self._filtered)
        return None

    def _filtered(self, choice: Choice | None) -> None:
        if choice is None:
            return
        if choice.value == BY_NURSE:
            self.ask(lambda services: services.worklist.nurses(), self._which_nurse)
        elif isinstance(choice.value, Whose):
            self._show(choice.value)
        else:
            self.keep_only(choice.value)

    def _which_nurse(self, nurses: Sequence[NurseLoad]) -> None:
        choices = [
            Choice(Whose(n.name, n.user_id), n.name, f"{n.open_cases:,} open") for n in nurses
        ]
        self.app.push_screen(ChooseScreen("Whose calls", choices), self._filtered)

    def _show(self, whose: Whose) -> None:
        self.whose = whose
        self.take_filter_away()
        self.changed()

    def do_tab_next(self) -> Refusal | None:
        """Show everybody's calls or one's own; a nurse has her own alone."""
        if not self.leads:
            return super().do_tab_next()
        self._show(Whose(EVERYBODY if self.whose.words != EVERYBODY else MINE))
        return None

    def orders(self) -> Sequence[Order[QueuedCall]]:
        return (
            Order("What is due first", lambda row: (row.open_call is None, row.due_at)),
            Order("Who may be called first", _opens),
            Order("Name", lambda row: row.patient.casefold()),
        )

    def summary(self, shown: Sequence[QueuedCall]) -> Content:
        from nurse_tui.services.call_queue import QUEUE_LENGTH

        now = sum(row.may.may for row in shown)
        left = [row for row in shown if row.open_call is not None]
        parts: list[Content | str] = [
            f"{self.how_many(shown, QUEUE_LENGTH)} to call · {now} may be called now"
        ]
        parts += [f" · filter: {self.whose.words}"] if self.leads else []
        if left:
            goes_on = "" if self.leads else ": enter goes on with it"
            parts += ["  ", state("overdue", f"{len(left)} not ended{goes_on}")]
        return line(*parts)

    def glance(self, row: QueuedCall) -> Content:
        reason = row.may.reasons[0]
        now, zone = clock.now(), row.zone or clock.PROGRAMME_ZONE
        here = f"{clock_in(now, zone)} in {place_of(zone)}"
        nurse = f" · {row.nurse or 'nobody'}" if self.leads else ""
        who = f"  {row.number}{nurse} · prefers {row.language or 'no language yet'}"
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
        """Call the patient, or go on with the open call; of another's patient, open the case."""
        row = self.row_here()
        return self.do_call() if row is None or row.mine else self.open_on_case("case")

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


def _nurse(row: QueuedCall) -> Text:
    return rich_text(row.nurse or "nobody")


def _due(row: QueuedCall) -> Text:
    found = lateness(row.due_at, clock.now(), clock.PROGRAMME_ZONE)
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
    return rich_text(f"+ {same}{clock_in(row.may.opens_at, clock.PROGRAMME_ZONE)}", style="dim")


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
    return clock.local_date(at, clock.PROGRAMME_ZONE)


def _promise(row: QueuedCall) -> list[str]:
    promised = row.callback
    if promised is None:
        return []
    now, zone = clock.now(), promised.zone or row.zone or clock.PROGRAMME_ZONE
    place = place_of(zone)
    note = f", {promised.note}" if promised.note else ""
    return [f" · promised {at_words(promised.due_at, now, zone)} in {place}{note}"]
