"""Exports: private files, written whole or not at all, each with a change in the log (D-67)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from nurse_tui.interchange.tables import csv_text, report_csv
from nurse_tui.reports.base import ReportResult, words
from nurse_tui.rules.due import KINDS
from nurse_tui.services.base import Desk, Service
from nurse_tui.store import report_queries as queries
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal

SUBJECT = "export:caseload"
"""All exports of the caseload are one chain of the change log, so that none can be taken out."""
REPORTS = "export:report"
"""All exports of reports are one chain too."""
_HEADER = ("case", "state", "nurse", "due_at", "due")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    path: Path
    rows: int

    def as_json(self) -> dict[str, object]:
        """Shape of `export …` of the command line's JSON."""
        return {"file": str(self.path), "rows": self.rows}


def export_caseload(
    desk: Desk, target: Path, *, identified: bool = False, nurse: int | None = None
) -> Exported | Refusal:
    """Write the open caseload as CSV (mode 0600), soonest due first, and log that it was done.

    Without `identified` there are no names and no words that people typed. `nurse` is a user's id,
    0 for cases without one. Nothing is written over.
    """
    service = Service(desk)
    refused = service.refuse("export.run") or _refuse_target(target)
    if refused is not None:
        return refused

    def job(tx: Tx) -> Exported | Refusal:
        cases = queries.open_cases(tx.session, nurse)
        header = (*_HEADER, "patient", "why") if identified else _HEADER
        written = _write(target, csv_text(header, (_row(c, identified) for c in cases)))
        if written is not None:
            return written
        names = "with names" if identified else "without names"
        tx.say(f"Exported {len(cases)} open cases {names} to {target.name}")
        tx.collector.note_event(SUBJECT)
        return Exported(target, len(cases))

    return _logged(lambda: service.write("export.run", "export.caseload", job), target)


def export_report(desk: Desk, result: ReportResult, target: Path) -> Exported | Refusal:
    """Write a finished report as CSV (mode 0600), and log that it was done; writes over nothing."""
    service = Service(desk)
    refused = service.refuse("export.run") or _refuse_target(target)
    if refused is not None:
        return refused

    def job(tx: Tx) -> Exported | Refusal:
        written = _write(target, report_csv(result))
        if written is not None:
            return written
        tx.say(f"Exported the report {result.report}, {len(result.rows)} rows, to {target.name}")
        tx.collector.note_event(REPORTS)
        return Exported(target, len(result.rows))

    return _logged(lambda: service.write("export.run", "export.report", job), target)


def _row(found: queries.OpenCase, identified: bool) -> tuple[object, ...]:
    due = KINDS.get(found.kind, "") if found.due_at else ""
    row = (found.number, words(found.state), found.nurse, found.due_at, due)
    return (*row, found.patient, found.why) if identified else row


def _logged(write: Callable[[], Exported | Refusal], target: Path) -> Exported | Refusal:
    # A file whose export could not be logged must not stay.
    done: Exported | Refusal | None = None
    existed = os.path.lexists(target)
    try:
        done = write()
        return done
    finally:
        if not existed and not isinstance(done, Exported):
            with suppress(FileNotFoundError):
                target.unlink()


def _refuse_target(target: Path) -> Refusal | None:
    if not target.parent.is_dir():
        return Refusal(
            "no_folder", f"There is no folder {target.parent}.", "Make it, or choose another."
        )
    if os.path.lexists(target):
        return Refusal(
            "target_exists",
            f"{target} is there already, and nothing is written over.",
            "Choose another name, or move it away.",
        )
    return None


def _write(target: Path, text: str) -> Refusal | None:
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        # Unlike a renaming, a link never takes the place of a file that came meanwhile.
        os.link(part, target)
    except OSError as fault:
        return Refusal(
            "not_written",
            f"The file could not be written: {fault.strerror or 'no reason given'}.",
            "Choose another folder or disk.",
        )
    finally:
        part.unlink(missing_ok=True)
    return None
