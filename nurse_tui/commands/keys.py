"""`nurse-tui keys`: every key of the program, as it is configured here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nurse_tui.commands.common import Call, accepted, answer_format, say, say_json

if TYPE_CHECKING:
    from nurse_tui.keys import Command


@click.command()
@click.option("--screen", metavar="NAME", default="", help="Only the keys of one screen.")
@answer_format("table", "json")
@click.pass_obj
def keys(call: Call, screen: str, form: str) -> None:
    """List the keys of the program.

    With --format json also where each works and for whom.
    """
    from nurse_tui import keys as registry

    known = accepted(registry.configured(call.configuration().get("keys", {})))
    if screen and screen not in registry.SCREENS:
        raise click.UsageError(f"There is no screen {screen}: {', '.join(registry.SCREENS)}.")
    rows = known.for_screen(screen) if screen else known.commands
    if form == "json":
        say_json({"keys": [_as_json(command) for command in rows]})
        return
    for command in rows:
        say(f"{command.shown or ':':<12} {command.id:<18} {command.help}")


def _as_json(command: Command) -> dict[str, object]:
    return {
        "id": command.id,
        "key": command.shown,
        "label": command.label,
        "help": command.help,
        "screens": list(command.screens),
        "roles": sorted(role.value for role in command.roles),
    }
