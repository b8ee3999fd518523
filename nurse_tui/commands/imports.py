"""`nurse-tui import`: files into the case database, row by row, nothing lost."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nurse_tui.commands.common import (
    Call,
    Who,
    answer_format,
    as_whom,
    say,
    say_error,
    say_json,
)
from nurse_tui.commands.opening import Opened, opened
from nurse_tui.commands.progress import Bar
from nurse_tui.types import Refusal

if TYPE_CHECKING:
    from nurse_tui.interchange.report import ImportReport

KINDS = {
    "forms": ("forms", "import_forms", "Import Services Forms; each opens a case."),
    "sites": ("sites", "import_sites", "Import infusion sites, new ones and changed ones."),
    "clearance": ("clearance", "import_clearance", "Import what was confirmed before treatment."),
    "infusions": ("infusions", "import_infusions", "Import infusion days: booked, given, missed."),
    "fhir": ("fhir", "import_fhir", "Import FHIR R4: a Bundle, NDJSON, or a folder."),
}
"""Each kind of file: the module and function that import it, and one line of help."""
REFUSED = 1


@click.group("import")
def import_() -> None:
    """Import files into the case database.

    Good rows go in, the others are listed with line, column and reason. Rejected rows are also
    written to FILE.rejected.csv, to be mended and imported again; importing the same file twice
    changes nothing. The status is 1 when a row was rejected.
    """


def _command(kind: str, about: str) -> click.Command:
    @click.argument(
        "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
    )
    @click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
    @answer_format("table", "json")
    @as_whom
    @click.pass_obj
    def run(call: Call, who: Who, files: tuple[Path, ...], dry_run: bool, form: str) -> None:
        _import_files(call, who, kind, files, dry_run=dry_run, form=form)

    return click.command(kind, help=about)(run)


for _kind, (_, _, _about) in KINDS.items():
    import_.add_command(_command(_kind, _about))


def _import_files(
    call: Call, who: Who, kind: str, files: tuple[Path, ...], *, dry_run: bool, form: str
) -> None:
    reports: list[ImportReport] = []
    refused = False
    with opened(call, who) as found:
        for path in files:
            answer = _import_one(found, kind, path, dry_run=dry_run)
            if isinstance(answer, Refusal):
                say_error(str(answer))
                refused = True
            else:
                reports.append(answer)
    _show(reports, form, single=len(files) == 1, dry_run=dry_run)
    if refused or any(report.rejected for report in reports):
        raise click.exceptions.Exit(REFUSED)


def _import_one(found: Opened, kind: str, path: Path, *, dry_run: bool) -> ImportReport | Refusal:
    module, function, _ = KINDS[kind]
    importer: Any = getattr(import_module(f"nurse_tui.interchange.{module}"), function)
    with Bar(f"Importing {path.name}") as bar:
        answer: ImportReport | Refusal = importer(
            found.database, found.actor, path, dry_run=dry_run, progress=bar
        )
    return answer


def _show(reports: list[ImportReport], form: str, *, single: bool, dry_run: bool) -> None:
    if form == "json":
        answers = [report.as_json() for report in reports]
        if answers:
            say_json(answers[0] if single else answers)
        return
    for report in reports:
        would = "would be imported" if dry_run else "imported"
        say(
            f"{report.file}: {report.read} read, {report.imported} {would}, "
            f"{report.unchanged} unchanged, {len(report.rejected)} rejected"
        )
        for row in report.rejected:
            say(f"  line {row.line}, {row.column or 'row'}: {row.reason}")
        for warning in report.warnings:
            say(f"  note: {warning}")
