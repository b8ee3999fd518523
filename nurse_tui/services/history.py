"""Undo and redo of a case's changes, each a new change of its own."""

from __future__ import annotations

from collections.abc import Callable

from nurse_tui.services.base import Service
from nurse_tui.store import undo
from nurse_tui.store.database import Tx
from nurse_tui.store.undo import Step
from nurse_tui.types import Refusal, Role


class HistoryService(Service):
    """Takes the newest change of a case back, or makes it again."""

    def undo(self, case_id: int) -> str | Refusal:
        """Undo the newest undoable change of a case; returns its sentence."""

        def job(tx: Tx) -> str | Refusal:
            step = undo.next_undo(tx, case_id)
            if isinstance(step, Refusal):
                return step
            tx.undo_of = step.seq
            return self._step(tx, step, undo.put_back, "Undid")

        return self.write("undo", "undo", job, case_id=case_id)

    def redo(self, case_id: int) -> str | Refusal:
        """Make the change that was undone last again; returns its sentence."""

        def job(tx: Tx) -> str | Refusal:
            step = undo.next_redo(tx, case_id)
            if isinstance(step, Refusal):
                return step
            tx.redo_of = step.seq
            return self._step(tx, step, undo.do_again, "Did again")

        return self.write("undo", "redo", job, case_id=case_id)

    def _step(
        self, tx: Tx, step: Step, apply: Callable[[Tx, Step], Refusal | None], word: str
    ) -> str | Refusal:
        if step.user_id != self.actor.user_id and self.actor.role is Role.NURSE:
            return Refusal(
                "anothers_change",
                f"“{step.sentence}” was done by {step.user_name}.",
                "Ask them or a supervisor to undo it.",
            )
        refused = apply(tx, step)
        if refused is not None:
            return refused
        tx.say(f"{word}: {step.sentence}")
        return step.sentence
