"""How a call ends, and what a nurse notes while it runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.rules.moments import place_of
from nurse_tui.screens.base import JobModal
from nurse_tui.screens.case_forms import REPORTERS, NoteForm, SafetyForm
from nurse_tui.screens.record_form import ALREADY_DONE, Done, Given, Job, RecordForm
from nurse_tui.scripts import run as runner
from nurse_tui.types import CallOutcome, Refusal, SafetyKind
from nurse_tui.views import CaseView
from nurse_tui.widgets.choices import Choices, Letter
from nurse_tui.widgets.field import (
    Field,
    choice_field,
    date_field,
    day_of,
    point_out,
    text_field,
    time_field,
)
from nurse_tui.widgets.text import line, state
from nurse_tui.widgets.words_area import words_field
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.services.call_queue import Voicemail
    from nurse_tui.services.call_view import CallView

OUTCOMES = (
    Letter("r", "Reached", CallOutcome.REACHED),
    Letter("n", "No answer", CallOutcome.NO_ANSWER),
    Letter("b", "Busy", CallOutcome.BUSY),
    Letter("v", "Voicemail left", CallOutcome.VOICEMAIL_LEFT),
    Letter("w", "Wrong number", CallOutcome.WRONG_NUMBER),
    Letter("c", "Call back", CallOutcome.CALLBACK_REQUESTED),
    Letter("d", "Declined", CallOutcome.DECLINED),
    Letter("x", "Opted out", CallOutcome.OPTED_OUT),
    Letter("i", "Not identified", CallOutcome.NOT_IDENTIFIED),
)
CAME_IN_OUTCOMES = tuple(o for o in OUTCOMES if o.key not in "nbv")
"""How a call ends that came in: somebody was on the line."""
UNANSWERED = tuple(o for o in OUTCOMES if o.key in "nbv")
YES_NO = (Letter("y", "Yes", "yes"), Letter("n", "No", "no"))
SAFETY_WORDS = {
    SafetyKind.ADVERSE_EVENT: "Adverse event",
    SafetyKind.PREGNANCY: "Pregnancy",
    SafetyKind.PRODUCT_COMPLAINT: "Complaint about the product",
    SafetyKind.MEDICATION_ERROR: "Error with a dose",
}
"""Kinds of report in words that may stand on a call screen before identification (D-32)."""
FIELD_OF = {"ask_adverse_event": "adverse", "when": "day", "past": "day"}
"""Field at which a refusal is shown; every other one is about the outcome."""


LONG_WORDS = {NoteForm.NAME: "text", SafetyForm.NAME: "event"}
"""Forms that may be half written when a call ends, each with the field of its words."""


def call_subject(call_id: int | None, case_id: int) -> str:
    """Return the subject of the drafts that belong to a call, or to a call that may not begin."""
    return f"no_call:{case_id}" if call_id is None else f"call:{call_id}"


def hand_drafts_to_case(services: Any, call_id: int, case_id: int) -> None:
    """Put what was half written in a call that has ended into the case's own forms."""
    for name, words in LONG_WORDS.items():
        for ended in (call_subject(None, case_id), call_subject(call_id, case_id)):
            _hand_draft(services, name, words, (ended, f"case:{case_id}"))


def _hand_draft(services: Any, name: str, words: str, way: tuple[str, str]) -> None:
    begun, kept = (services.drafts.load(name, subject) for subject in way)
    if isinstance(begun, Refusal) or isinstance(kept, Refusal) or not begun:
        return
    old, new = json.loads(kept or "{}"), json.loads(begun)
    both = "\n".join(each[words] for each in (old, new) if each.get(words))
    if services.drafts.save(name, way[1], json.dumps({**old, **new, words: both})) is None:
        services.drafts.drop(name, way[0])


class OutcomeForm(RecordForm):
    """Ends a call: outcome, adverse event yes or no, when to call back, the next step (D-37)."""

    NAME: ClassVar[str] = "call_outcome"
    TITLE_WORDS: ClassVar[str] = "End the call"
    CSS_PATH = "call_forms.tcss"

    def __init__(self, case: CaseView, call: CallView, outcome: str = "") -> None:
        super().__init__(case)
        self.call = call
        self.asked = outcome
        """How the nurse said that it ended; empty where the script's proposal stands."""
        self.proposed = outcome or runner.outcome(call.run)
        self.identified = runner.identified(call.run)

    @property
    def _subject(self) -> str:
        return call_subject(self.call.call_id, self.case.case_id)

    def compose_job(self) -> ComposeResult:
        yield Static(
            line((self.TITLE_WORDS, "bold"), "  F2 ends it, esc goes on with it"), id="title"
        )
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.fields()

    def fields(self) -> Iterable[Field]:
        failed = runner.failed(self.call.run)
        outcomes = OUTCOMES if self.call.outbound else CAME_IN_OUTCOMES
        if self.identified:
            outcomes = tuple(o for o in outcomes if o.value != CallOutcome.NOT_IDENTIFIED)
        if failed:
            outcomes = tuple(o for o in OUTCOMES if o.value == CallOutcome.NOT_IDENTIFIED)
        asked = {True: "yes", False: "no", None: ""}[self.call.adverse_event]
        proposed = CallOutcome.NOT_IDENTIFIED if failed else self.proposed
        yield Field("outcome", "How it ended", Choices(outcomes, proposed))
        if self.identified:
            yield Field("adverse", "Was an adverse event mentioned?", Choices(YES_NO, asked))
        place = place_of(self.call.zone or PROGRAMME_ZONE)
        promised, _, at = self.call.call_again.replace("T", " ").partition(" ")
        day = day_of(promised)
        yield date_field(
            "day",
            f"Call back on, by the clock of {place}",
            day if isinstance(day, date) else None,
        )
        yield time_field("time", "at", at[:5])
        yield text_field("next", "Next step, and who does it", self.call.agreed)

    def on_mount(self) -> None:
        self._show_when()

    @on(Choices.Changed)
    def _show_when(self) -> None:
        chosen = self.query_one("#field-outcome", Field).value
        for name in ("day", "time"):
            self.query_one(f"#field-{name}").display = chosen == CallOutcome.CALLBACK_REQUESTED

    def check(self, given: Given) -> Job:
        outcome = given.choice("outcome", CallOutcome, "Choose how the call ended.")
        adverse = {"yes": True, "no": False}.get(given.values.get("adverse", ""))
        next_step, call_id = given.words("next"), self.call.call_id
        case_id = self.case.case_id
        when = f"{given.values['day']} {given.values['time']}".strip()
        local = when if outcome is CallOutcome.CALLBACK_REQUESTED else ""

        def end(services: Any) -> object:
            ended = services.calls.finish(
                call_id, outcome, adverse_event=adverse, next_action=next_step, callback_local=local
            )
            if isinstance(ended, Refusal) and ended.code != ALREADY_DONE:
                return ended
            hand_drafts_to_case(services, call_id, case_id)
            warned = local and not isinstance(ended, Refusal)
            return services.calls.promise_words(call_id, local) if warned else ended

        return end

    def typed(self) -> dict[str, str]:
        """Keep the callback that the form was opened for beside what was typed."""
        kept = super().typed()
        return {"outcome": self.asked, **kept} if kept and self.asked else kept

    def put_back(self, kept: dict[str, str]) -> None:
        """Put a draft back, except for how the nurse says just now that the call ended."""
        super().put_back({**kept, "outcome": self.asked} if self.asked else kept)

    def _refused(self, refusal: Refusal) -> None:
        self._sent = False
        point_out(list(self.query(Field)), {FIELD_OF.get(refusal.code, "outcome"): str(refusal)})

    def _saved(self, answer: object) -> None:
        chosen = plain(self.query_one("#field-outcome", Field).value)
        against = f" {answer}" if answer and isinstance(answer, str) else ""
        self.dismiss(Done(f"Ended the call: {chosen}.{against}"))


class CallNoteForm(NoteForm):
    """A note while a call runs, without the name: nobody may have been identified yet (D-32).

    What was begun on the case says of whom it is, so it does not come back here.
    """

    def __init__(self, case: CaseView, call_id: int | None = None) -> None:
        super().__init__(case)
        self.call_id = call_id

    @property
    def _subject(self) -> str:
        return call_subject(self.call_id, self.case.case_id)

    def whose(self) -> str:
        return ""


class CallSafetyForm(SafetyForm):
    """A safety report while a call runs, in words that may stand there before identification."""

    @property
    def _subject(self) -> str:
        return call_subject(self.call_id, self.case.case_id)

    def whose(self) -> str:
        return ""

    def fields(self) -> Iterable[Field]:
        kinds = [(words, kind.value) for kind, words in SAFETY_WORDS.items()]
        yield words_field("event", "What happened, in the reporter's words")
        yield choice_field("kind", "What it is", kinds, SafetyKind.ADVERSE_EVENT.value)
        reporters = [
            (r.capitalize(), r) for r in REPORTERS if "prescriber" not in r and "infusion" not in r
        ]
        yield choice_field("reporter", "Who told it", reporters, REPORTERS[0])


class UnansweredScreen(JobModal[CallOutcome]):
    """Asks how nobody was reached; one letter answers."""

    VIEW_NAME: ClassVar[str] = "choose"

    def __init__(self, patient: str, voicemail: Voicemail) -> None:
        super().__init__()
        self._patient = patient
        self._voicemail = voicemail

    def compose_job(self) -> ComposeResult:
        yield Static(line(("Nobody was reached  ", "bold"), self._patient), id="title")
        yield Choices(UNANSWERED)
        yield Static(self._message(), id="question")

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    @on(Choices.Picked)
    def chose(self, message: Choices.Picked) -> None:
        """Answer with the outcome of the letter."""
        self.dismiss(CallOutcome(message.choices.value))

    def do_open(self) -> Refusal:
        """Say which keys answer."""
        return Refusal("letter", "Press n, b or v.", "Esc logs nothing.")

    def _message(self) -> Content:
        if not self._voicemail.allowed:
            return state("refused", "No voicemail: the patient has not agreed to it (D-33)")
        return line(("On voicemail say this and nothing else:  ", "$text-muted"),
                    (self._voicemail.words, "bold"))  # fmt: skip
