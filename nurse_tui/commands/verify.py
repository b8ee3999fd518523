"""`nurse-tui verify`: whether the case database is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurse_tui.commands.common import (
    Call,
    Who,
    answer_format,
    as_whom,
    refuse,
    say,
    say_error,
    say_json,
)
from nurse_tui.commands.opening import Opened, opened
from nurse_tui.commands.progress import Bar

if TYPE_CHECKING:
    from nurse_tui.store.verify import VerifyResult

REFUSED = 1
INDENT = 21


@click.command()
@click.option(
    "--recompute", is_flag=True, help="Bring the lists up to date with today's settings first."
)
@click.option(
    "--against",
    "backup",
    metavar="BACKUP",
    type=click.Path(path_type=Path),
    help="Also look for everything in the change log of a backup, which is only read.",
)
@answer_format("text", "json")
@as_whom
@click.pass_obj
def verify(call: Call, who: Who, form: str, recompute: bool, backup: Path | None) -> None:
    """Check that the case database is whole.

    The file, its schema, the chains of the change log and every projection; the status is 1 when
    one of them is wrong. With a backup that was kept elsewhere also what was taken away is found:
    a case with its log, or the end of one.
    """
    with opened(call, who) as found:
        refused = found.services.cases.refuse("verify.run")
        if refused is not None:
            refuse(refused)
        from nurse_tui.store import verify as checks

        _refuse_backup(found, backup)
        with Bar("Checking") as bar:
            result = checks.run(found.database, progress=bar)
        if recompute and result.stale:
            checks.recompute(found.database, result.stale)
            say_error(f"The lists of {len(result.stale):,} cases were computed anew.")
            with Bar("Checking again") as bar:
                result = checks.run(found.database, progress=bar)
        if backup is not None:
            result = _compared(found, backup, result)
    if form == "json":
        say_json(result.as_json())
    else:
        for check in result.checks:
            first, *others = check.lines
            say(f"{'ok   ' if check.ok else 'WRONG'} {check.name:<14} {first}")
            for line in others:
                say(" " * INDENT + line)
    if not result.ok:
        raise click.exceptions.Exit(REFUSED)


def _refuse_backup(found: Opened, backup: Path | None) -> None:
    from nurse_tui.store import against

    refused = against.refuse_backup(found.path, backup, found.key) if backup else None
    if refused is not None:
        refuse(refused)


def _compared(found: Opened, backup: Path, result: VerifyResult) -> VerifyResult:
    from nurse_tui.store import against

    with Bar("Comparing") as bar:
        seen = against.compare(found.path, backup, found.key, bar)
    return replace(result, checks=(*result.checks, seen))
