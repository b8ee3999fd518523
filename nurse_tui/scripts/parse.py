"""Read the JSON of a Questionnaire into items, naming every fault and everything left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nurse_tui.scripts import extension, fields
from nurse_tui.scripts.extension import Marks
from nurse_tui.scripts.fields import Reading
from nurse_tui.scripts.model import (
    Condition,
    Guard,
    Item,
    ItemType,
    Option,
    Script,
    TextRole,
)

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


@dataclass(frozen=True, slots=True)
class Around:
    """The groups around an item: their names, their conditions and the nearest one's text."""

    path: tuple[tuple[str, str], ...] = ()
    guards: tuple[Guard, ...] = ()
    section: str = ""
    asked: str = ""
    """The question that holds the item, where it is not a group."""


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
    fields.unknown_extensions(reading, link_id, raw, " of a group")
    if fields.flag(reading, link_id, raw, "repeats"):
        reading.skip(link_id, "the group repeats; it is asked once")
    text = fields.text(reading, link_id, raw, "text")
    children = fields.objects(reading, link_id, raw, "item")
    if not children:
        reading.fault(link_id, "the group holds no item")
    inner = Around(
        (*around.path, (link_id, text)),
        around.guards + fields.guards(reading, link_id, raw),
        text or around.section,
    )
    _items(reading, children, inner)


def _marked(
    reading: Reading, raw: Mapping[str, Any], link_id: str, kind: ItemType
) -> tuple[Marks, TextRole]:
    entries = fields.objects(reading, link_id, raw, "extension")
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
    guards = _inherited(around, kind) + fields.guards(reading, link_id, raw)
    options = fields.options(reading, link_id, raw)
    if kind is ItemType.BOOLEAN:
        yes, no = _YES_NO.get(reading.language.partition("-")[0], _YES_NO["en"])
        options = (Option("true", yes), Option("false", no))
    longest = raw.get("maxLength", 0)
    if raw.get("readOnly") is True:
        reading.skip(link_id, "readOnly is not read; the item is asked")
    prefix, text = (fields.text(reading, link_id, raw, name) for name in ("prefix", "text"))
    reading.items.append(
        Item(
            link_id=link_id,
            type=kind,
            text=f"{prefix} {text}".strip(),
            role=role,
            section=around.section,
            path=around.path,
            required=fields.flag(reading, link_id, raw, "required"),
            repeats=fields.flag(reading, link_id, raw, "repeats"),
            options=options,
            initial=fields.initial(reading, link_id, raw),
            guards=guards,
            format=marks.format,
            lies_in=marks.lies_in,
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
    _items(reading, fields.objects(reading, link_id, raw, "item"), inner)


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


def _leave_out(reading: Reading, raw: Mapping[str, Any], link_id: str, why: str) -> None:
    """Name an item that is left out, and every item that it holds."""
    waiting = [(raw, link_id, why)]
    while waiting:
        held, name, reason = waiting.pop()
        reading.skip(name, f"the item is left out: {reason}")
        reading.skipped.add(name)
        for inner in fields.objects(reading, name, held, "item"):
            waiting.append((inner, str(inner.get("linkId")), f"it stands in {name}"))


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
        _leave_out(reading, raw, link_id, f"{why} is not in the subset")
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
    reading.language = fields.text(reading, "", raw, "language") or "en"
    status = fields.text(reading, "", raw, "status")
    if status not in ("draft", "active", "retired", "unknown"):
        reading.fault("", "status must be draft, active, retired or unknown")
    _unread_names(reading, "", raw, _ROOT_READ)
    fields.unknown_extensions(reading, "", raw)
    _items(reading, fields.objects(reading, "", raw, "item"), Around())
    names = {
        n: fields.text(reading, "", raw, n)
        for n in ("id", "version", "title", "name", "date", "url")
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
