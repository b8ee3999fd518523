"""Read the simple parts of a Questionnaire item: texts, flags, options, values, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nurse_tui.scripts import extension
from nurse_tui.scripts.model import Condition, Fault, Guard, Item, Option

OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
_ANSWER_KINDS = ("Boolean", "Coding", "String", "Integer", "Decimal", "Date", "DateTime", "Time")


@dataclass(slots=True)
class Reading:
    """What one file gave so far."""

    language: str = "en"
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    extended: bool = False
    """Whether the file uses the project's own extension."""

    def fault(self, link_id: str, sentence: str) -> None:
        """Note a fault of an item."""
        self.faults.append(Fault(link_id, sentence))

    def skip(self, link_id: str, what: str) -> None:
        """Note something that the subset does not read."""
        self.left_out.append(f"{link_id}: {what}" if link_id else what)


def text(reading: Reading, link_id: str, raw: Mapping[str, Any], name: str) -> str:
    """Return a text, empty where it is absent; anything else is a fault."""
    value = raw.get(name, "")
    if isinstance(value, str):
        return value
    reading.fault(link_id, f"{name} must be text")
    return ""


def flag(reading: Reading, link_id: str, raw: Mapping[str, Any], name: str) -> bool:
    """Return a boolean, false where it is absent; anything else is a fault."""
    value = raw.get(name, False)
    if isinstance(value, bool):
        return value
    reading.fault(link_id, f"{name} must be true or false")
    return False


def objects(
    reading: Reading, link_id: str, raw: Mapping[str, Any], name: str
) -> list[Mapping[str, Any]]:
    """Return a list of objects, naming what is none."""
    value = raw.get(name, [])
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        return value
    reading.fault(link_id, f"{name} must be a list of objects")
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def plain(value: object) -> str | None:
    """Return a JSON value as canonical text, None for what is no simple value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def coded(value: object) -> tuple[str, str] | None:
    """Return code and words of a Coding or of a simple value."""
    if isinstance(value, dict):
        code, words = value.get("code"), value.get("display")
        if not isinstance(code, str | None) or not isinstance(words, str | None):
            return None
        return (code or words or "", words or code or "") if code or words else None
    text = plain(value)
    return None if text is None else (text, text)


def _valued(raw: Mapping[str, Any], prefix: str) -> tuple[str, object] | None:
    for kind in _ANSWER_KINDS:
        if prefix + kind in raw:
            return kind, raw[prefix + kind]
    return None


def options(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[Option, ...]:
    """Return the answer options in order, naming those that cannot be read."""
    options: list[Option] = []
    for entry in objects(reading, link_id, raw, "answerOption"):
        unknown_extensions(reading, link_id, entry, " of an option")
        found = _valued(entry, "value")
        pair = coded(found[1]) if found else None
        if pair is None:
            reading.fault(link_id, "an option has neither a code nor a display that can be read")
        elif any(o.code == pair[0] for o in options):
            reading.fault(link_id, f"the option {pair[0]!r} is there twice")
        else:
            options.append(Option(*pair))
    return tuple(options)


def initial(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values that stand there before anybody answers."""
    values: list[str] = []
    for entry in objects(reading, link_id, raw, "initial"):
        found = _valued(entry, "value")
        pair = coded(found[1]) if found else None
        if pair is None:
            reading.skip(link_id, "an initial value of a kind that is not read")
        else:
            values.append(pair[0])
    if raw.get("answerOption") and isinstance(raw["answerOption"], list):
        for entry in raw["answerOption"]:
            if isinstance(entry, dict) and entry.get("initialSelected") is True:
                found = _valued(entry, "value")
                values += [pair[0] for pair in [coded(found[1]) if found else None] if pair]
    return tuple(dict.fromkeys(values))


def _condition(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> Condition | None:
    question, operator = raw.get("question"), raw.get("operator")
    found = _valued(raw, "answer")
    if not isinstance(question, str) or not question:
        reading.fault(link_id, "enableWhen names no question")
    elif not isinstance(operator, str) or operator not in OPERATORS:
        reading.fault(link_id, f"enableWhen has the unknown operator {operator!r}")
    elif found is None:
        reading.fault(link_id, "enableWhen has no answer that this subset can compare")
    else:
        kind, value = found
        pair = coded(value)
        if pair is None:
            reading.fault(link_id, "enableWhen has an answer that cannot be read")
        elif operator == "exists" and kind != "Boolean":
            reading.fault(link_id, "enableWhen with exists needs answerBoolean")
        else:
            return Condition(question, operator, pair[0], kind)
    return None


def guards(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[Guard, ...]:
    """Return the enableWhen conditions joined as enableBehavior says; none means always."""
    entries = objects(reading, link_id, raw, "enableWhen")
    conditions = [c for c in (_condition(reading, link_id, e) for e in entries) if c]
    behavior = raw.get("enableBehavior")
    if behavior not in (None, "all", "any"):
        reading.fault(link_id, f"enableBehavior is {behavior!r}, not all or any")
    if len(entries) > 1 and behavior is None:
        reading.fault(link_id, "several enableWhen need an enableBehavior, all or any")
    return (Guard(tuple(conditions), behavior == "any"),) if conditions else ()


def unknown_extensions(
    reading: Reading, link_id: str, raw: Mapping[str, Any], where: str = ""
) -> None:
    """Name the extensions of a place where none is read; the project's own are faults there."""
    for entry in objects(reading, link_id, raw, "extension"):
        url = entry.get("url")
        if isinstance(url, str) and url.startswith(extension.PREFIX):
            reading.fault(link_id, f"extension {url} does not belong here{where}")
        else:
            reading.skip(link_id, f"extension {url}{where}")
