"""Which calls are due, which may be made now, and which is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurse_tui import clock
from nurse_tui.models import Call
from nurse_tui.rules import calls
from nurse_tui.rules.calendar import ONE_DAY, add_business_days, say
from nurse_tui.rules.calls import MayCall
from nurse_tui.rules.facts import CallbackFact, CallFact, CaseFacts
from nurse_tui.rules.phones import to_dial
from nurse_tui.rules.programme import Programme
from nurse_tui.scripts import run as runner
from nurse_tui.services.base import Service
from nurse_tui.services.call_end import may_leave_voicemail, refuse_call
from nurse_tui.services.call_script import known, script_for
from nurse_tui.services.cases import NO_CASE
from nurse_tui.store import call_list, finding
from nurse_tui.store import facts as fact_store
from nurse_tui.store.call_list import DueCall
from nurse_tui.store.database import PROGRAMME_ZONE
from nurse_tui.types import Reason, Refusal, Role

OWN_CALLS = Refusal(
    "reach", "A nurse's list holds her own calls.", "Ask a supervisor about other nurses' calls."
)
NEXT_CALL_LOOKS_AT = 200
QUEUE_LENGTH = 300
VOICEMAIL_ITEM = "message.words"
"""Item of the missed-call script that holds the words for an answering machine (D-33)."""


@dataclass(frozen=True, slots=True)
class NextCall:
    """The patient to call next and why this one."""

    case_id: int
    why: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """A call that is due or promised; instants in UTC, `zone` is the patient's."""

    case_id: int
    number: str
    patient: str
    language: str
    zone: str
    why: str
    due_at: datetime
    may: MayCall
    attempts: int
    allowed: int
    last: CallFact | None = None
    reached_at: datetime | None = None
    callback: CallbackFact | None = None
    open_call: CallFact | None = None
    nurse: str = ""
    mine: bool = True
    """Whether the case is the signed-in person's."""

    @property
    def row_id(self) -> int:
        """The case, by which focus and marks follow the row."""
        return self.case_id


@dataclass(frozen=True, slots=True)
class Voicemail:
    """The only words that may be left on the number, and whether they may be (D-33)."""

    words: str
    allowed: bool


class CallQueue(Service):
    """What is to be called, soonest due first."""

    def _programme(self) -> Programme:
        return self.desk.settings.on(clock.today(PROGRAMME_ZONE))

    def queue(
        self, nurse_id: int | None = None, *, everybodys: bool = False
    ) -> tuple[QueuedCall, ...] | Refusal:
        """Return calls that are due or promised: open ones first, then by what is due.

        They are the user's own, those of the nurse named, or everybody's; at most QUEUE_LENGTH of
        them. Each says whether it may be made now or when it opens (D-31).
        """
        refused = self.refuse_list("call.make")
        if refused is not None:
            return refused
        whose = None if everybodys else nurse_id or self.actor.user_id
        if whose != self.actor.user_id and self.actor.role is Role.NURSE:
            return OWN_CALLS
        now, programme = clock.now(), self._programme()
        with self.db.read() as session:
            due = call_list.due_calls(session, whose, QUEUE_LENGTH)
            found = fact_store.load_many(session, [row.case_id for row in due])
            names = call_list.nurses_of(session, [row.case_id for row in due])
        found_calls = [
            self._whose(_queued(row, found[row.case_id], programme, now), names.get(row.case_id))
            for row in due
        ]
        return tuple(sorted(found_calls, key=lambda call: (call.open_call is None, call.due_at)))

    def _whose(self, call: QueuedCall, nurse: tuple[int, str] | None) -> QueuedCall:
        nurse_id, name = nurse or (None, "")
        return replace(call, nurse=name, mine=nurse_id == self.actor.user_id)

    def next_call(self, skip: Sequence[int] = ()) -> NextCall | Refusal:
        """Return the nurse's most urgent call that may be made now, and why it is this one.

        A patient tried in vain at about this time before is proposed after all others (D-30).
        """
        refused = self.refuse_list()
        if refused is not None:
            return refused
        later: NextCall | None = None
        now, programme = clock.now(), self._programme()
        last = add_business_days(programme.on, 1, programme.holidays) - ONE_DAY
        with self.db.read() as session:
            user_id, today = self.actor.user_id, programme.on
            rows = call_list.next_to_call(session, user_id, today, last, NEXT_CALL_LOOKS_AT)
            for case_id, why, due_at in rows:
                facts = None if case_id in skip else fact_store.load(session, case_id)
                if facts is None:
                    continue
                may = calls.may_call(facts, programme, now)
                if may.may and not (may.warnings and later):
                    due = say(clock.local_date(due_at, PROGRAMME_ZONE), programme.on)
                    reasons = (*may.warnings, *may.reasons)
                    found = NextCall(case_id, f"{why}, due {due}", reasons)
                    if not may.warnings:
                        return found
                    later = found
        return later or Refusal(
            "nobody_to_call",
            "None of your patients with a call due may be called now.",
            "Look at the calls for when each may be called.",
        )

    def voicemail(self, case_id: int) -> Voicemail | Refusal:
        """Return the words for an answering machine, in the patient's language (D-33).

        Refused where no attempt may be made now, unless one is under way.
        """
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        with self.db.read() as session:
            facts = fact_store.load(session, case_id)
            if facts is None:
                return NO_CASE
            running = finding.first(session, Call, case_id=case_id, ended_at=None)
            may = calls.may_call(facts, self._programme(), clock.now())
            refused = refuse_call(may) if running is None else None
            if refused is not None:
                return refused
            phone = to_dial(facts.phones)
            allowed = may_leave_voicemail(session, case_id, phone.number if phone else "")
        script = script_for("missed_call", facts.patient.language)
        names = known(facts, self.actor.name, self._programme())
        return Voicemail(runner.render(script.by_id[VOICEMAIL_ITEM], names), allowed)


def _queued(row: DueCall, facts: CaseFacts, programme: Programme, now: datetime) -> QueuedCall:
    made = [call for call in facts.calls if call.outcome is not None]
    promises = [callback for callback in facts.callbacks if callback.done_at is None]
    patient = facts.patient
    return QueuedCall(
        case_id=facts.case_id,
        number=facts.number,
        patient=patient.listed_name,
        language=patient.language,
        zone=patient.zones[0] if patient.zones else "",
        why=row.title,
        due_at=row.due_at,
        may=calls.may_call(facts, programme, now),
        attempts=len(calls.attempts(facts)),
        allowed=programme.attempts_before_letter.value,
        last=max(made, key=lambda c: (c.started_at, c.id), default=None),
        reached_at=calls.last_contact(facts),
        callback=min(promises, key=lambda c: (c.due_at, c.id), default=None),
        open_call=next((call for call in facts.calls if call.ended_at is None), None),
    )
