"""The queries behind the reports, each answered from the index that is named with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    case,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session as Session

from nurse_tui.models import LIVE_DAY, NEVER, Table
from nurse_tui.rules.due import KINDS
from nurse_tui.types import (
    CLOSED_STATES,
    REACHED_OUTCOMES,
    Benefit,
    CallOutcome,
    State,
    Verdict,
)

TABLES = Table.metadata.tables
CASE, CALL, DAY, DEADLINE = (TABLES[n] for n in ("case", "call", "infusion_day", "deadline"))
DECISION, ENROLMENT = TABLES["copay_decision"], TABLES["copay_enrollment"]
FORM, SAFETY, SITE, USER = (
    TABLES[n] for n in ("services_form", "safety_report", "infusion_site", "user")
)


def user_names(session: Session) -> dict[int, str]:
    """Return every user's name by id; 0 is a case without a nurse."""
    rows = session.execute(select(USER.c.id, USER.c.full_name, USER.c.name))
    return {0: "Unassigned"} | {key: full or name for key, full, name in rows}


def user_id(session: Session, name: str) -> int | None:
    """Return the id of a sign-in name, or None."""
    return session.execute(select(USER.c.id).where(USER.c.name == name)).scalar()


def open_by_nurse_and_state() -> Select[Any]:
    """Nurse key, state, open cases, when the oldest was opened (`ix_case_nurse_state`).

    `kept_by_nurse_and_state` has those that are over and listed for a safety report.
    """
    return _by_nurse_and_state(CASE.c.state.not_in(sorted(CLOSED_STATES)))


def kept_by_nurse_and_state() -> Select[Any]:
    """Return the same of cases that are over and stay listed for a safety report.

    Of those alone something is due (`ix_case_state_due`).
    """
    over = CASE.c.state.in_(sorted(CLOSED_STATES))
    return _by_nurse_and_state(over, CASE.c.next_due_at < NEVER)


def _by_nurse_and_state(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(CASE.c.nurse_key, CASE.c.state, func.count(), func.min(CASE.c.opened_at))
        .where(*where)
        .group_by(CASE.c.nurse_key, CASE.c.state)
        .order_by(CASE.c.nurse_key, CASE.c.state)
    )


def opened_between(since: datetime | None, until: datetime) -> Select[Any]:
    """Count the open cases that were opened in a span of time (`ix_case_opened`)."""
    query = select(func.count()).where(CASE.c.is_open, CASE.c.opened_at < until)
    return query if since is None else query.where(CASE.c.opened_at >= since)


def overdue_by_nurse_and_kind(at: datetime) -> Select[Any]:
    """Nurse key, kind, deadlines past due, the oldest (`ix_deadline_kind_due`).

    Each pair of nurse and kind is one short walk along the index, so that nothing is sorted.
    """
    kinds = union_all(*(select(literal(kind).label("kind")) for kind in KINDS)).subquery("kinds")
    nurses = union_all(select(literal(0).label("id")), select(USER.c.id)).subquery("nurses")
    late = (
        DEADLINE.c.is_open,
        DEADLINE.c.kind == kinds.c.kind,
        DEADLINE.c.nurse_key == nurses.c.id,
        DEADLINE.c.due_at < at,
    )
    count = select(func.count()).select_from(DEADLINE).where(*late).correlate(kinds, nurses)
    oldest = select(func.min(DEADLINE.c.due_at)).where(*late).correlate(kinds, nurses)
    return (
        select(nurses.c.id, kinds.c.kind, count.scalar_subquery(), oldest.scalar_subquery())
        .select_from(nurses)
        .join(kinds, literal(True))
    )


def due_between(kind: str, since: datetime, until: datetime) -> Select[Any]:
    """Count the open deadlines of a kind that fall in a span (`ix_deadline_kind_due`)."""
    return select(func.count()).where(
        DEADLINE.c.is_open, DEADLINE.c.kind == kind, DEADLINE.c.due_at.between(since, until)
    )


def first_calls(since: datetime, until: datetime) -> Select[Any]:
    """Nurse key, when a form became complete, its first attempt (`ix_case_first_call`)."""
    return select(CASE.c.nurse_key, CASE.c.form_completed_at, CASE.c.first_attempt_at).where(
        CASE.c.form_completed_at >= since, CASE.c.form_completed_at < until
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Attempts of one nurse, or of all: outbound calls that ended, and the cases behind them."""

    nurse: int | None
    attempts: int
    attempted: int
    reached: int
    voicemails: int


def reach(session: Session, since: datetime, until: datetime, nurses: Sequence[int]) -> list[Reach]:
    """Return the attempts of each nurse in a span, then of all (`ix_call_nurse_started`)."""
    rows = [Reach(*row) for row in session.execute(calls_by_nurse(since, until, nurses))]
    every = [Reach(None, *row) for row in session.execute(calls_of_all(since, until, nurses))]
    return rows + every


def calls_by_nurse(since: datetime, until: datetime, nurses: Sequence[int]) -> Select[Any]:
    """Count each nurse's attempts in a span."""
    query = select(CALL.c.nurse_id, *_attempts()).where(*_made(since, until, nurses))
    return query.group_by(CALL.c.nurse_id).order_by(CALL.c.nurse_id)


def calls_of_all(since: datetime, until: datetime, nurses: Sequence[int]) -> Select[Any]:
    """Count all attempts in a span; a case tried by two nurses is one case."""
    return select(*_attempts()).where(*_made(since, until, nurses))


def calls_that_came_in(since: datetime, until: datetime, nurses: Sequence[int]) -> Select[Any]:
    """Count the calls that came in and were taken in a span (`ix_call_nurse_started`)."""
    return select(func.count()).where(*_between(since, until, nurses), ~CALL.c.outbound)


def _attempts() -> tuple[Any, ...]:
    spoken = CALL.c.outcome.in_(sorted(REACHED_OUTCOMES))
    left = CALL.c.outcome == CallOutcome.VOICEMAIL_LEFT
    return (
        func.count(),
        func.count(CALL.c.case_id.distinct()),
        func.count(case((spoken, CALL.c.case_id)).distinct()),
        func.count(case((left, 1))),
    )


def _made(since: datetime, until: datetime, nurses: Sequence[int]) -> tuple[Any, ...]:
    return (*_between(since, until, nurses), CALL.c.outbound)


def _between(since: datetime, until: datetime, nurses: Sequence[int]) -> tuple[Any, ...]:
    return (
        CALL.c.nurse_id.in_(nurses),
        CALL.c.started_at >= since,
        CALL.c.started_at < until,
        CALL.c.outcome.is_not(None),
    )


VERDICTS = tuple(product(Benefit, Verdict))
"""Every pair of benefit and verdict, in the order in which `copay_verdicts` counts them."""


def copay_verdicts() -> Select[Any]:
    """Count the cases by their newest verdict on each benefit (`ix_copay_decision_last`).

    One row with a number for each of `VERDICTS`: to group and sort every decision takes longer.
    """
    later = func.lead(DECISION.c.id).over(
        partition_by=[DECISION.c.case_id, DECISION.c.benefit],
        order_by=[DECISION.c.decided_at, DECISION.c.id],
    )
    ranked = select(DECISION.c.benefit, DECISION.c.verdict, later.label("later")).subquery("ranked")
    counts: list[Any] = [
        func.count(case(((ranked.c.benefit == benefit) & (ranked.c.verdict == verdict), 1)))
        for benefit, verdict in VERDICTS
    ]
    return select(*counts).where(ranked.c.later.is_(None))


def copay_refusals(since: datetime, until: datetime) -> Select[Any]:
    """Benefit, verdict and reasons of what was kept in a span and is no or not known.

    One walk along `ix_copay_decision_last`; only what it finds there is looked up.
    """
    later = DECISION.alias("later")
    kept = select(DECISION.c.id).where(
        DECISION.c.verdict.in_([Verdict.INELIGIBLE, Verdict.UNDETERMINED]),
        DECISION.c.decided_at >= since,
        DECISION.c.decided_at < until,
    )
    newer = select(later.c.id).where(
        later.c.case_id == DECISION.c.case_id,
        later.c.benefit == DECISION.c.benefit,
        tuple_(later.c.decided_at, later.c.id) > tuple_(DECISION.c.decided_at, DECISION.c.id),
    )
    return select(DECISION.c.benefit, DECISION.c.verdict, DECISION.c.reasons).where(
        DECISION.c.id.in_(kept), ~newer.exists()
    )


def copay_enrolments(today: date) -> Select[Any]:
    """Benefit, newest verdict, whether an enrolment runs on after a day, cases ever enrolled."""
    running = ENROLMENT.alias("running")
    newest = (
        select(DECISION.c.verdict)
        .where(DECISION.c.case_id == ENROLMENT.c.case_id, DECISION.c.benefit == ENROLMENT.c.benefit)
        .order_by(DECISION.c.decided_at.desc(), DECISION.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("newest")
    )
    runs = _lasts(ENROLMENT, today).label("runs")
    again = select(running.c.id).where(
        running.c.case_id == ENROLMENT.c.case_id,
        running.c.benefit == ENROLMENT.c.benefit,
        _lasts(running, today),
    )
    return (
        select(ENROLMENT.c.benefit, newest, runs, func.count(ENROLMENT.c.case_id.distinct()))
        .where(runs | ~again.exists())
        .group_by(ENROLMENT.c.benefit, newest, runs)
    )


def _lasts(enrolment: FromClause, today: date) -> ColumnElement[bool]:
    return enrolment.c.ends_on.is_(None) | (enrolment.c.ends_on > today)


def sites(session: Session) -> dict[int, tuple[str, int, str]]:
    """Return name, chairs and open weekdays of every site by id."""
    query = select(SITE.c.id, SITE.c.name, SITE.c.chairs, SITE.c.open_days)
    return {key: (name, chairs, days) for key, name, chairs, days in session.execute(query)}


def infusion_days(site_ids: Sequence[int], first: date, last: date) -> Select[Any]:
    """Site, date, course and status of the chairs that are taken (`uq_infusion_day_chair`)."""
    return select(DAY.c.site_id, DAY.c.on_date, DAY.c.course_id, DAY.c.status).where(
        DAY.c.site_id.in_(site_ids), DAY.c.on_date.between(first, last), LIVE_DAY
    )


def safety_reports(since: datetime, until: datetime) -> Select[Any]:
    """Kind, awareness, forwarding of the reports of a span, and of every older open one."""
    return (
        select(SAFETY.c.kind, SAFETY.c.aware_at, SAFETY.c.forwarded_at)
        .where(SAFETY.c.aware_at < until)
        .where((SAFETY.c.aware_at >= since) | SAFETY.c.forwarded_at.is_(None))
        .order_by(SAFETY.c.aware_at)
    )


@dataclass(frozen=True, slots=True)
class OnlyCases:
    """Which open cases an export lists; `nurse` is a user's id, 0 for cases without one."""

    nurse: int | None = None
    state: State | None = None
    overdue: bool = False


EVERY_OPEN_CASE = OnlyCases()


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One open case as the caseload export lists it; `due` is None when nothing is due."""

    case: str
    patient: str
    us_state: str
    language: str
    state: str
    due: datetime | None
    why: str
    nurse: str


def open_cases(session: Session, only: OnlyCases, at: datetime) -> list[OpenCase]:
    """Return open cases, soonest due first; overdue are those due before `at` (aware UTC)."""
    shown = ("number", "patient_name", "us_state", "language", "state", "next_due_at", "next_why")
    query = select(*(CASE.c[name] for name in shown), CASE.c.nurse_key).where(CASE.c.is_open)
    if only.nurse is not None:
        query = query.where(CASE.c.nurse_key == only.nurse)
    if only.state is not None:
        query = query.where(CASE.c.state == only.state)
    if only.overdue:
        query = query.where(CASE.c.next_due_at < at)
    names = user_names(session)
    found = session.execute(query.order_by(CASE.c.next_due_at, CASE.c.id))
    return [
        OpenCase(
            row.number,
            row.patient_name,
            row.us_state,
            row.language,
            row.state.value,
            None if row.next_due_at == NEVER else row.next_due_at,
            row.next_why,
            names.get(row.nurse_key, ""),
        )
        for row in found
    ]
