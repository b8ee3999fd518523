"""The jobs of one case by one key each, for every screen that has a case under the hand."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from nurse_tui.screens.base import JobScreen
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.types import CallKind, Refusal

if TYPE_CHECKING:
    from nurse_tui.screens.record_form import Done, RecordForm
    from nurse_tui.services.call_queue import NextCall
    from nurse_tui.services.cases import Assigned
    from nurse_tui.services.worklist import Hands, NurseLoad
    from nurse_tui.views import CaseView

Then: TypeAlias = "Callable[[CaseView], object]"
NO_CASE_HERE = Refusal("no_row", "There is no case under the cursor.", "Choose a row first.")


class CaseWork(JobScreen):
    """A screen on which a case is in hand; subclasses say which, and read again after a change."""

    @abstractmethod
    def case_here(self) -> int | None:
        """Return the id of the case in hand, or None."""

    @abstractmethod
    def changed(self) -> None:
        """Read again what is shown: the case was changed."""

    def with_case(self, then: Then) -> Refusal | None:
        """Read the case in hand and go on with it."""
        case_id = self.case_here()
        if case_id is None:
            return NO_CASE_HERE
        self.ask(lambda services: services.cases.view(case_id), then, group="in hand", hold=True)
        return None

    def tell_open_calls(self) -> None:
        """Say that a cut left a call open: everything answered in it is saved."""

        def tell(calls: tuple[object, ...]) -> None:
            if calls:
                self.say("A call is not ended; every answer in it is saved. 2 shows it.")

        self.ask(lambda services: services.calls.mine(), tell, group="open calls")

    def open_form(self, form: RecordForm) -> None:
        """Open a form; say how it ended and read again what it changed."""
        self.app.push_screen(form, self._ended)

    def _ended(self, done: Done | None) -> None:
        if done is not None:
            self.say(done.sentence)
            if done.changed:
                self.changed()

    def change(self, job: Callable[[Any], object], sentence: str) -> None:
        """Write something at once, say so and read again; a refusal is said."""
        self.ask(job, partial(self._changed, sentence), write=True, refused=self._not_changed)

    def _changed(self, sentence: str, answer: object) -> None:
        self.say(sentence.format(answer=answer))
        self.changed()

    def _not_changed(self, refusal: Refusal) -> None:
        self.say(refusal)
        if refusal.code == "stale":
            self.changed()

    def open_on_case(self, view: str, *more: object) -> Refusal | None:
        """Open a screen on the case in hand."""
        case_id = self.case_here()
        if case_id is None:
            return NO_CASE_HERE
        return self.nurse_app.open_view(view, case_id, *more)

    def do_next(self) -> None:
        """Open the next patient who may be called now, and say why this one."""
        here = self.case_here() if self.VIEW_NAME == "case" else None
        skip = () if here is None else (here,)
        self.ask(lambda services: services.calls.next_call(skip), self.go_on_to, hold=True)

    def go_on_to(self, found: NextCall, done: str = "") -> None:
        """Open the case that is to be called next; what was done is said before why."""
        from nurse_tui.screens.case import CaseScreen

        before = f"{done} " if done else ""
        said = f"{before}Next call: {found.why}. {found.reasons[0].sentence} c calls."
        screen = CaseScreen(found.case_id, said=said)
        if self.VIEW_NAME == "case":
            self.app.switch_screen(screen)
        else:
            self.app.push_screen(screen)

    def do_call(self) -> Refusal | None:
        """Start the call, or go on with the one that was paused."""
        return self.open_on_case("call")

    def do_call_in(self) -> Refusal | None:
        """Take a call that comes in: who calls is identified first."""
        return self.open_on_case("call", CallKind.INBOUND)

    def do_copay(self) -> Refusal | None:
        """Show the co-pay decision."""
        return self.open_on_case("copay_case")

    def do_schedule(self) -> Refusal | None:
        """Find infusion weeks."""
        return self.open_on_case("schedule")

    def do_monitoring(self) -> Refusal | None:
        """Show monitoring and REMS."""
        return self.open_on_case("case", "monitoring")

    def do_note(self) -> Refusal | None:
        """Write a note."""
        from nurse_tui.screens.case_forms import NoteForm

        return self.with_case(lambda case: self.open_form(NoteForm(case)))

    def do_task(self) -> Refusal | None:
        """Make a task."""
        from nurse_tui.screens.case_forms import TaskForm

        return self.with_case(lambda case: self.open_form(TaskForm(case)))

    def do_safety(self) -> Refusal | None:
        """Report an adverse event."""
        from nurse_tui.screens.case_forms import SafetyForm

        return self.with_case(lambda case: self.open_form(SafetyForm(case)))

    def do_flag(self) -> Refusal | None:
        """Flag the case, or take the flag away."""
        return self.with_case(self._flag)

    def _flag(self, case: CaseView) -> None:
        from nurse_tui.screens.case_forms import FlagForm

        if not case.flag:
            self.open_form(FlagForm(case))
            return
        self.change(
            lambda services: services.cases.set_case(
                case.case_id, case.version, "Took the flag away", flag=""
            ),
            "The flag is taken away. u undoes it.",
        )

    def do_take(self) -> Refusal | None:
        """Make a case without a nurse the signed-in person's own."""
        case_id = self.case_here()
        if case_id is None:
            return NO_CASE_HERE
        self.change(
            lambda services: services.cases.take(case_id), "The case is yours. u undoes it."
        )
        return None

    # into other hands

    def cases_marked(self) -> list[int]:
        """Return the ids of the cases that would be reassigned."""
        here = self.case_here()
        return [] if here is None else [here]

    def do_reassign(self) -> Refusal | None:
        """Choose the nurse who gets the marked cases, or the one in hand."""
        ids = self.cases_marked()
        if not ids:
            return NO_CASE_HERE
        self.ask(lambda services: services.worklist.hands(ids), partial(self._to_whom, ids))
        return None

    def _to_whom(self, ids: list[int], hands: Hands) -> None:
        from nurse_tui.screens import reassigning as words

        def chosen(choice: Choice | None) -> None:
            if choice is None:
                return
            nurse: NurseLoad | None = choice.value
            refused = words.refuse(hands, nurse)
            if refused is not None:
                self.say(refused)
            elif len(ids) == 1:
                self._reassign(ids, nurse)
            else:
                self.confirm(words.question(hands, nurse), lambda _: self._reassign(ids, nurse))

        screen = ChooseScreen(words.title(hands), words.choices(hands), words.first(hands))
        self.app.push_screen(screen, chosen)

    def _reassign(self, ids: list[int], nurse: NurseLoad | None) -> None:
        from nurse_tui.screens.reassigning import cases_words, named

        nurse_id = nurse.user_id if nurse else None

        def done(assigned: Assigned) -> None:
            kept = assigned.refused
            why = f" {len(kept):,} not: {kept[0][1]}" if kept else ""
            given = f"{cases_words(assigned.moved)} given to {named(nurse)}."
            self.say(f"{given}{why} u undoes it case by case.")
            self.reassigned()

        self.ask(lambda services: services.cases.reassign(ids, nurse_id), done, write=True)

    def reassigned(self) -> None:
        """Read again: cases are in other hands."""
        self.changed()

    def do_undo(self) -> Refusal | None:
        """Take back the last change of the case."""
        return self._step("undo", "Undone: {answer} U does it again.")

    def do_redo(self) -> Refusal | None:
        """Make again the change that was undone."""
        return self._step("redo", "Done again: {answer} u undoes it.")

    def _step(self, step: str, sentence: str) -> Refusal | None:
        case_id = self.case_here()
        if case_id is None:
            return NO_CASE_HERE
        self.change(lambda services: _ended(getattr(services.history, step)(case_id)), sentence)
        return None


def _ended(answer: str | Refusal) -> str | Refusal:
    """End a sentence of the log with a full stop, to go on after it."""
    if isinstance(answer, Refusal):
        return answer
    return answer if answer.endswith((".", "!", "?")) else f"{answer}."
