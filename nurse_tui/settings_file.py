"""Reading the settings files: every entry with its line, every fault with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from nurse_tui.files import read_whole
from nurse_tui.rules.programme import TAGS, Setting
from nurse_tui.settings_values import KINDS, Wrong, convert

MAX_BYTES = 1_000_000
KEYS = ("value", "since", "tag", "rule", "source")

# Comments and long texts may hold what looks like an entry; short texts may hold a '#'.
_HIDDEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_HEADER = re.compile(r'\s*\[{1,2}\s*["\']?([\w-]+)["\']?\s*\]{1,2}\s*$')
_KEY = re.compile(r'\s*["\']?([\w-]+)["\']?\s*=')


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One thing wrong in a settings file; lines count from 1."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path} line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value and where it stands."""

    setting: Setting[Any]
    path: Path
    line: int


@dataclass(slots=True)
class Reading:
    """What one settings file says, and what is wrong with it."""

    path: Path
    version: str = ""
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    faults: list[SettingsFault] = field(default_factory=list)

    def fault(self, line: int, reason: str) -> None:
        """Note something wrong on a line."""
        self.faults.append(SettingsFault(self.path, line, reason))


@dataclass(frozen=True, slots=True)
class _Places:
    """Lines of the entries of a file and of the keys in them."""

    headers: Mapping[str, list[int]]
    keys: Mapping[int, Mapping[str, int]]

    def entry(self, name: str, index: int) -> int:
        lines = self.headers.get(name, [1])
        return lines[min(index, len(lines) - 1)]

    def key(self, name: str, index: int, key: str) -> int:
        line = self.entry(name, index)
        return self.keys.get(line, {}).get(key, line)


def read_source(path: Path) -> Source | SettingsFault:
    """Return the text of a settings file, or why it cannot be read."""
    try:
        raw = read_whole(path, MAX_BYTES)
    except OSError as error:
        return SettingsFault(path, 1, f"the file cannot be read: {error.strerror}")
    try:
        return Source(path, raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return SettingsFault(path, line, "the file is not UTF-8 text")


def read_settings(path: Path, text: str) -> Reading:
    """Read the text of one settings file; `path` is only named in faults."""
    reading = Reading(path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        reading.fault(int(found[1]) if found else text.count("\n") + 1, f"not TOML: {error}")
        return reading
    except RecursionError:
        reading.fault(1, "not TOML: it is nested too deeply")
        return reading
    places = _places(text)
    _read_version(reading, tables.pop("version", ""), places)
    for name, table in tables.items():
        if name in KINDS:
            _read_name(reading, name, table, places)
        else:
            reading.fault(places.entry(name, 0), _unknown(name))
    return reading


def _read_version(reading: Reading, version: object, places: _Places) -> None:
    if isinstance(version, str):
        reading.version = version.strip()
    else:
        reading.fault(places.entry("version", 0), "version must be a text in quotes")


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, KINDS, n=1)
    return f"there is no setting {name!r}" + (f"; is {near[0]} meant?" if near else "")


def _read_name(reading: Reading, name: str, table: object, places: _Places) -> None:
    if not isinstance(table, list) or not all(isinstance(entry, dict) for entry in table):
        reading.fault(places.entry(name, 0), f"write [[{name}]] in double brackets, and value = …")
        return
    for index, raw in enumerate(table):
        wrong = dict(_entry_faults(name, raw))
        for key, reason in wrong.items():
            reading.fault(places.key(name, index, key), f"{name}: {reason}")
        if not wrong:
            _add(reading, name, raw, places.entry(name, index))


def _entry_faults(name: str, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) for everything wrong inside one entry."""
    for key in raw.keys() - set(KEYS):
        yield key, f"an entry has no {key!r}, only {', '.join(KEYS)}"
    for key in (key for key in KEYS if key not in raw):
        yield key, f"{key} is missing"
    if type(raw.get("since", date.min)) is not date:
        yield "since", "since must be a date like 2026-11-23, without quotes"
    if raw.get("tag", "n") not in tuple(TAGS):
        yield "tag", f"tag must be one of {', '.join(TAGS)}, not {raw['tag']!r}"
    for key in ("rule", "source"):
        if not isinstance(raw.get(key, "-"), str) or not raw.get(key, "-").strip():
            yield key, f"{key} must be a text in quotes"
    value = convert(name, raw["value"]) if "value" in raw else None
    if isinstance(value, Wrong):
        yield "value", value.reason


def _add(reading: Reading, name: str, raw: Mapping[str, Any], line: int) -> None:
    since: date = raw["since"]
    entries = reading.entries.setdefault(name, [])
    if any(entry.setting.since == since for entry in entries):
        reading.fault(line, f"{name}: there is another entry since {since}")
        return
    value = convert(name, raw["value"])
    setting = Setting(name, value, raw["tag"], raw["rule"], raw["source"], since)
    entries.append(Entry(setting, reading.path, line))
    entries.sort(key=lambda entry: entry.setting.since)


def _places(text: str) -> _Places:
    headers: dict[str, list[int]] = {}
    keys: dict[int, dict[str, int]] = {}
    inside = 0
    for line, row in enumerate(_HIDDEN.sub(_hide, text).split("\n"), 1):
        if header := _HEADER.match(row):
            inside = line
            headers.setdefault(header[1], []).append(line)
        elif key := _KEY.match(row):
            keys.setdefault(inside, {})[key[1]] = line
    for name, line in keys.get(0, {}).items():
        headers.setdefault(name, [line])
    return _Places(headers, keys)


def _hide(found: re.Match[str]) -> str:
    text = found[0]
    hidden = text[0] == "#" or text[:3] in ('"""', "'''")
    return "\n" * text.count("\n") if hidden else text


def read_holidays(path: Path, text: str) -> tuple[frozenset[date], list[SettingsFault]]:
    """Read `2027-07-05 Independence Day (observed)` lines; `#` begins a comment."""
    days: set[date] = set()
    faults: list[SettingsFault] = []
    for line, row in enumerate(text.splitlines(), 1):
        words = row.partition("#")[0].split(maxsplit=1)
        if not words:
            continue
        day = _holiday(words)
        if isinstance(day, Wrong) or day in days:
            reason = day.reason if isinstance(day, Wrong) else f"{day} stands here twice"
            faults.append(SettingsFault(path, line, reason))
        else:
            days.add(day)
    if not days and not faults:
        faults.append(SettingsFault(path, 1, "there is no holiday in the file"))
    return frozenset(days), faults


def _holiday(words: list[str]) -> date | Wrong:
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        day = None
    if day is None or str(day) != words[0]:
        return Wrong(f"{words[0]!r} is not a date like 2027-07-05")
    return day if len(words) > 1 else Wrong("the name of the holiday is missing after its date")
