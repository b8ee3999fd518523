"""Real encrypted case databases for tests: one template a process, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nurse_tui import clock
from nurse_tui.types import Actor, Refusal, Role

if TYPE_CHECKING:
    from nurse_tui.store.database import Database

KEY = bytes(range(32))
SYSTEM = Actor(1, "system", Role.SUPERVISOR)
"""Acts in tests that need somebody and no user row."""

_folder = tempfile.TemporaryDirectory(prefix="nurse-tui-template-")


@cache
def _template() -> Path:
    from nurse_tui.store import engine, schema

    path = Path(_folder.name) / "template.db"
    engine.connect(path, KEY, create=True).close()
    made = engine.make_engine(path, KEY)
    schema.upgrade(made)
    made.dispose()
    return path


def fresh_database(folder: Path, name: str = "cases.db") -> Database:
    """Return an empty encrypted database of its own file in a folder, with the shipped settings."""
    from nurse_tui import settings
    from nurse_tui.store.database import open_database

    path = folder / name
    shutil.copy(_template(), path)
    path.chmod(0o600)
    return open_database(path, KEY, settings.load().on)


def add_user(db: Database, name: str, role: Role = Role.NURSE) -> Actor:
    """Write a user as any other write does and return who they are."""
    from nurse_tui.models import User

    made = db.write(
        SYSTEM,
        "user.add",
        lambda tx: tx.add(User(name=name, full_name=name.title(), role=role, created_at=tx.at)).id,
    )
    assert not isinstance(made, Refusal)
    return Actor(made, name, role)


def count(db: Database, table: str, where: str = "1 = 1") -> int:
    """Return how many rows of a table meet a condition in SQL."""
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}" WHERE {where}')
        return int(found.scalar_one())


def stand_still(at: str = "2027-01-15T15:00:00+00:00") -> None:
    """Freeze the clock at an instant that a test's dates are written for."""
    from datetime import datetime

    clock.freeze(datetime.fromisoformat(at))
