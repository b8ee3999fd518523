"""Keeping co-pay enrolments and government cover apart, as the triggers of the database demand."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, FromClause, and_, func

from nurse_tui.models import CopayEnrollment, Coverage
from nurse_tui.rules import copay, enrolments
from nurse_tui.rules.facts import CoverageFact
from nurse_tui.store import facts as fact_store
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.store.facts import coverage_from_row
from nurse_tui.types import GOVERNMENT_KINDS, Verdict

_FIRST, _LAST = "0001-01-01", "9999-12-31"


def end_enrolments(tx: Tx, case_id: int, covers: Iterable[CoverageFact]) -> str:
    """End what government cover ends, before that cover is written; return the words for the log.

    Every enrolment of the case is held to the rule, one that has ended too: its last day moves
    before the cover (D-51).
    """
    government, covers = tx.programme.copay_government_kinds.value, tuple(covers)
    ended = []
    for row in finding.find(tx.session, CopayEnrollment, case_id=case_id):
        found = enrolments.limit(row.enrolled_on, covers, government)
        if found is not None and (row.ends_on is None or row.ends_on > found.last_day):
            row.ends_on, row.end_reason = found.last_day, found.sentence
            ended.append(row.benefit.value)
    tx.session.flush()
    names = " and ".join(sorted(set(ended)))
    return f"; it ends the co-pay enrolment for {names} costs" if names else ""


def end_refused(tx: Tx, case_id: int) -> str:
    """End today what the patient's changed facts make ineligible; return the words for the log.

    Asked after a change of residence, age or representative, in the same change (D-41, D-45). The
    enrolment keeps the sentence of the rule as its reason.
    """
    tx.session.flush()
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return ""
    decided = copay.decide(facts, tx.programme, tx.today).benefits
    words = ""
    for row in finding.find(tx.session, CopayEnrollment, case_id=case_id):
        verdict = decided[row.benefit]
        runs = enrolments.runs_after(row.ends_on, tx.today)
        if runs and verdict.verdict is Verdict.INELIGIBLE:
            cause = verdict.reasons[0]
            row.ends_on, row.end_reason = tx.today, f"{cause.rule}: {cause.sentence}"
            words += f"; it ends the co-pay enrolment for {row.benefit.value} costs ({cause.rule})"
    return words


def fact_of(row: Coverage) -> CoverageFact:
    """Return a cover as rules read it."""
    return coverage_from_row(row.model_dump())


def forbidden(enrolment: FromClause, cover: FromClause) -> ColumnElement[bool]:
    """Return the condition under which an enrolment and a cover of one case may not both stand.

    Says in SQL what `rules.enrolments.overlaps` says, for the kinds that the triggers know.
    """
    ends, cover_ends = (func.coalesce(c.c.ends_on, _LAST) for c in (enrolment, cover))
    starts = func.coalesce(cover.c.starts_on, _FIRST)
    return and_(
        enrolment.c.case_id == cover.c.case_id,
        cover.c.kind.in_(sorted(GOVERNMENT_KINDS)),
        enrolment.c.enrolled_on <= ends,
        starts <= cover_ends,
        starts <= ends,
        enrolment.c.enrolled_on <= cover_ends,
    )
