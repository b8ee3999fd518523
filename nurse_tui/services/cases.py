"""A case as a whole: seen now or in the past, taken, handed on, held, closed, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nurse_tui import clock, places
from nurse_tui.models import Case, Change, Note, NurseAssignment, Patient, ServicesForm, User
from nurse_tui.rules import access, calls, copay, dates, deadlines, eligibility, journey, standing
from nurse_tui.rules.calendar import say
from nurse_tui.services.base import Service
from nurse_tui.store import enrolling, finding
from nurse_tui.store import facts as fact_store
from nurse_tui.store.database import PROGRAMME_ZONE, Session, Tx
from nurse_tui.store.facts import CaseRows
from nurse_tui.store.leaving import wind_up
from nurse_tui.store.replay import rows_as_of
from nurse_tui.types import Refusal, Role
from nurse_tui.views import CaseView, NoteView, TimelineEntry
from nurse_tui.words import plain

NO_CASE = Refusal("no_case", "There is no such case.", "Search for the patient's name.")
NO_NURSE = Refusal(
    "no_nurse",
    "Nobody with that id is active and may have cases.",
    "Choose a nurse or a supervisor.",
)
BORN_LATER = Refusal("born", "The date of birth is in the future.", "Correct the date.")
EDITABLE_PATIENT_FIELDS = (
    "first_name",
    "last_name",
    "date_of_birth",
    "sex",
    "address",
    "city",
    "state",
    "zip",
    "language",
    "has_adult_representative",
)

DECIDING_FIELDS = {"date_of_birth", "state", "zip", "has_adult_representative"}
"""Particulars by which the co-pay is decided."""

EDITABLE_CASE_FIELDS = (
    "hold_reason",
    "closed_reason",
    "do_not_call",
    "flag",
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of a reassignment of several cases."""

    moved: int
    refused: tuple[tuple[int, Refusal], ...]


class CaseService(Service):
    """Opens cases and changes what belongs to no narrower job."""

    def find(self, words: str) -> int | Refusal:
        """Return the case id of a case number or a form id, as the command line names a case."""
        wanted = words.encode("utf-8", "replace").decode().strip()
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            case = finding.first(session, Case, number=wanted.upper())
            form = finding.first(session, ServicesForm, form_id=wanted)
        if case is not None:
            return case.id
        if form is not None:
            return form.case_id
        return Refusal(
            "no_case",
            "There is no case with that number or form id.",
            "Give the case number (XXX-XXX-XXX) or the form's id.",
        )

    def view(self, case_id: int, as_of: datetime | None = None) -> CaseView | Refusal:
        """Return a case as it stands, or as it stood at an instant (UTC)."""
        refused = self.refuse("case.view", case_id)
        if refused is not None:
            return refused
        with self.db.read() as session:
            rows = (
                fact_store.load_rows(session, case_id)
                if as_of is None
                else rows_as_of(session, case_id, as_of)
            )
            if not rows["case"]:
                return _not_yet(as_of)
            timeline = _timeline(session, case_id, as_of)
            return self._view(rows, _user_names(session, [rows]), as_of, timeline)

    def previews(self, case_ids: Sequence[int]) -> dict[int, CaseView] | Refusal:
        """Return cases as a list shows them under its cursor: without timeline and notes.

        Read together, so that a whole page costs little more than one; cases that the signed-in
        user may not open are left out.
        """
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            found = fact_store.load_many_rows(session, case_ids)
            names = _user_names(session, found.values())
        return {
            case_id: self._view(rows | {"note": []}, names, None, ())
            for case_id, rows in found.items()
            if access.may(self.actor, "case.view", rows["case"][0]["nurse_id"]) is None
        }

    def _view(
        self,
        rows: CaseRows,
        names: Mapping[int | None, str],
        as_of: datetime | None,
        timeline: tuple[TimelineEntry, ...],
    ) -> CaseView:
        case = rows["case"][0]
        facts = fact_store.from_rows(rows)
        at = as_of or clock.now()
        today = clock.local_date(at, PROGRAMME_ZONE)
        programme = self.desk.settings.on(today)
        due = deadlines.deadlines(facts, programme)
        return CaseView(
            case_id=case["id"],
            number=case["number"],
            version=case["version"] if as_of is None else timeline[0].seq,
            facts=facts,
            journey=journey.decide(facts, programme, due),
            deadlines=due,
            eligibility=eligibility.decide(facts, programme, today),
            may_call=calls.may_call(facts, programme, at),
            copay=copay.decide(facts, programme, today),
            nurse_id=case["nurse_id"],
            nurse=names.get(case["nurse_id"], ""),
            flag=case["flag"] or "",
            timeline=timeline,
            notes=tuple(
                NoteView(n["at"], names.get(n["author_id"], ""), n["text"])
                for n in reversed(rows.get("note", []))
            ),
            as_of=as_of,
            at=at,
            zone=PROGRAMME_ZONE,
            call_until=programme.call_until.value,
            kit_sent_on=max((k["sent_on"] for k in rows.get("kit_shipment", [])), default=None),
        )

    def take(self, case_id: int) -> int | Refusal:
        """Make an unassigned case the signed-in nurse's own."""

        def job(tx: Tx) -> int:
            assign(tx, tx.get(Case, case_id), self.actor.user_id)
            tx.say(f"{self.actor.name} took the case")
            return case_id

        return self.write("case.take", "case.take", job, case_id=case_id, undoable=True)

    def reassign(self, case_ids: Sequence[int], nurse_id: int | None) -> Assigned | Refusal:
        """Give cases to another nurse, or to none; each case is one change of its own."""
        refused = self.refuse("case.assign")
        if refused is not None:
            return refused
        outcomes = [(case_id, self._reassign_one(case_id, nurse_id)) for case_id in case_ids]
        kept = tuple((key, r) for key, r in outcomes if isinstance(r, Refusal))
        return Assigned(len(outcomes) - len(kept), kept)

    def _reassign_one(self, case_id: int, nurse_id: int | None) -> int | Refusal:
        def job(tx: Tx) -> int | Refusal:
            nurse = tx.session.get(User, nurse_id) if nurse_id is not None else None
            if nurse_id is not None and not _may_have_cases(nurse):
                return NO_NURSE
            assign(tx, tx.get(Case, case_id), nurse_id)
            tx.say(f"Case given to {nurse.full_name or nurse.name}" if nurse else "Case unassigned")
            return case_id

        return self.write("case.assign", "case.assign", job, case_id=case_id, undoable=True)

    def edit_patient(self, case_id: int, seen: int, **fields: Any) -> int | Refusal:
        """Correct the patient's particulars; an enrolment that they forbid ends (D-41, D-45)."""
        unknown = set(fields) - set(EDITABLE_PATIENT_FIELDS)
        if unknown:
            raise KeyError(f"not a patient's field: {sorted(unknown)}")

        def job(tx: Tx) -> int | Refusal:
            if dates.not_yet(fields.get("date_of_birth"), tx.today):
                return BORN_LATER
            patient = finding.find(tx.session, Patient, case_id=case_id)[0]
            for name, value in fields.items():
                setattr(patient, name, value)
            if {"zip", "state"} & set(fields):
                patient.zones = " ".join(places.zones_for(patient.zip, patient.state))
            ended = enrolling.end_refused(tx, case_id) if DECIDING_FIELDS & set(fields) else ""
            tx.say(f"Corrected {', '.join(plain(n) for n in fields)}{ended}")
            return case_id

        return self.write(
            "case.edit", "case.edit_patient", job, case_id=case_id, seen=seen, undoable=True
        )

    def set_case(self, case_id: int, seen: int, sentence: str, **fields: Any) -> int | Refusal:
        """Set fields of the case itself: hold, close, reopen, flag, do not call.

        A case is not turned to where it stands: one that is closed is not closed again. Closing
        cancels the booked days to come and ends the co-pay enrolments; closing because the patient
        died records a death of today, unless one is on file.
        Raises KeyError for a field that is not for everybody who may change the case.
        """
        unknown = set(fields) - set(EDITABLE_CASE_FIELDS)
        if unknown:
            raise KeyError(f"not a field of a case to set: {sorted(unknown)}")

        def job(tx: Tx) -> int | Refusal:
            case = tx.get(Case, case_id)
            for turn in _turns(fields):
                refused = standing.refuse_turn(turn, case.closed_reason, case.hold_reason)
                if refused is not None:
                    return refused
            for name, value in fields.items():
                setattr(case, name, value)
            if "closed_reason" in fields:
                case.closed_at = tx.at if fields["closed_reason"] else None
            tx.say(sentence + _end(tx, case_id, fields.get("closed_reason", "")))
            return case_id

        return self.write("case.edit", "case.set", job, case_id=case_id, seen=seen, undoable=True)

    def record_death(self, case_id: int, seen: int, on: date | None, told_by: str) -> int | Refusal:
        """Record that the patient died, with who told it, and close the case (D-29).

        `on` is a date, None while the day is not known: today then stands for it.
        """
        if not told_by.strip():
            return Refusal("source", "A death needs its source.", "Say who told you.")

        def job(tx: Tx) -> int | Refusal:
            born = finding.find(tx.session, Patient, case_id=case_id)[0].date_of_birth
            if on is not None and (on > tx.today or (born is not None and on < born)):
                when = "in the future" if on > tx.today else "before the date of birth"
                return Refusal("date", f"The date of death is {when}.", "Correct the date.")
            noted = _note_death(tx, case_id, on)
            case = tx.get(Case, case_id)
            case.closed_reason, case.closed_at = journey.DIED, tx.at
            ended = wind_up(tx, case_id, _because(journey.DIED))
            tx.say(f"Closed: {noted}{ended}; told by {told_by.strip()}")
            return case_id

        return self.write("case.edit", "case.death", job, case_id=case_id, seen=seen, undoable=True)


def _turns(fields: Mapping[str, Any]) -> Iterable[str]:
    """Name what setting fields of a case amounts to: closing, reopening, holding, releasing."""
    if "closed_reason" in fields:
        yield "close" if fields["closed_reason"] else "reopen"
    if "hold_reason" in fields:
        yield "hold" if fields["hold_reason"] else "release"


def _end(tx: Tx, case_id: int, closed_reason: str) -> str:
    """Do what closing a case brings with it, and return the words for the log."""
    if not closed_reason:
        return ""
    died = f"; {_note_death(tx, case_id, None)}" if closed_reason == journey.DIED else ""
    return died + wind_up(tx, case_id, _because(closed_reason))


def _because(closed_reason: str) -> str:
    return f"the case was closed: {closed_reason}"


def _note_death(tx: Tx, case_id: int, on: date | None) -> str:
    """Record a death, on a date that is given or else on file or else today; say which it is."""
    patient = finding.find(tx.session, Patient, case_id=case_id)[0]
    known = on or patient.deceased_on
    patient.deceased_on = known or tx.today
    if known is not None:
        return f"the patient died on {say(known)}"
    return f"the patient died, on a day not known: {say(tx.today)} stands for it"


def _may_have_cases(user: User | None) -> bool:
    return user is not None and user.active and user.role is not Role.ADMIN


def assign(tx: Tx, case: Case, nurse_id: int | None) -> None:
    """Make a case somebody's, ending the assignment that ran."""
    running = finding.find(tx.session, NurseAssignment, case_id=case.id, until_at=None)
    for assignment in running:
        assignment.until_at = tx.at
    case.nurse_id = nurse_id
    if nurse_id is not None:
        tx.add(NurseAssignment(case_id=case.id, nurse_id=nurse_id, from_at=tx.at))


def _not_yet(as_of: datetime | None) -> Refusal:
    if as_of is None:
        return NO_CASE
    return Refusal("not_yet", "This case did not exist yet at that time.", "Choose a later time.")


def _user_names(session: Session, cases: Iterable[CaseRows]) -> dict[int | None, str]:
    wanted: set[int] = set()
    for rows in cases:
        named = {n["author_id"] for n in rows.get("note", [])} | {rows["case"][0]["nurse_id"]}
        wanted |= named - {None}
    users = finding.by_ids(session, User, wanted)
    return {key: user.full_name or user.name for key, user in users.items()}


def _timeline(session: Session, case_id: int, as_of: datetime | None) -> tuple[TimelineEntry, ...]:
    # Ids follow the clock of whichever machine wrote; the chain's own order is its sequence.
    every = sorted(
        finding.find(session, Change, subject=f"case:{case_id}"), key=lambda row: row.seq
    )
    rows = [row for row in every if as_of is None or row.at <= as_of]
    undone: set[int] = set()
    for row in rows:
        if row.undo_of is not None:
            undone.add(row.undo_of)
        if row.redo_of is not None:
            undone.discard(row.redo_of)
    return tuple(
        TimelineEntry(r.seq, r.at, r.user_name, r.command, r.sentence, r.seq in undone)
        for r in reversed(rows)
    )


def note_of(tx: Tx, case_id: int, text: str) -> Note:
    """Write a note in the name of whoever acts."""
    return tx.add(Note(case_id=case_id, author_id=tx.actor.user_id, at=tx.at, text=text))
