"""`nurse-tui restore`: a case database made from a backup, checked before and after."""

from __future__ import annotations

from pathlib import Path

import click

from nurse_tui.commands.common import Call, Who, accepted, as_whom, refuse, say, say_error
from nurse_tui.commands.opening import Opened, key_of, opened_by
from nurse_tui.commands.progress import Bar
from nurse_tui.types import Refusal, Role

DERIVED = ("search", "projection", "copay")
"""Checks of what can be reckoned anew or put right by hand: told, but no reason to refuse."""


@click.command()
@click.argument("backup", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option(
    "--aside",
    is_flag=True,
    help="Move a database that is there to a new folder beside it first.",
)
@as_whom
@click.pass_obj
def restore(call: Call, who: Who, backup: Path, aside: bool) -> None:
    """Make the case database from a BACKUP.

    For an administrator of the backup. It is copied and checked before it gets the name, and
    checked again in its place. A database that is there is never written over.
    """
    from nurse_tui.store import engine, replacing

    target = call.path()
    refused = engine.refuse_file(backup, must_exist=True) or replacing.refuse(
        backup, target, aside=aside
    )
    if refused is not None:
        refuse(refused)
    key = key_of(backup, who)
    staged = replacing.staging(target)
    replacing.clear(staged)
    try:
        _stage(call, who, backup, staged, key)
        _refuse_if(replacing.refuse(backup, target, aside=aside))
        away = replacing.put(staged, target)
    finally:
        replacing.clear(staged)
    with opened_by(target, key, who, call.settings(), demo_role=Role.ADMIN) as found:
        _check(found, "Checking in its place")
    say(f"Restored {target} from {backup}.")
    if away is not None:
        say(f"What was there before is in {away}.")


def _refuse_if(refused: Refusal | None) -> None:
    if refused is not None:
        refuse(refused)


def _stage(call: Call, who: Who, backup: Path, staged: Path, key: bytes | None) -> None:
    """Copy the backup to where it waits, check it, and log in it that it was restored."""
    from nurse_tui.store import backup as copies

    accepted(copies.restore(backup, staged, key))
    with opened_by(staged, key, who, call.settings(), demo_role=Role.ADMIN) as found:
        _refuse_if(found.services.admin.refuse("backup.make"))
        _check(found, "Checking the copy")
        accepted(found.services.upkeep.note_restored(backup.name))


def _check(found: Opened, title: str) -> None:
    from nurse_tui.store import verify

    with Bar(title) as bar:
        result = verify.run(found.database, progress=bar)
    for check in result.checks:
        if check.ok:
            continue
        if check.name not in DERIVED:
            refuse(
                Refusal(
                    "bad_backup",
                    f"The copy is not whole ({check.name}): {check.detail}",
                    "Restore another backup.",
                )
            )
        say_error(f"{check.name}: {check.detail} Run nurse-tui verify.")
