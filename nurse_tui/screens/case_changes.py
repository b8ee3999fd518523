"""What can be changed in a case: the list behind `e` on each tab, and each of its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nurse_tui.keys import by_id
from nurse_tui.rules.clearance import Blocker
from nurse_tui.rules.facts import CoverageFact, DayFact, SafetyFact, TaskFact
from nurse_tui.rules.journey import DIED
from nurse_tui.rules.standing import refuse_turn
from nurse_tui.screens.case_words import ending_words, today_of
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.record_form import RecordForm
from nurse_tui.screens.tab_row import TabRow
from nurse_tui.types import ClearanceKind, Refusal
from nurse_tui.views import CaseView, TimelineEntry

if TYPE_CHECKING:
    from nurse_tui.services.readiness import Readiness

OF_CASE = ("case.particulars", "case.form", "case.phone", "case.consent", "case.kit",
           "case.letter", "case.contraindication", "case.hold", "case.release",
           "case.close", "case.reopen")  # fmt: skip
OF_TAB = {
    "overview": OF_CASE,
    "timeline": OF_CASE,
    "due": ("clearance.confirm", "lab.record", "rems.record", "task.finish", *OF_CASE),
    "coverage": ("cover.verify", "cover.end", "cover.add"),
    "courses": ("schedule.day", "clearance.confirm", "rems.record"),
    "monitoring": ("lab.record", "rems.record", "clearance.confirm"),
    "work": ("task.finish", "safety.forward"),
}
"""What `e` offers on each tab, most needed first."""
CLOSING = (
    "complete", "patient withdrew", "prescriber stopped the treatment", "treated elsewhere",
    DIED, "duplicate", "other",
)  # fmt: skip
TURNS = ("close", "reopen", "hold", "release")
NO_COVER = Refusal("no_cover", "No cover is under the cursor.", "Go to one on the tab Coverage.")
NO_DAY = Refusal("no_day", "No infusion day is under the cursor.", "Go to one on Courses.")
NOTHING_HERE = Refusal(
    "nothing_here",
    "Nothing of this row can be changed.",
    "w writes a note, t makes a task; on the overview e changes the case itself.",
)
NO_TASK = Refusal("no_task", "No open task is under the cursor.", "Go to one on Notes & tasks.")
NO_REPORT = Refusal(
    "no_report", "No open safety report is under the cursor.", "Go to one on Notes & tasks."
)


class CaseChanges(CaseWork):
    """The jobs of the case that is open; the screen shows it and holds the tab and its row."""

    case: CaseView | None = None
    ready: Readiness | None = None
    tab: str = "overview"

    @property
    def row(self) -> TabRow | None:
        """The row under the cursor of the tab that is shown."""
        return None

    def do_edit(self) -> Refusal | None:
        """Offer what can be changed on this tab."""
        return self.with_case(self._offer)

    def _offer(self, case: CaseView) -> None:
        commands = [by_id(name) for name in OF_TAB[self.tab]]
        choices = [Choice(c.id, c.label, c.help) for c in commands if self._makes_sense(c.id)]
        if choices:
            self.app.push_screen(ChooseScreen("What to change", choices), self._chosen)
        else:
            self.say(NOTHING_HERE)

    def _makes_sense(self, command_id: str) -> bool:
        fact = self.row.fact if self.row else None
        sense = {
            "cover.verify": isinstance(fact, CoverageFact),
            "cover.end": isinstance(fact, CoverageFact),
            "schedule.day": isinstance(fact, DayFact),
            "task.finish": self._open_task() is not None,
            "safety.forward": isinstance(fact, SafetyFact) and fact.forwarded_at is None,
        }
        return sense.get(command_id, self.refuse_turn(command_id) is None)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is not None:
            self.call_later(self.nurse_app.run_command, choice.value, self)

    def open_row(self, row: TabRow) -> None:
        """Show all of a row; of a change every field that it set, of a call its answers."""
        from nurse_tui.screens import case_timeline
        from nurse_tui.screens.case_detail import DetailScreen

        fact, case = row.fact, self.case

        def show(lines: Sequence[Content]) -> None:
            self.app.push_screen(DetailScreen(row, lines))

        if case is not None and isinstance(fact, case_timeline.CallEntry) and fact.call:
            call_id, until = fact.call.id, fact.changes[-1].at
            self.ask(
                lambda services: services.history.answers(case.case_id, call_id, until),
                lambda given: show(case_timeline.answer_lines(fact, given)),
            )
        elif case is not None and isinstance(fact, TimelineEntry):
            self.ask(
                lambda services: services.history.change(case.case_id, fact.seq),
                lambda fields: show(case_timeline.field_lines(fields)),
            )
        else:
            show(())

    def refuse_turn(self, command_id: str) -> Refusal | None:
        """Refuse to close, reopen, hold or release, before a form opens, a case that stands so."""
        family, _, turn = command_id.partition(".")
        if self.case is None or family != "case" or turn not in TURNS:
            return None
        facts = self.case.facts
        return refuse_turn(turn, facts.closed_reason, facts.hold_reason)

    # forms

    def _form(self, kind: type[RecordForm], *more: object) -> Refusal | None:
        return self.with_case(lambda case: self.open_form(kind(case, *more)))

    def do_case_particulars(self) -> Refusal | None:
        """Correct the patient's particulars."""
        from nurse_tui.screens.case_corrections import ParticularsForm

        return self._form(ParticularsForm)

    def do_case_form(self) -> Refusal | None:
        """Record what the Services Form lacked."""
        from nurse_tui.screens.case_corrections import FormItemsForm

        return self._form(FormItemsForm)

    def do_case_phone(self) -> Refusal | None:
        """Add a phone number."""
        from nurse_tui.screens.case_corrections import PhoneForm

        return self._form(PhoneForm)

    def do_case_consent(self) -> Refusal | None:
        """Record a consent or its withdrawal."""
        from nurse_tui.screens.case_corrections import ConsentForm

        return self._form(ConsentForm)

    def do_case_letter(self) -> Refusal | None:
        """Record the unable-to-reach letter."""
        from nurse_tui.screens.case_corrections import LetterForm

        return self._form(LetterForm)

    def do_case_contraindication(self) -> Refusal | None:
        """Record a contraindication, or lift one."""
        from nurse_tui.screens.case_records import ContraindicationForm

        return self._form(ContraindicationForm)

    def do_case_kit(self) -> Refusal | None:
        """Record that the Welcome Kit was sent."""
        from nurse_tui.screens.case_records import KitForm

        return self._form(KitForm)

    def do_cover_add(self) -> Refusal | None:
        """Record a further cover."""
        from nurse_tui.screens.case_records import CoverForm

        return self._form(CoverForm)

    def do_cover_end(self) -> Refusal | None:
        """Record the last day of the cover under the cursor."""
        from nurse_tui.screens.case_records import CoverEndForm

        cover = self.row.fact if self.row else None
        return self._form(CoverEndForm, cover) if isinstance(cover, CoverageFact) else NO_COVER

    def do_clearance_confirm(self) -> Refusal | None:
        """Confirm something needed before day 1: of a blocker under the cursor, that."""
        from nurse_tui.screens.case_records import ClearanceForm

        fact = self.row.fact if self.row else None
        named = fact.what if isinstance(fact, Blocker) else ""
        kind = ClearanceKind(named) if named in set(ClearanceKind) else None
        return self._form(ClearanceForm, kind)

    def do_schedule_day(self) -> Refusal | None:
        """Record what became of the infusion day under the cursor."""
        from nurse_tui.screens.schedule_forms import DayForm

        day = self.row.fact if self.row else None
        if not isinstance(day, DayFact):
            return NO_DAY
        return self.with_case(lambda case: self.open_form(DayForm(case, (day,), today_of(case))))

    def do_rems_record(self) -> Refusal | None:
        """Record what a source says of a REMS party."""
        from nurse_tui.screens.case_records import RemsForm

        return self._form(RemsForm)

    def do_lab_record(self) -> Refusal | None:
        """Record a laboratory draw."""
        from nurse_tui.screens.case_records import LabForm

        return self._form(LabForm)

    def do_case_hold(self) -> Refusal | None:
        """Put the case on hold."""
        from nurse_tui.screens.case_forms import HoldForm

        return self._form(HoldForm)

    # at once

    def do_cover_verify(self) -> Refusal | None:
        """Record that the cover under the cursor was verified today."""
        cover = self.row.fact if self.row else None
        if not isinstance(cover, CoverageFact):
            return NO_COVER
        return self.with_case(
            lambda case: self.change(
                lambda services: services.work.verify_coverage(
                    case.case_id, cover.id, case.version
                ),
                "The cover is verified. u undoes it.",
            )
        )

    def _open_task(self) -> TaskFact | None:
        fact = self.row.fact if self.row else None
        return fact if isinstance(fact, TaskFact) and fact.done_at is None else None

    def do_task_finish(self) -> Refusal | None:
        """Mark the task under the cursor as done."""
        task = self._open_task()
        if task is None:
            return NO_TASK
        return self.with_case(
            lambda case: self.change(
                lambda services: services.work.finish_task(case.case_id, task.id),
                "The task is done. u undoes it.",
            )
        )

    def do_safety_forward(self) -> Refusal | None:
        """Record that the safety report under the cursor was forwarded."""
        report = self.row.fact if self.row else None
        if not isinstance(report, SafetyFact) or report.forwarded_at is not None:
            return NO_REPORT
        return self.with_case(
            lambda case: self.change(
                lambda services: services.work.forward_safety(case.case_id, report.id),
                "The report is marked as forwarded.",
            )
        )

    def do_case_release(self) -> Refusal | None:
        """Let the case go on."""
        return self._set("Released from hold", "The case goes on. u undoes it.", hold_reason="")

    def do_case_reopen(self) -> Refusal | None:
        """Open the case again."""
        return self._set("Reopened", "The case is open again. u undoes it.", closed_reason="")

    def do_case_close(self) -> Refusal | None:
        """Ask why, then close the case."""
        choices = [Choice(reason, reason.capitalize()) for reason in CLOSING]
        self.app.push_screen(ChooseScreen("Why the case is closed", choices), self._close)
        return None

    def _close(self, choice: Choice | None) -> None:
        if choice is None or self.case is None:
            return
        if choice.value == DIED:
            from nurse_tui.screens.case_corrections import DeathForm

            self._form(DeathForm)
            return
        other = choice.value == "other"
        ends = ending_words(self.case)

        def go(words: str) -> None:
            reason = words if other else choice.value
            said = f"The case is closed{ends}. u undoes it."
            self._set(f"Closed: {reason}", said, closed_reason=reason)

        then = f"Nothing more is due in it then{ends}."
        question = f"Close this case: {choice.words.lower()}? {then}"
        name = self.case.patient_name or self.case.number
        self.confirm(question, go, patient=name, reason=other)

    def _set(self, sentence: str, said: str, **fields: str) -> Refusal | None:
        return self.with_case(
            lambda case: self.change(
                lambda services: services.cases.set_case(
                    case.case_id, case.version, sentence, **fields
                ),
                said,
            )
        )
