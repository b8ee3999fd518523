"""What may be named as a case database: a file itself, one's own, with rights, and not empty.

The files beside it, its keys and its work of the moment, are held to the same.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from nurse_tui.types import Refusal

BESIDE = ("-wal", "-shm")


def refuse_file(path: Path, *, must_exist: bool) -> Refusal | None:
    """Say why a file may not be used as a case database, or None when it may."""
    try:
        return _refuse_file(path, must_exist=must_exist)
    except PermissionError:
        return _unreadable(path)


def _refuse_file(path: Path, *, must_exist: bool) -> Refusal | None:
    if not lies(path):
        return _missing(path) if must_exist else None
    refused = refuse_kind(path, "a case database")
    if refused is not None:
        return refused
    make_private(path)
    for own in (path.with_name(path.name + end) for end in BESIDE):
        # Whoever closes the database as the last one takes these files away.
        with suppress(FileNotFoundError):
            refused = refuse_kind(own, "what a case database works with")
            if refused is not None:
                return refused
            make_private(own)
    return _refuse_rights(path) or _refuse_empty(path)


def lies(path: Path) -> bool:
    """Tell whether something has a name, a link that leads nowhere too; raises PermissionError."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return True


def refuse_kind(path: Path, what: str) -> Refusal | None:
    """Say that what has a name is a link, no file, or somebody else's, or None when it is good."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return Refusal(
            "link",
            f"{path.name} is a link, and {what} must be the file itself.",
            "Name the file that it points to, or put that file in its place.",
        )
    if not stat.S_ISREG(found.st_mode):
        return Refusal(
            "not_a_file", f"{path} is not a file.", "Name the file itself, or put it in its place."
        )
    if found.st_uid != os.geteuid():
        return Refusal(
            "foreign_file",
            f"{path.name} belongs to another user of this machine.",
            "Sign in as its owner, or ask the administrator for your own copy.",
        )
    return None


def make_private(path: Path) -> bool:
    """Take the rights of everybody else away; tells whether there were any."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o177:
        path.chmod(mode & 0o600)
    return bool(mode & 0o077)


def _missing(path: Path) -> Refusal:
    return Refusal(
        "no_database",
        f"There is no case database at {path}.",
        "Make one with nurse-tui init, or try nurse-tui demo.",
    )


def _refuse_rights(path: Path) -> Refusal | None:
    if not os.access(path, os.R_OK, effective_ids=True):
        return _unreadable(path)
    if os.access(path, os.W_OK, effective_ids=True):
        return None
    return Refusal(
        "read_only",
        f"{path.name} can only be read here, and a case database must be written to.",
        "Ask the administrator about the file's permissions, or copy it to another disk.",
    )


def _refuse_empty(path: Path) -> Refusal | None:
    if path.stat().st_size:
        return None
    return Refusal(
        "empty_file",
        f"{path} is empty: no case was ever in it, or all of it was lost.",
        "Restore a backup with nurse-tui restore --aside, or name another file by --database.",
    )


def _unreadable(path: Path) -> Refusal:
    return Refusal(
        "unreadable",
        f"{path.name} cannot be read with your rights.",
        "Ask the administrator about the permissions of the file and its folder.",
    )
