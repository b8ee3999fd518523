"""The co-pay of one case: a verdict a benefit with its rules, enrolment, referral, history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from nurse_tui.rules.calendar import say
from nurse_tui.screens.case_words import name_of
from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.screens.copay_words import elsewhere, history, verdict_line, who_line
from nurse_tui.types import Benefit, Refusal, Verdict
from nurse_tui.widgets.reasons import ReasonList
from nurse_tui.widgets.text import stacked

if TYPE_CHECKING:
    from nurse_tui.services.copay_views import CopayView

NOT_READ = Refusal("reading", "The verdict is still being read.", "Wait a moment.")
VERDICT_WORDS = {
    Verdict.ELIGIBLE: "eligible",
    Verdict.INELIGIBLE: "not eligible",
    Verdict.UNDETERMINED: "not known yet",
}


class CopayCaseScreen(CaseWork):
    """What the rules say today, benefit by benefit, and what can be done about it."""

    VIEW_NAME: ClassVar[str] = "copay_case"
    VIEW_TITLE: ClassVar[str] = "Co-pay of a case"
    CSS_PATH = "copay_case.tcss"

    def __init__(self, case_id: int) -> None:
        super().__init__()
        self._case_id = case_id
        self.copay: CopayView | None = None

    def compose_job(self) -> ComposeResult:
        yield Static(id="who")
        yield Static(id="verdicts")
        with VerticalScroll(id="body"):
            with Container(id="reasons"):
                for benefit in Benefit:
                    yield ReasonList(id=benefit.value)
            yield Static(id="elsewhere")
            yield Static(id="history")

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def on_screen_resume(self) -> None:
        self.changed()

    def case_here(self) -> int | None:
        return self._case_id

    def changed(self) -> None:
        case_id = self._case_id
        self.ask(lambda services: services.copay.view(case_id), self.show_copay, group="copay",
                 refused=self.show_refused)  # fmt: skip

    def show_copay(self, view: CopayView) -> None:
        """Draw the verdicts and the history."""
        self.copay = view
        self.show_full()
        self.query_one("#who", Static).update(who_line(view.case))
        verdicts = [verdict_line(view, benefit) for benefit in Benefit]
        self.query_one("#verdicts", Static).update(stacked(verdicts))
        for benefit, found in view.case.copay.benefits.items():
            self.query_one(f"#{benefit.value}", ReasonList).show_decision(
                None,
                found.reasons,
                title=f"{benefit.value.upper()}: why",
                missing=found.missing,
                way_out=found.way_out,
            )
        offered = self.query_one("#elsewhere", Static)
        offered.display = bool(view.case.copay.directed_to)
        offered.update(elsewhere(view))
        self.query_one("#history", Static).update(history(view))

    # -- what can be done

    def do_copay_keep(self) -> Refusal | None:
        """Keep today's verdict with its reasons and the version of the terms."""
        return self._write(
            lambda services, case_id, seen: services.copay.decide(case_id, seen),
            "The verdict is kept with its reasons. u undoes it.",
        )

    def do_copay_enrol(self) -> Refusal | None:
        """Choose the benefit and enrol."""
        return self._choose_benefit("Enrol in", self._enrol)

    def _enrol(self, benefit: Benefit) -> None:
        self._write(
            partial(_enrol, benefit),
            f"Enrolled for {benefit.value} costs{{answer}}. u undoes it.",
        )

    def do_copay_end(self) -> Refusal | None:
        """Choose a benefit whose enrolment runs, and end it with the reason."""
        view = self.copay
        if view is None:
            return NOT_READ
        running = [benefit for benefit in Benefit if view.running(benefit)]
        if not running:
            return Refusal("none_runs", "No co-pay enrolment runs.", "There is nothing to end.")
        if len(running) == 1:
            self._confirm_end(running[0])
            return None
        return self._choose_benefit("End the enrolment in", self._confirm_end)

    def _confirm_end(self, benefit: Benefit) -> None:
        if self.copay is not None:
            self.confirm(
                f"End the co-pay enrolment for {benefit.value} costs?",
                partial(self._end, benefit),
                patient=name_of(self.copay.case),
                reason=True,
            )

    def _end(self, benefit: Benefit, reason: str) -> None:
        self._write(
            lambda services, case_id, seen: services.copay.end(case_id, benefit, reason, seen),
            f"The enrolment for {benefit.value} costs is ended. u undoes it.",
        )

    def do_copay_refer(self) -> Refusal | None:
        """Note that the patient was directed to another programme; nothing is promised (D-54)."""
        view = self.copay
        if view is None:
            return NOT_READ
        offered = view.case.copay.directed_to
        if not offered:
            return Refusal("no_referral", "The co-pay programme itself is open to the patient.",
                           "Other assistance is for those whom it refuses.", "D-54")  # fmt: skip
        choices = [Choice(place, place) for place in offered]
        self.app.push_screen(ChooseScreen("Direct the patient to", choices), self._refer)
        return None

    def _refer(self, choice: Choice | None) -> None:
        if choice is not None:
            place: str = choice.value
            self._write(
                lambda services, case_id, seen: services.copay.refer(case_id, place, seen),
                "The referral is noted; it promises nothing. u undoes it.",
            )

    def _choose_benefit(self, title: str, then: Callable[[Benefit], object]) -> Refusal | None:
        view = self.copay
        if view is None:
            return NOT_READ
        choices = [
            Choice(benefit, benefit.value.upper(), VERDICT_WORDS[found.verdict])
            for benefit, found in view.case.copay.benefits.items()
        ]

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                then(choice.value)

        self.app.push_screen(ChooseScreen(title, choices), chosen)
        return None

    def _write(self, job: Callable[[Any, int, int], Any], sentence: str) -> Refusal | None:
        if self.copay is None:
            return NOT_READ
        case_id, seen = self._case_id, self.copay.case.version
        self.change(lambda services: job(services, case_id, seen), sentence)
        return None

    # -- keys of every record

    def do_copay(self) -> Refusal | None:
        """Say that it is shown already."""
        return Refusal("here", "This is the co-pay of the case.", "Esc goes back.")

    def do_as_of(self) -> Refusal:
        """Say where earlier instants are shown."""
        return Refusal("as_of", "The verdict is today's.", "Open the case, then press v.")

    def do_tab_next(self) -> Refusal:
        """Say that there is one page."""
        return Refusal("one_tab", "This screen has no tabs.", "Arrows scroll.")

    def do_tab_previous(self) -> Refusal:
        """Say that there is one page."""
        return self.do_tab_next()


def _enrol(benefit: Benefit, services: Any, case_id: int, seen: int) -> object:
    """Enrol, and return in words the last day that a cover to come has set (D-51)."""
    done = services.copay.enrol(case_id, benefit, seen)
    view = done if isinstance(done, Refusal) else services.copay.view(case_id)
    if isinstance(view, Refusal):
        return done if isinstance(done, Refusal) else ""
    made = view.running(benefit)
    return f" until {say(made.ends_on)}" if made and made.ends_on else ""
