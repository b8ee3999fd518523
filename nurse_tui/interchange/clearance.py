"""Importing what was confirmed before treatment (D-61)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nurse_tui import models as m
from nurse_tui.drafts import ClearanceDraft, Fault
from nurse_tui.interchange.importing import Kind, Row, Run, run
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.store import intake
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Actor, Refusal

NEEDED = ("form_id", "kind", "done_on")
"""Columns without which a file is not one of clearances."""
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
    seen: set[tuple[Any, ...]] = set()
    kind = Kind(ClearanceDraft, NEEDED, lambda begun, rows: _save(begun, seen, rows))
    return run(db, actor, path, kind, dry_run=dry_run, progress=progress)


def _fields(draft: ClearanceDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in _FIELDS}
    return {**values, "result_on_file": bool(draft.result_on_file)}


def _save(
    run: Run, seen: set[tuple[Any, ...]], rows: Sequence[Row[ClearanceDraft]]
) -> Refusal | None:
    with run.db.read() as session:
        cases = intake.forms_on_file(session, {row.draft.form_id for row in rows})
        held = {c.case_id for c in cases.values()}
        seen |= {
            _place(r["case_id"], r) for r in intake.rows_of(session, "clearance", "case_id", held)
        }
    fresh: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        case = cases.get(row.draft.form_id)
        if case is None:
            run.reject(row.line, [unknown_form(row.draft.form_id)])
            continue
        values = _fields(row.draft)
        place = _place(case.case_id, values)
        if place in seen:
            run.tally.unchanged += 1
        else:
            seen.add(place)
            fresh.append((case.case_id, values))
    return run.save("import.clearance", fresh, lambda tx: _job(tx, run, fresh))


def unknown_form(form_id: str) -> Fault:
    """Return the fault of a row whose form no case has."""
    return Fault("form_id", f"There is no case with the form {form_id}; import the form first.")


def _place(case_id: int, values: dict[str, Any]) -> tuple[Any, ...]:
    return (case_id, *(values[name] for name in _FIELDS))


def _job(tx: Tx, run: Run, fresh: Sequence[tuple[int, dict[str, Any]]]) -> int:
    tx.say(f"Clearance imported from {run.note}.")
    for case_id, values in fresh:
        tx.add(m.Clearance(case_id=case_id, **values))
    return len(fresh)
