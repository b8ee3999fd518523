"""Backups: one consistent copy under the same key, checked before it gets its name.

A copy is a case database like any other; its key slots stand beside it, so that whoever could sign
in to the one can sign in to the other.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from nurse_tui import clock
from nurse_tui.files import sync
from nurse_tui.models import UNLOGGED_TABLES
from nurse_tui.store import engine, keyslots, leftovers
from nurse_tui.store.database import Database
from nurse_tui.types import Refusal

_UNCOUNTED = UNLOGGED_TABLES - {"change"}
"""Tables that are written without a change."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_WRITTEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EFBIG})

_ONE_COPY = threading.Lock()
"""Held while this program copies: what it copies to has the program's number for a name."""


DAMAGED = Refusal("bad_backup", "The backup is damaged.", "Take another one.")


def make(db: Database, target: Path, key: bytes | None) -> Path | Refusal:
    """Copy an open database to a new file, also while others write to it; returns the target."""
    return _copy(db.path, target, key)


def restore(backup: Path, target: Path, key: bytes | None) -> Path | Refusal:
    """Make a case database at a place where there is none from a backup; returns the target."""
    refused = engine.refuse_file(backup, must_exist=True)
    if refused is None:
        refused = engine.refuse_opening(backup, key, DAMAGED)
    return refused if refused is not None else _copy(backup, target, key)


def before_migration(path: Path, key: bytes | None) -> Path | Refusal:
    """Make the backup beside a database that stands before every change of its schema."""
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    target = path.with_name(f"{path.name}.before-{stamp}")
    again = 1
    while os.path.lexists(target):
        again += 1
        target = path.with_name(f"{path.name}.before-{stamp}-{again}")
    return _copy(path, target, key)


def _copy(source: Path, target: Path, key: bytes | None) -> Path | Refusal:
    refused = _refuse_target(target) or _refuse_room(source, target)
    if refused is not None:
        return refused
    with _ONE_COPY:
        return _copied(source, target, key)


def _copied(source: Path, target: Path, key: bytes | None) -> Path | Refusal:
    part = leftovers.copying(source, target.parent)
    slots, slots_part = keyslots.slots_path(target), keyslots.slots_path(part)
    try:
        refused = _write_part(source, part, key)
        if refused is not None:
            return refused
        if keyslots.slots_path(source).exists():
            _copy_slots(keyslots.slots_path(source), slots_part)
            slots_part.rename(slots)
        part.rename(target)
        sync(target.parent)
        return target
    except (OSError, dbapi2.DatabaseError) as fault:
        refused = _refuse_fault(fault)
        if refused is None:
            raise
        return refused
    finally:
        leftovers.remove(part)


def _beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def _refuse_target(target: Path) -> Refusal | None:
    if not target.parent.is_dir():
        return Refusal(
            "no_folder", f"There is no folder {target.parent}.", "Make it, or choose another."
        )
    taken = [p for p in (target, keyslots.slots_path(target), *_beside(target)) if _lies_at(p)]
    if not taken:
        return None
    return Refusal(
        "target_exists",
        f"{taken[0]} is there already, and nothing is written over.",
        "Choose another name, or move it away.",
    )


def _lies_at(path: Path) -> bool:
    return os.path.lexists(path)


def _refuse_room(source: Path, target: Path) -> Refusal | None:
    files = [p for p in (source, *_beside(source)) if p.exists()]
    needed = sum(path.stat().st_size for path in files)
    return _full() if shutil.disk_usage(target.parent).free < needed else None


def _full() -> Refusal:
    return Refusal(
        "disk_full", "There is no room for the backup.", "Make room, or choose another disk."
    )


def _refuse_fault(fault: OSError | dbapi2.DatabaseError) -> Refusal | None:
    """Return what a trouble of the disk means, by its number: its words hold names of files."""
    if isinstance(fault, OSError):
        full, failed = fault.errno in _FULL, fault.errno in _NOT_WRITTEN
    else:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code == dbapi2.SQLITE_CORRUPT:
            return DAMAGED
        full = code == dbapi2.SQLITE_FULL
        failed = code in (dbapi2.SQLITE_IOERR, dbapi2.SQLITE_READONLY)
    if full:
        return _full()
    if failed:
        return Refusal(
            "disk_fault",
            "The backup could not be written there.",
            "Choose another folder or disk.",
        )
    return None


def _write_part(source: Path, part: Path, key: bytes | None) -> Refusal | None:
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    with closing(engine.connect(source, key)) as connection:
        before = _counts(connection)
        connection.execute("VACUUM INTO ?", (str(part),))
        after = _counts(connection)
    with closing(engine.connect(part, key)) as connection:
        wrong = _wrong(connection, before, after, encrypted=key is not None)
    sync(part)
    if wrong:
        return Refusal(
            "bad_backup", f"The backup is not whole: {wrong}.", "Run nurse-tui verify first."
        )
    return None


def _counts(connection: Any) -> dict[str, int]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'case_search%'"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in names
        if name not in _UNCOUNTED
    }


def _wrong(
    connection: Any, before: Mapping[str, int], after: Mapping[str, int], *, encrypted: bool
) -> str:
    """Say what is wrong with a copy that was made between two counts, or nothing."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall()]
    if found != ["ok"]:
        return "its pages are damaged"
    if encrypted and connection.execute("PRAGMA cipher_integrity_check").fetchall():
        return "its pages are not sealed"
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        return "a reference leads nowhere"
    return _miscounted(_counts(connection), before, after) or _torn(connection)


def _miscounted(
    copied: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> str:
    if before.get("change") == after.get("change"):
        differing = [name for name in before if copied.get(name) != before[name]]
        return f"it lacks rows of {differing[0]}" if differing else ""
    # Others wrote meanwhile: the log only grows, so the copy stands between the two counts.
    between = before["change"] <= copied.get("change", -1) <= after["change"]
    return "" if between else "it lacks changes"


def _torn(connection: Any) -> str:
    """Say whether a case in the copy is not at its last change."""
    torn = connection.execute(
        'SELECT count(*) FROM "case" AS c WHERE c.version !='
        " (SELECT max(seq) FROM change WHERE subject = 'case:' || c.id)"
    ).fetchone()[0]
    return f"{torn} cases are not at their last change" if torn else ""


def _copy_slots(source: Path, target: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
