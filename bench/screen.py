"""What a terminal would show: program output in, cells and answers to queries out."""

from __future__ import annotations

import re

import pyte

QUERY = re.compile(rb"\x1b\[(?:(c|0c)|(\?u)|(6n)|\?(\d+)\$p)")
_FOREIGN = re.compile(
    rb"\x1b\[[<=>][0-9;]*[ -/]*[@-~]|\x1b\[\?[0-9;]*(?:\$p|u)|\x1b[P_^X].*?\x1b\\", re.S
)
"""Sequences that the emulator would print as text: keyboard protocols, mode queries, strings."""
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P\]_^X][^\x07\x1b]{0,4096}\x1b?)?\Z")
_SYNCHRONISED_OUTPUT = b"2026"

_KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "escape": "\x1b[27u",
    "ctrl+q": "\x11",
    "ctrl+c": "\x03",
}


def key_bytes(key: str) -> bytes:
    """Encode a key by name, or literal text as it is, the way an xterm sends it."""
    return _KEYS.get(key, key).encode()


def answers(output: bytes) -> bytes:
    """Answer what a program asks of its terminal, so that it never waits for us."""
    said = b""
    for attributes, keyboard, position, mode in QUERY.findall(output):
        if attributes:
            said += b"\x1b[?62;22c"
        elif keyboard:
            said += b"\x1b[?0u"
        elif position:
            said += b"\x1b[1;1R"
        else:
            said += b"\x1b[?%s;%d$y" % (mode, 2 if mode == _SYNCHRONISED_OUTPUT else 0)
    return said


class Screen:
    """An emulated screen that knows whether it changed since it was last asked."""

    def __init__(self, rows: int, columns: int) -> None:
        self._cells = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._cells)
        self._pending = b""
        self._seen: dict[int, tuple[object, ...]] = {}
        self._cursor = (0, 0)

    def feed(self, output: bytes) -> None:
        """Show output; a sequence cut at its end is kept for the next chunk."""
        output = self._pending + output
        cut = _UNFINISHED.search(output)
        self._pending = cut.group() if cut else b""
        whole = output[: cut.start()] if cut else output
        self._stream.feed(_FOREIGN.sub(b"", whole))

    def text(self) -> str:
        """Return what is shown, a line per row, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self._cells.display)

    def changed(self) -> bool:
        """Tell whether a cell, its colours or the cursor changed since the last call."""
        cursor = (self._cells.cursor.x, self._cells.cursor.y)
        differs, self._cursor = cursor != self._cursor, cursor
        for y in self._cells.dirty:
            row = tuple(self._cells.buffer[y][x] for x in range(self._cells.columns))
            differs |= self._seen.get(y) != row
            self._seen[y] = row
        self._cells.dirty.clear()
        return differs
