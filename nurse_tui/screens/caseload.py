"""The caseload: what to do next, most urgent first, each row with the reason it is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from nurse_tui import clock
from nurse_tui.listing import RowSource, Tally, WorklistRow
from nurse_tui.rules.moments import lateness
from nurse_tui.screens import caseload_filter as filters
from nurse_tui.screens.case_work import NO_CASE_HERE, CaseWork
from nurse_tui.screens.caseload_filter import Shown
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.types import Refusal, Role
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.lines import Lines
from nurse_tui.widgets.messages import Counted, Marked, Opened
from nurse_tui.widgets.text import GLYPHS, line, rich_text, text
from nurse_tui.widgets.worklist import Worklist
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.screens.caseload_glance import Glance
    from nurse_tui.services.call_queue import NextCall
    from nurse_tui.services.worklist import Listed, NurseLoad

TONES = {"overdue": "late", "due": "due", "later": ""}
NAME_CELLS, NURSE_CELLS = 28, 24
"""Cells in which nearly every name fits; what room is more is the reason's."""
FLAGS = {"safety": "safety report open", "flag": "flagged", "do_not_call": "do not call"}


class CaseloadScreen(CaseWork):
    """The worklist with its counts, filters, search and marks, and the case under the cursor."""

    VIEW_NAME: ClassVar[str] = "caseload"
    VIEW_TITLE: ClassVar[str] = "Caseload"
    CSS_PATH = "caseload.tcss"

    def __init__(self) -> None:
        super().__init__()
        actor = self.nurse_app.gateway.actor
        self.role = actor.role if actor else Role.NURSE
        self.shown = filters.first(self.role)
        self._listed: Listed | None = None
        self._tally: Tally | None = None
        self._now: datetime = clock.now()
        self._zone = clock.PROGRAMME_ZONE
        self._glance: Glance | None = None
        self._afresh = False
        self._found = ""
        self._found_in: RowSource[WorklistRow] | None = None

    def compose_job(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Lines(text("Reading."), id="counts")
            yield Static(text("search: "), id="search-label")
            yield TextInput(id="search", max_length=80)
        with Horizontal(id="body"):
            yield Worklist[WorklistRow](list(self._columns()), "Nothing here.", id="rows")
            yield Lines(id="more")
        yield Lines(id="glance")

    def _columns(self) -> Iterable[Column[WorklistRow]]:
        yield Column("DUE", 13, self._due)
        yield Column("PATIENT", 17, _patient, flex=1, most=NAME_CELLS)
        yield Column("STATE", 5, lambda row: rich_text(row.us_state), priority=2)
        yield Column("WHY IT IS HERE", 24, self._why, flex=2, priority=1)
        if self.role is Role.SUPERVISOR:
            yield Column("NURSE", 16, _nurse, flex=1, priority=3, most=NURSE_CELLS)

    def _due(self, row: WorklistRow) -> Text:
        if row.due_at is None:
            return rich_text("-", style="dim")
        found = lateness(row.due_at, self._now, self._zone)
        return rich_text(f"{GLYPHS[found.kind][0]} {found.words}", style=TONES[found.kind])

    def _why(self, row: WorklistRow) -> Text:
        unowned = self.shown.whose == filters.BOTH and not row.nurse
        return (
            rich_text("no nurse · ", style="dim").append_text(_why(row)) if unowned else _why(row)
        )

    def on_mount(self) -> None:
        self.rows.focus()
        if self.nurse_app.loaded:
            self._begin()
        else:
            self.call_after_refresh(self._begin)  # reading loads libraries: painting goes before

    def _begin(self) -> None:
        self.read(hold=True)
        self.count()
        self.tell_open_calls()

    def on_screen_resume(self) -> None:
        """Read again what another screen may have changed."""
        if self._listed is not None:
            self.changed()

    @property
    def rows(self) -> Worklist[WorklistRow]:
        """The list itself."""
        found: Worklist[WorklistRow] = self.query_one("#rows", Worklist)
        return found

    # reading

    def read(self, keep: bool = True, *, at_top: bool = False, hold: bool = False) -> None:
        """Open the list that is wanted; with `keep` the focus and marks stay on their rows, with
        `at_top` only the marks do. With `hold` keys wait until it is open."""
        shown = self.shown
        self._afresh = self._afresh or not keep

        def opened(listed: Listed) -> None:
            # A reading that came after another list was asked for opens that list, so afresh too.
            self._afresh, afresh = False, self._afresh
            self._open(listed, not afresh, at_top)

        self.ask(
            lambda services: services.worklist.open(
                shown.wanted(), mine=shown.mine, overdue=shown.overdue
            ),
            opened,
            group="rows",
            refused=self.show_refused,
            hold=hold,
        )

    def count(self) -> None:
        """Count the cases, the due and the overdue ones of the list that is shown."""
        shown = self.shown

        def counted(tally: Tally) -> None:
            self._tally = tally
            self._draw_counts()

        self.ask(
            lambda services: services.worklist.counts(
                shown.wanted(), mine=shown.mine, overdue=shown.overdue
            ),
            counted,
            group="counts",
            refused=lambda refusal: None,
        )

    def _open(self, listed: Listed, keep: bool, at_top: bool) -> None:
        self._listed, self._now, self._zone = listed, listed.now, listed.zone
        self.show_full()
        if self.focused is None:
            self.rows.focus()
        self.rows.empty = self.shown.empty_words()
        self.rows.set_source(listed.source, keep=keep, at_top=at_top)
        self._glance = self._glance or self._follower()
        self._glance.forget()

    def _follower(self) -> Glance:
        """Make what follows the cursor; not before the first screen is painted."""
        from nurse_tui.screens.caseload_glance import Glance

        below, beside = self.query_one("#glance", Lines), self.query_one("#more", Lines)
        found = Glance(self, self.rows, below, beside)
        self.rows.follow = found.follow
        return found

    def _draw_counts(self) -> None:
        tally, marked = self._tally, len(self.rows.marked_ids)
        found = self._found if self.shown.search else ""
        counted = ["Counting."] if tally is None else filters.count_words(tally, self.shown)
        parts = [found] if found else counted
        parts.append(f"filter: {self.shown.words()}")
        parts += [(f"# {marked:,} marked", "bold")] if marked else []
        joined: list[str | tuple[str, str]] = [parts[0]]
        for part in parts[1:]:
            joined += [" · ", part]
        self.query_one("#counts", Lines).show(line(*joined))

    # the case under the cursor

    def case_here(self) -> int | None:
        row = self.rows.focused_row
        return row.case_id if row is not None else None

    def changed(self) -> None:
        self.read()
        self.count()

    @on(Marked)
    def _marked(self) -> None:
        self._draw_counts()

    @on(Counted)
    def _counted(self, message: Counted) -> None:
        """Say what a search found when its list comes; a longer one is counted without a word, for
        a line that changes on its own makes a screen reader chatter."""
        if self.rows.source is not self._found_in:
            more = "" if message.known.complete else " or more"
            self._found = f"{message.known.count:,}{more} found"
            self._found_in = self.rows.source
            self._draw_counts()

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        self.nurse_app.open_view("case", message.row.case_id)

    # search, filter, order

    def do_search(self) -> None:
        """Search as you type; enter goes to the list, esc shows all again."""
        self.query_one("#search").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Make room for the search while it is typed into, and while it holds something."""
        typing = event.widget.id == "search" or bool(self.shown.search)
        self.query_one("#top").set_class(typing, "-searching")

    @on(Input.Changed, "#search")
    def _typed(self, message: Input.Changed) -> None:
        if message.value != self.shown.search:
            self.shown = replace(self.shown, search=message.value)
            self.read(at_top=bool(message.value))

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self.rows.focus()

    def do_back(self) -> Refusal | None:
        """Leave the search and show all again; without a search, go back."""
        field = self.query_one("#search", Input)
        if not (field.has_focus or self.shown.search):
            return super().do_back()
        self.rows.focus()
        if self.shown.search:
            self._show(replace(self.shown, search=""))
        field.value = ""
        return None

    def do_filter(self) -> None:
        """Choose which cases are shown."""
        choices = filters.filters(self.role, self.shown)
        self.app.push_screen(ChooseScreen("Show", choices, self.shown), self._filtered)

    def _filtered(self, choice: Choice | None) -> None:
        if choice is None:
            return
        if choice.value == filters.BY_STATE:
            self.app.push_screen(ChooseScreen("Show", filters.states(self.shown)), self._filtered)
        elif choice.value == filters.BY_NURSE:
            self.ask(lambda services: services.worklist.nurses(), self._which_nurse)
        else:
            only_order = replace(choice.value, sort=self.shown.sort) == self.shown
            self._show(choice.value, keep=only_order)

    def _which_nurse(self, nurses: tuple[NurseLoad, ...]) -> None:
        choices = [
            Choice(filters.of_nurse(self.shown, n), n.name, f"{n.open_cases:,} open")
            for n in nurses
        ]
        self.app.push_screen(ChooseScreen("Whose cases", choices), self._filtered)

    def do_sort(self) -> None:
        """Choose the order of the rows."""
        choices = filters.orders(self.shown)
        self.app.push_screen(ChooseScreen("Order", choices, self.shown), self._filtered)

    def _show(self, shown: Shown, keep: bool = True) -> None:
        self.shown, self._tally = shown, None
        self._draw_counts()
        self.read(keep)
        self.count()

    # the next call, other hands, other times

    def go_on_to(self, found: NextCall, done: str = "") -> None:
        self.rows.go_to(found.case_id)
        super().go_on_to(found, done)

    def cases_marked(self) -> list[int]:
        return sorted(self.rows.marked_ids) or super().cases_marked()

    def reassigned(self) -> None:
        self.rows.clear_marks()
        super().reassigned()

    def do_open(self) -> None:
        """Open the case under the cursor."""
        self.rows.action_open()

    def do_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        self.rows.action_mark()

    def do_tab_next(self) -> None:
        """Show the next ones: one's own, those without a nurse, and for supervisors all."""
        self._show(filters.other_hands(self.role, self.shown, 1), keep=False)

    def do_tab_previous(self) -> None:
        """Show the ones before."""
        self._show(filters.other_hands(self.role, self.shown, -1), keep=False)

    def do_as_of(self) -> Refusal | None:
        """Look at the case under the cursor as it stood at an earlier instant."""
        from nurse_tui.screens.case_forms import AsOfForm

        case_id = self.case_here()
        if case_id is None:
            return NO_CASE_HERE

        def look(instant: datetime | None) -> None:
            from nurse_tui.screens.case import CaseScreen

            if instant is not None:
                self.app.push_screen(CaseScreen(case_id, as_of=instant))

        today = clock.local_date(self._now, self._zone)
        self.app.push_screen(AsOfForm(today, self._zone), look)
        return None

    def do_edit(self) -> Refusal | None:
        """Open the case, where what can be changed is offered."""
        return self.open_on_case("case")


def _patient(row: WorklistRow) -> Text:
    return rich_text(row.patient or row.number)


def _nurse(row: WorklistRow) -> Text:
    return rich_text(row.nurse or "nobody")


def _why(row: WorklistRow) -> Text:
    words = row.why or f"Nothing due, {plain(row.state.value)}"
    marks = [said for name, said in FLAGS.items() if name in row.flags]
    shown = rich_text(words)
    if marks:
        shown.append_text(rich_text(" · " + ", ".join(marks), style="due"))
    return shown
