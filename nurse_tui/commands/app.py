"""Opening the full-screen program."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from nurse_tui.commands.common import Call, accepted, refuse, wrong
from nurse_tui.commands.demo_clock import tell_clock
from nurse_tui.types import Refusal, Role

BUILD_ONLY = {"demo": "demo --build-only"}
"""Commands that work without a terminal only in one way."""


def refuse_without_terminal() -> None:
    """End when there is no terminal to draw on, naming what works without one."""
    usable = os.environ.get("TERM", "") not in ("", "dumb")
    if usable and sys.stdin.isatty() and sys.stdout.isatty():
        if sys.stderr.isatty():
            return
        refuse(
            Refusal(
                "stderr_elsewhere",
                "The screen is drawn on the standard error, and that leads elsewhere here.",
                "Leave 2> out: what the screen shows must not get into a file.",
            )
        )
    refuse(
        Refusal(
            "no_terminal",
            "There is no terminal here that nurse-tui could draw on.",
            f"These commands work without one: {_without_terminal()}.",
        )
    )


def _without_terminal() -> str:
    """Name every command there is, as it works without a terminal."""
    root = click.get_current_context().find_root()
    names = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    return ", ".join(BUILD_ONLY.get(name, name) for name in names)


def open_app(call: Call, path: Path | None = None, role: Role | None = None) -> NoReturn:
    """Open a case database in this terminal; ends with the program's exit status."""
    refuse_without_terminal()
    from nurse_tui.store import card, keyslots, named

    path = path or call.path()
    refused = named.refuse_file(path, must_exist=True)
    if refused is not None:
        refuse(refused)
    demo = card.is_plain(path)
    if role is not None and not demo:
        wrong("--as is for demos: on this database the user's own role holds.")
    refused = None if demo else keyslots.refuse_slots(path)
    if refused is not None:
        refuse(refused)
    tell_clock(demo=demo)
    raise click.exceptions.Exit(_run(call, path, role, demo=demo))


def _run(call: Call, path: Path, role: Role | None, *, demo: bool) -> int:
    from nurse_tui import keys
    from nurse_tui.commands.places import log_folder
    from nurse_tui.demo_gateway import DemoGateway
    from nurse_tui.gateway import FileGateway, Place
    from nurse_tui.store import card

    registry = accepted(keys.configured(call.configuration().get("keys", {})))
    place = Place(path, log_folder(), call.config.parent if call.config else None)
    if demo:
        actor = accepted(card.demo_actor(path, role or Role.SUPERVISOR))
        gateway: FileGateway = DemoGateway(place, actor)
    else:
        gateway = FileGateway(place)
    from nurse_tui.app import NurseApp, run

    return run(NurseApp(gateway, registry))
