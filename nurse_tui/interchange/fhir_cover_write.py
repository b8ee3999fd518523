"""Writing the cover that FHIR brings: of a new case, and of one that is on file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nurse_tui import models as m
from nurse_tui.interchange.fhir_cover import Cover
from nurse_tui.interchange.importing import Run
from nurse_tui.store import bulk, enrolling, intake
from nurse_tui.store.database import Session, Tx
from nurse_tui.types import CoverageKind, Refusal

Values = dict[str, Any]
Covers = dict[str, list[Cover]]
"""Covers by the FHIR id of their patient."""
_NAMES = ("kind", "payer", "member_id")
_DATES = ("starts_on", "ends_on")
_OTHER_DATES = (
    "Coverage that is on file comes with other dates: it was added beside the one on file."
)


def cover_rows(case_id: int, covers: Sequence[Cover], held: Sequence[Values]) -> list[Values]:
    """Return rows for the covers that a case does not hold yet, after those it holds.

    Cover with other dates is another one: what is on file says nothing about its days (D-51).
    """
    known = {tuple(row[name] for name in (*_NAMES, *_DATES)) for row in held}
    rows: list[Values] = []
    for cover in covers:
        for kind in cover.kinds:
            place = (kind, cover.payer, cover.member_id, cover.starts_on, cover.ends_on)
            if place not in known:
                known.add(place)
                rows.append(_cover_row(case_id, cover, kind, len(held) + len(rows) + 1))
    return rows


def _cover_row(case_id: int, cover: Cover, kind: CoverageKind, position: int) -> Values:
    return bulk.complete(
        m.Coverage,
        case_id=case_id,
        kind=kind,
        payer=cover.payer,
        member_id=cover.member_id,
        position=position,
        starts_on=cover.starts_on,
        ends_on=cover.ends_on,
    )


def save_covers(run: Run, covers: Covers) -> Refusal | None:
    """Add the covers of patients who were on file before; count those of people not known."""
    with run.db.read() as session:
        known = intake.cases_by_external_id(session, list(covers))
    strange = sum(len(own) for patient, own in covers.items() if patient not in known)
    if strange:
        run.tally.warn(f"Coverage: {strange} of patients who are not here, not kept.")
    for patient, case_id in known.items():
        stopped = _add_covers(run, case_id, covers[patient])
        if stopped is not None:
            return stopped
    return None


def _add_covers(run: Run, case_id: int, covers: Sequence[Cover]) -> Refusal | None:
    with run.db.read() as session:
        new, moved = _new_covers(session, case_id, covers)
    if new and not run.dry_run:
        answer = run.write("import.fhir", lambda tx: _cover_job(tx, run, case_id, new))
        if isinstance(answer, Refusal):
            return answer
        new, moved = answer
    run.tally.imported += len(new)
    run.tally.unchanged += len(covers) - len(new)
    if moved:
        run.tally.warn(_OTHER_DATES)
    return None


def _new_covers(
    session: Session, case_id: int, covers: Sequence[Cover]
) -> tuple[list[Cover], bool]:
    """Return the covers that a case does not hold, and whether it holds one with other dates."""
    held = intake.rows_of(session, "coverage", "case_id", [case_id])
    new = [cover for cover in covers if cover_rows(case_id, [cover], held)]
    named = {tuple(row[name] for name in _NAMES) for row in held}
    return new, any((kind, c.payer, c.member_id) in named for c in new for kind in c.kinds)


def _cover_job(tx: Tx, run: Run, case_id: int, covers: Sequence[Cover]) -> tuple[list[Cover], bool]:
    new, moved = _new_covers(tx.session, case_id, covers)
    held = intake.rows_of(tx.session, "coverage", "case_id", [case_id])
    rows = [m.Coverage(**values) for values in cover_rows(case_id, new, held)]
    ended = enrolling.end_enrolments(tx, case_id, map(enrolling.fact_of, rows))
    tx.say(f"Coverage read from {run.note}{ended}.")
    for row in rows:
        tx.add(row)
    return new, moved
