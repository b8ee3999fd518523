"""`nurse-tui init`: a new encrypted case database."""

from __future__ import annotations

from pathlib import Path

import click

from nurse_tui.commands import secret
from nurse_tui.commands.common import Call, accepted, refuse, say


@click.command()
@click.option("--user", required=True, metavar="NAME", help="Sign-in name of the administrator.")
@click.option("--full-name", default="", metavar="NAME", help="The administrator's full name.")
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File with the password (0600); without it, it is asked for twice.",
)
@click.pass_obj
def init(call: Call, user: str, full_name: str, password_file: Path | None) -> None:
    """Make a new encrypted case database.

    It begins with one administrator. The password opens the database: who loses the passwords of
    every user loses the data.
    """
    from nurse_tui.services import founding

    path = call.path()
    if call.database is None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refused = founding.refuse_found(path, user)
    if refused is not None:
        refuse(refused)
    password = accepted(secret.known(password_file, "New password", twice=True))
    accepted(founding.found(path, user, full_name, password, call.settings()))
    say(f"Made {path}. Sign in as {user}; add others with nurse-tui users add.")
