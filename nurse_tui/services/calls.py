"""Calls by script: begun, answered item by item, ended; each answer is durable as it is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from nurse_tui import clock
from nurse_tui.models import Call, CallAnswer
from nurse_tui.rules.calls import promise_words
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.run import Run
from nurse_tui.services import effects, identity
from nurse_tui.services.call_end import UNANSWERED, refuse_end, refuse_failed
from nurse_tui.services.call_start import CallStart
from nurse_tui.services.call_view import (
    ENDED,
    CallView,
    facts_of,
    refuse_anothers,
    refuse_ending,
)
from nurse_tui.store.database import Tx
from nurse_tui.types import CallOutcome, Refusal
from nurse_tui.words import plain


class CallService(CallStart):
    """Makes calls, with everything that their answers set going."""

    def answer(
        self, call_id: int, link_id: str, value: str | Sequence[str], note: str = ""
    ) -> CallView | Refusal:
        """Save one answer with everything that it sets going, and move to the next item."""

        def job(tx: Tx) -> int | Refusal:
            call = self._own(tx, call_id)
            if isinstance(call, Refusal):
                return call
            at = runner.jump(self._run(tx.session, call), link_id)
            if isinstance(at, Refusal):
                return at
            before = at.answers.get(link_id)
            after = runner.answer(at, value)
            if isinstance(after, Refusal):
                return after
            given = after.answers[link_id]
            self._save(tx, call, after, CallAnswer(
                case_id=call.case_id, call_id=call.id, link_id=link_id,
                value=json.dumps(given.values, ensure_ascii=False), note=note, at=tx.at,
            ))  # fmt: skip
            if before is None or before.values != given.values:
                return self._set_going(tx, call, after, link_id) or call.id
            return call.id

        return self._step(call_id, "call.answer", job)

    def _set_going(self, tx: Tx, call: Call, after: Run, link_id: str) -> Refusal | None:
        for effect in runner.effects(after, link_id):
            refused = effects.apply(tx, call, effect)
            if refused is not None:
                return refused
        script = after.script
        effects.add_details(tx, call, script, script.by_id[link_id], after.answers[link_id])
        return None

    def back(self, call_id: int) -> CallView | Refusal:
        """Go to the item before; a call that is cut off goes on there."""
        return self._move(call_id, runner.back)

    def jump(self, call_id: int, link_id: str) -> CallView | Refusal:
        """Go to an item by name; a call that is cut off goes on there."""
        return self._move(call_id, lambda run: runner.jump(run, link_id))

    def _move(self, call_id: int, step: Callable[[Run], Run | Refusal]) -> CallView | Refusal:
        def job(tx: Tx) -> int | Refusal:
            call = self._own(tx, call_id)
            if isinstance(call, Refusal):
                return call
            after = step(self._run(tx.session, call))
            if isinstance(after, Refusal):
                return after
            call.position = after.position or ""
            tx.say("Went to another question of the call")
            return call.id

        return self._step(call_id, "call.move", job)

    def defer(self, call_id: int, link_id: str) -> CallView | Refusal:
        """Put a question off; it comes again before the end."""

        def job(tx: Tx) -> int | Refusal:
            call = self._own(tx, call_id)
            if isinstance(call, Refusal):
                return call
            at = runner.jump(self._run(tx.session, call), link_id)
            after = at if isinstance(at, Refusal) else runner.defer(at)
            if isinstance(after, Refusal):
                return after
            self._save(tx, call, after, CallAnswer(
                case_id=call.case_id, call_id=call.id, link_id=link_id, value="[]",
                deferred=True, at=tx.at,
            ))  # fmt: skip
            return call.id

        return self._step(call_id, "call.defer", job)

    def _own(self, tx: Tx, call_id: int) -> Call | Refusal:
        call = tx.get(Call, call_id)
        if call.ended_at is not None:
            return ENDED
        return refuse_anothers(tx.session, call, self.actor.user_id) or call

    def _save(self, tx: Tx, call: Call, after: Run, row: CallAnswer) -> None:
        tx.add(row)
        call.position = after.position or ""
        call.identified_at = (call.identified_at or tx.at) if runner.identified(after) else None
        done, needed = runner.progress(after)
        tx.say(f"Answered a question of the call ({done} of {needed} required)")

    def _step(self, call_id: int, command: str, job: effects.Job) -> CallView | Refusal:
        """Do one step; of a call that was left for long nothing but who answers is asked (D-32)."""
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None or call.ended_at is not None:
                return ENDED
            held = self._held(session, call, facts_of(session, call))
            mine = refuse_anothers(session, call, self.actor.user_id) is None
            stale = mine and identity.is_stale(session, call, clock.now(), self._programme())
        if held is not None:
            return held
        if stale:
            asked = self._ask_again_who(call_id, call.case_id)
            return asked or self._view(call_id, resumed=True)
        saved = self.write("call.answer", command, job, case_id=call.case_id)
        return saved if isinstance(saved, Refusal) else self._view(call_id, resumed=False)

    def finish(
        self,
        call_id: int,
        outcome: CallOutcome,
        *,
        adverse_event: bool | None,
        next_action: str = "",
        callback_at: datetime | None = None,
        callback_local: str = "",
        anyone: bool = False,
    ) -> int | Refusal:
        """End a call with its outcome and next step (D-37); returns the case id.

        A safety report of the call says that an adverse event was mentioned, whatever is given.
        A callback is given as an instant, or as `YYYY-MM-DD HH:MM` on the patient's clocks.
        """
        with self.db.read() as session:
            found = session.get(Call, call_id)
        if found is None or found.ended_at is not None:
            return ENDED
        at = effects.instant(callback_local, found.zone) if callback_local else callback_at
        if isinstance(at, Refusal):
            return at

        def job(tx: Tx) -> int | Refusal:
            call = tx.get(Call, call_id)
            failed = runner.failed(self._run(tx.session, call))
            told = True if effects.was_told(tx.session, call) else adverse_event
            refused = ENDED if call.ended_at else None
            refused = refused or refuse_ending(tx.session, call, self.actor.user_id)
            refused = refused or refuse_failed(failed, outcome)
            refused = refused or refuse_end(tx, call, outcome, told, at)
            if refused is not None:
                return refused
            call.ended_at, call.outcome = tx.at, outcome
            call.adverse_event, call.next_action = told, next_action
            left = effects.after_call(tx, call, at, None if anyone else self.actor.user_id)
            tx.say(f"Ended the call: {plain(outcome.value)}{left}")
            return call.case_id

        return self.write("call.answer", "call.finish", job, case_id=found.case_id)

    def promise_words(self, call_id: int, callback_local: str) -> str | Refusal:
        """Say what speaks against a callback at a time on the patient's clocks, or nothing."""
        with self.db.read() as session:
            call = session.get(Call, call_id)
        refused = ENDED if call is None else self.refuse("case.view", call.case_id)
        if call is None or refused is not None:
            return refused or ENDED
        at = effects.instant(callback_local, call.zone)
        return at if isinstance(at, Refusal) else promise_words(self._programme(), at, call.zone)

    def log_unanswered(self, case_id: int, outcome: CallOutcome) -> int | Refusal:
        """Log an attempt that nobody answered, whether or not the script was opened."""
        if outcome not in UNANSWERED:
            raise ValueError("not an unanswered call")
        running = self.running(case_id)
        if running is None:
            started = self.start(case_id)
            if isinstance(started, Refusal):
                return started
            running = started.call_id
        return self.finish(running, outcome, adverse_event=None)
