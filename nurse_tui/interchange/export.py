"""Exports: private files, written whole or not at all, each with a change in the log (D-67)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from nurse_tui.interchange.tables import csv_text, report_csv
from nurse_tui.reports.base import ReportResult
from nurse_tui.rules.moments import local_stamp
from nurse_tui.services.base import Desk, Service
from nurse_tui.store import report_queries as queries
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal

Make = Callable[[Tx], tuple[str, int, str]]
"""Makes the text of an export, its number of rows, and the sentence for the log."""
SUBJECT = "export:caseload"
"""All exports of the caseload are one chain of the change log, so that none can be taken out."""
REPORTS = "export:report"
"""All exports of reports are one chain too."""
COLUMNS = ("case", "patient", "us_state", "language", "state", "due", "why", "nurse")
NAMING = ("patient", "why")
"""Columns with names, or with words that people typed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote; without a path `text` is the whole of it, for the standard output."""

    path: Path | None
    rows: int
    text: str = ""


def export_caseload(
    desk: Desk,
    target: Path | None,
    *,
    form: str = "csv",
    named: bool = True,
    only: queries.OnlyCases = queries.EVERY_OPEN_CASE,
) -> Exported | Refusal:
    """Export open cases as CSV or JSON, soonest due first, and log that it was done (D-67).

    To a new private file (mode 0600), or without a target as text. Unless it is `named` there are
    no names and no words that people typed. `due` is by the programme's clock, with its offset:
    what is due by a date reads as the end of that date.
    """

    def make(tx: Tx) -> tuple[str, int, str]:
        cases = queries.open_cases(tx.session, only, tx.at)
        columns = [c for c in COLUMNS if named or c not in NAMING]
        zone = tx.programme.programme_zone.value
        rows = [[_cell(case, column, zone) for column in columns] for case in cases]
        names = "with names" if named else "without names"
        text = _as_json(columns, rows) if form == "json" else csv_text(columns, rows)
        return text, len(cases), f"Exported {len(cases)} open cases {names}"

    return _export(desk, target, "export.caseload", SUBJECT, make)


def export_report(
    desk: Desk, result: ReportResult, target: Path, text: str | None = None
) -> Exported | Refusal:
    """Write a finished report to a new file (mode 0600), as CSV or as the text given; logs it."""

    def make(tx: Tx) -> tuple[str, int, str]:
        written = report_csv(result) if text is None else text
        count = len(result.rows)
        return written, count, f"Exported the report {result.report}, {count} rows,"

    return _export(desk, target, "export.report", REPORTS, make)


def _export(
    desk: Desk, target: Path | None, command: str, subject: str, make: Make
) -> Exported | Refusal:
    service = Service(desk)
    refused = service.refuse("export.run")
    if refused is None and target is not None:
        refused = _refuse_target(target)
    if refused is not None:
        return refused

    made: list[Path] = []

    def job(tx: Tx) -> Exported | Refusal:
        text, count, sentence = make(tx)
        if target is not None:
            written = _write(target, text)
            if written is not None:
                return written
            made.append(target)
        tx.say(f"{sentence} to {target.name if target is not None else 'the standard output'}")
        tx.collector.note_event(subject)
        return Exported(target, count, "" if target is not None else text)

    return _logged(lambda: service.write("export.run", command, job), made)


def _cell(case: queries.OpenCase, column: str, zone: str) -> object:
    value = getattr(case, column)
    return local_stamp(value, zone) if isinstance(value, datetime) else value


def _as_json(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cases = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps({"cases": cases}, indent=2) + "\n"


def _logged(write: Callable[[], Exported | Refusal], made: list[Path]) -> Exported | Refusal:
    """Write and log; a file that this export made and that could not be logged must not stay."""
    done: Exported | Refusal | None = None
    try:
        done = write()
        return done
    finally:
        if not isinstance(done, Exported):
            for file in made:
                file.unlink(missing_ok=True)


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
