"""What happened in a case in full; undo and redo, each a new change of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nurse_tui import clock
from nurse_tui.models import Call, CallAnswer, Change, User
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Item, ItemType
from nurse_tui.services.base import Service
from nurse_tui.services.call_script import known, script_for
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.redoing import refuse_again, refuse_put_back, refuse_undoing
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding, undo
from nurse_tui.store.changes import read_diff
from nurse_tui.store.database import PROGRAMME_ZONE, Tx
from nurse_tui.store.undo import Step
from nurse_tui.types import Refusal, Role
from nurse_tui.views import FieldChange, GivenAnswer
from nurse_tui.words import plain


class HistoryService(Service):
    """Takes the newest change of a case back, or makes it again."""

    def undo(self, case_id: int) -> str | Refusal:
        """Undo the newest undoable change, if the rules allow it still; returns its sentence."""

        def job(tx: Tx) -> str | Refusal:
            step = undo.next_undo(tx, case_id)
            if isinstance(step, Refusal):
                return step
            tx.undo_of = step.seq
            refused = refuse_undoing(tx, step)
            if refused is not None:
                return refused
            done = self._step(tx, step, undo.put_back, "Undid")
            if isinstance(done, Refusal):
                return done
            return refuse_put_back(tx, case_id, step) or done

        return self.write("undo", "undo", job, case_id=case_id)

    def redo(self, case_id: int) -> str | Refusal:
        """Make the change that was undone last again, if the rules still allow it."""

        def job(tx: Tx) -> str | Refusal:
            step = undo.next_redo(tx, case_id)
            if isinstance(step, Refusal):
                return step
            tx.redo_of = step.seq
            refused = refuse_again(tx, case_id, step)
            if refused is not None:
                return refused
            return self._step(tx, step, undo.do_again, "Did again")

        return self.write("undo", "redo", job, case_id=case_id)

    def change(self, case_id: int, seq: int) -> tuple[FieldChange, ...] | Refusal:
        """Return every field that one change of a case set, with its text before and after."""
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        with self.db.read() as session:
            row = finding.first(session, Change, subject=f"case:{case_id}", seq=seq)
            diff = read_diff(row) if row is not None else {}
        return tuple(
            FieldChange(plain(f"{table}: {name}"), _text(before), _text(after))
            for table, entries in diff.items()
            for entry in entries.values()
            for name, before, after in _fields(entry)
        )

    def answers(
        self, case_id: int, call_id: int, until: datetime | None = None
    ) -> tuple[GivenAnswer, ...] | Refusal:
        """Return what was answered in a call up to an instant (UTC), oldest first."""
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        with self.db.read() as session:
            call = finding.first(session, Call, id=call_id, case_id=case_id)
            facts = fact_store.load(session, case_id)
            if call is None or facts is None:
                return NO_CASE
            nurse = session.get(User, call.nurse_id)
            rows = finding.find(session, CallAnswer, call_id=call_id)
        script = script_for(call.script_id, call.script_language, call.script_version)
        named = (nurse.full_name or nurse.name) if nurse else ""
        held = self.desk.settings.on(clock.local_date(call.started_at, PROGRAMME_ZONE))
        names = known(facts, named, held)
        return tuple(
            _given(script.by_id.get(row.link_id), row, names)
            for row in rows
            if until is None or row.at <= until
        )

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


def _given(item: Item | None, row: CallAnswer, names: Mapping[str, str]) -> GivenAnswer:
    """Return an answer in the script's words, or in the stored ones where the script lost it."""
    values: list[str] = json.loads(row.value)
    if item is None:
        return GivenAnswer(row.link_id, ", ".join(values), row.at)
    words = ", ".join(item.label(value) for value in values) or "passed over"
    if row.deferred:
        words = "put off"
    elif item.type is ItemType.DISPLAY:
        words = "done"
    return GivenAnswer(runner.render(item, names, identified=True), words, row.at)


def _fields(entry: list[Any]) -> Iterator[tuple[str, object, object]]:
    """Yield (name, before, after) of a logged row, without ids and what says nothing."""
    before, after = entry[0] or {}, entry[1] or {}
    for name in {**before, **after}:
        if name != "id" and not name.endswith("_id") and before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
