"""Opening a case database for one command, as somebody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nurse_tui.commands import secret
from nurse_tui.commands.common import Call, Who, accepted, refuse, say_error, wrong
from nurse_tui.commands.demo_clock import tell_clock
from nurse_tui.types import Actor, Refusal, Role

if TYPE_CHECKING:
    from nurse_tui.services.bundle import Services
    from nurse_tui.settings import Settings
    from nurse_tui.store.database import Database


@dataclass(frozen=True, slots=True)
class Opened:
    """A case database that is open for one command; `key` is None on a demo."""

    path: Path
    database: Database
    actor: Actor
    services: Services
    settings: Settings
    key: bytes | None

    @property
    def demo(self) -> bool:
        """Whether the data is synthetic."""
        return self.key is None


@contextmanager
def opened(call: Call, who: Who, *, demo_role: Role = Role.SUPERVISOR) -> Iterator[Opened]:
    """Open the case database that a command was called with; refusals end the program."""
    from nurse_tui.store import engine

    path = call.path()
    refused = engine.refuse_file(path, must_exist=True)
    if refused is not None:
        refuse(refused)
    key = key_of(path, who)
    with opened_by(path, key, who, call.settings(), demo_role=demo_role) as found:
        yield found


@contextmanager
def opened_by(
    path: Path,
    key: bytes | None,
    who: Who,
    settings: Settings,
    *,
    demo_role: Role = Role.SUPERVISOR,
) -> Iterator[Opened]:
    """Open a case database by its key, as somebody; refusals end the program."""
    from nurse_tui.gateway import find_actor, open_file
    from nurse_tui.store import card

    database = accepted(open_file(path, key, settings))
    if key is None:
        actor: Actor | Refusal = card.demo_actor(path, who.role or demo_role)
    else:
        actor = find_actor(database, who.user)
    try:
        yield _served(path, database, accepted(actor), settings, key)
    finally:
        database.close()


def key_of(path: Path, who: Who) -> bytes | None:
    """Return the key of a case database for a user's password, None of a demo; sets its clock."""
    from nurse_tui.store import card, keyslots

    demo = card.is_plain(path)
    tell_clock(demo=demo)
    if demo:
        if who.user or who.password_file:
            wrong("A demo has no passwords: leave --user and --password-file out, use --as ROLE.")
        return None
    if who.role is not None:
        wrong("--as is for demos: on this database the user's own role holds.")
    if not who.user:
        wrong("This case database is encrypted: say --user NAME and --password-file FILE.")
    told = keyslots.close_to_others(path)
    if told is not None:
        say_error(str(told))
    refused = keyslots.refuse_slots(path)
    if refused is not None:
        refuse(refused)
    password = accepted(secret.known(who.password_file, f"Password of {who.user}"))
    return accepted(keyslots.open_slot(path, who.user, password))


def _served(
    path: Path, database: Database, actor: Actor, settings: Settings, key: bytes | None
) -> Opened:
    from nurse_tui.services.base import Desk
    from nurse_tui.services.bundle import Services

    services = Services(Desk(database, actor, settings))
    return Opened(path, database, actor, services, settings, key)
