"""The programme's settings: dated values from the shipped file and a site's own, for any day.

A wrong file is refused with file, line and reason; the program goes on with the last good copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, overload

from nurse_tui.paths import data_folder, settings_copy, site_folder
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.settings_file import (
    Entry,
    Reading,
    SettingsFault,
    Source,
    read_holidays,
    read_settings,
    read_source,
)
from nurse_tui.settings_values import KINDS, disagreements
from nurse_tui.types import Refusal

PROGRAMME = "programme.toml"
HOLIDAYS = "holidays.txt"
_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """Every dated value of every setting, oldest first, and the observed holidays."""

    version: str
    entries: Mapping[str, tuple[Setting[Any], ...]]
    holidays: frozenset[date]
    digest: str
    """SHA-256 of the files, in hexadecimal."""
    _days: dict[date, Programme] = field(default_factory=dict, repr=False)

    def on(self, day: date) -> Programme:
        """Return the settings that hold on a date (D-53): of each the newest that has begun."""
        programme = self._days.get(day)
        if programme is None:
            chosen: dict[str, Any] = {n: _holding(e, day) for n, e in self.entries.items()}
            programme = Programme(version=self.version, on=day, holidays=self.holidays, **chosen)
            self._days[day] = programme
        return programme


def _holding(entries: Sequence[Setting[Any]], day: date) -> Setting[Any]:
    begun = [entry for entry in entries if entry.since <= day]
    return begun[-1] if begun else entries[0]


@overload
def load() -> Settings: ...
@overload
def load(folder: Path, site: Path | None = None) -> Settings | Refusal: ...
def load(folder: Path | None = None, site: Path | None = None) -> Settings | Refusal:
    """Return the settings of a folder, a site's folder going before it, or a refusal.

    Without a folder, the shipped ones; their being wrong is a fault: ValueError.
    """
    settings = _build(_gather(folder or data_folder() / "settings", site))
    if isinstance(settings, Settings):
        return settings
    if folder is None:
        raise ValueError(_refusal(settings, "").sentence)
    return _refusal(settings, "Correct the file and start again.")


def check(folder: Path, site: Path | None = None) -> tuple[SettingsFault, ...]:
    """Return everything that is wrong with the settings of a folder and a site's folder."""
    settings = _build(_gather(folder, site))
    return () if isinstance(settings, Settings) else settings


def load_last_good(
    folder: Path, cache_file: Path, site: Path | None = None
) -> tuple[Settings | None, Refusal | None]:
    """Return the settings to work with, and what to tell the user if the files are wrong.

    Good files are copied to `cache_file` (mode 0600). If they are wrong, the copy is used; without
    a copy, the shipped file without the site's; without that, None.
    """
    from nurse_tui import settings_cache

    sources = _gather(folder, site)
    settings = _build(sources)
    if isinstance(settings, Settings):
        return settings, settings_cache.keep(cache_file, settings.digest, sources)
    kept = settings_cache.kept(cache_file)
    last = _build(kept) if kept else ()
    if isinstance(last, Settings):
        return last, _refusal(settings, "Correct it; until then the last good settings are used.")
    shipped = _build(_gather(folder, None))
    if isinstance(shipped, Settings):
        way_out = "Correct it; until then the shipped settings are used."
        return shipped, _refusal(settings, way_out)
    return None, _refusal(settings, "Correct the file and start again.")


def current(site: Path | None = None) -> tuple[Settings | None, Refusal | None]:
    """Return the settings to start with, as `load_last_good` does, from the places of this machine.

    `site` goes in the place of the user's configuration folder.
    """
    shipped = data_folder() / "settings"
    return load_last_good(shipped, settings_copy(), site or site_folder())


def _refusal(faults: Sequence[SettingsFault], way_out: str) -> Refusal:
    listed = "; ".join(str(fault) for fault in faults[:_SHOWN])
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    sentence = f"The programme settings are wrong: {listed}{more}."
    return Refusal("settings_wrong", sentence, way_out)


def _gather(folder: Path, site: Path | None) -> list[Source | SettingsFault]:
    """Read the shipped settings, the site's if there are any, and the holidays of one of them."""
    own = site / HOLIDAYS if site else None
    paths = [folder / PROGRAMME, own if own and own.exists() else folder / HOLIDAYS]
    if site and (site / PROGRAMME).exists():
        paths.append(site / PROGRAMME)
    return [read_source(path) for path in paths]


def _build(sources: Sequence[Source | SettingsFault]) -> Settings | tuple[SettingsFault, ...]:
    from hashlib import sha256

    unread = tuple(source for source in sources if isinstance(source, SettingsFault))
    texts = [source for source in sources if isinstance(source, Source)]
    if unread:
        return unread
    holiday_file = next(source for source in texts if source.path.name == HOLIDAYS)
    holidays, faults = read_holidays(holiday_file.path, holiday_file.text)
    readings = [read_settings(s.path, s.text) for s in texts if s is not holiday_file]
    faults += [fault for reading in readings for fault in reading.faults]
    entries = _merged(readings)
    faults += [] if faults else _missing(readings, entries)
    faults += [] if faults else _together(entries)
    if faults:
        return tuple(faults)
    return Settings(
        version=[reading.version for reading in readings if reading.version][-1],
        entries={name: tuple(e.setting for e in found) for name, found in entries.items()},
        holidays=holidays,
        digest=sha256("\0".join(source.text for source in texts).encode()).hexdigest(),
    )


def _merged(readings: Sequence[Reading]) -> dict[str, list[Entry]]:
    """Put the site's entries in the place of all shipped ones of the same name."""
    entries: dict[str, list[Entry]] = {}
    for reading in readings:
        entries |= reading.entries
    return entries


def _missing(
    readings: Sequence[Reading], entries: Mapping[str, list[Entry]]
) -> list[SettingsFault]:
    absent = [f"the setting {name} is missing" for name in KINDS if name not in entries]
    if not any(reading.version for reading in readings):
        absent.append("the version of the settings is missing")
    return [SettingsFault(readings[0].path, 1, reason) for reason in absent]


def _together(entries: Mapping[str, list[Entry]]) -> list[SettingsFault]:
    """Check the values together on every day on which one of them changes."""
    days = sorted({entry.setting.since for found in entries.values() for entry in found})
    faults = [fault for day in days for fault in _together_on(entries, day)]
    return list(dict.fromkeys(faults))


def _together_on(entries: Mapping[str, list[Entry]], day: date) -> Iterator[SettingsFault]:
    chosen = {n: _holding([e.setting for e in found], day) for n, found in entries.items()}
    for name, reason in disagreements(chosen):
        entry = next(e for e in entries[name] if e.setting is chosen[name])
        yield SettingsFault(entry.path, entry.line, f"{reason} (from {day})")
