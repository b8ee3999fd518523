"""Row ids that any number of machines can make without asking each other.

63 bits, ordered by time: 41 of milliseconds since 2020, 10 of this process, 12 of a counter that
begins anywhere in its lower half, so that processes of the same 10 bits hardly ever meet. An
integer keeps SQLite's rowid as the primary key; no global counter stands on the write path.
"""

from __future__ import annotations

import os
import secrets
import threading

from nurse_tui import clock

_EPOCH_MS = 1_577_836_800_000
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_lock = threading.Lock()
_process = secrets.randbits(10)
_last_ms = 0
_counter = 0


def new_id() -> int:
    """Return an id greater than every one made before in this process."""
    global _last_ms, _counter
    with _lock:
        ms = max(clock.wall_ms() - _EPOCH_MS, _last_ms)
        if ms == _last_ms and _counter == 0xFFF:
            ms += 1
        _counter = _counter + 1 if ms == _last_ms else secrets.randbits(11)
        _last_ms = ms
        return ms << 22 | _process << 12 | _counter


def _forget_process() -> None:
    global _process, _lock
    _process = secrets.randbits(10)
    # A thread that the child does not have may have held the old one.
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_process)


def case_number(draw: int | None = None) -> str:
    """Return a case number that can be read over the phone: XXX-XXX-XXX, no I, L, O, U.

    `draw` (45 bits) makes it from a seeded generator instead of the system's.
    """
    bits = secrets.randbits(45) if draw is None else draw
    letters = "".join(_DIGITS[bits >> shift & 31] for shift in range(40, -1, -5))
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
