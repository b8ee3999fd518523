"""Opening a case database: SQLite through SQLCipher, with the pragmas that keep it whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError as DatabaseError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from nurse_tui.files import begins
from nurse_tui.store.opening import why_not_opened
from nurse_tui.types import Refusal

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


def refuse_file(path: Path, *, must_exist: bool) -> Refusal | None:
    """Say why a file may not be used as a case database, or None when it may."""
    try:
        return _refuse_file(path, must_exist=must_exist)
    except PermissionError:
        return _unreadable(path)


def _refuse_file(path: Path, *, must_exist: bool) -> Refusal | None:
    if path.is_symlink():
        return Refusal(
            "database_link",
            f"{path.name} is a link, and a case database must be the file itself.",
            "Give the path of the file that it points to.",
        )
    if not path.exists():
        if not must_exist:
            return None
        return Refusal(
            "no_database",
            f"There is no case database at {path}.",
            "Make one with nurse-tui init, or try nurse-tui demo.",
        )
    if not path.is_file():
        return Refusal("not_a_file", f"{path} is not a file.", "Give the path of a case database.")
    return _refuse_owner(path) or _refuse_rights(path)


def _refuse_owner(path: Path) -> Refusal | None:
    found = path.stat()
    if found.st_uid != os.geteuid():
        return Refusal(
            "foreign_database",
            f"{path.name} belongs to another user of this machine.",
            "Sign in as its owner, or ask the administrator for your own copy.",
        )
    for own in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if own.exists() and stat.S_IMODE(own.stat().st_mode) & 0o177:
            own.chmod(own.stat().st_mode & 0o600)
    return None


def _refuse_rights(path: Path) -> Refusal | None:
    if not os.access(path, os.R_OK, effective_ids=True):
        return _unreadable(path)
    if os.access(path, os.W_OK, effective_ids=True):
        return None
    return Refusal(
        "read_only",
        f"{path.name} can only be read here, and a case database must be written to.",
        "Ask the administrator about the file's permissions, or copy it to another disk.",
    )


def _unreadable(path: Path) -> Refusal:
    return Refusal(
        "unreadable",
        f"{path.name} cannot be read with your rights.",
        "Ask the administrator about the permissions of the file and its folder.",
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


def make_engine(path: Path, key: bytes | None) -> Engine:
    """Return an engine on an existing file; a transaction is immediate when the option says so."""
    if dbapi2.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} may lose writes; 3.51.3 is needed")
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=lambda: connect(path, key),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=8,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
