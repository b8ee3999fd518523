"""Drive a terminal program in a real pty and time it from outside.

Every chunk of output is stamped when it is read and emulated later, when output pauses, so that
the emulation is in no figure. Times are seconds, memory is MiB. Linux only: it reads /proc.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import termios
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType

import psutil

from bench.screen import QUERY, Screen, answers, key_bytes
from bench.table import Unavailable

QUIET = 0.06
"""Output is over when nothing came for this long."""
PARSE_EVERY = 0.1
CHUNK = 65536

LEFT_OUT = ("NURSE_TUI_", "NO_COLOR", "LINES", "COLUMNS", "PYTHONDONTWRITEBYTECODE", "COVERAGE_")


def environment() -> dict[str, str]:
    """Return the environment of what is measured: a usual terminal, nobody's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(LEFT_OUT)}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class KeyTime:
    """One key: seconds to the first byte and to the last visible change, and bytes written."""

    first: float
    done: float
    size: int


@dataclass(frozen=True)
class Idle:
    """What a program did while nobody typed: bytes written and CPU seconds."""

    size: int
    cpu: float


class Probe:
    """One program in one pty; leaving the context ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        rows: int = 40,
        columns: int = 120,
    ) -> None:
        self.screen = Screen(rows, columns)
        self.written = 0
        self.status: int | None = None
        self._backlog: list[tuple[float, bytes]] = []
        self._last = 0.0
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = perf_counter()
        self.pid = self._spawn(list(argv), slave, environment())
        os.close(slave)
        os.set_blocking(self._master, False)

    @staticmethod
    def _spawn(argv: list[str], slave: int, env: dict[str, str]) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            os.login_tty(slave)
            os.execvpe(argv[0], argv, env)
        finally:
            os._exit(127)

    def __enter__(self) -> Probe:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._ended():
            for process in reversed(self._processes()):
                process.kill()
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)
        os.close(self._master)

    def press(self, *keys: str) -> float:
        """Send keys by name, or literal text; return when they were written."""
        data = b"".join(key_bytes(key) for key in keys)
        at = perf_counter()
        self._write(data)
        return at

    def until(self, wanted: str | re.Pattern[str], timeout: float = 30) -> float:
        """Return the seconds from start to the output that first showed a text or a pattern."""
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        hit = self._watch(lambda: pattern.search(self.screen.text()) is not None, timeout)
        if hit is None:
            raise Unavailable(f"{pattern.pattern!r} was never shown; {self._last_words()}")
        return hit - self.started

    def settle(self, quiet: float = QUIET, timeout: float = 10) -> None:
        """Read until nothing came for `quiet` seconds."""
        now = start = perf_counter()
        self._last = max(self._last, start)
        while now < min(self._last + quiet, start + timeout):
            self._read(self._last + quiet - now)
            now = perf_counter()
        self._emulate()

    def key(self, *keys: str, give_up: float = 3) -> KeyTime | None:
        """Time one press to its last visible change; None when it changed nothing."""
        self.settle()
        self.screen.changed()
        before, at = self.written, self.press(*keys)
        while perf_counter() < at + give_up:
            over = self.written > before and perf_counter() > self._last + QUIET
            if over or self._ended():
                break
            self._read(0.005)
        stamps = [stamp for stamp, _ in self._backlog]
        shown = self._emulate(self.screen.changed)
        if not stamps or not shown:
            return None
        return KeyTime(stamps[0] - at, shown[-1] - at, self.written - before)

    def hold(self, key: str, times: int = 60, per_second: float = 30) -> float:
        """Repeat a held key; return the seconds that the last change lags behind the last press."""
        self.settle()
        start = at = perf_counter()
        for turn in range(times):
            while (left := start + turn / per_second - perf_counter()) > 0:
                self._read(left)
            at = self.press(key)
        self._last = at
        self.settle(0.15)
        return self._last - at

    def idle(self, seconds: float = 5) -> Idle:
        """Leave the program alone and see what it writes and burns."""
        self.settle(0.5)
        before, cpu, end = self.written, self._cpu(), perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            self._read(left)
        self._emulate()
        return Idle(self.written - before, self._cpu() - cpu)

    def memory(self) -> float:
        """Return the resident memory of the program and its children, in MiB."""
        return float(sum(p.memory_info().rss for p in self._processes()) / 2**20)

    def finish(self, *keys: str, timeout: float = 5) -> float:
        """Send the keys that quit; return the seconds until the program ended."""
        at = self.press(*keys)
        while not self._ended():
            if perf_counter() > at + timeout:
                raise Unavailable(f"{' '.join(keys)} did not end it; {self._last_words()}")
            self._read(0.002)
        return perf_counter() - at

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self._read(0.01)

    def _read(self, timeout: float) -> bool:
        """Stamp and keep one chunk if one comes in time; answer the queries in it at once."""
        ready, _, _ = select.select([self._master], [], [], max(timeout, 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, CHUNK)
        except OSError:
            select.select([], [], [], 0.001)
            return False
        self._last = perf_counter()
        self.written += len(data)
        self._backlog.append((self._last, data))
        if QUERY.search(data):
            self._write(answers(data))
        return True

    def _emulate(self, seen: Callable[[], bool] | None = None) -> list[float]:
        """Show the backlog; return the times of the chunks after which `seen` held."""
        hits = []
        for stamp, data in self._backlog:
            self.screen.feed(data)
            if seen is not None and seen():
                hits.append(stamp)
        self._backlog.clear()
        return hits

    def _watch(self, seen: Callable[[], bool], timeout: float) -> float | None:
        self._emulate()
        if seen():
            return perf_counter()
        end, parsed = perf_counter() + timeout, perf_counter()
        while perf_counter() < end:
            if self._read(0.003) and perf_counter() < parsed + PARSE_EVERY:
                continue
            if hits := self._emulate(seen):
                return hits[0]
            parsed = perf_counter()
            if self._ended() and not self._read(0):
                return None
        return None

    def _ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def _processes(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _cpu(self) -> float:
        times = [process.cpu_times() for process in self._processes()]
        return float(sum(t.user + t.system for t in times))

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.screen.text().splitlines() if line.strip()]
        ending = "it still runs" if self.status is None else f"it ended with {self.status}"
        return f"{ending}, saying {lines[-1][:120] if lines else 'nothing'!r}"
