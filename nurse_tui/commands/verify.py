"""`nurse-tui verify`: whether the case database is whole."""

from __future__ import annotations

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
from nurse_tui.commands.opening import opened
from nurse_tui.commands.progress import Bar

REFUSED = 1


@click.command()
@click.option(
    "--recompute", is_flag=True, help="Bring the lists up to date with today's settings first."
)
@answer_format("text", "json")
@as_whom
@click.pass_obj
def verify(call: Call, who: Who, form: str, recompute: bool) -> None:
    """Check that the case database is whole.

    The file, its schema, the chains of the change log and every projection; the status is 1 when
    one of them is wrong.
    """
    with opened(call, who) as found:
        refused = found.services.cases.refuse("verify.run")
        if refused is not None:
            refuse(refused)
        from nurse_tui.store import verify as checks

        with Bar("Checking") as bar:
            result = checks.run(found.database, found.settings, progress=bar)
        if recompute and result.stale:
            checks.recompute(found.database, result.stale)
            say_error(f"The lists of {len(result.stale):,} cases were computed anew.")
            with Bar("Checking again") as bar:
                result = checks.run(found.database, found.settings, progress=bar)
    if form == "json":
        say_json(result.as_json())
    else:
        for check in result.checks:
            say(f"{'ok   ' if check.ok else 'WRONG'} {check.name:<14} {check.detail}")
    if not result.ok:
        raise click.exceptions.Exit(REFUSED)
