"""Calls by script: begun, answered item by item, ended; each answer is durable as it is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nurse_tui import clock
from nurse_tui.models import Call, CallAnswer, Case, User
from nurse_tui.rules import calls, journey
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.programme import Programme
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Answer
from nurse_tui.scripts.run import Run
from nurse_tui.services import effects, identity
from nurse_tui.services.call_end import refuse_call, refuse_end, refuse_failed
from nurse_tui.services.call_queue import CallQueue
from nurse_tui.services.call_script import SCRIPT_OF, identifier, kind_for, known, script_for
from nurse_tui.services.cases import NO_CASE, assign
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.types import CallKind, CallOutcome, Refusal

ENDED = Refusal("call_ended", "This call has ended.", "Begin a new one.")
UNANSWERED = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.VOICEMAIL_LEFT)


@dataclass(frozen=True, slots=True)
class CallView:
    """A running call: the script's run, and what the screen may show of the case."""

    call_id: int
    case_id: int
    kind: CallKind
    run: Run
    number: str
    zone: str
    started_at: datetime
    compare: str = ""
    """What the record says for the identifier that is asked just now; never read out (D-32)."""
    adverse_event: bool | None = None
    """What the answers say about adverse events; None while a question about them is open."""
    resumed: bool = False
    home: str = PROGRAMME_ZONE
    """The zone by whose clock the nurse works."""


class CallService(CallQueue):
    """Makes calls; the script's gate decides what may be shown (D-32)."""

    def start(
        self, case_id: int, kind: CallKind | None = None, *, inbound: bool = False
    ) -> CallView | Refusal:
        """Begin a call, or resume the one that is open; an unassigned case becomes the nurse's.

        Without a kind the case says which call is next.
        """
        running = self.running(case_id)
        if running is not None:
            return self.resume(running)

        def job(tx: Tx) -> int | Refusal:
            return self._begin(tx, case_id, kind, inbound)

        action = "call.make" if self._is_mine(case_id) else "case.take"
        started = self.write(action, "call.start", job, case_id=case_id)
        return started if isinstance(started, Refusal) else self._view(started, resumed=False)

    def _is_mine(self, case_id: int) -> bool:
        with self.db.read() as session:
            case = session.get(Case, case_id)
            return case is not None and case.nurse_id is not None

    def _begin(self, tx: Tx, case_id: int, kind: CallKind | None, inbound: bool) -> int | Refusal:
        running = finding.first(tx.session, Call, case_id=case_id, ended_at=None)
        if running is not None:
            return _refuse_anothers(tx.session, running, self.actor.user_id) or running.id
        facts = fact_store.load(tx.session, case_id)
        if facts is None:
            return NO_CASE
        if not inbound:
            refused = refuse_call(calls.may_call(facts, tx.programme, tx.at))
            if refused is not None:
                return refused
        kind = kind or kind_for(facts, journey.decide(facts, tx.programme).state)
        script = script_for(SCRIPT_OF[kind], facts.patient.language)
        case = tx.get(Case, case_id)
        if case.nurse_id is None:
            assign(tx, case, self.actor.user_id)
        phone = next((p for p in facts.phones if p.preferred), None)
        call = tx.add(
            Call(
                case_id=case_id,
                nurse_id=self.actor.user_id,
                kind=kind,
                outbound=not inbound,
                number=phone.number if phone else "",
                zone=facts.patient.zones[0] if facts.patient.zones else "",
                started_at=tx.at,
                script_id=script.id,
                script_language=script.language,
                script_version=script.version,
            )
        )
        tx.say(f"Began {'an inbound' if inbound else 'a'} {kind.value.replace('_', ' ')} call")
        return call.id

    def running(self, case_id: int) -> int | None:
        """Return the id of the case's open call, if there is one that the user may know of."""
        if self.refuse("case.view", case_id) is not None:
            return None
        with self.db.read() as session:
            call = finding.first(session, Call, case_id=case_id, ended_at=None)
            return call.id if call is not None else None

    def mine(self) -> tuple[tuple[int, int], ...]:
        """Return (call id, case id) of every call that the nurse left open, oldest first."""
        with self.db.read() as session:
            calls_open = finding.find(session, Call, nurse_id=self.actor.user_id, ended_at=None)
            return tuple((call.id, call.case_id) for call in calls_open)

    def resume(self, call_id: int) -> CallView | Refusal:
        """Open a paused or interrupted call at the item where it stood."""
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None or call.ended_at is not None:
                return ENDED
            left = _is_left_behind(session, call, self.actor.user_id)
            anothers = None if left else _refuse_anothers(session, call, self.actor.user_id)
        refused = anothers or self.refuse("call.answer", call.case_id)
        if refused is None and left:
            refused = self._take_over(call_id, call.case_id)
        if refused is None:
            refused = self._ask_again_who(call_id, call.case_id)
        return refused or self._view(call_id, resumed=True)

    def _ask_again_who(self, call_id: int, case_id: int) -> Refusal | None:
        """Forget the identification of a call that was left too long: who answers now? (D-32)."""
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None or not identity.is_stale(session, call, clock.now(), self._programme()):
                return None

        def job(tx: Tx) -> int:
            identity.forget(tx, tx.get(Call, call_id))
            tx.say("Identification is asked again: the call was left for long")
            return call_id

        saved = self.write("call.answer", "call.identify_again", job, case_id=case_id)
        return saved if isinstance(saved, Refusal) else None

    def _programme(self) -> Programme:
        return self.desk.settings.on(clock.today(clock.PROGRAMME_ZONE))

    def _take_over(self, call_id: int, case_id: int) -> Refusal | None:
        """Make a call one's own that was left open by a nurse who has the case no longer."""

        def job(tx: Tx) -> Refusal | None:
            call = tx.get(Call, call_id)
            if call.ended_at is not None:
                return ENDED
            if not _is_left_behind(tx.session, call, self.actor.user_id):
                return _refuse_anothers(tx.session, call, self.actor.user_id)
            call.nurse_id = self.actor.user_id
            tx.say("Took over a call that was left open")
            return None

        return self.write("call.answer", "call.take_over", job, case_id=case_id)

    def _view(self, call_id: int, *, resumed: bool) -> CallView | Refusal:
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None:
                return ENDED
            facts = _facts(session, call)
            run = self._run(session, call, facts)
            item = runner.current(run)
            return CallView(
                call_id=call.id,
                case_id=call.case_id,
                kind=call.kind,
                run=run,
                number=call.number,
                zone=call.zone,
                started_at=call.started_at,
                compare=identifier(item.link_id, facts) if item and item.gate else "",
                adverse_event=effects.adverse_event(session, call, run),
                resumed=resumed,
            )

    def _run(self, session: Session, call: Call, given: CaseFacts | None = None) -> Run:
        facts = given or _facts(session, call)
        rows = finding.find(session, CallAnswer, call_id=call.id)
        answers: dict[str, Answer] = {}
        deferred: dict[str, bool] = {}
        for row in rows:
            deferred[row.link_id] = row.deferred
            if row.deferred:
                answers.pop(row.link_id, None)
            else:
                answers[row.link_id] = Answer(row.link_id, tuple(json.loads(row.value)))
        run = runner.start(
            script_for(call.script_id, call.script_language, call.script_version),
            known(facts, self.actor.name),
            answers.values(),
            [link for link, put_off in deferred.items() if put_off],
        )
        if call.position:
            moved = runner.jump(run, call.position)
            run = run if isinstance(moved, Refusal) else moved
        return run

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
        return _refuse_anothers(tx.session, call, self.actor.user_id) or call

    def _save(self, tx: Tx, call: Call, after: Run, row: CallAnswer) -> None:
        tx.add(row)
        call.position = after.position or ""
        if runner.identified(after) and call.identified_at is None:
            call.identified_at = tx.at
        done, needed = runner.progress(after)
        tx.say(f"Answered a question of the call ({done} of {needed})")

    def _step(self, call_id: int, command: str, job: effects.Job) -> CallView | Refusal:
        with self.db.read() as session:
            call = session.get(Call, call_id)
        if call is None or call.ended_at is not None:
            return ENDED
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
            refused = ENDED if call.ended_at else refuse_failed(failed, outcome)
            refused = refused or refuse_end(tx, call, outcome, adverse_event, at)
            if refused is not None:
                return refused
            call.ended_at, call.outcome = tx.at, outcome
            call.adverse_event, call.next_action = adverse_event, next_action
            effects.after_call(tx, call, at, None if anyone else self.actor.user_id)
            tx.say(f"Ended the call: {outcome.value.replace('_', ' ')}")
            return call.case_id

        return self.write("call.answer", "call.finish", job, case_id=found.case_id)

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


def _facts(session: Session, call: Call) -> CaseFacts:
    facts = fact_store.load(session, call.case_id)
    if facts is None:
        raise LookupError("a call without a case")
    return facts


def _is_left_behind(session: Session, call: Call, user_id: int) -> bool:
    """Say whether another nurse's open call is of a case that is this user's by now."""
    case = session.get(Case, call.case_id)
    return call.nurse_id != user_id and case is not None and case.nurse_id == user_id


def _refuse_anothers(session: Session, call: Call, user_id: int) -> Refusal | None:
    if call.nurse_id == user_id:
        return None
    owner = session.get(User, call.nurse_id)
    who = (owner.full_name or owner.name) if owner is not None else "Somebody else"
    return Refusal(
        "anothers_call",
        f"{who} has a call open with this patient.",
        "Ask them to end it first.",
    )
