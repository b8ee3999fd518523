"""A new encrypted case database with its first administrator."""

from __future__ import annotations

import os
from pathlib import Path

from nurse_tui.models import User
from nurse_tui.services.admin import refuse_name
from nurse_tui.services.base import THE_PROGRAM
from nurse_tui.settings import Settings
from nurse_tui.store import engine, keyslots, leftovers, schema, troubles
from nurse_tui.store.database import Database, Tx, open_database
from nurse_tui.store.passwords import refuse_password
from nurse_tui.types import Actor, Refusal, Role

FOUNDER = Actor(THE_PROGRAM, "nurse-tui", Role.ADMIN)
"""Acts in the first change of a database, before anybody can sign in."""


def refuse_found(path: Path, name: str) -> Refusal | None:
    """Say why a case database cannot be made at a place for somebody, or None."""
    taken = next((p for p in (path, keyslots.slots_path(path)) if os.path.lexists(p)), None)
    if taken is not None:
        return Refusal(
            "exists", f"{taken} is there already; it was left alone.", "Give another --database."
        )
    if not path.parent.is_dir():
        return Refusal("no_folder", f"There is no folder {path.parent}.", "Make it first.")
    return refuse_name(name)


def found(
    path: Path, name: str, full_name: str, password: str, settings: Settings
) -> int | Refusal:
    """Make an encrypted case database and its first administrator; returns the user's id."""
    refused = refuse_found(path, name) or refuse_password(password, name)
    if refused is not None:
        return refused
    fresh = leftovers.making(path)
    try:
        key = keyslots.new_key()
        user_id = _make(fresh, key, name, full_name, settings)
        if not isinstance(user_id, Refusal):
            refused = keyslots.add_slot(fresh, name, password, key)
            if refused is not None:
                return refused
            # The keys first: a database without them could never be opened.
            keyslots.slots_path(fresh).rename(keyslots.slots_path(path))
            fresh.rename(path)
    except OSError as fault:
        return Refusal("not_written", f"{path} cannot be written: {fault.strerror}.")
    except Exception as fault:
        trouble = troubles.trouble_of(fault)
        if trouble is None or trouble.code not in troubles.DISK:
            raise
        return Refusal(trouble.code, f"{path} could not be made.", trouble.sentence)
    finally:
        leftovers.remove(fresh)
    return user_id


def _make(path: Path, key: bytes, name: str, full_name: str, settings: Settings) -> int | Refusal:
    engine.connect(path, key, create=True).close()
    db = open_database(path, key, settings.on)
    try:
        schema.upgrade(db.engine)
        return first_admin(db, name, full_name)
    finally:
        db.close()


def first_admin(db: Database, name: str, full_name: str) -> int | Refusal:
    """Write the first administrator of a new database, whom nobody is there to permit."""

    def job(tx: Tx) -> int:
        user = User(name=name, full_name=full_name.strip(), role=Role.ADMIN, created_at=tx.at)
        tx.add(user)
        tx.say(f"First user {name}, admin")
        return user.id

    return db.write(FOUNDER, "user.add", job)
