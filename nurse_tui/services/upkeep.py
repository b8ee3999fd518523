"""What the program stands on: sites, settings, scripts, the log of users and sites, backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from nurse_tui import clock
from nurse_tui import settings as settings_files
from nurse_tui.keyring import KeyRing
from nurse_tui.models import Change, InfusionSite
from nurse_tui.paths import data_folder, site_folder
from nurse_tui.rules.programme import Setting
from nurse_tui.scripts import load
from nurse_tui.scripts.model import Script
from nurse_tui.services.base import Service
from nurse_tui.store import audit, finding
from nurse_tui.store.database import PROGRAMME_ZONE, Tx
from nurse_tui.types import Refusal

CHANGES_SHOWN = 200
BACKUPS = "backup:database"
"""All backups made in the program are one chain of the change log."""
RESTORES = "restore:database"
"""All restores are one chain too."""


@dataclass(frozen=True, slots=True)
class SiteDetail:
    """Everything that is known of an infusion site."""

    site_id: int
    code: str
    name: str
    address: str
    phone: str
    zone: str
    chairs: int
    open_days: str
    closures: tuple[date, ...]
    rems_from: date | None
    rems_until: date | None


@dataclass(frozen=True, slots=True)
class SettingsSheet:
    """The settings of today, where they come from, and what is wrong with the files now."""

    version: str
    digest: str
    shipped: Path
    own: Path
    faults: tuple[str, ...]
    values: tuple[Setting[object], ...]


@dataclass(frozen=True, slots=True)
class ScriptSheet:
    """One file of call scripts: the script, or why it cannot be used."""

    path: Path
    script: Script | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """A change of something that is no case."""

    id: int
    at: datetime
    who: str
    role: str
    command: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BackupState:
    """Where the database is, its size, the last backup made here, whether the user may make one."""

    database: Path
    size: int
    last: LoggedChange | None
    may_make: bool


class UpkeepService(Service):
    """Reads all of it, and makes backups."""

    def sites(self) -> tuple[SiteDetail, ...] | Refusal:
        """Return every infusion site, by name."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            rows = finding.find(session, InfusionSite)
            found = [_site(row) for row in rows]
        return tuple(sorted(found, key=lambda site: (site.name.casefold(), site.site_id)))

    def settings(self, own: Path | None = None) -> SettingsSheet | Refusal:
        """Return the settings that hold today; the files are read again to find what is wrong."""
        refused = self.refuse("settings.view")
        if refused is not None:
            return refused
        used = self.desk.settings
        programme = used.on(clock.today(PROGRAMME_ZONE))
        shipped, own = data_folder() / "settings", own or site_folder()
        faults = settings_files.check(shipped, own if own.is_dir() else None)
        values = tuple(getattr(programme, name) for name in used.entries)
        said = tuple(str(fault) for fault in faults)
        return SettingsSheet(used.version, used.digest, shipped, own, said, values)

    def scripts(self) -> tuple[ScriptSheet, ...] | Refusal:
        """Return every call script in the program's folder, also those that cannot be used."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        return tuple(_script(path) for path in sorted((data_folder() / "scripts").glob("*.json")))

    def changes(self) -> tuple[LoggedChange, ...] | Refusal:
        """Return the newest changes of what belongs to no case, newest first."""
        refused = self.refuse("settings.view")
        if refused is not None:
            return refused
        with self.db.read() as session:
            return tuple(_logged(row) for row in audit.recent(session, CHANGES_SHOWN))

    def backups(self) -> BackupState | Refusal:
        """Return the state of backups."""
        refused = self.refuse("settings.view")
        if refused is not None:
            return refused
        with self.db.read() as session:
            row = audit.last_of(session, BACKUPS)
            last = _logged(row) if row is not None else None
        path = self.db.path
        size = path.stat().st_size if path.exists() else 0
        return BackupState(path, size, last, may_make=self.refuse("backup.make") is None)

    def back_up(self, ring: KeyRing, target: Path) -> Path | Refusal:
        """Make a checked backup in a new file, and log that it was made; returns the file."""
        refused = self.refuse("backup.make")
        if refused is not None:
            return refused
        made = ring.back_up(self.db, target)
        if isinstance(made, Refusal):
            return made

        def job(tx: Tx) -> Path:
            tx.say(f"Backed up to {made.name}")
            tx.collector.note_event(BACKUPS)
            return made

        return self.write("backup.make", "backup.make", job)

    def note_restored(self, name: str) -> Refusal | None:
        """Log in a restored database from which backup it came, so that the log says so."""

        def job(tx: Tx) -> None:
            tx.say(f"Restored from {name}")
            tx.collector.note_event(RESTORES)

        return self.write("backup.make", "backup.restore", job)


def _site(row: InfusionSite) -> SiteDetail:
    where = ", ".join(part for part in (row.address, row.city, row.state, row.zip) if part)
    closures = tuple(sorted(date.fromisoformat(day) for day in row.closures.split()))
    return SiteDetail(
        site_id=row.id,
        code=row.code,
        name=row.name,
        address=where,
        phone=row.phone,
        zone=row.zone,
        chairs=row.chairs,
        open_days=row.open_days,
        closures=closures,
        rems_from=row.rems_certified_on,
        rems_until=row.rems_expires_on,
    )


def _script(path: Path) -> ScriptSheet:
    found = load.load(path)
    if isinstance(found, Script):
        return ScriptSheet(path, found, found.left_out)
    faults = tuple(f"{f.link_id}: {f.fault}" if f.link_id else f.fault for f in found.faults)
    return ScriptSheet(path, None, faults)


def _logged(row: Change) -> LoggedChange:
    return LoggedChange(
        id=row.id,
        at=row.at,
        who=row.user_name,
        role=row.role,
        command=row.command,
        subject=row.subject,
        sentence=row.sentence,
    )
