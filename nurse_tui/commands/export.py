"""`nurse-tui export`: cases out of the database, for those who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurse_tui.commands import instants, tables
from nurse_tui.commands.common import (
    Call,
    Who,
    accepted,
    answer_format,
    as_whom,
    refuse,
    say_error,
)
from nurse_tui.commands.opening import Opened, opened
from nurse_tui.commands.progress import Bar
from nurse_tui.types import State

if TYPE_CHECKING:
    from nurse_tui.listing import WorklistRow

COLUMNS = ("case", "patient", "us_state", "language", "state", "due", "why", "nurse")
AT_ONCE = 500


@click.group()
def export() -> None:
    """Export cases to a file."""


@export.command()
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only one state.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to a new file (0600)."
)
@answer_format("csv", "json")
@as_whom
@click.pass_obj
def caseload(
    call: Call, who: Who, state: str | None, overdue: bool, output: Path | None, form: str
) -> None:
    """Export the open cases, most urgent first.

    The file holds names of patients: keep it where only you can read it.
    """
    with opened(call, who) as found:
        refused = found.services.worklist.refuse("export.run")
        if refused is not None:
            refuse(refused)
        rows = list(_rows(found, State(state) if state else None, overdue=overdue))
    if form == "json":
        cases = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        text = json.dumps({"cases": cases}, indent=2) + "\n"
    else:
        text = tables.as_csv(COLUMNS, rows)
    refused = tables.put(text, output)
    if refused is not None:
        refuse(refused)
    if output is not None:
        say_error(f"Wrote {len(rows)} cases to {output}.")


def _rows(
    found: Opened, state: State | None, *, overdue: bool
) -> Iterator[tuple[tables.Cell, ...]]:
    from nurse_tui.listing import WorklistFilter

    listed = accepted(found.services.worklist.open(WorklistFilter(state=state), overdue=overdue))
    whole = accepted(found.services.worklist.counts()).open
    done = 0
    try:
        with Bar("Exporting") as bar:
            while batch := listed.source.rows(done, AT_ONCE):
                done += len(batch)
                bar(done, max(done, whole))
                yield from (_cells(row) for row in batch)
    finally:
        listed.source.close()


def _cells(row: WorklistRow) -> tuple[tables.Cell, ...]:
    return (
        row.number,
        row.patient,
        row.us_state,
        row.language,
        row.state.value,
        instants.stamp(row.due_at) if row.due_at else None,
        row.why,
        row.nurse,
    )
