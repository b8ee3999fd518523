"""Files that a killed program left: databases and copies are made under its number first."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path


def making(target: Path) -> Path:
    """Return where this program makes a new database before it gets its name; sweeps there first.

    Files of the same name that belong to programs which no longer live are removed: they were
    never whole.
    """
    _sweep(target, own=True)
    return target.with_name(f".{target.name}.{os.getpid()}")


def copying(source: Path, folder: Path) -> Path:
    """Return where this program copies a database to in a folder; sweeps there first."""
    return making(_copy_of(source, folder))


def sweep_copies(source: Path) -> None:
    """Remove what programs that no longer live left of copies beside a database."""
    _sweep(_copy_of(source, source.parent), own=False)


def _copy_of(source: Path, folder: Path) -> Path:
    return folder / f"{source.name}.part"


def _sweep(target: Path, *, own: bool) -> None:
    for left, number in _found(target):
        if (own and number == os.getpid()) or not _lives(number):
            with suppress(OSError):
                left.unlink()


def remove(made: Path) -> None:
    """Remove a database that was being made, with everything beside it."""
    for end in ("", "-wal", "-shm", "-journal", ".keys"):
        made.with_name(made.name + end).unlink(missing_ok=True)


def _found(target: Path) -> list[tuple[Path, int]]:
    ends = r"\.(\d+)(-wal|-shm|-journal|\.keys(\.\d+\.new)?)?"
    name = re.compile(rf"\.{re.escape(target.name)}{ends}")
    try:
        beside = list(target.parent.iterdir())
    except OSError:
        return []
    matched = ((path, name.fullmatch(path.name)) for path in beside)
    return [(path, int(match[1])) for path, match in matched if match]


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
