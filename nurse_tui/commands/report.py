"""`nurse-tui report`: the supervisor's reports, the same as on the screen."""

from __future__ import annotations

import json
from datetime import date
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
    say,
    say_text,
    wrong,
)
from nurse_tui.commands.opening import opened
from nurse_tui.interchange.tables import csv_text, report_csv
from nurse_tui.types import Refusal
from nurse_tui.words import plain

if TYPE_CHECKING:
    from datetime import datetime

    from nurse_tui.reports.base import Report, ReportResult


@click.command()
@click.argument("name", required=False)
@click.option("--as-of", metavar="WHEN", help="A date or an instant, now or later.")
@click.option("--nurse", metavar="NAME", help="Only one nurse's cases, or: unassigned.")
@click.option("--since", metavar="DATE", help="The first day that is counted.")
@click.option("--until", metavar="DATE", help="The last day that is counted.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to a new file."
)
@answer_format("table", "json", "csv")
@as_whom
@click.pass_obj
def report(
    call: Call, who: Who, name: str | None, as_of: str | None, nurse: str | None,
    since: str | None, until: str | None, output: Path | None, form: str,
) -> None:  # fmt: skip
    """Show a report, or list the reports there are."""
    at, first, last = _instant(as_of), _day("--since", since), _day("--until", until)
    with opened(call, who) as found:
        refused = found.services.reports.refuse("report.view")
        if refused is not None:
            refuse(refused)
        if name is None and output is not None:
            wrong("--output needs the name of a report.")
        if name is None:
            say_text(_listed(found.services.reports.about(), form))
            return
        result = accepted(
            found.services.reports.run(name, as_of=at, since=first, until=last, nurse=nurse)
        )
        text = _written(result, form)
        if output is not None:
            accepted(found.services.reports.export(result, output, text))
    if output is None:
        say_text(text)
    else:
        say(f"Wrote {output}.")


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    found = instants.instant(text)
    if isinstance(found, Refusal):
        wrong(f"--as-of: {found}")
    return found


def _day(option: str, text: str | None) -> date | None:
    if not text:
        return None
    found = instants.day(text)
    if isinstance(found, Refusal):
        wrong(f"{option}: {found}")
    return found


def _listed(reports: tuple[Report, ...], form: str) -> str:
    if form == "json":
        rows = [
            {"name": r.name, "title": r.title, "help": r.help, "takes": list(r.takes)}
            for r in reports
        ]
        return json.dumps({"reports": rows}, indent=2)
    cells = [(r.name, r.help, " ".join(f"--{p}" for p in r.takes)) for r in reports]
    titles = ("report", "what it says", "options")
    return csv_text(titles, cells) if form == "csv" else _joined(tables.lines(titles, cells))


def _written(result: ReportResult, form: str) -> str:
    if form == "json":
        return json.dumps(result.as_json(), indent=2) + "\n"
    if form == "csv":
        return report_csv(result)
    titles = [column.title for column in result.columns]
    totals = [f"{plain(name)}: {value}" for name, value in result.totals.items()]
    rows = tables.lines(titles, result.rows) if result.rows else ["Nothing to show."]
    return _joined([*rows, "", *totals, *result.notes])


def _joined(lines: list[str]) -> str:
    return "\n".join([*lines, ""])
