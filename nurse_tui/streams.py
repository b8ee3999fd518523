"""Standard streams that are closed, full or given up: none of them may end in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast


def fill_gaps() -> None:
    """Give the numbers of closed standard streams to the null device.

    Otherwise the next file that is opened gets such a number: a database that is the standard
    error would be written into by whoever complains.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The standard output for reading only: an answer that nobody gets must be noticed.
            os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)


def open_closed() -> None:
    """Put streams in the place of those that Python found closed."""
    if sys.stdin is None:
        sys.stdin = _stream(0, "r")
    if sys.stdout is None:
        sys.stdout = _stream(1, "w")
    if sys.stderr is None:
        sys.stderr = _stream(2, "w")


def _stream(number: int, mode: str) -> IO[str]:
    return open(number, mode, encoding="utf-8", errors="replace", closefd=False)


class AnswerError(OSError):
    """The standard output did not take an answer."""


class Answers:
    """The standard output, whose troubles can be told from those of other files."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, words: str) -> int:
        """Write; raises AnswerError, and BrokenPipeError where nobody reads any more."""
        with _told():
            return self._file.write(words)

    def flush(self) -> None:
        """Write what is held; raises AnswerError, and BrokenPipeError."""
        with _told():
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as trouble:
        raise AnswerError(trouble.errno, trouble.strerror) from None


@contextmanager
def answering() -> Iterator[None]:
    """Let every answer of a command go through Answers, with its letters replaced where needed."""
    open_closed()
    kept: Any = sys.stdout
    kept.reconfigure(errors="replace")
    sys.stdout = cast(Any, Answers(kept))
    try:
        yield
        sys.stdout.flush()
    finally:
        sys.stdout = kept


def takes(stream: IO[str]) -> bool:
    """Tell whether a stream still takes what was written to it."""
    try:
        stream.flush()
    except OSError:
        return False
    return True


def silence(stream: IO[str]) -> None:
    """Send what a stream still holds to nowhere, so that the end of Python does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
