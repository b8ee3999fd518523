"""`nurse-tui backup`: a checked copy of the case database."""

from __future__ import annotations

from pathlib import Path

import click

from nurse_tui.commands.common import Call, Who, accepted, as_whom, say
from nurse_tui.commands.opening import opened
from nurse_tui.types import Role


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@as_whom
@click.pass_obj
def backup(call: Call, who: Who, target: Path) -> None:
    """Copy the case database to a new FILE.

    The copy is checked before it gets its name, and may be made while others work. It is encrypted
    with the same key; its key slots lie beside it in FILE.keys. The change log of the database
    says that it was made.
    """
    with opened(call, who, demo_role=Role.ADMIN) as found:
        from nurse_tui.keyring import KeyRing

        ring = KeyRing(found.path, found.key)
        made = accepted(found.services.upkeep.back_up(ring, target))
    say(f"Wrote {made}.")
