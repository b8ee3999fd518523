"""Importing what was confirmed before treatment (D-61)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from nurse_tui import models as m
from nurse_tui.drafts import ClearanceDraft, Fault
from nurse_tui.interchange.importing import Kind, Row, Run, run
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.store import intake
from nurse_tui.store.database import Database, Session, Tx
from nurse_tui.types import Actor, Refusal

NEEDED = ("form_id", "kind", "done_on")
"""Columns without which a file is not one of clearances."""
Place = tuple[Any, ...]
"""A case, and what was confirmed of it: by that a clearance is known again."""
_FIELDS = ("kind", "done_on", "valid_until", "confirmed_by", "result_on_file")


def import_clearance(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport | Refusal:
    """Import a CSV file of clearances of cases by their form id; what is on file is unchanged.

    A Refusal is a trouble of the whole file.
    """
    seen: set[Place] = set()
    kind = Kind(ClearanceDraft, NEEDED, lambda begun, rows: _save(begun, seen, rows))
    return run(db, actor, path, kind, dry_run=dry_run, progress=progress)


def _fields(draft: ClearanceDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in _FIELDS}
    return {**values, "result_on_file": bool(draft.result_on_file)}


def _save(run: Run, seen: set[Place], rows: Sequence[Row[ClearanceDraft]]) -> Refusal | None:
    with run.db.read() as session:
        cases = intake.forms_on_file(session, {row.draft.form_id for row in rows})
        seen |= _on_file(session, {c.case_id for c in cases.values()})
    fresh: list[Place] = []
    for row in rows:
        case = cases.get(row.draft.form_id)
        if case is None:
            run.reject(row.line, [unknown_form(row.draft.form_id)])
            continue
        place = _place(case.case_id, _fields(row.draft))
        if place in seen:
            run.tally.unchanged += 1
        else:
            seen.add(place)
            fresh.append(place)
    return _keep(run, fresh)


def _keep(run: Run, fresh: Sequence[Place]) -> Refusal | None:
    count = len(fresh)
    if fresh and not run.dry_run:
        answer = run.write("import.clearance", lambda tx: _job(tx, run, fresh))
        if isinstance(answer, Refusal):
            return answer
        count = answer
    run.tally.imported += count
    run.tally.unchanged += len(fresh) - count
    return None


def unknown_form(form_id: str) -> Fault:
    """Return the fault of a row whose form no case has."""
    return Fault("form_id", f"There is no case with the form {form_id}; import the form first.")


def _on_file(session: Session, case_ids: Collection[int]) -> set[Place]:
    rows = intake.rows_of(session, "clearance", "case_id", case_ids)
    return {_place(row["case_id"], row) for row in rows}


def _place(case_id: int, values: dict[str, Any]) -> Place:
    return (case_id, *(values[name] for name in _FIELDS))


def _job(tx: Tx, run: Run, fresh: Sequence[Place]) -> int:
    """Write what is not on file, looked up again now that nobody else can write."""
    held = _on_file(tx.session, {place[0] for place in fresh})
    late = [place for place in fresh if place not in held]
    tx.say(f"Clearance imported from {run.note}.")
    for case_id, *values in late:
        tx.add(m.Clearance(case_id=case_id, **dict(zip(_FIELDS, values, strict=True))))
    return len(late)
