"""The key of the open case database, for what needs it again: key slots of users, and backups."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nurse_tui.types import Refusal

if TYPE_CHECKING:
    from nurse_tui.store.database import Database


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Key and place of an open file; a demo has no key, and its users need no slots."""

    path: Path
    key: bytes | None = field(default=None, repr=False)

    @property
    def is_locked_file(self) -> bool:
        """Whether the file is encrypted, so that each user has a password."""
        return self.key is not None

    def refuse_password(self, name: str, password: str) -> Refusal | None:
        """Say why a password will not do for somebody, or None; a demo takes any."""
        from nurse_tui.store.passwords import refuse_password

        return refuse_password(password, name) if self.is_locked_file else None

    def give(self, name: str, password: str) -> Refusal | None:
        """Let somebody open the file with a password, in place of an earlier one; slow."""
        from nurse_tui.store import keyslots

        if self.key is None:
            return None
        return keyslots.add_slot(self.path, name, password, self.key)

    def take(self, name: str) -> Refusal | None:
        """Forget somebody's password."""
        from nurse_tui.store import keyslots

        return keyslots.remove_slot(self.path, name) if self.is_locked_file else None

    def back_up(self, db: Database, target: Path) -> Path | Refusal:
        """Copy the open database to a new file under the same key; returns the file.

        Refused without a file of keys: nobody could open the copy.
        """
        from nurse_tui.store import backup, keyslots

        refused = keyslots.refuse_slots(self.path) if self.is_locked_file else None
        if refused is not None:
            return refused
        return backup.make(db, target, self.key)
