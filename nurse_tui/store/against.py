"""Whether a database still holds all that a backup of it knew: every chain, up to its last change.

The checks of `verify` prove what is inside the log. They cannot see that the end of a chain, or a
case with its whole chain, was taken away by somebody with the key; a copy kept elsewhere shows it.
The backup is only read, so an older schema does not matter and the file stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlcipher3 import dbapi2

from nurse_tui.store import engine
from nurse_tui.store.changes import case_of
from nurse_tui.store.opening import why_not_opened
from nurse_tui.store.verify import Check
from nurse_tui.store.verify_log import Progress
from nurse_tui.types import Refusal
from nurse_tui.words import label

NAME = "against"
NAMED = 20
"""Chains that are named, each on a line of its own; the others are counted."""
_AT_ONCE = 500
_COUNTED = "SELECT count(DISTINCT subject) FROM backup.change"
_ENDS = """
SELECT h.subject, h.seq,
       (SELECT hash FROM backup.change WHERE subject = h.subject AND seq = h.seq),
       (SELECT hash FROM main.change WHERE subject = h.subject AND seq = h.seq),
       (SELECT max(seq) FROM main.change WHERE subject = h.subject)
  FROM (SELECT subject, max(seq) AS seq FROM backup.change GROUP BY subject) AS h
"""
"""Each chain of the backup in turn; `uq_change_subject_seq` serves all of it, nothing is sorted."""


@dataclass(slots=True)
class _Found:
    chains: int = 0
    wrong: int = 0
    lines: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        self.wrong += 1
        if len(self.lines) < NAMED:
            self.lines.append(line)


def refuse_backup(path: Path, backup: Path, key: bytes | None) -> Refusal | None:
    """Say why a file cannot be compared with a database, or None when it can."""
    if not backup.is_file():
        return Refusal("no_backup", f"There is no backup at {backup}.", "Give the file of one.")
    if backup.samefile(path):
        return _unfit("same_file", f"{backup} is the case database itself.")
    if any(log.stat().st_size for log in _logs_of(backup)):
        return Refusal(
            "backup_in_use",
            f"{backup} was worked in and not closed, so it cannot be read alone.",
            "Give a backup that nurse-tui backup made and nobody opened.",
        )
    if engine.is_plain(backup) != (key is None):
        words = "is encrypted" if key is None else "is not encrypted"
        return _unfit("foreign_backup", f"{backup} {words}, other than the case database.")
    try:
        with closing(_attached(path, backup, key)) as connection:
            connection.execute("SELECT subject, seq, hash FROM backup.change LIMIT 1").fetchone()
    except dbapi2.DatabaseError as fault:
        foreign = f"{backup} is damaged, or no backup of this case database."
        return why_not_opened(path, fault, _unfit("foreign_backup", foreign))
    return None


def compare(path: Path, backup: Path, key: bytes | None, progress: Progress | None = None) -> Check:
    """Look for every chain of a backup in the database: there, as long, and ending the same.

    A chain that holds by itself and has the backup's hash at its last change is the same before.
    """
    found = _Found()
    try:
        with closing(_attached(path, backup, key)) as connection:
            _walk(connection, found, progress)
    except dbapi2.DatabaseError as fault:
        words = f"This could not be read to its end ({type(fault).__name__})."
        return Check(NAME, False, found.chains, " ".join([*found.lines, words]))
    if not found.wrong:
        good = f"All {found.chains} chains of {backup.name} are here, none of them shorter."
        return Check(NAME, True, found.chains, good)
    more = [f"And {found.wrong - NAMED} more."] if found.wrong > NAMED else []
    lines = (*found.lines, *more)
    return Check(NAME, False, found.chains, " ".join(lines), lines)


def _walk(connection: Any, found: _Found, progress: Progress | None) -> None:
    whole = connection.execute(_COUNTED).fetchone()[0]
    ends = connection.execute(_ENDS)
    while rows := ends.fetchmany(_AT_ONCE):
        for subject, seq, kept, held, last in rows:
            found.chains += 1
            if kept != held:
                what = _named(connection, subject) if len(found.lines) < NAMED else subject
                found.note(f"{what}: {_lacks(seq, held, last)}.")
        if progress is not None:
            progress(found.chains, whole)


def _lacks(seq: int, held: str | None, last: int | None) -> str:
    if last is None:
        return f"gone, with its log of {seq} change{'s' if seq > 1 else ''}"
    if last < seq:
        return f"the log ends at change {last}, the backup's at change {seq}"
    if held is None:
        return f"change {seq} is missing"
    return f"change {seq} is another one than in the backup"


def _named(connection: Any, subject: str) -> str:
    """Name a chain as `verify` does: a case by its number, which the backup knows at least."""
    case_id = case_of(subject)
    query = 'SELECT number FROM backup."case" WHERE id = ?'
    row = connection.execute(query, (case_id,)).fetchone() if case_id is not None else None
    return f"Case {row[0]}" if row else str(label(subject.replace(":", " ")))


def _attached(path: Path, backup: Path, key: bytes | None) -> Any:
    """Open a database with a backup beside it that is only read: no lock, no file next to it."""
    connection = engine.connect(path, key)
    address = f"file:{quote(str(backup.absolute()))}?mode=ro&immutable=1"
    secret = "" if key is None else f"x'{key.hex()}'"
    try:
        connection.execute("ATTACH DATABASE ? AS backup KEY ?", (address, secret)).close()
    except dbapi2.DatabaseError:
        connection.close()
        raise
    return connection


def _logs_of(backup: Path) -> Iterator[Path]:
    beside = (backup.with_name(backup.name + end) for end in ("-wal", "-journal"))
    return (path for path in beside if path.is_file())


def _unfit(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, "Give a backup that nurse-tui backup made of it.")
