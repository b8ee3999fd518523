"""Finding FHIR resources in a Bundle, NDJSON, or a folder of either, whatever else is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nurse_tui.drafts import Fault
from nurse_tui.interchange.csv_file import refuse_path
from nurse_tui.types import Refusal

SUFFIXES = frozenset({".json", ".ndjson"})
_DEEPEST_BUNDLE = 3
LONGEST_LINE = 200_000_000
"""Bytes of JSON that are read at once; it takes some ten times as much memory."""
TOO_LARGE = Fault("", f"The JSON is larger than {LONGEST_LINE // 1_000_000} MB; split it.")


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, or what is wrong in its place: file, physical line, full URL in its Bundle."""

    file: Path
    line: int
    url: str
    resource: dict[str, Any] | Fault

    @property
    def kind(self) -> str:
        """The resource type, or a word for what has none."""
        named = self.resource.get("resourceType") if isinstance(self.resource, dict) else None
        return named if isinstance(named, str) and named.isalpha() else "not a resource"


def files_of(path: Path) -> list[Path] | Refusal:
    """Return the files to read: one, or those of a folder in order, or a refusal."""
    if not path.is_dir():
        refused = refuse_path(path)
        return refused or [path]
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        return Refusal(
            "no_file",
            f"{path} holds no .json and no .ndjson file.",
            "Give a folder of FHIR resources, or one file.",
        )
    return next((r for r in map(refuse_path, found) if r is not None), found)


def resources(path: Path) -> Iterator[Found]:
    """Read every resource of a file, those of Bundles one by one; raises OSError."""
    if path.suffix.lower() == ".ndjson" or _is_ndjson(path):
        with path.open("rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
                if len(raw) > LONGEST_LINE:
                    yield Found(path, number, "", TOO_LARGE)
                    return
                if raw.strip():
                    yield from _unfold(path, number, parse(raw.strip()))
    elif path.stat().st_size > LONGEST_LINE:
        yield Found(path, 1, "", TOO_LARGE)
    else:
        yield from _unfold(path, 1, parse(path.read_bytes()))


def _is_ndjson(path: Path) -> bool:
    """Tell whether the first of several lines is a whole resource already."""
    with path.open("rb") as file:
        first, second = file.readline(LONGEST_LINE), file.readline(LONGEST_LINE)
    return bool(second.strip()) and isinstance(parse(first), dict)


def parse(raw: bytes) -> dict[str, Any] | tuple[int, Fault]:
    """Return the JSON object of some bytes, or the line within them and what is wrong there."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return 1, Fault("", "The text is not UTF-8.")
    except json.JSONDecodeError as fault:
        return fault.lineno, Fault("", f"This is not JSON: {_why(fault)}")
    except (ValueError, RecursionError):
        return 1, Fault("", "The JSON is nested too deeply or holds a number too long to read.")
    if not isinstance(value, dict):
        return 1, Fault("", "This is JSON, but not a FHIR resource.")
    if b"\\u" in raw and _has_surrogate(value):
        return 1, Fault("", "The text holds half of a character (a lone surrogate).")
    return value


def _why(fault: json.JSONDecodeError) -> str:
    return f"column {fault.colno} is not what must stand there."


def _has_surrogate(value: dict[str, Any]) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return True
    return False


def _unfold(path: Path, line: int, parsed: dict[str, Any] | tuple[int, Fault]) -> Iterator[Found]:
    if isinstance(parsed, tuple):
        within, fault = parsed
        yield Found(path, line + within - 1, "", fault)
    else:
        yield from _members(path, line, "", parsed, 0)


def _members(
    path: Path, line: int, url: str, resource: dict[str, Any], depth: int
) -> Iterator[Found]:
    if resource.get("resourceType") != "Bundle" or depth > _DEEPEST_BUNDLE:
        yield Found(path, line, url, resource)
        return
    entries = resource.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict):
            full = entry.get("fullUrl")
            yield from _members(path, line, full if isinstance(full, str) else "", inner, depth + 1)
