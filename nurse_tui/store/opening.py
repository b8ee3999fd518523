"""Why a case database could not be opened: the disk, another program, or the file itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from nurse_tui.types import Refusal

LEAST_ROOM = 128 * 1024
"""Bytes that opening a database may need beside it; with fewer free an I/O error means that."""


def why_not_opened(path: Path, fault: BaseException, otherwise: Refusal) -> Refusal:
    """Return why a file was not opened; `otherwise` says that the file itself is to blame."""
    words = str(fault).lower()
    if "disk is full" in words or ("disk i/o error" in words and no_room(path)):
        return Refusal(
            "disk_full",
            f"The disk that holds {path.name} is full, so it cannot be opened.",
            "Make room, then open it again; what was saved in it is kept.",
        )
    if "disk i/o error" in words or "unable to open" in words:
        return Refusal(
            "cannot_open",
            f"The system did not let {path.name} be opened, or files be made beside it.",
            "Check the disk and the permissions of its folder, then open it again.",
        )
    if "locked" in words:
        return Refusal(
            "busy", f"Another program holds {path.name}.", "Try again in a moment; it is whole."
        )
    return otherwise


def no_room(path: Path) -> bool:
    """Tell whether the disk of a path is as good as full."""
    try:
        return shutil.disk_usage(path.absolute().parent).free < LEAST_ROOM
    except OSError:
        return False
