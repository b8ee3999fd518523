"""What a demo database tells of itself before SQLAlchemy is loaded: that it is one, and its users.

The first screen of a demo is painted signed in, so it cannot wait for the libraries of the work.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from nurse_tui.files import begins
from nurse_tui.store.opening import why_not_opened
from nurse_tui.types import Actor, Refusal, Role

PLAIN = b"SQLite format 3\x00"
NOT_ONE = Refusal(
    "not_a_case_database",
    "This file is not a case database, or it is damaged.",
    "Choose another file, or make a new one with nurse-tui init.",
)


def is_plain(path: Path) -> bool:
    """Tell whether a file begins as an SQLite database that is not encrypted."""
    try:
        return begins(path, PLAIN)
    except OSError:
        return False


def demo_actor(path: Path, role: Role) -> Actor | Refusal:
    """Return the first active user of a role in a demo database, or why it cannot be opened."""
    from sqlcipher3 import dbapi2

    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    try:
        connection = dbapi2.connect(address, uri=True)
    except dbapi2.Error as fault:
        return why_not_opened(path, fault, NOT_ONE)
    try:
        connection.execute("PRAGMA busy_timeout = 5000").close()
        demo = connection.execute("SELECT value FROM meta WHERE key = 'demo'").fetchone()
        user = connection.execute(
            "SELECT id, full_name, name FROM user WHERE role = ? AND active ORDER BY id LIMIT 1",
            (role.value,),
        ).fetchone()
    except dbapi2.Error as fault:
        return why_not_opened(path, fault, NOT_ONE)
    finally:
        connection.close()
    if demo is None or demo[0] != "yes":
        return Refusal(
            "plain_database",
            "This case database is not encrypted, and it is not a demo.",
            "Make an encrypted one with nurse-tui init, then import into it.",
        )
    if user is None:
        return Refusal("no_user", f"The demo has no {role.value}.", "Build it again.")
    return Actor(user[0], user[1] or user[2], role)
