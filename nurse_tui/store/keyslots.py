"""Who can open an encrypted database: one slot a user, each the database key under their password.

The slots stand beside the database in `FILE.keys` (JSON, 0600). A slot is the random 256-bit
database key, sealed with AES-256-GCM under a key that Argon2id derives from the password and the
slot's own salt. Wrong passwords are counted in the same file, so that a restart does not reset the
delay.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nurse_tui import clock
from nurse_tui.types import Refusal

MEMORY_KIB, PASSES, LANES = 131_072, 3, 2
SHORTEST_PASSWORD = 15
FREE_FAILURES = 3
LONGEST_DELAY = timedelta(minutes=5)
COMMON = frozenset(
    {"passwordpassword", "123456789012345", "qwertyuiopasdfg", "nursenursenurse", "aaaaaaaaaaaaaaa"}
)
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


def slots_path(database: Path) -> Path:
    """Return where the slots of a database stand."""
    return database.with_name(database.name + ".keys")


def refuse_password(password: str, name: str) -> Refusal | None:
    """Say why a new password is too weak, or None when it will do."""
    folded = unicodedata.normalize("NFC", password).casefold()
    if len(folded) < SHORTEST_PASSWORD:
        return Refusal(
            "short_password",
            f"A password needs at least {SHORTEST_PASSWORD} characters.",
            "Several words in a row are easy to keep in mind.",
        )
    if folded in COMMON or len(set(folded)) < 5 or folded.startswith(name.casefold() * 2):
        return Refusal(
            "common_password", "This password is easy to guess.", "Choose several unlike words."
        )
    return None


def new_key() -> bytes:
    """Return a new random database key of 32 bytes."""
    return secrets.token_bytes(32)


def add_slot(database: Path, name: str, password: str, key: bytes, kdf: Kdf | None = None) -> None:
    """Give a user a slot, in place of one that they had."""
    cost = kdf or Kdf()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = _cipher(password, salt, cost).encrypt(nonce, key, name.encode())
    slots = _read(database)
    slots[name] = {
        "salt": _text(salt),
        "nonce": _text(nonce),
        "sealed": _text(sealed),
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "failures": 0,
        "failed_at": None,
    }
    _write(database, slots)


def remove_slot(database: Path, name: str) -> None:
    """Take a user's slot away; they keep nothing that opens the file from then on."""
    slots = _read(database)
    if slots.pop(name, None) is not None:
        _write(database, slots)


def open_slot(database: Path, name: str, password: str) -> bytes | Refusal:
    """Return the database key for a user's password, or the same refusal for whatever is wrong."""
    from cryptography.exceptions import InvalidTag

    slots = _read(database)
    slot = slots.get(name)
    waiting = _refuse_waiting(slot)
    if waiting is not None:
        return waiting
    cost = Kdf(slot["memory_kib"], slot["passes"], slot["lanes"]) if slot else Kdf()
    salt = _bytes(slot["salt"]) if slot else bytes(16)
    cipher = _cipher(password, salt, cost)
    if slot is None:
        return WRONG
    try:
        key: bytes = cipher.decrypt(_bytes(slot["nonce"]), _bytes(slot["sealed"]), name.encode())
    except InvalidTag:
        slot["failures"] += 1
        slot["failed_at"] = clock.now().isoformat()
        _write(database, slots)
        return WRONG
    if slot["failures"]:
        slot["failures"], slot["failed_at"] = 0, None
        _write(database, slots)
    return key


def _refuse_waiting(slot: Mapping[str, Any] | None) -> Refusal | None:
    if slot is None or slot["failures"] < FREE_FAILURES:
        return None
    delay = min(timedelta(seconds=2 ** min(slot["failures"] - FREE_FAILURES, 16)), LONGEST_DELAY)
    until = datetime.fromisoformat(slot["failed_at"]) + delay
    left = (until - clock.now()).total_seconds()
    if left <= 0 or left > LONGEST_DELAY.total_seconds():
        return None
    return Refusal(
        "wait",
        f"Too many wrong passwords: wait {int(left) + 1} s.",
        "Then try again, or ask an administrator.",
    )


def _cipher(password: str, salt: bytes, cost: Kdf) -> Any:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret = unicodedata.normalize("NFC", password).encode()
    key = hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID)
    return AESGCM(key)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _read(database: Path) -> dict[str, Any]:
    path = slots_path(database)
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _write(database: Path, slots: Mapping[str, Any]) -> None:
    path = slots_path(database)
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(slots, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
