"""Reports: each a table that says its numbers, with the cases behind every row one key away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from nurse_tui import clock
from nurse_tui.screens import reports_words as words
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.list_search import ListSearch
from nurse_tui.screens.reports_forms import FileForm, Span, SpanForm
from nurse_tui.screens.reports_words import ReportRow
from nurse_tui.types import Refusal
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.tab_line import tab_line
from nurse_tui.widgets.text import line, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

if TYPE_CHECKING:
    from nurse_tui.interchange.export import Exported
    from nurse_tui.keys import Command
    from nurse_tui.reports.base import Report, ReportResult
    from nurse_tui.screens.caseload import CaseloadScreen
    from nurse_tui.services.worklist import NurseLoad

COUNTING = Refusal("counting", "The report is still being counted.", "Press the key again.")
EMPTY = "There is nothing to count here. f chooses other days or nurses, ] another report."
DAYS, ALL, NOBODY = "days", "all", "unassigned"


class ReportsScreen(ListSearch):
    """One tab for each report; `f` asks it differently, enter shows the cases behind a row."""

    VIEW_NAME: ClassVar[str] = "reports"
    VIEW_TITLE: ClassVar[str] = "Reports"
    CSS_PATH = "reports.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.reports: tuple[Report, ...] = ()
        self.result: ReportResult | None = None
        self.today: date = clock.today(clock.PROGRAMME_ZONE)
        self._at = 0
        self._span = Span()
        self._nurse: int | None = None
        self._nurse_name = ""
        self._order: int | None = None

    def compose_job(self) -> ComposeResult:
        yield Static(id="tabs")
        yield Static(text("Counting."), id="about")
        yield TextInput(id="find", max_length=80, placeholder="Words of a row")
        yield Worklist[ReportRow]([], EMPTY, id="rows")
        yield Static(id="row")
        yield Static(id="totals")
        yield Static(id="notes")

    def on_mount(self) -> None:
        self.query_one("#find").display = False
        self.rows.focus()
        self.ask(lambda services: services.reports.about(), self._know, refused=self._refused)

    def on_screen_resume(self) -> None:
        """Count again what another screen may have changed."""
        if self.result is not None:
            self.count()

    @property
    def rows(self) -> Worklist[ReportRow]:
        """The table."""
        found: Worklist[ReportRow] = self.query_one("#rows", Worklist)
        return found

    @property
    def report(self) -> Report | None:
        """The report that is shown."""
        return self.reports[self._at] if self.reports else None

    # counting and showing

    def _know(self, reports: tuple[Report, ...]) -> None:
        self.reports = reports
        self.count()

    def changed(self) -> None:
        self.count()

    def count(self) -> None:
        """Count the report in a thread; the keys stay alive, and the newest question wins."""
        report = self.report
        if report is None:
            return
        self._draw_tabs()
        about = self.query_one("#about", Static)
        about.update(line((report.title, "bold"), "  counting..."))
        asked: dict[str, Any] = {
            "since": self._span.since, "until": self._span.until, "nurse": self._nurse,
        }  # fmt: skip
        taken = {name: value for name, value in asked.items() if name in report.takes}
        name = report.name
        self.ask(
            lambda services: services.reports.run(name, **taken),
            self._show,
            group="report",
            refused=self._refused,
        )

    def _refused(self, refusal: Refusal) -> None:
        """A refused report leaves nothing of the one before on the screen."""
        self.result = None
        self.rows.set_source(ListSource([]))
        self.show_refused(refusal)

    def _show(self, result: ReportResult) -> None:
        turned = self.result is None or self.result.report != result.report
        self.result = result
        if self._nurse_name and "nurse" in result.parameters:
            self.result = replace(
                result, parameters={**result.parameters, "nurse": self._nurse_name}
            )
        self.today = clock.local_date(result.as_of, clock.PROGRAMME_ZONE)
        self.show_full()
        self.rows.empty = EMPTY
        self.rows.set_columns(words.columns(result, self.today, self.is_wide))
        self._draw(keep=not turned)
        if self.focused is None:
            self.rows.focus()

    def _draw(self, keep: bool = True) -> None:
        if self.result is None or self.report is None:
            return
        rows = words.ordered(words.kept(words.rows_of(self.result), self._search), self._order)
        self.rows.set_source(ListSource(rows), keep=keep)
        parts = [f"search: {self._search}"] if self._search else []
        parts += [words.asked_words(self.result, self.today), self.report.help]
        about = " · ".join(part for part in parts if part)
        self.query_one("#about", Static).update(line((self.report.title, "bold"), f"  {about}"))
        self.query_one("#totals", Static).update(words.totals_line(self.result))
        self.query_one("#notes", Static).update(words.notes(self.result))

    @property
    def is_wide(self) -> bool:
        """Whether there is room for long bars."""
        return self.has_class("-wide")

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        if self.result is not None:
            self.rows.set_columns(words.columns(self.result, self.today, self.is_wide))
            self._draw_tabs()

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        row, result = message.row, self.result
        about = self.query_one("#row", Static)
        about.update(words.row_words(result, row, self.today) if row and result else text(""))
        self.refresh_frame()

    def commands(self) -> Iterable[Command]:
        """Return the commands of the footer; enter only where there are cases behind the row."""
        row, result = self.rows.focused_row, self.result
        drills = row is not None and result is not None and words.drilled(result, row) is not None
        return [command for command in super().commands() if drills or command.id != "open"]

    # tabs

    def do_tab_next(self) -> None:
        """Show the next report."""
        self._turn(1)

    def do_tab_previous(self) -> None:
        """Show the report before."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        if self.reports:
            self._at = (self._at + step) % len(self.reports)
            self._order = None
            self.forget_search()
            self._forget()
            self.count()

    def _forget(self) -> None:
        """Take the numbers away: they are another report's."""
        self.result = None
        self.rows.empty = "Counting."
        self.rows.set_source(ListSource([]), keep=False)
        for part in ("#row", "#totals", "#notes"):
            self.query_one(part, Static).update(text(""))

    def _draw_tabs(self) -> None:
        names = [words.TAB_WORDS.get(report.name, report.title) for report in self.reports]
        self.query_one("#tabs", Static).update(tab_line(names, self._at, self.size.width - 2))

    # the cases behind a row

    @on(Opened)
    def _opened(self) -> None:
        refused = self.do_open()
        if refused is not None:
            self.say(refused)

    def do_open(self) -> Refusal | None:
        """Show the cases behind the row under the cursor."""
        row = self.rows.focused_row
        if row is None or self.result is None:
            return COUNTING
        shown = words.drilled(self.result, row)
        if shown is None:
            return Refusal("no_drill", "These numbers are not of open cases alone.",
                           "The reports Caseload and Overdue open their cases.")  # fmt: skip
        screen: CaseloadScreen = self.nurse_app.view("caseload")  # type: ignore[assignment]
        screen.shown = shown
        self.app.push_screen(screen)
        return None

    # asking differently

    def do_filter(self) -> Refusal | None:
        """Choose the days or the nurse that are counted."""
        report = self.report
        if report is None:
            return COUNTING
        if "nurse" in report.takes:
            self.ask(lambda services: services.worklist.nurses(), self._offer)
        else:
            self._offer(())
        return None

    def _offer(self, nurses: tuple[NurseLoad, ...]) -> None:
        report = self.report
        if report is None:
            return
        choices = []
        if "since" in report.takes:
            choices.append(Choice(DAYS, "Other days", "from and until"))
        if "nurse" in report.takes:
            choices += [Choice(ALL, "Every nurse"), Choice(NOBODY, "Cases without a nurse")]
            choices += [Choice(n, n.name, f"{n.open_cases:,} open") for n in nurses]
        if choices:
            self.app.push_screen(ChooseScreen(f"Count in {report.title}", choices), self._chosen)
        else:
            self.say(Refusal("takes_none", "This report always counts everything."))

    def _chosen(self, choice: Choice | None) -> None:
        if choice is None:
            return
        if choice.value == DAYS:
            self.app.push_screen(SpanForm(self._span), self._spanned)
            return
        if choice.value == ALL:
            self._nurse, self._nurse_name = None, ""
        elif choice.value == NOBODY:
            self._nurse, self._nurse_name = 0, "nobody"
        else:
            self._nurse, self._nurse_name = choice.value.user_id, choice.value.name
        self.count()

    def _spanned(self, span: Span | None) -> None:
        if span is not None:
            self._span = span
            self.count()

    def do_sort(self) -> Refusal | None:
        """Choose the column by which the rows are ordered."""
        if self.result is None:
            return COUNTING

        def put(choice: Choice | None) -> None:
            if choice is not None:
                self._order = choice.value
                self._draw()

        choices = [Choice(None, "As it comes")]
        choices += [Choice(n, column.title) for n, column in enumerate(self.result.columns)]
        self.app.push_screen(ChooseScreen("Order by", choices, self._order), put)
        return None

    def draw_found(self) -> None:
        """Draw the rows that hold the words."""
        self._draw()

    def focus_list(self) -> None:
        """Put the cursor into the rows."""
        self.rows.focus()

    def do_as_of(self) -> Refusal:
        """Say where earlier instants are shown."""
        return Refusal("past_report", "Reports show the present, not the past.",
                       "The history of one case is on its timeline.")  # fmt: skip

    # writing to a file

    def do_report_export(self) -> Refusal | None:
        """Ask for a new file and write the report to it."""
        result = self.result
        if result is None:
            return COUNTING
        proposed = Path.home() / f"nurse-tui-{result.report}-{self.today.isoformat()}.csv"

        def write(target: Path | None) -> None:
            if target is not None:
                self.ask(
                    lambda services: services.reports.export(result, target),
                    self._exported,
                    write=True,
                )

        title = f"Write the report {result.report}, {len(result.rows):,} rows, to a new CSV file"
        self.app.push_screen(FileForm(title, proposed), write)
        return None

    def _exported(self, done: Exported) -> None:
        rows = "1 row" if done.rows == 1 else f"{done.rows:,} rows"
        self.say(f"Wrote {rows} to {done.path}. Only you can read the file; the export is logged.")
