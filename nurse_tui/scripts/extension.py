"""The project's own marks on an item, carried as FHIR extensions under `urn:nurse-tui:`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nurse_tui.scripts.model import Action, EffectKind, TextRole
from nurse_tui.types import CallOutcome, ConsentKind, SafetyKind

PREFIX = "urn:nurse-tui:"
FORMATS = frozenset({"phone", "date_time", "time", "zip"})
LIES_IN = ("past", "future")
TAGS = frozenset({"fact", "programme setting"})
_PARTS = {
    "when": "valueString",
    "do": "valueCode",
    "what": "valueCode",
    "value": "valueString",
    "title": "valueString",
}
_WORDS: dict[EffectKind, type[StrEnum]] = {
    EffectKind.SAFETY_REPORT: SafetyKind,
    EffectKind.CONSENT: ConsentKind,
    EffectKind.OUTCOME: CallOutcome,
}


@dataclass(slots=True)
class Marks:
    """What the extensions of one item say."""

    gate: str = ""
    open: bool = False
    ends: bool = False
    role: TextRole | None = None
    rule: str = ""
    tag: str = ""
    format: str = ""
    lies_in: str = ""
    actions: tuple[Action, ...] = ()
    used: bool = False
    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def _word(marks: Marks, entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if isinstance(value, str) and value:
        return value
    marks.faults.append(f"extension {entry.get('url')} needs {name}")
    return ""


def _one_of(marks: Marks, entry: Mapping[str, Any], allowed: Sequence[str]) -> str:
    value = _word(marks, entry, "valueCode")
    if not value or value in allowed:
        return value
    marks.faults.append(f"extension {entry.get('url')} is {value!r}, not {', '.join(allowed)}")
    return ""


def _true(marks: Marks, entry: Mapping[str, Any]) -> bool:
    if isinstance(entry.get("valueBoolean"), bool):
        return bool(entry["valueBoolean"])
    marks.faults.append(f"extension {entry.get('url')} needs valueBoolean")
    return False


def _parts(marks: Marks, entry: Mapping[str, Any]) -> dict[str, str]:
    parts: dict[str, str] = {}
    inner = entry.get("extension")
    for part in inner if isinstance(inner, list) else []:
        url = part.get("url") if isinstance(part, dict) else None
        if isinstance(url, str) and url in _PARTS:
            parts[url] = _word(marks, part, _PARTS[url])
        else:
            marks.faults.append(f"an on-answer action has the unknown part {url!r}")
    return parts


def _action(marks: Marks, entry: Mapping[str, Any]) -> Action | None:
    parts = _parts(marks, entry)
    do, what = parts.get("do", ""), parts.get("what", "")
    if do not in EffectKind._value2member_map_:
        marks.faults.append(f"an on-answer action does {do!r}, not {', '.join(EffectKind)}")
        return None
    kind = EffectKind(do)
    words = _WORDS.get(kind)
    if words is not None and what not in words._value2member_map_:
        marks.faults.append(f"{do} needs a what: {', '.join(words)}")
    if kind in (EffectKind.TASK, EffectKind.COVERAGE) and not parts.get("title"):
        marks.faults.append(f"{do} needs a title that says what is to be done")
    if kind is EffectKind.CONSENT and parts.get("value", "true") not in ("true", "false"):
        marks.faults.append("a consent is set to true or false")
    return Action(kind, parts.get("when", ""), what, parts.get("value", ""), parts.get("title", ""))


def _gate(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.gate = _word(marks, entry, "valueCode")


def _open(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.open = _true(marks, entry)


def _end(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.ends = _true(marks, entry)


def _role(marks: Marks, entry: Mapping[str, Any]) -> None:
    value = _one_of(marks, entry, tuple(TextRole))
    marks.role = TextRole(value) if value else None


def _rule(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.rule = _word(marks, entry, "valueString")


def _tag(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.tag = _word(marks, entry, "valueString")
    if marks.tag and marks.tag not in TAGS:
        marks.faults.append(f"the tag is {marks.tag!r}, not {' or '.join(sorted(TAGS))}")


def _format(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.format = _one_of(marks, entry, sorted(FORMATS))


def _lies_in(marks: Marks, entry: Mapping[str, Any]) -> None:
    marks.lies_in = _one_of(marks, entry, LIES_IN)


def _on_answer(marks: Marks, entry: Mapping[str, Any]) -> None:
    action = _action(marks, entry)
    marks.actions += (action,) if action else ()


_READERS: dict[str, Callable[[Marks, Mapping[str, Any]], None]] = {
    "identity-gate": _gate,
    "open": _open,
    "end": _end,
    "role": _role,
    "rule": _rule,
    "tag": _tag,
    "format": _format,
    "lies-in": _lies_in,
    "on-answer": _on_answer,
}


def read(entries: Sequence[Mapping[str, Any]]) -> Marks:
    """Read the extensions of one item; those of others are named in `unknown`."""
    marks = Marks()
    for entry in entries:
        url = entry.get("url")
        if not isinstance(url, str) or not url.startswith(PREFIX):
            marks.unknown.append(str(url))
            continue
        marks.used = True
        reader = _READERS.get(url.removeprefix(PREFIX))
        if reader is None:
            marks.faults.append(f"unknown extension {url}")
        else:
            reader(marks, entry)
    return marks
