"""Putting a restored database in the place of another one, which is moved aside and never lost.

The files of a database are moved together: a write-ahead log left beside another file would
damage it.
"""

from __future__ import annotations

import fcntl
import os
from glob import escape
from pathlib import Path

from nurse_tui import clock
from nurse_tui.files import sync
from nurse_tui.store import engine, keyslots, leftovers
from nurse_tui.types import Refusal

CONNECTED_BYTE = 128
"""Byte of the `-shm` file that SQLite keeps locked as long as a connection is open."""


def staging(target: Path) -> Path:
    """Return where a database that this program restores waits until it was checked.

    What killed programs left waiting is removed first.
    """
    return leftovers.making(target.with_name(f"{target.name}.restored"))


def clear(staged: Path) -> None:
    """Remove a waiting database with everything that lies beside it."""
    for left in staged.parent.glob(escape(staged.name) + "*"):
        # A longer number is another program's.
        if not left.name.removeprefix(staged.name)[:1].isdigit():
            left.unlink(missing_ok=True)


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of a database that are there, the database itself last."""
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]
    every = (keyslots.slots_path(path), *beside, path)
    return tuple(file for file in every if os.path.lexists(file))


def refuse(backup: Path, target: Path, *, aside: bool) -> Refusal | None:
    """Say why a backup may not be put at a place, or None when it may."""
    if not target.parent.is_dir():
        return Refusal(
            "no_folder", f"There is no folder {target.parent}.", "Make it, or choose another."
        )
    there = files_of(target)
    if not there:
        return None
    if os.path.lexists(target) and target.exists() and target.samefile(backup):
        return Refusal(
            "same_file", f"{target} is the backup itself.", "Name another file by --database."
        )
    if not aside:
        return Refusal(
            "target_exists",
            f"{there[-1]} is there already, and nothing is written over.",
            "Say --aside to have it moved to a folder beside it, or name another --database.",
        )
    return _refuse_kind(backup, target) or _refuse_open(target)


def _refuse_kind(backup: Path, target: Path) -> Refusal | None:
    if not target.is_file() or not engine.is_plain(backup) or engine.is_plain(target):
        return None
    return Refusal(
        "demo_over_real",
        "The backup is a demo, and the database there is not.",
        "Name another file by --database.",
    )


def _refuse_open(target: Path) -> Refusal | None:
    shared = target.with_name(target.name + "-shm")
    if not shared.is_file():
        return None
    with shared.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, CONNECTED_BYTE)
        except OSError:
            return Refusal(
                "in_use",
                "Somebody has the case database open.",
                "Ask everybody to quit, then restore again.",
            )
    return None


def put(staged: Path, target: Path) -> Path | None:
    """Move a checked database to its place; returns the folder of what was there, None if empty.

    What was there goes first and the new database last, so that at no moment a half one has the
    name. Raises OSError when a file cannot be moved; without a new one nothing is.
    """
    staged.stat()
    away = _move_aside(target)
    slots = keyslots.slots_path(staged)
    if slots.exists():
        slots.rename(keyslots.slots_path(target))
    staged.rename(target)
    sync(target.parent)
    return away


def _move_aside(target: Path) -> Path | None:
    there = files_of(target)
    if not there:
        return None
    folder = target.with_name(f"{target.name}.aside-{clock.now():%Y%m%dT%H%M%SZ}")
    folder.mkdir(mode=0o700)
    for file in reversed(there):
        file.rename(folder / file.name)
    sync(folder)
    return folder
