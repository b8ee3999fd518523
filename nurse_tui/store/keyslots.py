"""Who can open an encrypted database: one slot a user, each the database key under their password.

The slots stand beside the database in `FILE.keys` (JSON, 0600). A slot is the random 256-bit
database key, sealed with AES-256-GCM under a key that Argon2id derives from the password and the
slot's own salt. Wrong passwords are counted in the same file, so that a restart does not reset the
delay. Processes that change the file take turns; each writes a whole new one.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nurse_tui import clock
from nurse_tui.files import read_whole, sync
from nurse_tui.store.named import lies, make_private, refuse_kind
from nurse_tui.store.passwords import normal
from nurse_tui.store.passwords import refuse_password as refuse_password
from nurse_tui.types import Refusal

MEMORY_KIB, PASSES, LANES = 131_072, 3, 2
MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 4_194_304, 64, 64
"""More than any program wrote: a file that asks for more is damaged."""
FREE_FAILURES = 3
LONGEST_DELAY = timedelta(minutes=5)
KEYS = "a file of keys"
LARGEST = 10_000_000
"""Bytes of a file of keys: more than the slots of ten thousand users."""
NONCE_BYTES, SALT_BYTES = 12, 16
WRONG = Refusal(
    "wrong_password",
    "The name or the password is not right.",
    "Try again, or ask an administrator for a new password.",
)


@dataclass(frozen=True, slots=True)
class Kdf:
    """Cost of the key derivation; tests use a cheap one."""

    memory_kib: int = MEMORY_KIB
    passes: int = PASSES
    lanes: int = LANES


@dataclass(frozen=True, slots=True)
class Slot:
    """A user's slot, and how often in a row a wrong password was given for it, and when last."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    cost: Kdf
    failures: int = 0
    failed_at: datetime | None = None


Slots = dict[str, Slot]


def slots_path(database: Path) -> Path:
    """Return where the slots of a database stand."""
    return database.with_name(database.name + ".keys")


def new_key() -> bytes:
    """Return a new random database key of 32 bytes."""
    return secrets.token_bytes(32)


def add_slot(
    database: Path, name: str, password: str, key: bytes, kdf: Kdf | None = None
) -> Refusal | None:
    """Give a user a slot, in place of one that they had; refused when the file is damaged."""
    cost = kdf or Kdf()
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(password, salt, cost).encrypt(nonce, key, name.encode())
    with _in_turn(database):
        slots = _read(database)
        if isinstance(slots, Refusal):
            return slots
        _write(database, {**slots, name: Slot(salt, nonce, sealed, cost)})
    return None


def remove_slot(database: Path, name: str) -> Refusal | None:
    """Take a user's slot away; they keep nothing that opens the file from then on."""
    with _in_turn(database):
        slots = _read(database)
        if isinstance(slots, Refusal):
            return slots
        if slots.pop(name, None) is not None:
            _write(database, slots)
    return None


def open_slot(database: Path, name: str, password: str) -> bytes | Refusal:
    """Return the database key for a password; a wrong name and a wrong password read alike."""
    from cryptography.exceptions import InvalidTag

    close_to_others(database)
    slots = _usable(database)
    if isinstance(slots, Refusal):
        return slots
    slot = slots.get(name)
    waiting = _refuse_waiting(slot)
    if waiting is not None:
        return waiting
    if slot is None:
        # A name that nobody has must not answer faster than one that somebody has.
        _cipher(password, bytes(SALT_BYTES), _dearest(slots))
        return WRONG
    try:
        cipher = _cipher(password, slot.salt, slot.cost)
        key: bytes = cipher.decrypt(slot.nonce, slot.sealed, name.encode())
    except InvalidTag:
        _count(database, name, failed=True)
        return WRONG
    if slot.failures:
        _count(database, name, failed=False)
    return key


def _dearest(slots: Slots) -> Kdf:
    costs = [slot.cost for slot in slots.values()]
    return max(costs, key=lambda cost: cost.memory_kib * cost.passes, default=Kdf())


def _count(database: Path, name: str, *, failed: bool) -> None:
    """Count one more failure, or forget them; on a full disk the answer stands all the same."""
    with suppress(OSError), _in_turn(database):
        slots = _read(database)
        slot = slots.get(name) if not isinstance(slots, Refusal) else None
        if isinstance(slots, Refusal) or slot is None:
            return
        at = clock.now() if failed else None
        slots[name] = replace(slot, failures=slot.failures + 1 if failed else 0, failed_at=at)
        _write(database, slots)


def _refuse_waiting(slot: Slot | None) -> Refusal | None:
    if slot is None or slot.failed_at is None or slot.failures < FREE_FAILURES:
        return None
    delay = min(timedelta(seconds=2 ** min(slot.failures - FREE_FAILURES, 16)), LONGEST_DELAY)
    left = (slot.failed_at + delay - clock.now()).total_seconds()
    # A clock that was set back must not lock anybody out for longer than the longest delay.
    if left <= 0 or left > LONGEST_DELAY.total_seconds():
        return None
    return Refusal(
        "wait",
        f"Too many wrong passwords: wait {int(left) + 1} s.",
        "Then try again, or ask an administrator.",
    )


def prepare() -> None:
    """Load the libraries that deriving a key takes."""
    import argon2.low_level  # noqa: F401
    import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401


def _cipher(password: str, salt: bytes, cost: Kdf) -> Any:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret = normal(password).encode("utf-8", "surrogatepass")
    key = hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID)
    return AESGCM(key)


@contextmanager
def _in_turn(database: Path) -> Iterator[None]:
    """Hold the folder's lock, so that of two processes neither loses what the other wrote."""
    import fcntl

    folder = os.open(database.absolute().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def refuse_slots(database: Path) -> Refusal | None:
    """Say why nobody can open an encrypted database by its file of keys, or None."""
    found = _usable(database)
    return found if isinstance(found, Refusal) else None


def close_to_others(database: Path) -> Refusal | None:
    """Make a file of keys private that others of this machine could read, and say so."""
    path = slots_path(database)
    if not lies(path) or refuse_kind(path, KEYS) is not None or not make_private(path):
        return None
    return Refusal(
        "keys_were_open",
        f"Others on this machine could read the file of keys {path.name}; now it is private.",
        "Whoever may have copied it can try passwords on it: tell the administrator.",
    )


def _usable(database: Path) -> Slots | Refusal:
    """Return the slots by which somebody can sign in: a file that is missing or empty has none."""
    slots, name = _read(database), slots_path(database).name
    if isinstance(slots, Refusal) or slots:
        return slots
    if lies(slots_path(database)):
        return Refusal(
            "no_slots",
            f"The file of keys {name} holds no keys, so no password opens the database.",
            "Put the copy from a backup in its place; nothing was changed.",
        )
    return Refusal(
        "no_keys",
        f"The file of keys {name} is not beside its database, and no password opens it without.",
        "Put it back, or its copy from a backup; nothing was changed.",
    )


def _read(database: Path) -> Slots | Refusal:
    path = slots_path(database)
    if not lies(path):
        return {}
    refused = refuse_kind(path, KEYS)
    if refused is not None:
        return refused
    try:
        found: dict[str, Any] = json.loads(read_whole(path, LARGEST))
        return {name: _slot(values) for name, values in found.items()}
    except OSError as fault:
        return Refusal(
            "unreadable_keys",
            f"The file of keys {path.name} cannot be read: {fault.strerror}.",
            "Put the copy from a backup in its place; nothing was changed.",
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Refusal(
            "damaged_keys",
            f"The file of keys {path.name} is damaged, so no password can be checked.",
            "Put the copy from a backup in its place; nothing was changed.",
        )


def _slot(values: Mapping[str, Any]) -> Slot:
    """Return a slot as read from the file; ValueError, KeyError or TypeError when it is damaged."""
    bounds = {"memory_kib": MOST_MEMORY_KIB, "passes": MOST_PASSES, "lanes": MOST_LANES}
    cost = {name: _whole(values[name], 1, most) for name, most in bounds.items()}
    failures = _whole(values["failures"], 0, 2**31)
    at = datetime.fromisoformat(values["failed_at"]) if failures else None
    if at is not None and at.tzinfo is None:
        raise ValueError("an instant without a zone")
    salt, nonce, sealed = (_bytes(values[name]) for name in ("salt", "nonce", "sealed"))
    if len(salt) != SALT_BYTES or len(nonce) != NONCE_BYTES or not sealed:
        raise ValueError("a part of the slot is cut off")
    return Slot(salt, nonce, sealed, Kdf(**cost), failures, at)


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a number within its bounds")
    return value


def _write(database: Path, slots: Slots) -> None:
    path = slots_path(database)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            stored = {name: _as_json(slot) for name, slot in slots.items()}
            json.dump(stored, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def _as_json(slot: Slot) -> dict[str, Any]:
    return {
        "salt": _text(slot.salt),
        "nonce": _text(slot.nonce),
        "sealed": _text(slot.sealed),
        "memory_kib": slot.cost.memory_kib,
        "passes": slot.cost.passes,
        "lanes": slot.cost.lanes,
        "failures": slot.failures,
        "failed_at": slot.failed_at.isoformat() if slot.failed_at else None,
    }


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
