"""Calls by script: begun, answered item by item, ended; each answer is durable as it is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nurse_tui import clock
from nurse_tui.models import Call, CallAnswer, Case, User
from nurse_tui.rules import calls
from nurse_tui.rules.calendar import say
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Answer
from nurse_tui.scripts.run import Run
from nurse_tui.services import effects
from nurse_tui.services.base import Service
from nurse_tui.services.call_end import refuse_end
from nurse_tui.services.call_script import SCRIPT_OF, known, script_for
from nurse_tui.services.cases import NO_CASE, assign
from nurse_tui.store import call_list, finding
from nurse_tui.store import facts as fact_store
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.types import CallKind, CallOutcome, Reason, Refusal

UNANSWERED = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.VOICEMAIL_LEFT)
NEXT_CALL_LOOKS_AT = 200


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
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class NextCall:
    """The patient to call next and why this one."""

    case_id: int
    why: str
    reasons: tuple[Reason, ...]


class CallService(Service):
    """Makes calls; the script's gate decides what may be shown (D-32)."""

    def start(
        self, case_id: int, kind: CallKind = CallKind.WELCOME, *, inbound: bool = False
    ) -> CallView | Refusal:
        """Begin a call, or resume the one that is open; an unassigned case becomes the nurse's."""
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

    def _begin(self, tx: Tx, case_id: int, kind: CallKind, inbound: bool) -> int | Refusal:
        facts = fact_store.load(tx.session, case_id)
        if facts is None:
            return NO_CASE
        if not inbound:
            refused = refuse_call(calls.may_call(facts, tx.programme, tx.at))
            if refused is not None:
                return refused
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
        """Return the id of the case's open call, if there is one."""
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
            owner = session.get(User, call.nurse_id) if call is not None else None
        if call is None or call.ended_at is not None:
            return Refusal("call_ended", "This call has ended.", "Begin a new one.")
        if owner is not None and owner.id != self.actor.user_id:
            return Refusal(
                "anothers_call",
                f"{owner.full_name or owner.name} has a call open with this patient.",
                "Ask them to end it first.",
            )
        return self.refuse("call.answer", call.case_id) or self._view(call_id, resumed=True)

    def _view(self, call_id: int, *, resumed: bool) -> CallView | Refusal:
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None:
                return Refusal("call_ended", "This call has ended.", "Begin a new one.")
            run = self._run(session, call)
            return CallView(
                call.id,
                call.case_id,
                call.kind,
                run,
                call.number,
                call.zone,
                call.started_at,
                resumed,
            )

    def _run(self, session: Session, call: Call) -> Run:
        facts = fact_store.load(session, call.case_id)
        if facts is None:
            raise LookupError("a call without a case")
        rows = finding.find(session, CallAnswer, call_id=call.id)
        answers: dict[str, Answer] = {}
        deferred: dict[str, bool] = {}
        for row in rows:
            deferred[row.link_id] = row.deferred
            if not row.deferred:
                answers[row.link_id] = Answer(row.link_id, tuple(json.loads(row.value)))
        run = runner.start(
            script_for(call.script_id, call.script_language),
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
            call = tx.get(Call, call_id)
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
                for effect in runner.effects(after, link_id):
                    effects.apply(tx, call, effect)
            return call.id

        return self._step(call_id, "call.answer", job)

    def defer(self, call_id: int, link_id: str) -> CallView | Refusal:
        """Put a question off; it comes again before the end."""

        def job(tx: Tx) -> int | Refusal:
            call = tx.get(Call, call_id)
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
            return Refusal("call_ended", "This call has ended.", "Begin a new one.")
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
        anyone: bool = False,
    ) -> int | Refusal:
        """End a call with its outcome and next step (D-37); returns the case id."""
        with self.db.read() as session:
            found = session.get(Call, call_id)
        if found is None or found.ended_at is not None:
            return Refusal("call_ended", "This call has ended.", "Begin a new one.")

        def job(tx: Tx) -> int | Refusal:
            call = tx.get(Call, call_id)
            refused = refuse_end(tx, call, outcome, adverse_event, callback_at)
            if refused is not None:
                return refused
            call.ended_at, call.outcome = tx.at, outcome
            call.adverse_event, call.next_action = adverse_event, next_action
            effects.after_call(tx, call, callback_at, None if anyone else self.actor.user_id)
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

    def next_call(self, skip: Sequence[int] = ()) -> NextCall | Refusal:
        """Return the nurse's most urgent case that may be called now, and why it is this one."""
        now = clock.now()
        programme = self.desk.settings.on(clock.local_date(now, PROGRAMME_ZONE))
        with self.db.read() as session:
            rows = call_list.next_to_call(session, self.actor.user_id, NEXT_CALL_LOOKS_AT)
            for case_id, why, due_at in rows:
                if case_id in skip:
                    continue
                facts = fact_store.load(session, case_id)
                if facts is None:
                    continue
                may = calls.may_call(facts, programme, now)
                if may.may:
                    due = say(clock.local_date(due_at, PROGRAMME_ZONE), programme.on)
                    return NextCall(case_id, f"{why}, due {due}", may.reasons)
        return Refusal(
            "nobody_to_call",
            "None of your patients with something due may be called now.",
            "Look at the caseload for when each may be called.",
        )


def refuse_call(may: calls.MayCall) -> Refusal | None:
    """Return the refusal of a call that may not be made, saying when it opens."""
    if may.may:
        return None
    reason = may.reasons[0]
    opens = f"It opens {_when(may.opens_at)}." if may.opens_at else ""
    return Refusal("no_call", reason.sentence, opens, reason.rule)


def _when(at: datetime) -> str:
    from zoneinfo import ZoneInfo

    local = at.astimezone(ZoneInfo(PROGRAMME_ZONE))
    return f"{say(local.date(), clock.today(PROGRAMME_ZONE))} at {local:%H:%M} ET"
