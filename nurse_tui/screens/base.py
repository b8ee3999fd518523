"""What every screen shares: the frame, the dispatch of commands, asking, and the four looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from nurse_tui.keys import Command
from nurse_tui.types import ClosedError, Refusal
from nurse_tui.widgets.bindings import install
from nurse_tui.widgets.frame import HeaderLine, KeyFooter, MessageLine
from nurse_tui.widgets.text import line, styled, text

if TYPE_CHECKING:
    from nurse_tui.app import NurseApp
    from nurse_tui.widgets.messages import Failed

T = TypeVar("T")
R = TypeVar("R")

WIDTH, HEIGHT = 40, 12
"""Columns and lines of the smallest terminal in which every screen works."""
ENLARGE = f"Please enlarge the terminal to {WIDTH} columns by {HEIGHT} lines or more."

LOCKED = Refusal("locked", "The screen is locked.", "Sign in again to go on.")
TRY_AGAIN = "Try again, or press esc to go back."
READ_AGAIN = "F5 reads it again, esc goes back."


class JobFrame(Screen[R], inherit_bindings=False):
    """A screen that takes its commands from the registry and talks to the program."""

    VIEW_NAME: ClassVar[str] = "form"
    """Name of the screen in the key registry."""
    VIEW_TITLE: ClassVar[str] = ""
    """Name of the screen as the header shows it."""
    BINDINGS = [
        Binding("tab", "app.focus_next", "Next field", show=False),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        install(self, self.VIEW_NAME, self.nurse_app.registry)

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Leave with an answer, once: a key that was typed ahead finds the screen gone already."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        return super().dismiss(result)

    @property
    def nurse_app(self) -> NurseApp:
        """The program."""
        return cast("NurseApp", self.app)

    async def action_command(self, command_id: str) -> None:
        """Run a command of the registry on this screen."""
        await self.nurse_app.run_command(command_id, self)

    def blocked(self, command: Command) -> Refusal | None:
        """Say why a command may not run just now, or None; screens override it."""
        return None

    def draft_job(self) -> Callable[[Any], object] | None:
        """Return a job that keeps what was typed and not finished, or None; screens override it."""
        return None

    def on_worklist_failed(self, message: Failed) -> None:
        """Take up that a list could not be read; one that the lock closed is opened anew later."""
        message.stop()
        if not isinstance(message.error, ClosedError):
            self.list_failed(message.error)

    def list_failed(self, error: Exception) -> None:
        """Record that a list could not be read, and show it."""
        self.nurse_app.fault(error)

    def open_work(self) -> str:
        """Say what is open here that is not to be left without a word; screens override it."""
        return ""

    def say(self, message: str | Refusal, severity: str = "information") -> None:
        """Tell the person something, in words."""
        self.nurse_app.say(message, severity)

    def ask(
        self,
        job: Callable[[Any], T],
        then: Callable[[T], object],
        *,
        write: bool = False,
        group: str = "",
        refused: Callable[[Refusal], object] | None = None,
        hold: bool = False,
    ) -> None:
        """Run `job(services)` in a thread and bring its result to `then`, if this screen lives.

        A Refusal goes to `refused`, or is said. A named group of reads keeps only the newest one.
        With `hold` the next key waits for the result, because it opens what the key is meant for.
        """
        self.nurse_app.ask(
            job, then, write=write, group=group, refused=refused, owner=self, hold=hold
        )

    def confirm(
        self,
        question: str,
        on_yes: Callable[[str], object],
        *,
        patient: str = "",
        reason: bool = False,
    ) -> None:
        """Ask before something dangerous; `on_yes` is given the reason, or an empty text."""
        from nurse_tui.screens.confirm import ConfirmScreen

        def answered(answer: str | None) -> None:
            if answer is not None:
                on_yes(answer)

        self.app.push_screen(ConfirmScreen(question, patient, reason), answered)

    def commands(self) -> Iterable[Command]:
        """Return the commands of the footer: in a text field, only keys that do not type."""
        here = self.nurse_app.commands_for(self.VIEW_NAME)
        if self.focused is not None and self.focused.check_consume_key("a", "a"):
            return [c for c in here if len(c.key) > 1 and "_" not in c.key]
        return here

    def refresh_frame(self) -> None:
        """Draw header and footer anew, where what they show has changed."""
        self.refresh_header()
        for footer in self.query(KeyFooter):
            footer.show(tuple(self.commands()))

    def refresh_header(self) -> None:
        """Draw the header anew where the minute or the person has changed."""
        for header in self.query(HeaderLine):
            self.nurse_app.show_header(header, self.VIEW_TITLE)

    def on_mount(self) -> None:
        self.watch(self, "focused", self._focus_moved, init=False)
        self.refresh_frame()

    def on_screen_resume(self) -> None:
        self.refresh_frame()

    def on_resize(self, event: events.Resize) -> None:
        self.refresh_frame()

    def _focus_moved(self, focused: Widget | None) -> None:
        self.refresh_frame()

    def do_back(self) -> Refusal | None:
        """Go back one step."""
        return self.nurse_app.leave(self)


class JobScreen(JobFrame[None]):
    """A full screen: header, the job, what was said, keys. Subclasses give `compose_job`."""

    def compose(self) -> ComposeResult:
        yield HeaderLine(id="header")
        with Vertical(id="job"):
            yield from self.compose_job()
        yield hidden(MessageLine(id="message"))
        yield KeyFooter(id="footer")

    def compose_job(self) -> ComposeResult:
        """Yield the widgets of the job."""
        yield from ()

    def show_full(self) -> None:
        """Show the job itself."""
        self._look("full", None)

    def show_empty(self, title: str, way_out: str) -> None:
        """Say that there is nothing here and what to do to fill it."""
        self._look("empty", line((title, "bold"), "\n\n", way_out))

    def show_refused(self, refusal: Refusal) -> None:
        """Say why this cannot be shown and what would help."""
        rule = ("\n\n", styled(refusal.rule, "$text-muted")) if refusal.rule else ()
        words = line(("x REFUSED  ", "bold $text-error"), refusal.sentence)
        self._look("refused", line(words, f"\n\n{refusal.way_out}", *rule))

    def show_fault(self, incident: str) -> None:
        """Say that something went wrong, that nothing was lost, and the incident number."""
        self._look("fault", fault_words(incident, READ_AGAIN))

    def list_failed(self, error: Exception) -> None:
        """Show the fault in place of the job: the list cannot be worked on."""
        self.show_fault(self.nurse_app.record(error))

    def do_again(self) -> None:
        """Read again what is shown, also after a fault."""
        if self.query("#look.-fault"):
            self.show_full()
        self.say("Reading again.")
        self.changed()

    def changed(self) -> None:
        """Read again what is shown; screens override it."""

    def _look(self, name: str, content: Content | None) -> None:
        """Show words in place of the job; the widget for them is made when first needed."""
        looks = self.query("#look").results(Static)
        look = next(looks, None)
        if content is None and (look is None or not look.display):
            return
        self.query_one("#job").display = content is None
        if look is None:
            look = Static(id="look")
            self.mount(look, after="#job")
        look.display = content is not None
        look.set_classes(f"-{name}")
        look.update(content if content is not None else text(""))

    def on_resize(self, event: events.Resize) -> None:
        """Say in one line what is wrong where the terminal is too small to work in."""
        small = event.size.width < WIDTH or event.size.height < HEIGHT
        if small and not self.query("#enlarge"):
            self.mount(Static(text(ENLARGE), id="enlarge"))


class JobModal(JobFrame[R], ModalScreen[R]):
    """A dialog over a screen. Subclasses give `compose_job`; the box grows with its content."""

    CSS_PATH = "modal.tcss"

    def __init__(self) -> None:
        super().__init__()
        # A subclass with styles of its own would lose these: Textual reads the nearest CSS_PATH.
        self.css_path = [Path(__file__).absolute().with_name("modal.tcss"), *self.css_path]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield from self.compose_job()
            yield hidden(MessageLine(id="message"))
            yield KeyFooter(id="footer")

    def compose_job(self) -> ComposeResult:
        """Yield the widgets of the dialog."""
        yield from ()

    def commands(self) -> Iterable[Command]:
        """Return the commands of the footer; how to leave a dialog stands beside what ends it."""
        here = tuple(super().commands())
        back = tuple(command for command in here if command.id == "back")
        return (*here[:1], *back, *(command for command in here[1:] if command not in back))

    def do_back(self) -> Refusal | None:
        """Close the dialog without an answer."""
        self.dismiss(None)
        return None


W = TypeVar("W", bound=Widget)


def hidden(widget: W) -> W:
    """Return the widget, not shown until it has something to say."""
    widget.display = False
    return widget


def fault_words(incident: str, way_out: str = TRY_AGAIN) -> Content:
    """Return the sentence of an unexpected error, and what can be done now."""
    return line(
        ("x FAULT  ", "bold $text-error"),
        "Something went wrong in the program. Everything that was saved is still there.",
        f"\n\nIncident {incident}. Give this number to your support; it holds no patient data.",
        f"\n\n{way_out}",
    )
