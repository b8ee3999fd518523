"""`nurse-tui demo`: synthetic data to look at and to learn with."""

from __future__ import annotations

from pathlib import Path

import click

from nurse_tui.commands.common import ROLES, Call, accepted, refuse, say, wrong
from nurse_tui.commands.progress import Bar
from nurse_tui.types import Refusal, Role

MOST_PATIENTS = 20_000


@click.command()
@click.option(
    "--path", metavar="FILE", type=click.Path(path_type=Path), help="The demo's own database file."
)
@click.option(
    "--patients",
    type=click.IntRange(0, MOST_PATIENTS),
    default=150,
    show_default=True,
    metavar="N",
    help="How many patients a new demo has; 0 makes an empty one.",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, metavar="S", help="Which patients they are."
)
@click.option("--as", "as_role", type=click.Choice(ROLES), help="The role to open it with.")
@click.option("--build-only", is_flag=True, help="Build the file and do not open it.")
@click.pass_obj
def demo(
    call: Call, path: Path | None, patients: int, seed: int, as_role: str | None, build_only: bool
) -> None:
    """Build a demo of made-up patients and open it.

    A demo that is there already is opened as it is; with --build-only it is left alone.
    """
    from nurse_tui.commands.app import open_app, refuse_without_terminal

    if not build_only:
        refuse_without_terminal()
    target = path or _usual(call)
    if target.exists() or target.is_symlink():
        _keep(target)
        if build_only:
            say(f"{target} is a demo already; it was left as it is.")
            return
    else:
        _build(call, target, patients, seed, named=bool(path or call.database))
        if build_only:
            say(f"Built {target}.")
            return
    open_app(call, target, Role(as_role) if as_role else None)


def _usual(call: Call) -> Path:
    from nurse_tui.commands.places import data_file

    return Path(call.database).expanduser() if call.database else data_file("demo.db")


def _keep(target: Path) -> None:
    from nurse_tui.store import card

    if card.is_plain(target):
        accepted(card.demo_actor(target, Role.SUPERVISOR))
    else:
        refuse(
            Refusal(
                "not_a_demo",
                f"{target} is there already and is not a demo; it was left alone.",
                "Give another --path.",
            )
        )


def _build(call: Call, target: Path, patients: int, seed: int, *, named: bool) -> None:
    from nurse_tui.commands.demo_clock import tell_clock

    tell_clock(demo=True)
    settings = call.settings()
    from nurse_tui.demo.build import build

    if not target.parent.is_dir():
        if named:
            wrong(f"There is no folder {target.parent}.")
        target.parent.mkdir(mode=0o700, parents=True)
    with Bar("Building the demo") as bar:
        accepted(build(target, patients=patients, seed=seed, settings=settings, progress=bar))
