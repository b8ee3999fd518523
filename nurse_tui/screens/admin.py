"""Administration: users, sites, settings, scripts, the log of what is no case, backups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nurse_tui import clock
from nurse_tui.keys import Command
from nurse_tui.screens import admin_tabs as tabs
from nurse_tui.screens.admin_tabs import BY_ID, TABS, AdminRow, Section
from nurse_tui.screens.admin_users import AdminUsers
from nurse_tui.screens.base import LOCKED
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.list_search import ListSearch
from nurse_tui.types import Refusal
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.tab_line import tab_line
from nurse_tui.widgets.text import line, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist
from nurse_tui.words import label

READING = Refusal("reading", "It is being read.", "Press the key again.")


class AdminScreen(ListSearch, AdminUsers):
    """One list at a time; `[` and `]` go through the tabs."""

    VIEW_NAME: ClassVar[str] = "admin"
    VIEW_TITLE: ClassVar[str] = "Admin"
    CSS_PATH = "admin.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.tab = TABS[0]
        self.today: date = clock.today(clock.PROGRAMME_ZONE)
        self.found: Any = None
        self.listed: list[AdminRow] = []
        self._group: str | None = None
        self._order: int | None = None

    def compose_job(self) -> ComposeResult:
        yield Static(id="tabs")
        yield Static(text("Reading."), id="note")
        yield TextInput(id="find", max_length=80, placeholder="Words of a row")
        with Container(id="body"):
            yield Worklist[AdminRow](TABS[0].made_columns(), TABS[0].empty, id="rows")
            with VerticalScroll(id="detail-box", can_focus=False):
                yield Static(id="detail")

    def on_mount(self) -> None:
        self.query_one("#find").display = False
        self.rows.focus()
        self.show_tab(self.tab)

    def on_screen_resume(self) -> None:
        """Read again what another screen may have changed."""
        if self.found is not None:
            self.read()

    # reading and showing

    def changed(self) -> None:
        self.read()

    def read(self, keep: bool = True) -> None:
        """Read the tab again; with `keep` the focus stays on its row."""
        tab = self.tab
        place = getattr(self.nurse_app.gateway, "place", None)
        own = place.site_settings if place is not None else None
        self.ask(
            lambda services: tab.read(services, own),
            partial(self._show, tab, keep),
            group="tab",
            refused=self.show_refused,
        )

    def _show(self, tab: Section, keep: bool, found: Any) -> None:
        self.found = found
        self.today = clock.today(clock.PROGRAMME_ZONE)
        self.listed = list(tab.rows(found, self.today))
        self.show_full()
        self._draw(keep)
        if self.focused is None:
            self.rows.focus()

    def _draw(self, keep: bool = True) -> None:
        shown = self._kept()
        self.rows.empty = tabs.NONE_LIKE_IT if self._search or self._group else self.tab.empty
        self.rows.set_source(ListSource(shown), keep=keep)
        note = self.tab.note(self.found, self.today)
        words = [self._group] if self._group else []
        words += [f"search: {self._search}"] if self._search else []
        only = " · ".join(["", *words])
        self.query_one("#note", Static).update(line(note, (only, "bold")))
        if not shown:
            self.query_one("#detail", Static).update(text(""))

    def _kept(self) -> list[AdminRow]:
        wanted = self._search.strip().casefold()
        rows = [row for row in self.listed if wanted in " ".join(row.values).casefold()]
        if self._group is not None:
            rows = [row for row in rows if row.values[self.tab.group] == self._group]
        order = self._order
        return rows if order is None else sorted(rows, key=lambda row: row.values[order].casefold())

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        row = message.row
        self.query_one("#detail", Static).update(line(row.detail) if row is not None else text(""))

    # tabs

    def do_tab_next(self) -> None:
        """Go to the next tab."""
        self._step(1)

    def do_tab_previous(self) -> None:
        """Go to the tab before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        self.show_tab(TABS[(TABS.index(self.tab) + step) % len(TABS)])

    def show_tab(self, tab: Section) -> None:
        self.tab = tab
        self.found, self.listed = None, []
        self._group = self._order = None
        self.forget_search()
        self._draw_tabs()
        self.refresh_frame()
        self.rows.empty = tab.empty
        self.rows.set_source(ListSource([]), keep=False)
        self.rows.set_columns(tab.made_columns())
        self.read(keep=False)

    def commands(self) -> Iterable[Command]:
        """Return the commands of the footer: those of users only where users are shown."""
        here = super().commands()
        if self.tab is BY_ID["users"]:
            return here
        return [c for c in here if c.id != "edit" and not c.id.startswith("user.")]

    def _draw_tabs(self) -> None:
        titles = [tab.title for tab in TABS]
        line_of_tabs: Content = tab_line(titles, TABS.index(self.tab), self.size.width - 2)
        self.query_one("#tabs", Static).update(line_of_tabs)

    def on_resize(self, event: events.Resize) -> None:
        """Draw the tabs as wide as there is room."""
        if self.is_mounted:
            self._draw_tabs()

    # rows

    @on(Opened)
    def _opened(self) -> None:
        refused = self.do_open()
        if refused is not None:
            self.say(refused)

    def do_open(self) -> Refusal | None:
        """Show all of the row under the cursor; a script is read through."""
        from nurse_tui.screens.reading import ReadingScreen

        row = self.rows.focused_row
        if row is None:
            return READING
        lines = tabs.read_through(row.fact) if self.tab.id == "scripts" else [row.detail]
        self.app.push_screen(ReadingScreen(self.tab.title, lines))
        return None

    def draw_found(self) -> None:
        """Draw the rows that hold the words, once they are read."""
        if self.found is not None:
            self._draw()

    def focus_list(self) -> None:
        """Put the cursor into the rows."""
        self.rows.focus()

    def do_back(self) -> Refusal | None:
        """Take search and filter away; without any, go back."""
        if not self._group:
            return super().do_back()
        self._group = None
        self.show_all()
        return None

    def do_filter(self) -> Refusal | None:
        """Choose which rows are shown."""
        if self.found is None:
            return READING

        def keep(choice: Choice | None) -> None:
            if choice is not None:
                self._group = choice.value
                self._draw()

        kinds = tabs.groups(self.tab, self.listed)
        choices = [Choice(None, "Everything"), *[Choice(kind, kind or "-") for kind in kinds]]
        title = f"Show by {tabs.group_title(self.tab).lower()}"
        self.app.push_screen(ChooseScreen(title, choices, self._group), keep)
        return None

    def do_sort(self) -> Refusal | None:
        """Choose the column by which the rows are ordered."""
        if self.found is None:
            return READING

        def put(choice: Choice | None) -> None:
            if choice is not None:
                self._order = choice.value
                self._draw()

        titles = [label(title.strip().lower()) for title, *_ in self.tab.columns]
        choices = [Choice(None, "As it comes"), *[Choice(n, t) for n, t in enumerate(titles)]]
        self.app.push_screen(ChooseScreen("Order by", choices, self._order), put)
        return None

    # backups

    def do_backup_make(self) -> Refusal | None:
        """Ask for a new file and make a backup in it."""
        from nurse_tui.screens.reports_forms import FileForm

        ring = self.nurse_app.gateway.keyring
        if ring is None:
            return LOCKED
        if self.tab is not BY_ID["backup"]:
            self.show_tab(BY_ID["backup"])
        proposed = ring.path.with_name(f"{ring.path.name}.backup-{self.today.isoformat()}")

        def make(target: Path | None) -> None:
            if target is not None:
                self.say("Backing up. Others may go on working.")
                self.ask(
                    lambda services: services.upkeep.back_up(ring, target),
                    lambda made: self.ended(f"Wrote {made}. It was checked."),
                    write=True,
                )

        self.app.push_screen(FileForm("Back up to a new file", proposed), make)
        return None
