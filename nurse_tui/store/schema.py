"""The schema's revision: making a database, and bringing an older one up to date.

A migration is one explicit transaction with foreign keys off, checked before it commits; `gateway`
makes a verified backup first. Alembic is imported only when there is something to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from nurse_tui.types import Refusal

HEAD = "0006"
"""Revision that this program reads and writes; a test holds it to the newest migration."""


def revision(engine: Engine) -> str | None:
    """Return the revision of a database, or None when it has no case tables at all."""
    with engine.connect() as connection:
        known = connection.execute(
            text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        ).first()
        if known is None:
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def refuse_revision(found: str | None) -> Refusal | None:
    """Say why a database of some revision cannot be used by this program, or None."""
    if found is None:
        return Refusal(
            "not_a_case_database",
            "This file is not a case database.",
            "Choose another file, or make a new one with nurse-tui init.",
        )
    if found > HEAD:
        return Refusal(
            "newer_schema",
            "This database was written by a newer nurse-tui.",
            "Update this program; nothing was changed.",
        )
    return None


def upgrade(engine: Engine) -> None:
    """Run every migration that a database lacks in one transaction; a fault changes nothing."""
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.execution_options(immediate=True).begin():
                _run(connection)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"the migration broke {len(broken)} foreign keys")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
