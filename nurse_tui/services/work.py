"""The small jobs of a case: notes, tasks, coverage, clearances, REMS status, safety reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from nurse_tui.models import (
    Call,
    Clearance,
    Coverage,
    KitShipment,
    LabDraw,
    RemsStatus,
    SafetyReport,
    Task,
)
from nurse_tui.rules import dates
from nurse_tui.rules.calendar import end_of_day, say
from nurse_tui.services.base import Service
from nurse_tui.services.cases import NO_CASE, note_of
from nurse_tui.store import enrolling, finding
from nurse_tui.store.database import PROGRAMME_ZONE, Tx
from nurse_tui.types import (
    PRODUCT,
    ClearanceKind,
    CoverageKind,
    Refusal,
    RemsParty,
    SafetyKind,
)
from nurse_tui.words import plain


class WorkService(Service):
    """Adds facts to a case, each as one change."""

    def add_note(self, case_id: int, text: str) -> int | Refusal:
        """Write a note; notes stay, corrections are further notes."""
        if not text.strip():
            return Refusal("empty", "A note needs some words.", "Write it, or press escape.")

        def job(tx: Tx) -> int:
            note = note_of(tx, case_id, text.strip())
            tx.say("Wrote a note")
            return note.id

        return self.write("note.add", "note.add", job, case_id=case_id)

    def add_task(self, case_id: int, title: str, due_at: datetime | None) -> int | Refusal:
        """Make a task of the signed-in user's own."""
        if not title.strip():
            return Refusal("empty", "A task needs a title.", "Write what is to be done.")

        def job(tx: Tx) -> int:
            task = tx.add(
                Task(
                    case_id=case_id,
                    owner_id=self.actor.user_id,
                    title=title.strip(),
                    due_at=due_at,
                    created_at=tx.at,
                )
            )
            tx.say(f"New task: {task.title}")
            return task.id

        return self.write("task.edit", "task.add", job, case_id=case_id, undoable=True)

    def add_task_on(self, case_id: int, title: str, due_on: date | None) -> int | Refusal:
        """Make a task that is due by the end of a date in the programme's zone, or at no time."""
        due_at = end_of_day(due_on, PROGRAMME_ZONE) if due_on is not None else None
        return self.add_task(case_id, title, due_at)

    def finish_task(self, case_id: int, task_id: int) -> int | Refusal:
        """Mark a task as done."""

        def job(tx: Tx) -> int | Refusal:
            task = tx.get(Task, task_id)
            if task.case_id != case_id:
                return NO_CASE
            if task.done_at is not None:
                return Refusal("done", "This task is done already.", "Nothing more is needed.")
            task.done_at = tx.at
            tx.say(f"Done: {task.title}")
            return task.id

        return self.write("task.edit", "task.finish", job, case_id=case_id, undoable=True)

    def add_coverage(
        self,
        case_id: int,
        seen: int,
        kind: CoverageKind,
        payer: str = "",
        member_id: str = "",
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> int | Refusal:
        """Record a further cover; government cover ends enrolments the day before it (D-51)."""

        def job(tx: Tx) -> int | Refusal:
            if starts_on and ends_on and ends_on < starts_on:
                return Refusal("dates", "The cover ends before it starts.", "Correct the dates.")
            held = [c.position for c in finding.find(tx.session, Coverage, case_id=case_id)]
            row = Coverage(
                case_id=case_id,
                kind=kind,
                payer=payer.strip(),
                member_id=member_id.strip(),
                position=max(held, default=0) + 1,
                starts_on=starts_on,
                ends_on=ends_on,
            )
            ended = enrolling.end_enrolments(tx, case_id, [enrolling.fact_of(row)])
            tx.add(row)
            tx.say(f"Added cover: {_named(row)}{ended}")
            return row.id

        return self.write(
            "case.edit", "coverage.add", job, case_id=case_id, seen=seen, undoable=True
        )

    def verify_coverage(self, case_id: int, coverage_id: int, seen: int) -> int | Refusal:
        """Record that a cover was verified today."""

        def job(tx: Tx) -> int | Refusal:
            row = tx.get(Coverage, coverage_id)
            if row.case_id != case_id:
                return NO_CASE
            ended = enrolling.end_enrolments(tx, case_id, [enrolling.fact_of(row)])
            row.verified_on = tx.today
            tx.say(f"Verified cover: {_named(row)}{ended}")
            return row.id

        return self.write(
            "case.edit", "coverage.verify", job, case_id=case_id, seen=seen, undoable=True
        )

    def end_coverage(
        self, case_id: int, coverage_id: int, ends_on: date, seen: int
    ) -> int | Refusal:
        """Record the last day of a cover; government cover that goes on may end enrolments."""

        def job(tx: Tx) -> int | Refusal:
            row = tx.get(Coverage, coverage_id)
            if row.case_id != case_id:
                return NO_CASE
            if row.starts_on is not None and ends_on < row.starts_on:
                return Refusal("dates", "The cover ends before it starts.", "Correct the dates.")
            until = replace(enrolling.fact_of(row), ends_on=ends_on)
            ended = enrolling.end_enrolments(tx, case_id, [until])
            row.ends_on = ends_on
            tx.say(f"Cover ends {say(ends_on)}: {_named(row)}{ended}")
            return row.id

        return self.write(
            "case.edit", "coverage.end", job, case_id=case_id, seen=seen, undoable=True
        )

    def confirm(
        self,
        case_id: int,
        kind: ClearanceKind,
        done_on: date,
        *,
        valid_until: date | None = None,
        confirmed_by: str = "",
        result_on_file: bool = False,
    ) -> int | Refusal:
        """Record that something needed before day 1 was done, and who confirmed it (D-61)."""

        def job(tx: Tx) -> int | Refusal:
            refused = _refuse_dates(
                dates.not_yet(done_on, tx.today), dates.ends_before_done(done_on, valid_until)
            )
            if refused is not None:
                return refused
            row = tx.add(
                Clearance(
                    case_id=case_id,
                    kind=kind,
                    done_on=done_on,
                    valid_until=valid_until,
                    confirmed_by=confirmed_by.strip(),
                    result_on_file=result_on_file,
                )
            )
            tx.say(f"Confirmed {plain(kind.value)}, done {say(done_on)}")
            return row.id

        return self.write("case.edit", "clearance.add", job, case_id=case_id, undoable=True)

    def record_rems(
        self, case_id: int, party: RemsParty, status: str, on: date, source: str
    ) -> int | Refusal:
        """Mirror what a source said about one REMS party; this is never the REMS record (D-22)."""
        if not source.strip():
            return Refusal("source", "A REMS status needs its source.", "Say who told you.", "D-22")

        def job(tx: Tx) -> int | Refusal:
            refused = _refuse_dates(dates.not_yet(on, tx.today))
            if refused is not None:
                return refused
            row = tx.add(
                RemsStatus(
                    case_id=case_id, party=party, status=status, on_date=on, source=source.strip()
                )
            )
            tx.say(f"REMS {party.value}: {plain(status)} on {say(on)}, says {row.source}")
            return row.id

        return self.write("case.edit", "rems.record", job, case_id=case_id, undoable=True)

    def record_lab(
        self, case_id: int, test: str, drawn_on: date, received_on: date | None = None
    ) -> int | Refusal:
        """Record a laboratory draw (D-12)."""

        def job(tx: Tx) -> int | Refusal:
            refused = _refuse_dates(
                dates.not_yet(drawn_on, tx.today),
                dates.not_yet(received_on, tx.today),
                dates.received_before_drawn(drawn_on, received_on),
            )
            if refused is not None:
                return refused
            row = tx.add(
                LabDraw(case_id=case_id, test=test, drawn_on=drawn_on, received_on=received_on)
            )
            tx.say(f"Laboratory {plain(test)} drawn {say(drawn_on)}")
            return row.id

        return self.write("case.edit", "lab.record", job, case_id=case_id, undoable=True)

    def send_kit(self, case_id: int, sent_on: date, tracking: str = "") -> int | Refusal:
        """Record that the Welcome Kit was sent (D-24)."""

        def job(tx: Tx) -> int | Refusal:
            refused = _refuse_dates(dates.not_yet(sent_on, tx.today))
            if refused is not None:
                return refused
            row = tx.add(
                KitShipment(
                    case_id=case_id,
                    sent_on=sent_on,
                    items=", ".join(tx.programme.welcome_kit_items.value),
                    tracking=tracking.strip(),
                )
            )
            tx.say(f"Welcome Kit sent {say(sent_on)}")
            return row.id

        return self.write("case.edit", "kit.send", job, case_id=case_id, undoable=True)

    def report_safety(
        self, case_id: int, kind: SafetyKind, event: str, reporter: str, call_id: int | None = None
    ) -> int | Refusal:
        """Log a safety report; day 0 is now, and it can never be deleted (D-35, D-36)."""
        if not event.strip():
            return Refusal("empty", "Say what happened.", "A few words are enough.", "D-35")

        def job(tx: Tx) -> int | Refusal:
            if call_id is not None and tx.get(Call, call_id).case_id != case_id:
                return NO_CASE
            row = tx.add(
                SafetyReport(
                    case_id=case_id,
                    call_id=call_id,
                    kind=kind,
                    aware_at=tx.at,
                    reporter=reporter.strip() or "patient",
                    suspect_product=PRODUCT,
                    event=event.strip(),
                    author_id=self.actor.user_id,
                )
            )
            tx.say(f"Safety report: {plain(kind.value)}")
            return row.id

        return self.write("safety.report", "safety.report", job, case_id=case_id)

    def forward_safety(self, case_id: int, report_id: int) -> int | Refusal:
        """Record that a safety report was forwarded to safety (D-35)."""

        def job(tx: Tx) -> int | Refusal:
            row = tx.get(SafetyReport, report_id)
            if row.case_id != case_id:
                return NO_CASE
            if row.forwarded_at is not None:
                return Refusal("forwarded", "It was forwarded already.", "Nothing more is needed.")
            row.forwarded_at = tx.at
            tx.say("Forwarded the safety report")
            return row.id

        return self.write("safety.forward", "safety.forward", job, case_id=case_id)


def _named(cover: Coverage) -> str:
    return f"{plain(cover.kind.value)} {cover.payer}".strip()


def _refuse_dates(*found: str) -> Refusal | None:
    """Refuse dates of which a rule says something."""
    wrong = next((words for words in found if words), "")
    return Refusal("dates", wrong, "Give the day on which it happened.") if wrong else None
