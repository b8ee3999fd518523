"""One case: who, where in the journey, what is missing and due, everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from nurse_tui.keys import Command
from nurse_tui.screens.case_changes import CaseChanges
from nurse_tui.screens.case_overview import Overview
from nurse_tui.screens.case_tabs import TABS
from nurse_tui.screens.case_words import as_of_words, heading, today_of
from nurse_tui.screens.case_work import Then
from nurse_tui.screens.tab_row import TabRow
from nurse_tui.types import Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.columns import snug
from nurse_tui.widgets.detail_box import DetailBox
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.tab_line import tab_line
from nurse_tui.widgets.text import stacked, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

if TYPE_CHECKING:
    from nurse_tui.services.readiness import Readiness

OVERVIEW = "overview"
NAMES = {OVERVIEW: "Overview", **{tab.id: tab.title for tab in TABS}}
BY_ID = {tab.id: tab for tab in TABS}
READING = frozenset(
    {"open", "back", "as_of", "tab_next", "tab_previous", "monitoring", "help", "lock",
     "command_line", "quit", "theme", "next", "safety", "again"}
)  # fmt: skip
"""What also works on a view of the past: nothing that changes the case as it was."""


class CaseScreen(CaseChanges):
    """A case by its id, opened on a tab; `v` shows it as it stood at an earlier instant."""

    VIEW_NAME: ClassVar[str] = "case"
    VIEW_TITLE: ClassVar[str] = "Case"
    CSS_PATH = "case.tcss"

    def __init__(
        self,
        case_id: int,
        tab: str = OVERVIEW,
        *,
        said: str = "",
        as_of: datetime | None = None,
    ) -> None:
        super().__init__()
        self.case_id = case_id
        self.tab = tab
        self._said = said
        self._as_of = as_of

    def compose_job(self) -> ComposeResult:
        yield Static(id="who")
        yield Static(id="tabs")
        yield Overview(id=OVERVIEW)
        with Container(id="lists"):
            for tab in TABS:
                yield Worklist[TabRow](tab.made_columns(), tab.empty, id=tab.id)
            with DetailBox(id="detail-box"):
                yield Static(id="detail")

    def on_mount(self) -> None:
        self._show_tab(self.tab)
        self.changed()
        if self._said:
            self.say(self._said)

    def on_screen_resume(self) -> None:
        """Read again what another screen may have changed."""
        if self.case is not None:
            self.changed()

    # reading and showing

    def case_here(self) -> int | None:
        return self.case_id

    def with_case(self, then: Then) -> Refusal | None:
        """Go on with the case that is shown, so that a form knows the version that was seen."""
        if self.case is None:
            return Refusal("reading", "The case is being read.", "Press the key again.")
        then(self.case)
        return None

    def changed(self) -> None:
        """Read the case again, now or as of the instant that is looked at."""
        case_id, as_of = self.case_id, self._as_of
        self.ask(
            lambda services: services.cases.view(case_id, as_of),
            self._show,
            group="case",
            refused=self._refused,
        )
        if as_of is None:
            self.ask(lambda services: services.readiness.of_case(case_id), self._gate, group="gate")

    def _show(self, case: CaseView) -> None:
        self.case = case
        self.show_full()
        actor = self.nurse_app.gateway.actor
        rows = heading(case, own=actor is not None and case.nurse_id == actor.user_id)
        self.query_one("#who", Static).update(
            stacked([as_of_words(case), *rows] if case.as_of else rows)
        )
        self.query_one(Overview).show(case)
        self._draw_tabs()
        self._fill()

    def _gate(self, ready: Readiness) -> None:
        if self._as_of is not None:
            return
        self.ready = ready
        if self.tab == "courses":
            self._fill()

    def _refused(self, refusal: Refusal) -> None:
        """Say why it cannot be shown; a view of the past goes back to now."""
        if self._as_of is None:
            self.show_refused(refusal)
            return
        self._as_of = None
        self.say(refusal)
        self.changed()

    # tabs

    def do_tab_next(self) -> None:
        """Go to the next tab."""
        self._step_tab(1)

    def do_tab_previous(self) -> None:
        """Go to the tab before."""
        self._step_tab(-1)

    def do_open(self) -> None:
        """Show all of the row under the cursor; from the overview, all that is due."""
        if self.tab == OVERVIEW:
            self._show_tab("due")
        else:
            self.listed.action_open()

    def do_monitoring(self) -> None:
        """Show monitoring and REMS."""
        self._show_tab("monitoring")

    def _step_tab(self, step: int) -> None:
        names = list(NAMES)
        self._show_tab(names[(names.index(self.tab) + step) % len(names)])

    def _show_tab(self, name: str) -> None:
        self.tab = name
        self.query_one(Overview).display = name == OVERVIEW
        self.query_one("#lists").display = name != OVERVIEW
        for tab in TABS:
            self.query_one(f"#{tab.id}").display = tab.id == name
        self._draw_tabs()
        self._fill()
        row = self.row
        self._detail(text("") if row is None else row.detail)
        self.query_one(f"#{name}").focus()

    def _draw_tabs(self) -> None:
        shown: Content = tab_line(
            list(NAMES.values()), list(NAMES).index(self.tab), self.app.size.width
        )
        self.query_one("#tabs", Static).update(shown)

    def on_resize(self, event: events.Resize) -> None:
        """Draw the tabs as wide as there is room."""
        if self.is_mounted:
            self._draw_tabs()

    def _fill(self) -> None:
        """Put the rows of the tab that is shown into its list; the focus follows its row."""
        if self.case is None or self.tab == OVERVIEW:
            return
        rows = list(BY_ID[self.tab].rows(self.case, self.ready))
        self.listed.set_columns(snug(BY_ID[self.tab].made_columns(), rows))
        self.listed.set_source(ListSource(rows))

    @property
    def listed(self) -> Worklist[TabRow]:
        """The list of the tab that is shown."""
        found: Worklist[TabRow] = self.query_one(f"#{self.tab}", Worklist)
        return found

    @property
    def row(self) -> TabRow | None:
        return None if self.tab == OVERVIEW else self.listed.focused_row

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        if message.worklist.id == self.tab:
            row = message.row
            self._detail(text("") if row is None else row.detail)

    def _detail(self, content: Content) -> None:
        self.query_one("#detail", Static).update(content)

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        self.open_row(message.row)

    # as of

    def do_as_of(self) -> Refusal | None:
        """Ask for an earlier instant and show the case as it stood then."""
        from nurse_tui.screens.case_forms import AsOfForm

        return self.with_case(
            lambda case: self.app.push_screen(AsOfForm(today_of(case), case.zone), self._look_at)
        )

    def _look_at(self, instant: datetime | None) -> None:
        if instant is not None:
            self._as_of = instant
            self.ready = None
            self.changed()

    def blocked(self, command: Command) -> Refusal | None:
        if self._as_of is None:
            return self.refuse_turn(command.id)
        if command.id in READING or command.id.startswith("go."):
            return None
        return Refusal(
            "as_of",
            f"“{command.label}” is not possible here: this is the case as it was.",
            "esc goes back to now.",
        )

    def do_back(self) -> Refusal | None:
        """Go back to now, or to the screen before."""
        if self._as_of is None:
            return super().do_back()
        self._as_of = None
        self.changed()
        return None
