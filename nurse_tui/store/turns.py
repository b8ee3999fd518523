"""Taking turns at the schema: of programs that start together on an older database one changes it.

The turn is a lock on an empty file beside the database, which the system gives back when its holder
dies. The lock of the database itself will not do: the backup before the change needs to read it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nurse_tui.types import Refusal

PAUSE = 0.1
TRIES = 1200
"""How often the turn is asked for, with a pause after each: two minutes, then it is refused."""


@contextmanager
def at_schema(path: Path) -> Iterator[Refusal | None]:
    """Hold the turn at the schema of a database; gives the refusal instead when it is not had."""
    place = path.with_name(f".{path.name}.migrating")
    held: int | Refusal | None
    try:
        held = _taken(place)
    except OSError:
        held = Refusal(
            "cannot_open",
            f"Beside {path.name} no file can be made, and it must be brought up to date.",
            "Check the permissions of its folder and the disk, then open it again.",
        )
    if held is None:
        held = Refusal(
            "migrating",
            f"Another program has been bringing {path.name} up to date for two minutes.",
            "Wait until it is done, then open it again; nothing was changed by this one.",
        )
    if isinstance(held, Refusal):
        yield held
        return
    try:
        yield None
    finally:
        place.unlink(missing_ok=True)
        os.close(held)


def _taken(place: Path) -> int | None:
    for _ in range(TRIES):
        held = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _lies_at(held, place):
                return held
            # Its last holder has just removed it: whoever comes next would lock another one.
            os.close(held)
        except BlockingIOError:
            os.close(held)
            time.sleep(PAUSE)
    return None


def _lies_at(held: int, place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(held), place.stat())
    except FileNotFoundError:
        return False
