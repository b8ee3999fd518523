"""The door to a case database: opening the file, signing in, locking, signing out.

Heavy libraries are imported inside the functions, so that the first screen is painted before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from nurse_tui.keyring import KeyRing
from nurse_tui.types import Actor, Refusal, Role

if TYPE_CHECKING:
    from nurse_tui.settings import Settings
    from nurse_tui.store.database import Database

DEMO = "demo"
WRONG_FILE = Refusal(
    "wrong_key",
    "This file is not a case database, or it is damaged.",
    "Restore a backup with nurse-tui restore, or choose another file.",
)
NO_SETTINGS = Refusal(
    "settings_wrong", "There are no programme settings to work with.", "Install the program again."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: the case database, the folder of the fault log, the site's settings."""

    database: Path
    log_folder: Path
    site_settings: Path | None = None


class FileGateway:
    """A case database in a file; `demo` ones are plain and open without a password.

    Without `settings` those of this machine are loaded when they are first needed.
    """

    def __init__(
        self,
        place: Place,
        settings: Settings | None = None,
        *,
        demo: bool = False,
        role: Role | None = None,
    ) -> None:
        self.place = place
        self._settings = settings
        self._trouble: Refusal | None = None
        self._loading = Lock()
        self.demo = demo
        self.role = role or Role.SUPERVISOR
        self.log_folder = place.log_folder
        self.services: Any = None
        self.actor: Actor | None = None
        self._database: Database | None = None
        self._sign_in_name = ""
        self.keyring: KeyRing | None = None

    @property
    def idle_lock_minutes(self) -> int | None:
        """Minutes without a key after which the screen locks, by today's settings; None before
        they are loaded."""
        from nurse_tui import clock

        found = self._settings
        today = clock.today(clock.PROGRAMME_ZONE)
        return found.on(today).idle_lock_minutes.value if found else None

    def settings(self) -> Settings | Refusal:
        """Return the programme's settings, or why there are none to work with."""
        with self._loading:
            if self._settings is None and self._trouble is None:
                from nurse_tui import settings

                self._settings, self._trouble = settings.current(self.place.site_settings)
        return self._settings or self._trouble or NO_SETTINGS

    def preload(self) -> Refusal | None:
        """Load the settings and the heavy libraries, in a thread after the first paint.

        Returns what is wrong with the settings, also where older ones are used in their place, or
        with the rights of the file of keys.
        """
        self.settings()
        import nurse_tui.services.bundle  # noqa: F401
        from nurse_tui.store import finding, keyslots

        finding.prepare()
        if self.demo:
            return self._trouble
        keyslots.prepare()
        return self._trouble or keyslots.close_to_others(self.place.database)

    def sign_in(self, name: str, password: str) -> Actor | Refusal:
        """Check a password and open the services; slow, called in a thread. Also unlocks.

        A locked screen shows the user's full name, so that name unlocks too.
        """
        settings = self.settings()
        if isinstance(settings, Refusal):
            return settings
        if self.actor is not None and name == self.actor.name and self._sign_in_name:
            name = self._sign_in_name
        ring = self._ring(name, password)
        if isinstance(ring, Refusal):
            return ring
        database = open_file(ring.path, ring.key, settings)
        if isinstance(database, Refusal):
            return database
        actor = self._demo_actor(database) if self.demo else find_actor(database, name)
        if isinstance(actor, Refusal):
            database.close()
            return actor
        self._serve(database, actor, settings)
        self.keyring = ring
        self._sign_in_name = name
        return actor

    def _serve(self, database: Database, actor: Actor, settings: Settings) -> None:
        from nurse_tui.services.base import Desk
        from nurse_tui.services.bundle import Services

        if self._database is not None:
            self._database.close()
        self._database = database
        self.actor = actor
        self.services = Services(Desk(database, actor, settings))

    def _ring(self, name: str, password: str) -> KeyRing | Refusal:
        """Return the key that a password gives, or why it gives none; a demo has no key."""
        if self.demo:
            return KeyRing(self.place.database)
        from nurse_tui.store import engine, keyslots

        refused = engine.refuse_file(self.place.database, must_exist=True)
        if refused is not None:
            return refused
        key = keyslots.open_slot(self.place.database, name, password)
        return key if isinstance(key, Refusal) else KeyRing(self.place.database, key)

    def _demo_actor(self, database: Database) -> Actor | Refusal:
        from nurse_tui.models import User
        from nurse_tui.store import finding

        with database.read() as session:
            user = finding.first(session, User, role=self.role, active=True)
            if user is None:
                return Refusal("no_user", f"The demo has no {self.role.value}.", "Build it again.")
            return Actor(user.id, user.full_name or user.name, user.role)

    def lock(self) -> None:
        """Close the services and forget the key; the actor stays known for unlocking."""
        if self._database is not None:
            self._database.close()
        self.services = None
        self.keyring = None
        self._database = None

    def close(self) -> None:
        """Close everything at the end of the program."""
        self.lock()
        self.actor = None
        self._sign_in_name = ""


def open_file(path: Path, key: bytes | None, settings: Settings) -> Database | Refusal:
    """Open a case database of this program's revision, or say why it cannot be.

    Without a key the file must be a demo database: a real one is never plain.
    """
    from nurse_tui.store import engine, leftovers, schema
    from nurse_tui.store.database import open_database
    from nurse_tui.store.opening import why_not_opened

    refused = engine.refuse_file(path, must_exist=True)
    if refused is not None:
        return refused
    leftovers.sweep_copies(path)
    if key is not None and engine.is_plain(path):
        return WRONG_FILE
    if key is None and not engine.is_plain(path):
        return Refusal(
            "encrypted",
            "This case database is encrypted.",
            "Sign in with --user NAME --password-file FILE.",
        )
    refused = engine.refuse_opening(path, key, WRONG_FILE)
    if refused is not None:
        return refused
    database = open_database(path, key, settings.on)
    try:
        found = schema.revision(database.engine)
        refused = schema.refuse_revision(found) or _refuse_plain(database, key)
    except engine.DatabaseError as fault:
        found, refused = None, why_not_opened(path, fault, WRONG_FILE)
    if refused is not None:
        database.close()
        return refused
    if found != schema.HEAD:
        return _migrated(database, key)
    return database


def _migrated(database: Database, key: bytes | None) -> Database | Refusal:
    """Bring an older database up to date, unless another program does it meanwhile."""
    from nurse_tui.store import schema, troubles, turns

    try:
        with turns.at_schema(database.path) as waited:
            refused = waited or schema.refuse_revision(found := schema.revision(database.engine))
            if refused is None and found != schema.HEAD:
                refused = _upgraded(database, key)
    except Exception as fault:
        refused = troubles.trouble_of(fault)
        if refused is None:
            database.close()
            raise
    if refused is None:
        return database
    database.close()
    return refused


def _upgraded(database: Database, key: bytes | None) -> Refusal | None:
    """Change the schema after a verified backup beside the database."""
    from nurse_tui.store import backup, schema

    kept = backup.before_migration(database.path, key)
    if isinstance(kept, Refusal):
        return kept
    schema.upgrade(database.engine)
    return None


def _refuse_plain(database: Database, key: bytes | None) -> Refusal | None:
    if key is not None or database.meta(DEMO) == "yes":
        return None
    return Refusal(
        "plain_database",
        "This case database is not encrypted, and it is not a demo.",
        "Make an encrypted one with nurse-tui init, then import into it.",
    )


def find_actor(database: Database, name: str) -> Actor | Refusal:
    """Return the active user of a sign-in name."""
    from nurse_tui.models import User
    from nurse_tui.services.base import INACTIVE
    from nurse_tui.store import finding

    with database.read() as session:
        user = finding.first(session, User, name=name)
        if user is None or not user.active:
            return INACTIVE
        return Actor(user.id, user.full_name or user.name, user.role)
