"""Opening a case database: SQLite through SQLCipher, with the pragmas that keep it whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError as DatabaseError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from nurse_tui.files import begins
from nurse_tui.store.named import refuse_file as refuse_file
from nurse_tui.store.opening import why_not_opened
from nurse_tui.types import ClosedError, Refusal

OLDEST_SAFE_SQLITE = (3, 51, 3)
"""First release without the bug that could lose a write-ahead log reset between two connections."""

SMALLEST_DATABASE = 512
"""Bytes of the smallest page: SQLite takes a shorter file for a new database and writes over it."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA mmap_size = 0",
    "PRAGMA cache_size = -4000",
)


def is_plain(path: Path) -> bool:
    """Tell whether a file is an SQLite database that is not encrypted."""
    return begins(path, b"SQLite format 3\x00")


def connect(path: Path, key: bytes | None, *, create: bool = False) -> Any:
    """Open one driver connection with every pragma set; `key` is 32 raw bytes, or None for plain.

    Raises sqlcipher3's DatabaseError when the key is wrong or the file is not a database.
    """
    if create and not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = dbapi2.connect(
        f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection, key)
    except dbapi2.DatabaseError:
        connection.close()
        raise
    return connection


def _prepare(connection: Any, key: bytes | None) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in PRAGMAS:
        connection.execute(pragma).close()
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def refuse_opening(path: Path, key: bytes | None, otherwise: Refusal) -> Refusal | None:
    """Say why a key does not open a file as a database, or None; `otherwise` blames the file."""
    if path.stat().st_size < SMALLEST_DATABASE:
        return otherwise
    try:
        connect(path, key).close()
    except dbapi2.DatabaseError as fault:
        return why_not_opened(path, fault, otherwise)
    return None


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


class _Door:
    """Makes the connections of an engine until it is shut, and then has no key any more."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._path, self._key = path, key
        self._shut = False

    def connect(self) -> Any:
        if self._shut:
            raise ClosedError("the case database was closed")
        return connect(self._path, self._key)

    def shut(self) -> None:
        self._shut, self._key = True, None


def shut(made: Engine) -> None:
    """Close the connections of an engine and forget its key: it makes no other one."""
    made.get_execution_options()["door"].shut()
    made.dispose()


def make_engine(path: Path, key: bytes | None) -> Engine:
    """Return an engine on an existing file; a transaction is immediate when the option says so."""
    if dbapi2.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} may lose writes; 3.51.3 is needed")
    door = _Door(path, key)
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=door.connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=8,
        hide_parameters=True,
        execution_options={"door": door},
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
