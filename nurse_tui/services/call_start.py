"""Beginning a call, and going on with one that was left open."""

from __future__ import annotations

from nurse_tui import clock
from nurse_tui.models import Call, Case
from nurse_tui.rules import calls
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.phones import to_dial
from nurse_tui.services import identity
from nurse_tui.services.call_end import refuse_call
from nurse_tui.services.call_script import SCRIPT_OF, kind_for, script_for
from nurse_tui.services.call_view import (
    ENDED,
    CallReader,
    CallView,
    is_left_behind,
    refuse_anothers,
)
from nurse_tui.services.cases import NO_CASE, assign
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.types import CallKind, Refusal
from nurse_tui.words import plain

OPEN_CALL = Refusal(
    "open_call",
    "A call with this patient is not ended yet, and who calls now is identified anew.",
    "c goes on with it and o ends it; then take this call.",
    "D-32",
)
DIED_WAY_OUT = "a records what is told of the patient's health; w writes down who called."


class CallStart(CallReader):
    """Begins calls and resumes them."""

    def start(
        self, case_id: int, kind: CallKind | None = None, *, inbound: bool = False
    ) -> CallView | Refusal:
        """Begin a call, or resume the one that is open; an unassigned case becomes the nurse's.

        Without a kind the case says which call is next. Who calls is taken at any hour, and
        identified anew: a call that is open is not gone on with, it is ended first (D-32).
        """
        running = self.running(case_id)
        if running is not None:
            return OPEN_CALL if inbound else self.resume(running)

        def job(tx: Tx) -> int | Refusal:
            return self._begin(tx, case_id, kind, inbound)

        action = "call.make" if self._has_nurse(case_id) else "case.take"
        started = self.write(action, "call.start", job, case_id=case_id)
        return started if isinstance(started, Refusal) else self._view(started, resumed=False)

    def _has_nurse(self, case_id: int) -> bool:
        with self.db.read() as session:
            case = session.get(Case, case_id)
            return case is not None and case.nurse_id is not None

    def _begin(self, tx: Tx, case_id: int, kind: CallKind | None, inbound: bool) -> int | Refusal:
        running = finding.first(tx.session, Call, case_id=case_id, ended_at=None)
        if running is not None:
            refused = OPEN_CALL if inbound else None
            refused = refused or refuse_anothers(tx.session, running, self.actor.user_id)
            return refused or running.id
        facts = fact_store.load(tx.session, case_id)
        if facts is None:
            return NO_CASE
        refused = _refuse(facts, tx, inbound)
        if refused is not None:
            return refused
        kind = kind or _kind(facts, tx, inbound)
        script = script_for(SCRIPT_OF[kind], facts.patient.language)
        case = tx.get(Case, case_id)
        if case.nurse_id is None:
            assign(tx, case, self.actor.user_id)
        phone = to_dial(facts.phones)
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
        came = "Took a call that came in" if inbound else f"Began a {plain(kind.value)} call"
        tx.say(came)
        return call.id

    def running(self, case_id: int) -> int | None:
        """Return the id of the case's open call, if there is one that the user may know of."""
        if self.refuse("case.view", case_id) is not None:
            return None
        with self.db.read() as session:
            call = finding.first(session, Call, case_id=case_id, ended_at=None)
            return call.id if call is not None else None

    def mine(self) -> tuple[tuple[int, int], ...] | Refusal:
        """Return (call id, case id) of every call that the nurse left open, oldest first."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            calls_open = finding.find(session, Call, nurse_id=self.actor.user_id, ended_at=None)
            return tuple((call.id, call.case_id) for call in calls_open)

    def resume(self, call_id: int) -> CallView | Refusal:
        """Open a paused or interrupted call at the item where it stood."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            call = session.get(Call, call_id)
            if call is None or call.ended_at is not None:
                return ENDED
            left = is_left_behind(session, call, self.actor.user_id)
            anothers = None if left else refuse_anothers(session, call, self.actor.user_id)
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

    def _take_over(self, call_id: int, case_id: int) -> Refusal | None:
        """Make a call one's own that was left open by a nurse who has the case no longer."""

        def job(tx: Tx) -> Refusal | None:
            call = tx.get(Call, call_id)
            if call.ended_at is not None:
                return ENDED
            if not is_left_behind(tx.session, call, self.actor.user_id):
                return refuse_anothers(tx.session, call, self.actor.user_id)
            call.nurse_id = self.actor.user_id
            tx.say("Took over a call that was left open")
            return None

        return self.write("call.answer", "call.take_over", job, case_id=case_id)


def _refuse(facts: CaseFacts, tx: Tx, inbound: bool) -> Refusal | None:
    if not inbound:
        return refuse_call(calls.may_call(facts, tx.programme, tx.at))
    why = calls.may_take(facts)
    return None if why is None else Refusal("no_call", why.sentence, DIED_WAY_OUT, why.rule)


def _kind(facts: CaseFacts, tx: Tx, inbound: bool) -> CallKind:
    if inbound:
        return CallKind.INBOUND
    return kind_for(facts, tx.programme, tx.today)
