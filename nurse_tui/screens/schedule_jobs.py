"""The jobs of a course: booked, moved, cancelled, made ready, and recorded day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from nurse_tui.keys import Command
from nurse_tui.rules.clearance import Blocker
from nurse_tui.screens import schedule_words as words
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.schedule_words import WeekRow
from nurse_tui.types import Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.worklist import Worklist
from nurse_tui.words import label

if TYPE_CHECKING:
    from nurse_tui.services.infusions import Proposal

READING = Refusal("reading", "The weeks are being read.", "Press the key again.")
NOT_BOOKED = Refusal("not_booked", "No day of this course is booked.", "b books the week.", "D-56")
NO_WEEK = Refusal("no_week", "There is no week under the cursor.", "Choose one first.")
WRITING = frozenset(
    {"schedule.book", "schedule.move", "schedule.cancel", "schedule.day", "schedule.gate", "note",
     "task", "flag", "undo", "redo", "call", "call_in"}
)  # fmt: skip
"""What is not done on a view of the past."""
OTHER = "other"
NO_ROOM = ("no_chair", "days_not_possible", "already_booked", "past_week", "conflict")
"""Refusals that say that the weeks shown are no longer true."""


class ScheduleJobs(CaseWork):
    """What can be done with the week under the cursor, or with the booked days."""

    case: CaseView | None = None
    proposal: Proposal | None = None
    as_of: datetime | None = None
    """The earlier instant that is looked at, if any."""

    @property
    def weeks(self) -> Worklist[WeekRow]:
        """The list of weeks."""
        found: Worklist[WeekRow] = self.query_one("#weeks", Worklist)
        return found

    # booking

    def blocked(self, command: Command) -> Refusal | None:
        if self.as_of is not None and command.id in WRITING:
            return Refusal(
                "as_of",
                f"“{command.label}” is not possible here: this is the case as it was.",
                "esc goes back to now.",
            )
        needs_weeks = command.id.startswith("schedule.") and command.id != "schedule.site"
        return READING if needs_weeks and self.proposal is None else None

    def do_schedule_book(self) -> Refusal | None:
        """Book the week under the cursor."""
        case, proposal, row = self.case, self.proposal, self.weeks.focused_row
        if case is None or proposal is None or row is None:
            return NO_WEEK
        refused = _refuse_booked(row) or _refuse_week(row)
        if refused is not None:
            return refused
        if proposal.booked:
            booked = words.span_words(proposal.booked, proposal.today)
            return Refusal("already_booked", f"The course is booked already: {booked}.",
                           "M moves it to this week.", "D-56")  # fmt: skip
        site, start, days = proposal.site, row.week.start, row.words
        self.change(
            lambda services: services.infusions.book(
                case.case_id, proposal.course, site.site_id, start, case.version
            ),
            f"Course {proposal.course} is booked at {_braced(site.name)}: {days}. u undoes it.",
        )
        return None

    def _not_changed(self, refusal: Refusal) -> None:
        """Say why it was not done; where the weeks have changed meanwhile, read them again."""
        super()._not_changed(refusal)
        if refusal.code in NO_ROOM:
            self.changed()

    def do_schedule_move(self) -> Refusal | None:
        """Move the booked days to the week under the cursor, with the reason."""
        case, proposal, row = self.case, self.proposal, self.weeks.focused_row
        if case is None or proposal is None or row is None:
            return NO_WEEK
        if not proposal.booked:
            return NOT_BOOKED
        refused = _refuse_same_days(row) or _refuse_week(row)
        if refused is not None:
            return refused
        start, site_id = row.week.start, proposal.site.site_id

        def move(reason: str) -> None:
            self.change(
                lambda services: services.infusions.move(
                    case.case_id, proposal.course, site_id, start, reason, case.version
                ),
                f"Course {proposal.course} is moved to {row.words}. u undoes it.",
            )

        self._why(f"Move course {proposal.course} to {row.words}: why?", move, ask=False)
        return None

    def do_schedule_cancel(self) -> Refusal | None:
        """Cancel the booked days, with the reason."""
        case, proposal = self.case, self.proposal
        if case is None or proposal is None or not proposal.booked:
            return NOT_BOOKED
        booked = words.span_words(proposal.booked, proposal.today)

        def cancel(reason: str) -> None:
            self.change(
                lambda services: services.infusions.cancel(
                    case.case_id, proposal.course, reason, case.version
                ),
                f"Course {proposal.course}, {booked}, is cancelled. u undoes it.",
            )

        self._why(f"Cancel course {proposal.course}, {booked}: why?", cancel, ask=True)
        return None

    def _why(self, title: str, go: Callable[[str], None], *, ask: bool) -> None:
        """Choose the reason by the programme's codes (D-65), then ask or go on."""
        case, proposal = self.case, self.proposal
        if case is None or proposal is None:
            return
        patient = case.patient_name or case.number

        def chosen(choice: Choice | None) -> None:
            if choice is None:
                return
            other = choice.value == OTHER

            def sure(said: str) -> None:
                go(f"{OTHER}: {said}" if other else choice.value)

            if ask or other:
                question = f"{title.removesuffix(': why?')}: {choice.words.lower()}?"
                self.confirm(question, sure, patient=patient, reason=other)
            else:
                sure("")

        choices = [Choice(code, label(code)) for code in proposal.move_reasons]
        self.app.push_screen(ChooseScreen(title, choices), chosen)

    # the gate, and what became of a day

    def do_schedule_gate(self) -> Refusal | None:
        """Show what still holds day 1; enter records it."""
        from nurse_tui.screens.schedule_gate import GateScreen

        proposal = self.proposal
        if proposal is None:
            return READING
        count = len(proposal.blockers)
        title = f"Before day 1 of course {proposal.course}: {count} still missing"
        self.app.push_screen(GateScreen(title, proposal.blockers), self._record)
        return None

    def _record(self, blocker: Blocker | None) -> None:
        from nurse_tui.screens.schedule_gate import record_blocker

        if blocker is not None and self.case is not None:
            record_blocker(self, self.case, blocker)

    def do_schedule_day(self) -> Refusal | None:
        """Record what became of an infusion day."""
        from nurse_tui.screens.schedule_forms import DayForm

        case, proposal = self.case, self.proposal
        if case is None or proposal is None:
            return READING
        days = words.course_days(case.facts, proposal.course)
        if not days:
            return NOT_BOOKED
        self.open_form(DayForm(case, days, proposal.today))
        return None


def _refuse_week(row: WeekRow) -> Refusal | None:
    """Say why a week cannot be taken, with its first reason and the way out."""
    week = row.week
    if week.possible:
        return None
    first = week.reasons[0]
    return Refusal("week_not_possible", first.sentence, week.way_out, first.rule)


def _refuse_booked(row: WeekRow) -> Refusal | None:
    """Say that a week is the booked one, and what moves it."""
    if not row.is_booked:
        return None
    moves = row.way_out or "M on another week moves it there."
    return Refusal(
        "already_booked", f"This week is booked for the course: {row.whole}.", moves, "D-56"
    )


def _refuse_same_days(row: WeekRow) -> Refusal | None:
    """Refuse to move the booked days to where they are."""
    if not row.booked or row.booked != tuple(row.week.days):
        return None
    return Refusal("same_days", f"The course is on these days already: {row.whole}.",
                   "Choose another week, then M.", "D-65")  # fmt: skip


def _braced(name: str) -> str:
    return name.replace("{", "{{").replace("}", "}}")
