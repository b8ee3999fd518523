"""`nurse-tui export`: cases out of the database, for those who may, each export in the log."""

from __future__ import annotations

from pathlib import Path

import click

from nurse_tui.commands.common import (
    Call,
    Who,
    accepted,
    answer_format,
    as_whom,
    say_error,
    say_text,
)
from nurse_tui.commands.opening import opened
from nurse_tui.types import State


@click.group()
def export() -> None:
    """Export cases to a file."""


@export.command()
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only one state.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--without-names", is_flag=True, help="Leave out names and what people typed.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to a new file (0600)."
)
@answer_format("csv", "json")
@as_whom
@click.pass_obj
def caseload(
    call: Call, who: Who, state: str | None, overdue: bool, without_names: bool,
    output: Path | None, form: str,
) -> None:  # fmt: skip
    """Export the open cases, most urgent first.

    The file holds names of patients: keep it where only you can read it. The export is in the
    change log.
    """
    with opened(call, who) as found:
        from nurse_tui.interchange.export import export_caseload
        from nurse_tui.store.report_queries import OnlyCases

        only = OnlyCases(state=State(state) if state else None, overdue=overdue)
        done = accepted(
            export_caseload(found.services.desk, output, form=form, named=not without_names,
                            only=only)
        )  # fmt: skip
    if output is None:
        say_text(done.text)
    else:
        say_error(f"Wrote {done.rows} cases to {output}.")
