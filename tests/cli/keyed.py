"""Passwords of real, encrypted databases, and slots that cost little."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nurse_tui.store import keyslots

PASSWORD = "seven quiet herons wade"
OTHER = "brass lanterns over tidewater"


@dataclass(frozen=True, slots=True)
class Cheap(keyslots.Kdf):
    memory_kib: int = 1024
    passes: int = 1
    lanes: int = 1


def secret(folder: Path, password: str = PASSWORD, mode: int = 0o600) -> Path:
    path = folder / f"secret-{len(list(folder.iterdir()))}"
    path.write_text(password + "\n", encoding="utf-8")
    path.chmod(mode)
    return path
