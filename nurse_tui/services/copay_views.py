"""What co-pay screens read: a case's verdicts with their history, and the lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nurse_tui import clock
from nurse_tui.models import AssistanceReferral, CopayDecision, CopayEnrollment
from nurse_tui.rules import copay, enrolments
from nurse_tui.rules.calendar import local_date, say
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.services.base import Service
from nurse_tui.services.cases import CaseService
from nurse_tui.store import copay_list, finding
from nurse_tui.store import facts as fact_store
from nurse_tui.store.database import PROGRAMME_ZONE, Session
from nurse_tui.types import Benefit, CoverageKind, Refusal, Role, Verdict
from nurse_tui.views import CaseView

MOST_ROWS = 2000
MOST_DOUBTS = 400
TABS = ("enrolled", "renewals", "missing", "ended")
"""The lists, in the order of their tabs."""


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """An enrolment in one benefit; `ends_on` is its last day, None while no end is set."""

    benefit: Benefit
    enrolled_on: date
    ends_on: date | None
    end_reason: str
    terms_version: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A verdict that was kept, with the terms under which it was decided (D-53)."""

    at: datetime
    benefit: Benefit
    verdict: Verdict
    terms_version: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A programme to which the patient was directed (D-54)."""

    at: datetime
    programme: str


@dataclass(frozen=True, slots=True)
class CopayView:
    """Today's verdicts on a case (in `case.copay`), and what was kept before, newest first."""

    case: CaseView
    enrolments: tuple[EnrolmentView, ...]
    decisions: tuple[DecisionView, ...]
    referrals: tuple[ReferralView, ...]

    def running(self, benefit: Benefit) -> EnrolmentView | None:
        """Return the enrolment that runs in a benefit, or None."""
        found = (e for e in self.enrolments if e.benefit is benefit and not self.ended(e))
        return next(found, None)

    def ended(self, enrolment: EnrolmentView) -> bool:
        """Say whether an enrolment has ended on the day that the view speaks of."""
        today = local_date(self.case.at or clock.now(), self.case.zone)
        return not enrolments.runs_after(enrolment.ends_on, today)


@dataclass(frozen=True, slots=True)
class CopayRow:
    """One line of a co-pay list."""

    row_id: int
    case_id: int
    number: str
    patient: str
    us_state: str
    what: str
    why: str
    on: date | None = None


class CopayReader(Service):
    """Reads co-pay decisions and lists."""

    def view(self, case_id: int) -> CopayView | Refusal:
        """Return today's verdicts on a case, its enrolments and what was decided before."""
        case = CaseService(self.desk).view(case_id)
        if isinstance(case, Refusal):
            return case
        with self.db.read() as session:
            return CopayView(case, *_history(session, case_id))

    def listed(self, tab: str) -> tuple[CopayRow, ...] | Refusal:
        """Return the rows of one of TABS: a nurse's own cases, a supervisor's whole team."""
        refused = self.refuse_list("copay.decide")
        if refused is not None:
            return refused
        nurse_id = self.actor.user_id if self.actor.role is Role.NURSE else None
        with self.db.read() as session:
            if tab == "renewals":
                return tuple(map(_renewal, copay_list.renewals(session, nurse_id, MOST_ROWS)))
            if tab == "missing":
                return self._missing(session, nurse_id)
            running = tab == "enrolled"
            today = clock.today(PROGRAMME_ZONE)
            found = copay_list.enrolments(session, nurse_id, running, today, MOST_ROWS)
            return tuple(_enrolment(row, running) for row in found)

    def _missing(self, session: Session, nurse_id: int | None) -> tuple[CopayRow, ...]:
        today = clock.today(PROGRAMME_ZONE)
        programme = self.desk.settings.on(today)
        doubtful = [CoverageKind.UNKNOWN, *map(CoverageKind, programme.copay_unsettled_kinds.value)]
        ids = copay_list.cover_in_doubt(session, nurse_id, doubtful, today, MOST_DOUBTS)
        known = fact_store.load_many(session, ids)
        rows = (_doubt(known[key], copay.decide(known[key], programme, today)) for key in ids)
        return tuple(row for row in rows if row is not None)


def _history(
    session: Session, case_id: int
) -> tuple[tuple[EnrolmentView, ...], tuple[DecisionView, ...], tuple[ReferralView, ...]]:
    enrolments = finding.find(session, CopayEnrollment, case_id=case_id)
    decisions = finding.find(session, CopayDecision, case_id=case_id)
    referrals = finding.find(session, AssistanceReferral, case_id=case_id)
    return (
        tuple(
            EnrolmentView(e.benefit, e.enrolled_on, e.ends_on, e.end_reason, e.terms_version)
            for e in reversed(enrolments)
        ),
        tuple(
            DecisionView(d.decided_at, d.benefit, d.verdict, d.terms_version)
            for d in reversed(decisions)
        ),
        tuple(ReferralView(r.referred_at, r.programme) for r in reversed(referrals)),
    )


def _enrolment(row: copay_list.Enrolment, running: bool) -> CopayRow:
    why = f"enrolled {say(row.enrolled_on)}"
    if row.ends_on is not None:
        end = f"last day {say(row.ends_on)}" if running else "ended"
        why = f"{why}; {end}: {row.end_reason}"
    return CopayRow(
        row.row_id, row.case_id, row.number, row.patient, row.us_state,
        row.benefit.value, why, row.ends_on or row.enrolled_on,
    )  # fmt: skip


def _renewal(row: copay_list.Renewal) -> CopayRow:
    return CopayRow(
        row.row_id, row.case_id, row.number, row.patient, row.us_state,
        "renewal", row.title, row.due_on,
    )  # fmt: skip


def _doubt(facts: CaseFacts, decision: copay.CopayDecision) -> CopayRow | None:
    open_benefits = [
        (benefit, found)
        for benefit, found in decision.benefits.items()
        if found.verdict is Verdict.UNDETERMINED
    ]
    if not open_benefits:
        return None
    missing = dict.fromkeys(m for _, found in open_benefits for m in found.missing)
    patient = facts.patient
    return CopayRow(
        row_id=facts.case_id,
        case_id=facts.case_id,
        number=facts.number,
        patient=patient.listed_name,
        us_state=patient.state,
        what=" and ".join(benefit.value for benefit, _ in open_benefits),
        why=f"missing: {', '.join(missing)}",
    )
