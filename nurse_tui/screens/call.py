"""A call by its script: one item at a time, each answer saved before the next one shows.

Until two identifiers match nothing here names the drug, the disease, the programme or a fact of
the case (D-32); what is typed, jumped to or put off is durable at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from nurse_tui import clock
from nurse_tui.keys import Command
from nurse_tui.rules.calls import CAME_IN
from nurse_tui.rules.moments import at_words
from nurse_tui.screens.base import JobScreen
from nurse_tui.screens.call_facts import HIDDEN, fact_lines
from nurse_tui.screens.call_parts import AnswerLine, Digit, Emptied, PastLines, ScriptPane
from nurse_tui.screens.call_words import is_typed, status, unread_words
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.record_form import ALREADY_DONE, Done, RecordForm
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Item
from nurse_tui.types import CallKind, CallOutcome, Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.text import styled, text

if TYPE_CHECKING:
    from nurse_tui.app import NurseApp
    from nurse_tui.services.call_queue import NextCall
    from nurse_tui.services.call_view import CallView

OPEN = "A call is open. Every answer is saved; it stays open until c goes on with it."
STEPS = ("call.answer", "call.next", "call.previous", "call.jump", "call.defer")
"""What a call that may not go on just now refuses."""
HELD = Refusal("held", "The call waits, for the reason shown here.", "o ends it as it was left.")
NOT_YET = Refusal("starting", "The call is not open yet.", "Wait a moment.")
ASKED_AGAIN = "The call was left for long: nothing was saved, who is there is asked again (D-32)."


class CallScreen(JobScreen):
    """Begins a call with a case, or goes on with the one that is open."""

    VIEW_NAME: ClassVar[str] = "call"
    VIEW_TITLE: ClassVar[str] = "Call"
    CSS_PATH = "call.tcss"

    def __init__(self, case_id: int, kind: CallKind | None = None) -> None:
        super().__init__()
        self._case_id = case_id
        self._kind = kind
        self._marked: set[str] = set()
        self._waits = False
        self._why_not: Refusal | None = None
        self.call: CallView | None = None

    def compose_job(self) -> ComposeResult:
        with Horizontal(id="call"):
            with Vertical(id="script"):
                yield Static(id="status")
                yield PastLines()
                yield ScriptPane(id="now")
                yield AnswerLine()
                yield Static(id="wrong")
            with VerticalScroll(id="pane", can_focus=False):
                yield Static(styled(HIDDEN, "$text-muted"), id="facts")

    def on_mount(self) -> None:
        case_id, kind = self._case_id, self._kind
        inbound = kind is CallKind.INBOUND
        self.ask(lambda services: services.calls.start(case_id, kind, inbound=inbound),
                 self._opened, write=True, refused=self._not_opened)  # fmt: skip

    def on_screen_resume(self) -> None:
        self._waits = False

    # -- showing

    def _not_opened(self, refusal: Refusal) -> None:
        self._why_not = refusal
        self.show_refused(refusal)
        self.set_focus(None)
        self.refresh_frame()

    def commands(self) -> Iterable[Command]:
        """Return the commands of the footer without those that a call that waits refuses."""
        here = super().commands()
        if self._why_not is not None:
            return [command for command in here if not command.id.startswith("call.")]
        if self._held:
            return [command for command in here if command.id not in STEPS]
        if self.call is not None and not self.call.outbound:
            return [command for command in here if command.id != "call.no_answer"]
        return here

    def blocked(self, command: Command) -> Refusal | None:
        if self._why_not is not None and command.id.startswith("call."):
            return self._why_not
        return HELD if self._held and command.id in STEPS else None

    @property
    def _held(self) -> bool:
        """Whether the call that was left may not go on just now; its page says why."""
        return self.call is not None and self.call.held is not None

    def _opened(self, call: CallView) -> None:
        self.show_call(call)
        if call.resumed:
            self._say_resumed(call)

    def _say_resumed(self, call: CallView) -> None:
        item = runner.current(call.run)
        place = f"“{item.section}”" if item and item.section else "the item where it stood"
        begun = at_words(call.started_at, clock.now(), call.home)
        self.say(f"Resumed at {place}; begun {begun}.{unread_words(call.run)}")

    def show_call(self, call: CallView) -> None:
        """Draw a call as it stands, with the cursor where the answer goes."""
        before, self.call = self.call, call
        item = runner.current(call.run)
        given = call.run.answers.get(item.link_id) if item else None
        self._marked = set(given.values) if given else set()
        self.query_one("#status", Static).update(status(call))
        self.query_one(PastLines).show(call)
        self._draw_item()
        self._draw_answer(item, ", ".join(given.values) if given else "")
        self._point_out(None)
        self._show_facts(call, before)
        self.refresh_frame()
        if call.adverse_event and before is not None and not before.adverse_event:
            self.say("Safety report made; day 0 is now. It cannot be deleted (D-35).")
        if item is None and not (before and runner.current(before.run) is None):
            self.do_call_outcome()

    def _draw_item(self) -> None:
        if self.call is not None:
            self.query_one(ScriptPane).show(self.call, self._marked)

    def _draw_answer(self, item: Item | None, value: str) -> None:
        typed = self.query_one(AnswerLine)
        typed.display = item is not None and is_typed(item) and not self._held
        typed.value = value if typed.display else ""
        self.set_focus(typed if typed.display else self.query_one(ScriptPane))

    def _point_out(self, refusal: Refusal | None) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.display = refusal is not None
        wrong.update(text("" if refusal is None else f"x {refusal}"))

    def _show_facts(self, call: CallView, before: CallView | None) -> None:
        known = runner.identified(call.run)
        if not known:
            self.query_one("#facts", Static).update(styled(HIDDEN, "$text-muted"))
        elif before is None or not runner.identified(before.run):
            self.ask(self._view_case, self._draw_facts, group="facts")

    def _view_case(self, services: Any) -> Any:
        return services.cases.view(self._case_id)

    def _draw_facts(self, case: CaseView) -> None:
        if self.call is not None and runner.identified(self.call.run):
            self.query_one("#facts", Static).update(fact_lines(case))

    # -- answering

    @on(Digit)
    def chose(self, message: Digit) -> None:
        """Answer with an option, or mark it where several may be chosen."""
        item = runner.current(self.call.run) if self.call else None
        if self._held:
            self.say(HELD)
        elif item is None or not item.options:
            self.say(Refusal("no_options", "There is nothing to choose here.", "Press enter."))
        elif not item.repeats or (number := int(message.digit) or 10) > len(item.options):
            self._answer(message.digit)
        else:
            self._marked ^= {item.options[number - 1].code}
            self._draw_item()

    @on(Input.Submitted, "#typed")
    def typed(self, message: Input.Submitted) -> None:
        """Answer with what was typed."""
        message.stop()
        self._answer(message.value)

    @on(Emptied)
    def emptied(self) -> None:
        """Go to the item before."""
        self.do_call_previous()

    def do_call_next(self) -> Refusal | None:
        """Go on: with the marked options, the answer that was given, or the initial one."""
        item = runner.current(self.call.run) if self.call else None
        if item is None:
            return self.do_call_outcome()
        typed = self.query_one(AnswerLine)
        if is_typed(item) and self.focused is not typed:
            self.set_focus(typed)
        else:
            self._answer([o.code for o in item.options if o.code in self._marked])
        return None

    def _answer(self, value: str | list[str]) -> None:
        item = runner.current(self.call.run) if self.call else None
        if item is not None:
            link = item.link_id
            self._step(lambda services, call_id: services.calls.answer(call_id, link, value))

    def _step(self, job: Callable[[Any, int], Any]) -> Refusal | None:
        """Write one step; the next key waits for it, and answers nothing if it takes too long."""
        if self.call is None:
            return NOT_YET
        if not self._waits:
            self._waits, call_id = True, self.call.call_id
            self.ask(lambda services: job(services, call_id), self._stepped, write=True,
                     refused=self._refused, hold=True)  # fmt: skip
        return None

    def _stepped(self, call: CallView) -> None:
        self._waits = False
        self.show_call(call)
        if call.resumed:
            self.say(ASKED_AGAIN)

    def _refused(self, refusal: Refusal) -> None:
        self._waits = False
        if refusal.code == ALREADY_DONE:
            self._read_again(str(refusal))
            return
        self._point_out(refusal)

    # -- moving

    def do_call_previous(self) -> Refusal | None:
        """Go to the item before."""
        return self._step(lambda services, call_id: services.calls.back(call_id))

    def do_call_defer(self) -> Refusal | None:
        """Put the item off until the end."""
        item = runner.current(self.call.run) if self.call else None
        if item is None:
            return Refusal("finished", "Nothing is left to put off.", "Press o for the outcome.")
        link = item.link_id
        return self._step(lambda services, call_id: services.calls.defer(call_id, link))

    def do_call_jump(self) -> Refusal | None:
        """Search the questions and go to one."""
        if self.call is None:
            return NOT_YET
        from nurse_tui.screens.call_jump import JumpScreen

        self.app.push_screen(JumpScreen(self.call.run), self._jumped)
        return None

    def _jumped(self, link: str | None) -> None:
        if link is not None:
            self._step(lambda services, call_id: services.calls.jump(call_id, link))

    def do_back(self) -> Refusal | None:
        """Leave the answer line, or pause: everything is saved already."""
        typed = self.query_one(AnswerLine)
        if self.focused is typed:
            self.set_focus(self.query_one(ScriptPane))
            self.say("Keys work again: enter goes back to the answer, esc pauses the call.")
            return None
        paused = self.call is not None
        refused = self.nurse_app.leave(self)
        if paused and refused is None:
            self.say("The call is paused and every answer is saved; c goes on with it.")
        return refused

    def open_work(self) -> str:
        return "" if self.call is None else OPEN

    # -- what is noted beside the script, and the end

    def do_note(self) -> Refusal | None:
        """Write a note on the case."""
        from nurse_tui.screens.call_forms import CallNoteForm

        call_id = self.call.call_id if self.call else None
        return self._open(lambda case: CallNoteForm(case, call_id))

    def do_safety(self) -> Refusal | None:
        """Report an adverse event at once; the script stays where it is."""
        from nurse_tui.screens.call_forms import CallSafetyForm

        call_id = self.call.call_id if self.call else None
        return self._open(lambda case: CallSafetyForm(case, call_id))

    def _open(self, make: Callable[[CaseView], RecordForm]) -> Refusal | None:
        if self.call is None and self._why_not is None:
            return NOT_YET
        self.ask(self._view_case, lambda case: self._push(make(case)), group="form",
                 hold=True)  # fmt: skip
        return None

    def _push(self, form: RecordForm) -> None:
        self.app.push_screen(form, self._noted)

    def _noted(self, done: Done | None) -> None:
        if done is not None:
            self._read_again(done.sentence)

    def _read_again(self, sentence: str) -> None:
        if self.call is None:
            self.say(sentence)
            return
        call_id = self.call.call_id

        def show(call: CallView) -> None:
            self.show_call(call)
            self.say(sentence)

        self.ask(lambda services: services.calls.resume(call_id), show, write=True, hold=True)

    def do_call_outcome(self, outcome: str = "") -> Refusal | None:
        """End the call with its outcome and the next step."""
        call = self.call
        if call is None:
            return NOT_YET
        from nurse_tui.screens.call_forms import OutcomeForm

        def ask(case: CaseView) -> None:
            self.app.push_screen(OutcomeForm(case, call, outcome), self._ended)

        self.ask(self._view_case, ask, group="form", hold=True)
        return None

    def do_call_callback(self) -> Refusal | None:
        """End the call with the promise to call back."""
        return self.do_call_outcome(CallOutcome.CALLBACK_REQUESTED)

    def _ended(self, done: Done | None) -> None:
        if done is None:
            return
        if done.changed:
            self.nurse_app.leave(self)
        self.say(done.sentence)

    def do_call_no_answer(self) -> Refusal | None:
        """Log that nobody was reached, and go to the next patient."""
        if self.call is None:
            return NOT_YET
        if not self.call.outbound:
            return CAME_IN
        from nurse_tui.screens.call_unanswered import log_unanswered

        log_unanswered(self, self._case_id, self._logged)
        return None

    def _logged(self, sentence: str) -> None:
        self.nurse_app.leave(self)
        self.say(sentence)
        app, skip = self.nurse_app, (self._case_id,)

        def refused(refusal: Refusal) -> None:
            app.say(f"{sentence} {refusal}", "warning")

        app.ask(lambda services: services.calls.next_call(skip), partial(_go_on, app, sentence),
                refused=refused, hold=True)  # fmt: skip


def _go_on(app: NurseApp, sentence: str, found: NextCall) -> None:
    """Open the next patient who may be called now from the screen that the call was begun on."""
    beneath = app.screen
    if isinstance(beneath, CaseWork):
        beneath.go_on_to(found, sentence)
