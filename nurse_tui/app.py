"""The full-screen program: modes, themes, signing in, locking, asking, faults."""

from __future__ import annotations

from nurse_tui import environment

environment.strip()

import asyncio  # noqa: E402
import inspect  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from importlib import import_module  # noqa: E402
from pathlib import Path, PurePath  # noqa: E402
from typing import Any, ClassVar  # noqa: E402
from zoneinfo import ZoneInfo  # noqa: E402

from textual import events  # noqa: E402
from textual.filter import LineFilter, NoColor  # noqa: E402
from textual.screen import Screen  # noqa: E402

from nurse_tui import clock, jobs, terminal  # noqa: E402
from nurse_tui.going import GoingApp  # noqa: E402
from nurse_tui.keys import LISTS, REGISTRY, Command, Registry  # noqa: E402
from nurse_tui.ports import Gateway  # noqa: E402
from nurse_tui.rules import calendar  # noqa: E402
from nurse_tui.screens.base import HEIGHT, LOCKED, WIDTH, JobFrame  # noqa: E402
from nurse_tui.types import Refusal, Role  # noqa: E402
from nurse_tui.widgets import themes  # noqa: E402
from nurse_tui.widgets.frame import HeaderLine, MessageLine  # noqa: E402
from nurse_tui.widgets.key_queue import KeyQueue  # noqa: E402
from nurse_tui.widgets.text import rich_text  # noqa: E402

VIEWS: dict[str, str] = {
    "caseload": "nurse_tui.screens.caseload:CaseloadScreen",
    "case": "nurse_tui.screens.case:CaseScreen",
    "call": "nurse_tui.screens.call:CallScreen",
    "calls": "nurse_tui.screens.calls:CallsScreen",
    "copay": "nurse_tui.screens.copay:CopayScreen",
    "copay_case": "nurse_tui.screens.copay_case:CopayCaseScreen",
    "schedule": "nurse_tui.screens.schedule:ScheduleScreen",
    "infusions": "nurse_tui.screens.infusions:InfusionsScreen",
    "reports": "nurse_tui.screens.reports:ReportsScreen",
    "admin": "nurse_tui.screens.admin:AdminScreen",
}
"""Each screen by its name in the key registry, as module:class, imported when first opened."""
SIGN_IN = "sign_in"
START = {Role.NURSE: "caseload", Role.SUPERVISOR: "caseload", Role.ADMIN: "admin"}
"""The screen on which each role begins."""
SHARED_STYLES = Path(__file__).absolute().with_name("app.tcss")
LOCK_CHECK_SECONDS = 1.0
RESIZE_SOON, RESIZE_STEP = 1 / 120, 0.1
"""Seconds after which a new size is drawn: a single one, and one of a storm of them."""


class NurseApp(GoingApp, inherit_bindings=False):
    """The program around the screens. It never touches the database: services do, in threads."""

    TITLE = "nurse-tui"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [
        (0, "-too-narrow"),
        (WIDTH, "-narrow"),
        (80, "-normal"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-too-low"), (HEIGHT, "-low"), (24, "-normal-height")]
    VIEWS: ClassVar[dict[str, str]] = VIEWS

    def __init__(self, gateway: Gateway, registry: Registry = REGISTRY) -> None:
        first = START[gateway.actor.role] if gateway.actor else SIGN_IN
        self.DEFAULT_MODE = first  # type: ignore[misc]
        super().__init__(gateway, [SHARED_STYLES, *_styles(self.view_class(first))])
        self.registry = registry
        self.seconds: Callable[[], float] = terminal.boot_seconds
        self._last_key = self.seconds()
        self._resized_at = 0.0
        self.loaded = False
        self._scrub = terminal.Scrub()
        self._keys = KeyQueue(self, super().on_event, lambda: self.holding)
        self.animation_level = "none"
        self._begin_theme(themes.NO_COLOUR if self.no_color else themes.DARK.name)

    def _begin_theme(self, name: str) -> None:
        """Set the first theme without the two parsings of all styles that a change costs."""
        for theme in (*themes.THEMES, themes.PLAIN):
            self.register_theme(theme)
        self.set_reactive(NurseApp.theme, name)
        self.update_classes({f"-theme-{name}": True, "-dark-mode": True}, update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    # -- start and end

    def on_mount(self) -> None:
        """Catch signals, watch for idleness, load the rest once something is painted."""
        for view in {SIGN_IN, *LISTS} & {SIGN_IN, *self.VIEWS}:
            self.add_mode(view, partial(self.view, view))
        if not self.is_headless:
            terminal.catch_signals(self.end_by_signal, self.rescue)
        self.app_resume_signal.subscribe(self, lambda _: self.lock())
        self.set_interval(LOCK_CHECK_SECONDS, self.lock_when_idle)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self.run_worker(self._load_rest(), exit_on_error=False)

    async def _load_rest(self) -> None:
        """Load what the first screen did without; without any settings there is no work."""
        try:
            trouble = await asyncio.wrap_future(self.jobs.read(self._preload))
        except Exception as error:
            self.fault(error)
            return
        self.loaded = True
        if trouble is not None and self.gateway.idle_lock_minutes is None:
            self.exit(return_code=1, message=rich_text(f"nurse-tui: {trouble}"))
        elif trouble is not None:
            self.say(trouble)
        if self.gateway.actor is None:
            self._read_styles()

    def _preload(self) -> Refusal | None:
        trouble = self.gateway.preload()
        if self.gateway.actor is None:
            for view in self._first_views():
                self.view_class(view)
        jobs.keep_what_is_loaded()
        return trouble

    def _first_views(self) -> set[str]:
        return set(START.values()) & set(self.VIEWS)

    def _read_styles(self) -> None:
        """Parse the styles of what follows signing in; later it would delay the rows."""
        for view in self._first_views():
            for path in _styles(self.view_class(view)):
                self.stylesheet.read(path)
        self.stylesheet.parse()

    def start_view(self) -> str:
        """Return the name of the screen on which the signed-in role begins."""
        actor = self.gateway.actor
        return START[actor.role] if actor else START[Role.NURSE]

    def view_class(self, name: str) -> type[JobFrame[Any]]:
        """Import the class of a screen by its name in VIEWS."""
        place = "nurse_tui.screens.sign_in:SignInScreen" if name == SIGN_IN else self.VIEWS[name]
        module, _, class_name = place.partition(":")
        found: type[JobFrame[Any]] = getattr(import_module(module), class_name)
        return found

    def view(self, name: str, *args: object) -> JobFrame[Any]:
        """Build a screen by its name in VIEWS; arguments go to its class."""
        made = self.view_class(name)(*args)
        # No style has reached it yet that could be out of date: all would be parsed anew, twice.
        made._css_update_count = self._css_update_count
        return made

    def get_default_screen(self) -> JobFrame[Any]:
        """Begin on the work when somebody is signed in, else on signing in."""
        return self.view(self.DEFAULT_MODE)

    def show_header(self, header: HeaderLine, title: str) -> None:
        """Draw a header line: who, what, and the time of this moment."""
        actor, here = self.gateway.actor, clock.now().astimezone(ZoneInfo(clock.PROGRAMME_ZONE))
        name = actor.name if actor and not self.locked else ""
        day = calendar.say(here.date(), here.date())
        header.show(title, name, self.gateway.demo, day, f"{here:%H:%M} ET")

    # -- commands

    async def action_command(self, command_id: str) -> None:
        """Run a command whatever screen is open."""
        await self.run_command(command_id, self.screen)

    def commands_for(self, view: str) -> tuple[Command, ...]:
        """Return what the signed-in role can do on a screen, most needed first."""
        actor = self.gateway.actor
        return self.registry.for_screen(view, actor.role if actor else None)

    async def run_command(self, command_id: str, screen: Screen[Any]) -> None:
        """Run a command on a screen, or say why it cannot run; nothing is ever silent."""
        command = self.registry.by_id(command_id)
        try:
            answer = self._refused(command, screen) or self._method(command, screen)()
            if inspect.isawaitable(answer):
                answer = await answer
        except Exception as error:
            self.fault(error)
            return
        if isinstance(answer, Refusal):
            self.say(answer)

    def _refused(self, command: Command, screen: Screen[Any]) -> Refusal | None:
        actor = self.gateway.actor
        if self.locked and command.id != "quit":
            return LOCKED
        if actor is not None and actor.role not in command.roles:
            allowed = " or ".join(sorted(role.value for role in command.roles))
            return Refusal("role", f"“{command.label}” is for the role {allowed}.",
                           "Ask a person who has it.")  # fmt: skip
        return screen.blocked(command) if isinstance(screen, JobFrame) else None

    def _method(self, command: Command, screen: Screen[Any]) -> Callable[[], object]:
        if command.id.startswith("go."):
            return partial(self.open_view, command.id.removeprefix("go."))
        here = getattr(screen, command.method, None) or getattr(self, command.method, None)
        return here if callable(here) else partial(_not_here, command)

    def do_help(self) -> None:
        """List every key that works on this screen."""
        from nurse_tui.screens.help import HelpScreen

        screen = self.screen
        if isinstance(screen, JobFrame):
            here = self.commands_for(screen.VIEW_NAME)
            self.push_screen(HelpScreen(screen.VIEW_TITLE, here))

    def do_command_line(self) -> None:
        """Open the `:` line over this screen."""
        from nurse_tui.screens.command_line import CommandLineScreen

        screen = self.screen
        if not isinstance(screen, JobFrame):
            return

        def chosen(command_id: str | None) -> None:
            if command_id:
                self.call_later(self.run_command, command_id, screen)

        self.push_screen(CommandLineScreen(self.commands_for(screen.VIEW_NAME)), chosen)

    def do_safety(self) -> object:
        """Report an adverse event of the case in hand, whatever dialog is open over it."""
        for screen in reversed(self.screen_stack):
            report = getattr(screen, "do_safety", None)
            if callable(report):
                return report()
        return Refusal("no_case_here", "No case is in hand here.", "Open the case first.")

    def do_theme(self) -> None:
        """Use the next colour theme."""
        self.theme = themes.after(self.theme)
        self.say(f"Theme: {self.theme}.")

    def do_lock(self) -> None:
        """Lock the screen now."""
        self.lock()

    # -- keys, the lock, the end

    async def on_event(self, event: events.Event) -> None:
        """Look at each key before anything else does."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await asyncio.sleep(0)  # held or pasted keys must not shut out signals and painting
            if not self._key_pressed():
                await self._keys.put(event)
            return
        await super().on_event(event)

    def _key_pressed(self) -> bool:
        """Note a key; return whether it came too late and only locked the screen."""
        if self.lock_when_idle():
            return True
        self._last_key = self.seconds()
        for line in self.screen.query(MessageLine):
            line.hush()
        screen = self.screen
        if isinstance(screen, JobFrame):
            screen.refresh_header()
        return False

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Run what a key is bound to; a key that nothing took is answered in words."""
        taken = await super()._check_bindings(key, priority)
        if not (taken or priority or self.locked):
            self._answer_unknown(key)
        return taken

    def _answer_unknown(self, key: str) -> None:
        from nurse_tui.widgets.unknown_key import answers, no_command

        screen, actor = self.screen, self.gateway.actor
        if isinstance(screen, JobFrame) and answers(key):
            role = actor.role if actor else None
            self.say(no_command(self.registry, key, screen.VIEW_NAME, role))

    def lock_when_idle(self) -> bool:
        """Lock when no key came for the programme's minutes; return whether it locked."""
        minutes = self.gateway.idle_lock_minutes
        idle = self.seconds() - self._last_key
        return minutes is not None and idle >= minutes * 60 and self.lock()

    def lock(self) -> bool:
        """Blank the screen, keep the drafts, close the services; return whether it locked."""
        if self.locked or self.gateway.services is None:
            return False
        from nurse_tui.screens.lock import LockScreen

        self.save_drafts()
        self.locked = True
        self.push_screen(LockScreen())
        self.watched(self.jobs.after_reads(self.gateway.lock))
        return True

    def unlocked(self) -> None:
        """Go on where the work was left, with the answers that came meanwhile."""
        self.locked = False
        self._last_key = self.seconds()
        self.pop_screen()
        held, self._held = self._held, []
        for thunk in held:
            thunk()

    def signed_in(self) -> None:
        """Go to the screen on which the role begins."""
        self._last_key = self.seconds()
        self.switch_mode(self.start_view())

    def end_by_signal(self, number: int) -> None:
        """Keep the drafts and end with 128 + the signal's number."""
        terminal.last_resort(128 + number, self.rescue)
        self.save_drafts()
        self.exit(return_code=128 + number)

    def rescue(self) -> None:
        """Keep the drafts from another thread, when the event loop does not come to it."""
        self.save_drafts()
        self.jobs.wait_writes()

    # -- the terminal

    async def _on_resize(self, event: events.Resize) -> None:
        """Follow one new size at once, and a storm of them in steps: each draws everything."""
        event.prevent_default()  # of this event alone: the screens get one of their own
        first, changed = self._size is None, self._size != event.size
        self._resize_event = events.Resize(
            event.size, event.virtual_size, event.container_size, event.pixel_size
        )
        if changed:
            storm = self.seconds() - self._resized_at < RESIZE_STEP
            self._size = event.size
            if first:
                self._check_resize()
                return
            self._resized_at = self.seconds()
            if self._resize_timer is None:
                wait = RESIZE_STEP if storm else RESIZE_SOON
                self._resize_timer = self.set_timer(wait, self._check_resize)

    def get_line_filters(self) -> list[LineFilter]:
        """Return the filters of drawn lines: no colour under NO_COLOR, and never a control byte."""
        filters = [NoColor()] if self.no_color else list(super().get_line_filters())
        return [*filters, self._scrub]

    def copy_to_clipboard(self, text: str) -> None:
        """Keep a copy inside the program only; a terminal's clipboard is open to others."""
        if not getattr(self.focused, "password", False):
            self._clipboard = text

    def on_paste(self) -> None:
        """Say that what was pasted where nothing can be typed was left out."""
        if not self.locked:
            self.say(Refusal("paste", "What was pasted was left out: no field is open for it.",
                             "Open a form, then paste again."))  # fmt: skip

    def on_paste_refused(self) -> None:
        """Say that a paste was too long."""
        self.say(Refusal("paste", "That paste is longer than 64 kB and was left out.",
                         "Paste a shorter piece."))  # fmt: skip


def _styles(screen: type[Screen[Any]]) -> list[str | PurePath]:
    """Return the style files of a first screen, to be read with the shared ones."""
    given = screen.CSS_PATH
    names = given if isinstance(given, list) else [given] if given is not None else []
    return [Path(inspect.getfile(screen)).absolute().parent / name for name in names]


def _not_here(command: Command) -> Refusal:
    return Refusal("not_here", f"“{command.label}” does nothing on this screen.",
                   "? lists the keys that work here.")  # fmt: skip


def run(app: NurseApp) -> int:
    """Run the program in this terminal and return its exit status."""
    jobs.hurry()
    try:
        app.run(mouse=False)
    finally:
        app.jobs.close()
        app.gateway.close()
    return app.return_code or 0
