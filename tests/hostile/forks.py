"""Processes of a test's own: forked, speaking JSON lines, ended by their id alone."""

from __future__ import annotations

import json
import os
import select
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Say = Callable[[Any], None]


@dataclass
class Child:
    """A forked process and the lines that it has said so far."""

    pid: int
    reader: int
    said: list[Any] = field(default_factory=list)
    _rest: bytes = b""
    _open: bool = True

    def hear(self, timeout: float | None = None) -> bool:
        """Take what the child says next; False at its end or when the time is over."""
        ready, _, _ = select.select([self.reader], [], [], timeout)
        if not ready or not self._open:
            return False
        chunk = os.read(self.reader, 65536)
        self._open = bool(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self.said.extend(json.loads(line) for line in lines)
        return self._open

    def hear_until(self, count: int) -> None:
        """Listen until the child has said some lines, or has ended."""
        while len(self.said) < count and self.hear():
            pass

    def kill(self) -> None:
        """Send SIGKILL and take in what was said before it struck."""
        os.kill(self.pid, signal.SIGKILL)
        self._reap()

    def join(self) -> int:
        """Listen to the end; returns the exit status, 0 when all went well."""
        return self._reap()

    def _reap(self) -> int:
        while self._open:
            self.hear()
        os.close(self.reader)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def spawn(work: Callable[[Say], None]) -> Child:
    """Fork and run `work` in the child; a fault is said as {"fault": traceback}."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Child(pid, reader)
    status = 1
    try:
        os.close(reader)

        def say(line: Any) -> None:
            os.write(writer, json.dumps(line).encode() + b"\n")

        try:
            work(say)
            status = 0
        except BaseException:
            say({"fault": traceback.format_exc()})
    finally:
        os._exit(status)


def faults(child: Child) -> list[str]:
    """Return the tracebacks that a child said."""
    return [line["fault"] for line in child.said if isinstance(line, dict) and "fault" in line]
