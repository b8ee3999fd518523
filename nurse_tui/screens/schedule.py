"""Infusion weeks of one case: proposed with reasons, booked, moved, cancelled, recorded."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from nurse_tui.screens import schedule_words as words
from nurse_tui.screens.case_words import as_of_words
from nurse_tui.screens.case_work import Then
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.schedule_jobs import NO_WEEK, READING, ScheduleJobs
from nurse_tui.screens.schedule_words import WeekRow
from nurse_tui.types import Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.detail_box import DetailBox
from nurse_tui.widgets.hanging import Hanging
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.text import line, stacked, text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist

if TYPE_CHECKING:
    from nurse_tui.services.infusions import Proposal
    from nurse_tui.views import SiteView

EMPTY = (
    "No week works here. < and > show other weeks, i another site, f every week with its reason."
)


class ScheduleScreen(ScheduleJobs):
    """The weeks of a site for the next course of a case, by the case's id."""

    VIEW_NAME: ClassVar[str] = "schedule"
    VIEW_TITLE: ClassVar[str] = "Schedule"
    CSS_PATH = "schedule.tcss"

    def __init__(self, case_id: int) -> None:
        super().__init__()
        self.case_id = case_id
        self._site_id: int | None = None
        self._course: int | None = None
        """The short course that is looked at instead of the one that the rules name."""
        self._pages: list[date | None] = [None]
        self._only_possible = False
        self._go_to_first = True

    def compose_job(self) -> ComposeResult:
        yield Static(text("Reading."), id="who")
        yield Static(id="picture")
        with Container(id="body"):
            yield Worklist[WeekRow](words.columns(), EMPTY, id="weeks")
            with DetailBox(id="detail-box"):
                yield Hanging(id="detail")

    def on_mount(self) -> None:
        self.weeks.focus()
        self.changed()

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
            return READING
        then(self.case)
        return None

    def changed(self) -> None:
        """Read the case and its weeks again."""
        case_id, site_id, first, as_of = self.case_id, self._site_id, self._pages[-1], self.as_of
        course = self._course

        def read(services: Any) -> Any:
            case = services.cases.view(case_id, as_of)
            proposal = services.infusions.propose(case_id, course, site_id, first, None, as_of)
            refused = [answer for answer in (case, proposal) if isinstance(answer, Refusal)]
            return refused[0] if refused else (case, proposal)

        self.ask(read, self._show, group="weeks", refused=self._refused)

    def _refused(self, refusal: Refusal) -> None:
        self.proposal = None
        self.weeks.set_source(ListSource([]))
        if refusal.code == "no_sites_yet":
            self.show_empty(refusal.sentence, refusal.way_out)
        else:
            self.show_refused(refusal)

    def _show(self, found: tuple[CaseView, Proposal]) -> None:
        self.case, self.proposal = found
        if self.proposal.short is None:
            self._course = None
        self.show_full()
        self._draw_head()
        rows = words.week_rows(self.proposal, self._only_possible)
        self.weeks.set_source(ListSource(rows))
        if self._go_to_first:
            self._go_to_first = False
            first = [row for row in rows if row.is_booked] or [r for r in rows if r.week.possible]
            if first:
                self.weeks.go_to(first[0].row_id)

    def _draw_head(self) -> None:
        case, proposal = self.case, self.proposal
        if case is None or proposal is None:
            return
        name = case.patient_name or case.number
        course = f"course {proposal.course}"
        missing = len(proposal.blockers)
        gate = (
            (f"! {missing} still missing before day 1 (r)", "bold $text-warning")
            if missing
            else ("= ready for day 1", "bold $text-success")
        )
        head = line((name, "bold"), f"  {case.number} · {course} · ", gate)
        other = words.other_course(proposal)
        site = line(
            (proposal.site.name, "bold"), f"  {words.site_words(proposal.site, proposal.today)}"
        )
        past = [as_of_words(case)] if case.as_of else []
        self.query_one("#who", Static).update(stacked([*past, head, *other, site]))
        days = words.course_days(case.facts, proposal.course)
        picture = self.query_one("#picture", Static)
        picture.display = bool(days)
        picture.update(stacked(words.week_pictures(days, self.size.width - 2)))

    def on_resize(self, event: events.Resize) -> None:
        """Draw the booked week as wide as there is room."""
        if self.is_mounted:
            self._draw_head()

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        row = message.row
        self.query_one("#detail", Hanging).show(words.week_detail(row) if row else [])

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        self.do_open()

    def do_open(self) -> Refusal | None:
        """Show every reason of the week under the cursor."""
        from nurse_tui.screens.reading import ReadingScreen

        row = self.weeks.focused_row
        if row is None:
            return NO_WEEK
        self.app.push_screen(ReadingScreen("Why", words.week_detail(row)))
        return None

    # as of

    def do_as_of(self) -> Refusal | None:
        """Show the weeks by what was known of the case at an earlier instant."""
        from nurse_tui.screens.case_forms import AsOfForm

        case, proposal = self.case, self.proposal
        if case is None or proposal is None:
            return READING

        def look(instant: datetime | None) -> None:
            if instant is not None:
                self.as_of = instant
                self._turn([None])

        self.app.push_screen(AsOfForm(proposal.today, case.zone), look)
        return None

    def do_back(self) -> Refusal | None:
        """Go back to now, or to the screen before."""
        if self.as_of is None:
            return super().do_back()
        self.as_of = None
        self._turn([None])
        return None

    # which weeks, which site

    def do_week_next(self) -> Refusal | None:
        """Show the weeks after these."""
        if self.proposal is None:
            return READING
        self._turn([*self._pages, self.proposal.after])
        return None

    def do_week_previous(self) -> Refusal | None:
        """Show the weeks before these."""
        if len(self._pages) == 1:
            return Refusal("first_weeks", "These are the first weeks.", "> shows later ones.")
        self._turn(self._pages[:-1])
        return None

    def _turn(self, pages: list[date | None]) -> None:
        self._pages = pages
        self._go_to_first = True
        self.changed()

    def do_filter(self) -> None:
        """Show only the weeks that work, or all of them with their reasons."""
        self._only_possible = not self._only_possible
        self.say("Only the weeks that work." if self._only_possible else "Every week.")
        self.changed()

    def do_schedule_course(self) -> Refusal | None:
        """Go on with the course that stopped short, or plan the next one again."""
        proposal = self.proposal
        if proposal is None or proposal.short is None:
            return words.NOTHING_SHORT
        self._course = None if self._course else proposal.short
        self._turn([None])
        return None

    def do_schedule_site(self) -> None:
        """Choose the infusion site."""
        case_id = self.case_id
        self.ask(lambda services: services.sites.near(case_id), self._choose_site)

    def _choose_site(self, sites: tuple[SiteView, ...]) -> None:
        proposal = self.proposal
        if proposal is None:
            return
        choices = [
            Choice(site.site_id, site.name, words.site_words(site, proposal.today))
            for site in sites
        ]

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                self._site_id = choice.value
                self._turn([None])

        screen = ChooseScreen("Infusion site", choices, proposal.site.site_id)
        self.app.push_screen(screen, chosen)
