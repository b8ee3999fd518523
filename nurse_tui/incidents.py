"""Faults on paper: a number for the person, and for us the place in the code, without any value."""

from __future__ import annotations

import os
from pathlib import Path

from nurse_tui import clock

LOG_NAME = "faults.log"


def record(error: BaseException, folder: Path) -> str:
    """Write a fault to the log and return its incident number.

    Only exception types and code places are written: messages and values may name a patient.
    """
    at = clock.now()
    number = f"{at:%Y%m%d}-{os.urandom(3).hex()}"
    lines = [f"{at:%Y-%m-%dT%H:%M:%SZ} incident {number}", *_chain(error), ""]
    _append(folder, "\n".join(lines) + "\n")
    return number


def _chain(error: BaseException) -> list[str]:
    import traceback

    lines: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        lines.append(f"  {type(at).__module__}.{type(at).__qualname__}")
        lines += [
            f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(at.__traceback__)
        ]
        at = at.__cause__ or at.__context__
    return lines


def _append(folder: Path, words: str) -> None:
    """Append, readable by the owner only; a full disk must not hide the fault from the person."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / LOG_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return
    try:
        os.write(handle, words.encode("utf-8", "replace"))
    except OSError:
        return
    finally:
        os.close(handle)
