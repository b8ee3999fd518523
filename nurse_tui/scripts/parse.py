"""Read the JSON of a Questionnaire into items, naming every fault and everything left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nurse_tui.scripts import extension
from nurse_tui.scripts.extension import Marks
from nurse_tui.scripts.model import (
    Condition,
    Fault,
    Guard,
    Item,
    ItemType,
    Option,
    Script,
    TextRole,
)

OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
NOT_READ = frozenset({"attachment", "reference", "quantity"})
"""FHIR's own types that this subset leaves out, by name."""
MAX_DEPTH = 24
_ROOT_READ = frozenset(
    {
        "resourceType",
        "id",
        "url",
        "version",
        "language",
        "title",
        "name",
        "status",
        "date",
        "item",
        "extension",
        "text",
        "meta",
        "modifierExtension",
        "publisher",
        "description",
        "subjectType",
        "experimental",
        "identifier",
    }
)
_ITEM_READ = frozenset(
    {
        "linkId",
        "text",
        "type",
        "required",
        "repeats",
        "answerOption",
        "initial",
        "enableWhen",
        "enableBehavior",
        "item",
        "extension",
        "maxLength",
        "modifierExtension",
        "prefix",
        "code",
        "definition",
        "readOnly",
    }
)
_YES_NO = {"en": ("Yes", "No"), "es": ("Sí", "No")}
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


@dataclass(frozen=True, slots=True)
class Around:
    """The groups around an item: their names, their conditions and the nearest one's text."""

    path: tuple[tuple[str, str], ...] = ()
    guards: tuple[Guard, ...] = ()
    section: str = ""
    asked: str = ""
    """The question that holds the item, where it is not a group."""


def _text(reading: Reading, link_id: str, raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if isinstance(value, str):
        return value
    reading.fault(link_id, f"{name} must be text")
    return ""


def _flag(reading: Reading, link_id: str, raw: Mapping[str, Any], name: str) -> bool:
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


def _options(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[Option, ...]:
    options: list[Option] = []
    for entry in objects(reading, link_id, raw, "answerOption"):
        _unknown_extensions(reading, link_id, entry, " of an option")
        found = _valued(entry, "value")
        pair = coded(found[1]) if found else None
        if pair is None:
            reading.fault(link_id, "an option has neither a code nor a display that can be read")
        elif any(o.code == pair[0] for o in options):
            reading.fault(link_id, f"the option {pair[0]!r} is there twice")
        else:
            options.append(Option(*pair))
    return tuple(options)


def _initial(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
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
    elif operator not in OPERATORS:
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
            return Condition(question, str(operator), pair[0], kind)
    return None


def _guards(reading: Reading, link_id: str, raw: Mapping[str, Any]) -> tuple[Guard, ...]:
    entries = objects(reading, link_id, raw, "enableWhen")
    conditions = [c for c in (_condition(reading, link_id, e) for e in entries) if c]
    behavior = raw.get("enableBehavior")
    if behavior not in (None, "all", "any"):
        reading.fault(link_id, f"enableBehavior is {behavior!r}, not all or any")
    if len(entries) > 1 and behavior is None:
        reading.fault(link_id, "several enableWhen need an enableBehavior, all or any")
    return (Guard(tuple(conditions), behavior == "any"),) if conditions else ()


def _unknown_extensions(
    reading: Reading, link_id: str, raw: Mapping[str, Any], where: str = ""
) -> None:
    for entry in objects(reading, link_id, raw, "extension"):
        url = entry.get("url")
        if isinstance(url, str) and url.startswith(extension.PREFIX):
            reading.fault(link_id, f"extension {url} does not belong here{where}")
        else:
            reading.skip(link_id, f"extension {url}{where}")


def _unread_names(
    reading: Reading, link_id: str, raw: Mapping[str, Any], known: frozenset[str]
) -> None:
    for name in raw:
        if name not in known:
            reading.skip(link_id, f"{name} is not read")
    if raw.get("modifierExtension"):
        reading.fault(link_id, "a modifierExtension changes the meaning in a way nobody here knows")


def _group(reading: Reading, raw: Mapping[str, Any], link_id: str, around: Around) -> None:
    reading.groups.add(link_id)
    _unknown_extensions(reading, link_id, raw, " of a group")
    if _flag(reading, link_id, raw, "repeats"):
        reading.skip(link_id, "the group repeats; it is asked once")
    text = _text(reading, link_id, raw, "text")
    children = objects(reading, link_id, raw, "item")
    if not children:
        reading.fault(link_id, "the group holds no item")
    inner = Around(
        (*around.path, (link_id, text)),
        around.guards + _guards(reading, link_id, raw),
        text or around.section,
    )
    _items(reading, children, inner)


def _marked(
    reading: Reading, raw: Mapping[str, Any], link_id: str, kind: ItemType
) -> tuple[Marks, TextRole]:
    entries = objects(reading, link_id, raw, "extension")
    marks = extension.read(entries)
    for sentence in marks.faults:
        reading.fault(link_id, sentence)
    for url in marks.unknown:
        reading.skip(link_id, f"extension {url}")
    reading.extended = reading.extended or marks.used
    default = TextRole.SAY if kind is ItemType.DISPLAY else TextRole.ASK
    return marks, marks.role or default


def _inherited(around: Around, kind: ItemType) -> tuple[Guard, ...]:
    if not around.asked or kind is ItemType.DISPLAY:
        return around.guards
    asked = Condition(around.asked, "exists", "true", "Boolean")
    return (*around.guards, Guard((asked,)))


def _leaf(
    reading: Reading, raw: Mapping[str, Any], link_id: str, kind: ItemType, around: Around
) -> None:
    marks, role = _marked(reading, raw, link_id, kind)
    guards = _inherited(around, kind) + _guards(reading, link_id, raw)
    options = _options(reading, link_id, raw)
    if kind is ItemType.BOOLEAN:
        yes, no = _YES_NO.get(reading.language.partition("-")[0], _YES_NO["en"])
        options = (Option("true", yes), Option("false", no))
    longest = raw.get("maxLength", 0)
    if raw.get("readOnly") is True:
        reading.skip(link_id, "readOnly is not read; the item is asked")
    prefix, text = (_text(reading, link_id, raw, name) for name in ("prefix", "text"))
    reading.items.append(
        Item(
            link_id=link_id,
            type=kind,
            text=f"{prefix} {text}".strip(),
            role=role,
            section=around.section,
            path=around.path,
            required=_flag(reading, link_id, raw, "required"),
            repeats=_flag(reading, link_id, raw, "repeats"),
            options=options,
            initial=_initial(reading, link_id, raw),
            guards=guards,
            format=marks.format,
            open=marks.open or bool(marks.gate) or marks.ends,
            gate=marks.gate,
            ends=marks.ends,
            actions=marks.actions,
            rule=marks.rule,
            tag=marks.tag,
            max_length=longest if type(longest) is int and longest > 0 else 0,
        )
    )
    inner = Around((*around.path, (link_id, "")), guards, around.section, link_id)
    _items(reading, objects(reading, link_id, raw, "item"), inner)


def _not_read(raw: Mapping[str, Any], kind: object) -> str:
    """Say which part of FHIR makes an item one that is left out, or nothing."""
    if isinstance(kind, str) and kind in NOT_READ:
        return f"type {kind}"
    if kind not in ("choice", "open-choice") or raw.get("answerOption"):
        return ""
    if "answerValueSet" in raw:
        return "answerValueSet"
    urls = str(raw.get("extension", ""))
    found = (name for name in ("answerExpression", "externallydefined") if name in urls)
    return next(found, "")


def _one(reading: Reading, raw: Mapping[str, Any], around: Around) -> None:
    link_id, kind = raw.get("linkId"), raw.get("type")
    if not isinstance(link_id, str) or not link_id:
        reading.fault("", f"an item has no linkId ({str(raw.get('text', ''))[:40]!r})")
        return
    if link_id in reading.seen:
        reading.fault(link_id, "the linkId is used twice")
    reading.seen.add(link_id)
    _unread_names(reading, link_id, raw, _ITEM_READ)
    if kind == "group":
        _group(reading, raw, link_id, around)
    elif why := _not_read(raw, kind):
        reading.skip(link_id, f"the item is left out: {why} is not in the subset")
        reading.skipped.add(link_id)
    elif isinstance(kind, str) and kind in ItemType._value2member_map_:
        _leaf(reading, raw, link_id, ItemType(kind), around)
    else:
        reading.fault(link_id, f"unknown type {kind!r}")
        reading.skipped.add(link_id)


def _items(reading: Reading, raws: Sequence[Mapping[str, Any]], around: Around) -> None:
    if len(around.path) > MAX_DEPTH:
        reading.fault(around.path[-1][0], f"groups are nested more than {MAX_DEPTH} deep")
        return
    for raw in raws:
        _one(reading, raw, around)


def questionnaire(raw: Mapping[str, Any]) -> tuple[Script, Reading]:
    """Read a Questionnaire; the script is only good if the reading has no fault."""
    reading = Reading()
    if raw.get("resourceType") != "Questionnaire":
        reading.fault("", f"this is {raw.get('resourceType')!r}, not a Questionnaire")
        return Script("", "", "", "", "", "", ()), reading
    reading.language = _text(reading, "", raw, "language") or "en"
    status = _text(reading, "", raw, "status")
    if status not in ("draft", "active", "retired", "unknown"):
        reading.fault("", "status must be draft, active, retired or unknown")
    _unread_names(reading, "", raw, _ROOT_READ)
    _unknown_extensions(reading, "", raw)
    _items(reading, objects(reading, "", raw, "item"), Around())
    names = {
        n: _text(reading, "", raw, n) for n in ("id", "version", "title", "name", "date", "url")
    }
    script = Script(
        id=names["id"] or names["name"],
        version=names["version"],
        language=reading.language,
        title=names["title"] or names["name"],
        status=status,
        date=names["date"],
        items=tuple(reading.items),
        left_out=tuple(reading.left_out),
        url=names["url"],
        by_id={item.link_id: item for item in reading.items},
    )
    return script, reading
