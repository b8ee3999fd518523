"""`nurse-tui users`: who may sign in, and as what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurse_tui.commands import secret
from nurse_tui.commands.common import (
    ROLES,
    Call,
    Who,
    accepted,
    answer_format,
    as_whom,
    refuse,
    say,
    say_json,
)
from nurse_tui.commands.opening import Opened, opened
from nurse_tui.keyring import KeyRing
from nurse_tui.types import Refusal, Role

if TYPE_CHECKING:
    from nurse_tui.views import UserView

NEW_PASSWORD = click.option(
    "--new-password-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File with the user's new password (0600); without it, it is asked for twice.",
)


@click.group()
def users() -> None:
    """List and change who may sign in."""


@users.command("list")
@answer_format("table", "json")
@as_whom
@click.pass_obj
def list_(call: Call, who: Who, form: str) -> None:
    """List every user with role, state and open cases."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        _allow(found)
        rows = accepted(found.services.admin.users())
    if form == "json":
        say_json({"users": [_as_json(user) for user in rows]})
        return
    for user in rows:
        state = "" if user.active else "  switched off"
        say(f"{user.name:<20} {user.role.value:<10} {user.open_cases:>5}  {user.full_name}{state}")


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the user may do.")
@click.option("--full-name", default="", metavar="NAME", help="The user's full name.")
@NEW_PASSWORD
@as_whom
@click.pass_obj
def add(
    call: Call, who: Who, name: str, role: str, full_name: str, new_password_file: Path | None
) -> None:
    """Add a user; on a real database with a first password."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        _allow(found)
        password = None if found.demo else _new_password(name, new_password_file)
        accepted(found.services.admin.add_user(name, full_name, Role(role)))
        _give_slot(found, name, password)
    say(f"Added {name}, {role}.")


@users.command("set-password")
@click.argument("name")
@NEW_PASSWORD
@as_whom
@click.pass_obj
def set_password(call: Call, who: Who, name: str, new_password_file: Path | None) -> None:
    """Give a user a new password: one's own, or, as administrator, anybody's."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        if found.demo:
            refuse(Refusal("demo", "Users of a demo have no passwords.", "Open it with --as ROLE."))
        if name != who.user:
            _allow(found)
            _find(found, name)
        _give_slot(found, name, _new_password(name, new_password_file))
    say(f"{name} has a new password.")


@users.command()
@click.argument("name")
@as_whom
@click.pass_obj
def disable(call: Call, who: Who, name: str) -> None:
    """Stop a user from signing in; what they did stays, and their password is forgotten."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        _allow(found)
        accepted(found.services.admin.set_user(_find(found, name).user_id, active=False))
        accepted(KeyRing(found.path, found.key).take(name))
    say(f"{name} can no longer sign in.")


@users.command()
@click.argument("name")
@NEW_PASSWORD
@as_whom
@click.pass_obj
def enable(call: Call, who: Who, name: str, new_password_file: Path | None) -> None:
    """Let a user sign in again; on a real database with a new password."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        _allow(found)
        user = _find(found, name)
        password = None if found.demo else _new_password(name, new_password_file)
        accepted(found.services.admin.set_user(user.user_id, active=True))
        _give_slot(found, name, password)
    say(f"{name} may sign in again.")


@users.command()
@click.argument("name")
@click.argument("new_role", metavar="ROLE", type=click.Choice(ROLES))
@as_whom
@click.pass_obj
def role(call: Call, who: Who, name: str, new_role: str) -> None:
    """Give a user another role: nurse, supervisor or admin."""
    with opened(call, who, demo_role=Role.ADMIN) as found:
        _allow(found)
        user = _find(found, name)
        accepted(found.services.admin.set_user(user.user_id, role=Role(new_role)))
    say(f"{name} is {new_role} now.")


def _allow(found: Opened) -> None:
    refused = found.services.admin.refuse("user.manage")
    if refused is not None:
        refuse(refused)


def _find(found: Opened, name: str) -> UserView:
    users = accepted(found.services.admin.users())
    user = next((user for user in users if user.name == name), None)
    if user is None:
        refuse(Refusal("no_user", f"There is no user {name}.", "See nurse-tui users list."))
    return user


def _new_password(name: str, path: Path | None) -> str:
    from nurse_tui.store.passwords import refuse_password

    password = accepted(secret.known(path, f"New password of {name}", twice=True))
    refused = refuse_password(password, name)
    if refused is not None:
        refuse(refused)
    return password


def _give_slot(found: Opened, name: str, password: str | None) -> None:
    if password is not None:
        accepted(KeyRing(found.path, found.key).give(name, password))


def _as_json(user: UserView) -> dict[str, object]:
    return {
        "name": user.name,
        "full_name": user.full_name,
        "role": user.role.value,
        "active": user.active,
        "open_cases": user.open_cases,
    }
