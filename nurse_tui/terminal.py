"""The terminal made safe: signals, bad bytes, pastes, a terminal that went away.

This module overrides internals of Textual 8.2.8; tests/screens/test_terminal.py fails when an
upgrade changes them.
"""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import signal
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from types import FrameType
from typing import IO, Any, cast

from rich.segment import Segment
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.color import Color
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.keys import Keys
from textual.message import Message

EXIT_FAULT = 70
PASTE_LIMIT = 64 * 1024
"""Characters of the longest paste that is taken."""
PASTE_PATIENCE = 2.0
"""Seconds without data after which an unended paste is given up, so that keys work again."""
FLOOD_KEYS, FLOOD_HELD = 64, 512
"""Keys in one read of more than two kinds, or of any, that nobody types: they were pasted."""
FLOOD_PATIENCE = 0.25
"""Seconds without data after which such a paste is at its end; a terminal may send it in pieces."""
GRACE = 2.0
"""Seconds a signal leaves the program to end by itself."""
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
RESTORE = (
    "\x1b[<u\x1b[?2004l\x1b[?2048l\x1b[?1016l\x1b[?1015l\x1b[?1006l\x1b[?1003l\x1b[?1002l"
    "\x1b[?1000l\x1b[?1004l\x1b[?7h\x1b[?25h\x1b[0m"
)
"""Takes back every mode that a full-screen program may have set."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNTYPABLE = re.compile("[\ud800-\udfff]")
_KEYS = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b?.", re.DOTALL)
_REPORT = re.compile(r"\x1b\[(?:\?|48;)[\d;]*\$?[a-z]|\x1b\[\d+;\d+R|\x1b\[[IO]")
"""What a terminal tells of itself: its size, its modes, where the cursor is, the focus."""
_UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


_tty_before: list[Any] | None = None
"""The terminal's settings as they were found."""


def _tty_settings(fileno: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(fileno)
    except termios.error:
        return None


class PasteRefused(Message):
    """A paste was too long and was left out."""


def floods(data: str) -> bool:
    """Tell whether one read holds more keys than a person types, or holds down, meanwhile.

    A terminal without bracketed paste sends what is pasted like that.
    """
    if len(data) <= FLOOD_KEYS:
        return False
    typed = _KEYS.findall(_REPORT.sub("", data))
    return len(typed) > FLOOD_HELD or (len(typed) > FLOOD_KEYS and len(set(typed)) > 2)


class Scrub(LineFilter):
    """Takes control and bidi characters out of every line drawn, whoever let them in."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without unsafe characters."""
        if not any(_UNSAFE.search(segment.text) for segment in segments):
            return segments
        return [Segment(_UNSAFE.sub("", s.text), s.style, s.control) for s in segments]


class SafeParser(XTermParser):
    """Takes pastes out of the stream before escape sequences are looked for."""

    def __init__(self) -> None:
        super().__init__(debug=False)
        self._tail = ""
        self._paste: list[str] | None = None
        self._flood: list[str] | None = None
        self._kept = 0
        self._fed_at = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what the data means; a paste is one event and never a key."""
        if not data:
            yield from super().feed(data)
        while data:
            data = yield from (self._typed(data) if self._paste is None else self._pasted(data))

    def tick(self) -> Iterable[Message]:
        """Yield what waiting means: an escape key, or the end of a paste that never ended."""
        if self._paste is not None and time.monotonic() - self._fed_at > PASTE_PATIENCE:
            yield from self._end_paste()
        if self._flood is not None and time.monotonic() - self._fed_at > FLOOD_PATIENCE:
            yield from self._end_flood()
        yield from super().tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        """Leave out keys that name no character: half of a pair, or a number beyond the last."""
        ignored = events.Key(Keys.Ignore, sequence)
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):
            return [ignored]
        return [ignored if _UNTYPABLE.search(key.character or "") else key for key in keys]

    def _typed(self, data: str) -> Any:
        """Feed up to the start of a paste; return what follows it."""
        seen = self._tail + data
        at = seen.find(BRACKETED_PASTE_START)
        if at < 0:
            self._tail = seen[1 - len(BRACKETED_PASTE_START) :]
            yield from self._keys(data)
            return ""
        cut = at + len(BRACKETED_PASTE_START) - len(self._tail)
        if self._flood is None:
            yield from super().feed(data[:cut])
        else:
            yield from self._end_flood()
            yield from super().feed(BRACKETED_PASTE_START)
        self._tail, self._paste, self._kept = "", [], 0
        self._fed_at = time.monotonic()
        return data[cut:]

    def _keys(self, data: str) -> Iterable[Message]:
        """Feed what was typed; a flood of keys is kept as the paste that it is, until it ends."""
        if self._flood is None and not floods(data):
            yield from super().feed(data)
            return
        if self._flood is None:
            self._flood, self._kept = [], 0
        self._fed_at = time.monotonic()
        self._kept += len(data)
        if self._kept <= PASTE_LIMIT:
            self._flood.append(data)

    def _end_flood(self) -> Iterable[Message]:
        flood, self._flood = _KEYS.sub(_character, "".join(self._flood or [])), None
        yield PasteRefused() if self._kept > PASTE_LIMIT else events.Paste(pastable(flood))

    def _pasted(self, data: str) -> Any:
        """Keep pasted text up to its end; return what follows it."""
        self._fed_at = time.monotonic()
        seen = self._tail + data
        at = seen.find(BRACKETED_PASTE_END)
        if at < 0:
            keep = len(seen) - len(BRACKETED_PASTE_END) + 1
            self._keep(seen[: max(keep, 0)])
            self._tail = seen[max(keep, 0) :]
            return ""
        self._keep(seen[:at])
        self._tail = ""
        yield from self._end_paste()
        return seen[at + len(BRACKETED_PASTE_END) :]

    def _keep(self, data: str) -> None:
        self._kept += len(data)
        if self._paste is not None and self._kept <= PASTE_LIMIT:
            self._paste.append(data)

    def _end_paste(self) -> Iterable[Message]:
        pasted, self._paste = "".join(self._paste or []) + self._tail, None
        self._tail = ""
        for _empty_paste in super().feed(BRACKETED_PASTE_END):
            pass
        yield PasteRefused() if self._kept > PASTE_LIMIT else events.Paste(pastable(pasted))


def _character(key: re.Match[str]) -> str:
    return key[0] if len(key[0]) == 1 else ""


def pastable(pasted: str) -> str:
    """Return pasted text with line breaks and tabs, and no other control character."""
    return _UNTYPED.sub("", pasted.replace("\r\n", "\n").replace("\r", "\n"))


class QuietFile:
    """A terminal that may go away: writing to it then does nothing."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, data: str) -> int:
        """Write, unless the terminal has gone."""
        try:
            return self._file.write(data)
        except (OSError, ValueError):
            return len(data)

    def flush(self) -> None:
        """Flush, unless the terminal has gone."""
        try:
            self._file.flush()
        except (OSError, ValueError):
            return

    def fileno(self) -> int:
        """Return the file's number."""
        return self._file.fileno()


class SafeDriver(LinuxDriver):
    """Reads keys that may be any bytes, and ends when the terminal has gone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        global _tty_before
        super().__init__(*args, **options)
        _tty_before = _tty_settings(self.fileno)
        self._file: Any = QuietFile(cast(IO[str], sys.__stderr__))

    def run_input_thread(self) -> None:
        """Wait for input and dispatch events until the exit event or the end of the input."""
        parser = SafeParser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = self._bytes()
                    if not data:
                        self._loop.call_soon_threadsafe(self._gone)
                        return
                    for event in parser.feed(decode(data)):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _bytes(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _gone(self) -> None:
        end: Callable[[int], None] | None = getattr(self._app, "end_by_signal", None)
        if end is not None:
            end(signal.SIGHUP)

    def stop_application_mode(self) -> None:
        """Give the terminal back, with every mode taken back that could have been set."""
        super().stop_application_mode()
        self.write(RESTORE)
        self.flush()


def driver_class() -> type[Driver] | None:
    """Return the driver for this platform, or None for Textual's own choice."""
    return SafeDriver if sys.platform != "win32" and sys.__stdin__ is not None else None


def catch_signals(end: Callable[[int], None], rescue: Callable[[], None]) -> None:
    """Call `end(number)` in the event loop for each signal that ends a program.

    A loop that is too busy to hear it is given GRACE seconds; then `rescue` is called in a thread
    and the process ends.
    """
    loop = asyncio.get_running_loop()

    def heard(number: int, frame: FrameType | None) -> None:
        last_resort(128 + number, rescue)
        loop.call_soon_threadsafe(end, number)

    for number in SIGNALS:
        signal.signal(number, heard)


def last_resort(code: int, rescue: Callable[[], None]) -> None:
    """End the process after GRACE seconds, with the terminal restored, if it did not by itself."""
    timer = threading.Timer(GRACE, _end_now, [code, rescue])
    timer.daemon = True
    timer.start()


def _end_now(code: int, rescue: Callable[[], None]) -> None:
    try:
        rescue()
        os.write(2, RESTORE.replace("\x1b[?25h", "\x1b[?1049l\x1b[?25h").encode())
        if _tty_before is not None and sys.__stdin__ is not None:
            termios.tcsetattr(sys.__stdin__, termios.TCSANOW, _tty_before)
    finally:
        os._exit(code)


def boot_seconds() -> float:
    """Return seconds that also count while the machine sleeps, where the platform knows them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()
