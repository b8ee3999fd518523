"""Importing infusion sites: known by their code, placed on the map by their ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nurse_tui import models as m
from nurse_tui import places
from nurse_tui.drafts import Fault, SiteDraft
from nurse_tui.interchange.importing import Kind, Row, Run, run
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.store import intake
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Actor, Refusal

NEEDED = ("site_id", "name")
"""Columns without which a file is not one of sites."""


def import_sites(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport | Refusal:
    """Import a CSV file of infusion sites; one on file is brought up to date.

    A Refusal is a trouble of the whole file.
    """
    seen: dict[str, int] = {}
    kind = Kind(SiteDraft, NEEDED, lambda begun, rows: _save(begun, seen, rows))
    return run(db, actor, path, kind, dry_run=dry_run, progress=progress)


def located(zip_code: str, state: str) -> dict[str, Any]:
    """Return coordinates and zone of an address, as far as they are known."""
    place = places.place(zip_code)
    zones = places.zones_for(zip_code, state)
    return {
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "zone": zones[0] if zones else "",
    }


def _fields(draft: SiteDraft) -> dict[str, Any]:
    values = draft.model_dump(exclude={"site_id"})
    return {**values, **located(draft.zip, draft.state)}


def _save(run: Run, seen: dict[str, int], rows: Sequence[Row[SiteDraft]]) -> Refusal | None:
    once = [row for row in rows if _first_time(run, seen, row)]
    with run.db.read() as session:
        codes = [row.draft.site_id for row in once]
        known = intake.by(intake.rows_of(session, "infusion_site", "code", codes), "code")
    moved = [row for row in once if not _same(row.draft, known.get(row.draft.site_id))]
    run.tally.unchanged += len(once) - len(moved)
    return run.save("import.sites", moved, lambda tx: _job(tx, run, moved))


def _first_time(run: Run, seen: dict[str, int], row: Row[SiteDraft]) -> bool:
    line = seen.setdefault(row.draft.site_id, row.line.number)
    if line == row.line.number:
        return True
    reason = f"Site {row.draft.site_id} is already on line {line} of this file."
    run.reject(row.line, [Fault("site_id", reason)])
    return False


def _same(draft: SiteDraft, stored: dict[str, Any] | None) -> bool:
    return stored is not None and all(stored[n] == v for n, v in _fields(draft).items())


def _job(tx: Tx, run: Run, rows: Sequence[Row[SiteDraft]]) -> int:
    codes = [row.draft.site_id for row in rows]
    known = intake.by(intake.rows_of(tx.session, "infusion_site", "code", codes), "code")
    tx.say(f"Infusion site imported from {run.note}.")
    for row in rows:
        stored = known.get(row.draft.site_id)
        if stored is None:
            tx.add(m.InfusionSite(code=row.draft.site_id, **_fields(row.draft)))
            continue
        site = tx.get(m.InfusionSite, stored["id"])
        for name, value in _fields(row.draft).items():
            setattr(site, name, value)
    return len(rows)
