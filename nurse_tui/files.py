"""Files: those that somebody named are read if real, and not beyond measure; saving to the disk."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def sync(path: Path) -> None:
    """Have a file, or what a folder holds under which names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_whole(path: Path, most: int) -> bytes:
    """Return a regular file of at most so many bytes.

    Raises OSError with a plain `strerror` for a device, a pipe, a folder and a larger file: the
    first two may have no end, or never begin.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(most + 1) if found.st_size <= most else None
    if content is None or len(content) > most:
        raise OSError(errno.EFBIG, f"it is too large (more than {most:,} bytes)", str(path))
    return content


def begins(path: Path, words: bytes) -> bool:
    """Tell whether a path is a regular file that begins with some bytes; raises OSError."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(words)) == words
