"""Files that a killed program left: new databases are made beside their place, under its number."""

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
    for left, number in _found(target):
        if number == os.getpid() or not _lives(number):
            with suppress(OSError):
                left.unlink()
    return target.with_name(f".{target.name}.{os.getpid()}")


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
