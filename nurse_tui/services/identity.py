"""How long an identification holds: a call that was left is another conversation (D-32)."""

from __future__ import annotations

from datetime import datetime, timedelta

from nurse_tui.models import Call, CallAnswer
from nurse_tui.rules.programme import Programme
from nurse_tui.services.call_script import script_for
from nurse_tui.store import finding
from nurse_tui.store.database import Session, Tx


def is_stale(session: Session, call: Call, now: datetime, programme: Programme) -> bool:
    """Tell whether a call was identified and then left for longer than the programme allows."""
    return call.identified_at is not None and was_left(session, call, now, programme)


def was_left(session: Session, call: Call, now: datetime, programme: Programme) -> bool:
    """Tell whether so long nothing was answered that going on means to dial again."""
    given = (row.at for row in finding.find(session, CallAnswer, call_id=call.id))
    holds = timedelta(minutes=programme.identification_minutes.value)
    return now - max(given, default=call.started_at) > holds


def forget(tx: Tx, call: Call) -> None:
    """Put the identifying questions off again; what was answered before stays on record."""
    script = script_for(call.script_id, call.script_language, call.script_version)
    answered = {row.link_id for row in finding.find(tx.session, CallAnswer, call_id=call.id)}
    for gate in script.gates:
        if gate.link_id in answered:
            tx.add(
                CallAnswer(
                    case_id=call.case_id,
                    call_id=call.id,
                    link_id=gate.link_id,
                    value="[]",
                    deferred=True,
                    at=tx.at,
                )
            )
    call.identified_at, call.position = None, ""
