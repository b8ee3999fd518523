"""Infusions: the chairs of a site week by week, and every course that is coming or under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from nurse_tui.rules.clearance import Blocker
from nurse_tui.screens import infusions_words as words
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.list_search import ListSearch
from nurse_tui.screens.schedule_words import course_days, site_words
from nurse_tui.types import Refusal, Role
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.tab_line import tab_line
from nurse_tui.widgets.text import line, stacked, text
from nurse_tui.widgets.week_grid import WeekGrid
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

if TYPE_CHECKING:
    from nurse_tui.services.readiness import Readiness
    from nurse_tui.services.sites import Board, CourseRow

TABS = {"week": "Week", "courses": "Courses"}
ROOMY = 60
"""Columns of the terminal from which the first and the last day of a course are shown."""


class InfusionsScreen(ListSearch, CaseWork):
    """Two tabs: the week of a site, and the courses."""

    VIEW_NAME: ClassVar[str] = "infusions"
    VIEW_TITLE: ClassVar[str] = "Infusions"
    CSS_PATH = "infusions.tcss"

    def __init__(self) -> None:
        super().__init__()
        actor = self.nurse_app.gateway.actor
        self.role = actor.role if actor else Role.NURSE
        self.tab = "week"
        self.board: Board | None = None
        self.courses: Sequence[CourseRow] = ()
        self._mine = self.role is Role.NURSE
        self._site_id: int | None = None
        self._weeks_on = 0
        self._order = words.ORDERS[0]

    def compose_job(self) -> ComposeResult:
        yield Static(id="tabs")
        with Vertical(id="week-box"):
            yield Static(text("Reading."), id="site")
            yield WeekGrid(id="grid")
            yield Static(id="cell")
        with Vertical(id="courses-box"):
            yield Static(id="summary")
            yield TextInput(id="find", max_length=80, placeholder="Name, case number or site")
            yield Worklist["CourseRow"](
                words.columns(self.role), "Nothing is booked. s on a case finds a week.", id="list"
            )
            yield Static(id="glance")

    def on_mount(self) -> None:
        self.query_one("#find").display = False
        self._show_tab(self.tab)
        self.changed()

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.sheet.set_columns(words.columns(self.role, event.size.width < ROOMY))

    def on_screen_resume(self) -> None:
        """Read again what another screen may have changed."""
        if self.board is not None:
            self.changed()

    @property
    def grid(self) -> WeekGrid:
        """The week."""
        return self.query_one("#grid", WeekGrid)

    @property
    def sheet(self) -> Worklist[CourseRow]:
        """The list of courses."""
        found: Worklist[CourseRow] = self.query_one("#list", Worklist)
        return found

    # reading and showing

    def changed(self) -> None:
        """Read the week and the courses again."""
        self._read_week()
        mine = self._mine
        self.ask(
            lambda services: services.sites.courses(mine=mine),
            self._show_courses,
            group="courses",
            refused=self._refused,
        )

    def _read_week(self) -> None:
        site_id, weeks_on = self._site_id, self._weeks_on
        self.ask(
            lambda services: services.sites.board(site_id, weeks_on),
            self._show_week,
            group="week",
            refused=self._refused,
        )

    def _show_week(self, board: Board) -> None:
        self.board = board
        if board.week is None:
            self.show_empty(*words.EMPTY)
            return
        self.show_full()
        self._site_id = board.week.site.site_id
        self._draw_week()
        if self.focused is None:
            self._focus_tab()

    def _show_courses(self, courses: tuple[CourseRow, ...]) -> None:
        self.courses = courses
        self._draw_courses()

    def _refused(self, refusal: Refusal) -> None:
        self.sheet.set_source(ListSource([]))
        self.show_refused(refusal)

    def _draw_week(self) -> None:
        board = self.board
        if board is None or board.week is None:
            return
        site = board.week.site
        where = site_words(site, board.today)
        rows = [line((site.name, "bold"), f"  {where}"), words.week_line(board)]
        self.query_one("#site", Static).update(stacked(rows))
        self.grid.show(board.week, board.days, board.today)

    def _draw_courses(self) -> None:
        rows = words.found(self.courses, self._search, self._order)
        whose = "mine" if self._mine else "everybody's"
        self.query_one("#summary", Static).update(words.summary(rows, whose, self._search))
        self.sheet.set_source(ListSource(rows))
        if not rows:
            self.query_one("#glance", Static).update(text(""))

    @on(WeekGrid.Moved)
    def _moved(self) -> None:
        cell = self.query_one("#cell", Static)
        if self.board is not None and self.board.week is not None:
            cell.update(words.cell_words(self.grid, self.board))

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        row = message.row
        self.query_one("#glance", Static).update(words.glance(row) if row else text(""))

    # tabs

    def do_tab_next(self) -> None:
        """Go to the other tab."""
        self._show_tab("courses" if self.tab == "week" else "week")

    def do_tab_previous(self) -> None:
        """Go to the other tab."""
        self.do_tab_next()

    def _show_tab(self, name: str) -> None:
        self.tab = name
        self.query_one("#week-box").display = name == "week"
        self.query_one("#courses-box").display = name == "courses"
        line_of_tabs: Content = tab_line(
            list(TABS.values()), list(TABS).index(name), self.size.width - 2
        )
        self.query_one("#tabs", Static).update(line_of_tabs)
        self._focus_tab()

    def _focus_tab(self) -> None:
        (self.grid if self.tab == "week" else self.sheet).focus()

    # weeks and sites

    def do_week_next(self) -> None:
        """Show the week after."""
        self._turn(1)

    def do_week_previous(self) -> None:
        """Show the week before."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        self._weeks_on += step
        self._show_tab("week")
        self._read_week()

    def do_schedule_site(self) -> Refusal | None:
        """Choose the site whose week is shown."""
        board = self.board
        if board is None:
            return words.NO_BOOKING
        choices = [Choice(s.site_id, s.name, site_words(s, board.today)) for s in board.sites]

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                self._site_id = choice.value
                self._turn(0)

        self.app.push_screen(ChooseScreen("Infusion site", choices, self._site_id), chosen)
        return None

    # the case in hand

    def case_here(self) -> int | None:
        if self.tab == "courses":
            row = self.sheet.focused_row
            return row.case_id if row else None
        booking = self.grid.booking
        return booking.case_id if booking and booking.patient else None

    def open_on_case(self, view: str, *more: object) -> Refusal | None:
        """Open a screen on the case in hand, or say where to find one."""
        return words.NO_BOOKING if self.case_here() is None else super().open_on_case(view, *more)

    def do_open(self) -> Refusal | None:
        """Open the case under the cursor."""
        return self.open_on_case("case")

    @on(Opened)
    def _opened(self) -> None:
        refused = self.do_open()
        if refused is not None:
            self.say(refused)

    def do_schedule_move(self) -> Refusal | None:
        """Go to the weeks of the case in hand, where M moves the booked days."""
        return self._at_weeks("M moves the booked days to the week under the cursor.")

    def do_schedule_cancel(self) -> Refusal | None:
        """Go to the weeks of the case in hand, where X cancels the booked days."""
        return self._at_weeks("X cancels the booked days, with the reason.")

    def _at_weeks(self, sentence: str) -> Refusal | None:
        refused = self.open_on_case("schedule")
        if refused is None:
            self.call_after_refresh(self.say, sentence)
        return refused

    def do_schedule_day(self) -> Refusal | None:
        """Record what became of a day of the course in hand."""
        from nurse_tui.screens.schedule_forms import DayForm

        number, board = self._course_here(), self.board

        def record(case: CaseView) -> None:
            days = course_days(case.facts, number)
            if board is None or not days:
                self.say(words.NO_DAYS)
            else:
                self.open_form(DayForm(case, days, board.today))

        return words.NO_BOOKING if not number else self.with_case(record)

    def _course_here(self) -> int:
        if self.tab == "courses":
            row = self.sheet.focused_row
            return row.course if row else 0
        booking = self.grid.booking
        return booking.course if booking and booking.patient else 0

    def do_schedule_gate(self) -> Refusal | None:
        """Show what still holds day 1 of the case in hand."""
        case_id = self.case_here()
        if case_id is None:
            return words.NO_BOOKING
        self.ask(lambda services: services.readiness.of_case(case_id), self._gate)
        return None

    def _gate(self, ready: Readiness) -> None:
        from nurse_tui.screens.schedule_gate import GateScreen, record_blocker

        def chosen(blocker: Blocker | None) -> None:
            if blocker is not None:
                self.with_case(lambda case: record_blocker(self, case, blocker))

        title = f"Before day 1 of course {ready.course}: {len(ready.blockers)} still missing"
        self.app.push_screen(GateScreen(title, ready.blockers), chosen)

    # search, filter, order

    def do_search(self) -> None:
        """Find a course by patient, case number or site."""
        self._show_tab("courses")
        super().do_search()

    def draw_found(self) -> None:
        """Draw the courses that hold the words."""
        self._draw_courses()

    def focus_list(self) -> None:
        """Put the cursor into the tab that is shown."""
        self._focus_tab()

    def do_filter(self) -> Refusal | None:
        """Choose whose courses are shown."""
        if self.role is Role.NURSE:
            return Refusal("own_only", "These are your own courses.", "A supervisor sees them all.")

        def show(choice: Choice | None) -> None:
            if choice is not None:
                self._mine = choice.value
                self._show_tab("courses")
                self.changed()

        choices = [Choice(False, "Everybody's courses"), Choice(True, "My own courses")]
        self.app.push_screen(ChooseScreen("Show", choices, self._mine), show)
        return None

    def do_sort(self) -> None:
        """Choose the order of the courses."""

        def put(choice: Choice | None) -> None:
            if choice is not None:
                self._order = choice.value
                self._show_tab("courses")
                self._draw_courses()

        choices = [Choice(order, order.words) for order in words.ORDERS]
        self.app.push_screen(ChooseScreen("Order by", choices, self._order), put)

    def do_as_of(self) -> Refusal:
        """Say where earlier instants are shown."""
        return Refusal("as_of", "This shows things as they are.", "Open the case, then press v.")
