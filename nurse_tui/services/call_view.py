"""A call as its screen shows it: the script's run with the answers so far, read from the record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from nurse_tui import clock
from nurse_tui.models import Call, CallAnswer, Case, User
from nurse_tui.rules import calls
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Answer, EffectKind
from nurse_tui.scripts.run import Run
from nurse_tui.services import effects, identity
from nurse_tui.services.call_end import refuse_call
from nurse_tui.services.call_queue import CallQueue
from nurse_tui.services.call_script import identifier, known, script_for
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding
from nurse_tui.store.database import PROGRAMME_ZONE, Session
from nurse_tui.types import CallKind, Refusal

ENDED = Refusal("call_ended", "This call has ended.", "Begin a new one.")


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
    outbound: bool = True
    agreed: str = ""
    """The next step that was agreed in the script, as its task names it."""
    call_again: str = ""
    """When the script promised to call again, `YYYY-MM-DD HH:MM` on the patient's clocks."""
    held: Refusal | None = None
    """Why the patient may not be called again just now, to go on with a call that was left."""
    home: str = PROGRAMME_ZONE
    """The zone by whose clock the nurse works."""


class CallReader(CallQueue):
    """Reads calls; the script's gate decides what may be shown (D-32)."""

    def _view(self, call_id: int, *, resumed: bool) -> CallView | Refusal:
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None:
                return ENDED
            facts = facts_of(session, call)
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
                outbound=call.outbound,
                agreed=effects.proposed(run, EffectKind.TASK, effects.NEXT_STEP).title,
                call_again=effects.proposed(run, EffectKind.CALLBACK).value,
                held=self._held(session, call, facts),
            )

    def _held(self, session: Session, call: Call, facts: CaseFacts) -> Refusal | None:
        """Say why a call that was left may not go on: it would be dialled again (D-31)."""
        now, programme = clock.now(), self._programme()
        if not call.outbound or not identity.was_left(session, call, now, programme):
            return None
        refused = refuse_call(calls.may_call(facts, programme, now))
        if refused is None:
            return None
        ends = "o ends the call as it was left."
        return replace(refused, way_out=f"{refused.way_out} {ends}".strip())

    def _run(self, session: Session, call: Call, given: CaseFacts | None = None) -> Run:
        facts = given or facts_of(session, call)
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
            known(facts, self.actor.name, self._programme()),
            answers.values(),
            [link for link, put_off in deferred.items() if put_off],
            now=clock.now().astimezone(ZoneInfo(call.zone or PROGRAMME_ZONE)).replace(tzinfo=None),
        )
        if call.position:
            moved = runner.jump(run, call.position)
            run = run if isinstance(moved, Refusal) else moved
        return run


def facts_of(session: Session, call: Call) -> CaseFacts:
    """Return the facts of a call's case; a call without one is a fault: LookupError."""
    facts = fact_store.load(session, call.case_id)
    if facts is None:
        raise LookupError("a call without a case")
    return facts


def refuse_anothers(session: Session, call: Call, user_id: int) -> Refusal | None:
    """Say that another nurse has a call open, or None when it is the user's own."""
    if call.nurse_id == user_id:
        return None
    owner = session.get(User, call.nurse_id)
    who = (owner.full_name or owner.name) if owner is not None else "Somebody else"
    return Refusal(
        "anothers_call",
        f"{who} has a call open with this patient.",
        "Ask them to end it first, or give the case to whoever goes on with it.",
    )


def is_left_behind(session: Session, call: Call, user_id: int) -> bool:
    """Say whether another nurse's open call is of a case that is this user's by now."""
    case = session.get(Case, call.case_id)
    return call.nurse_id != user_id and case is not None and case.nurse_id == user_id


def refuse_ending(session: Session, call: Call, user_id: int) -> Refusal | None:
    """Let a call be ended by whoever holds it, or has the case of a call that was left open."""
    if is_left_behind(session, call, user_id):
        return None
    return refuse_anothers(session, call, user_id)
