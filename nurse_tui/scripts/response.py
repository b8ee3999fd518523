"""Export the answers of a call as a FHIR R4 QuestionnaireResponse."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nurse_tui.scripts.model import Answer, Item, ItemType
from nurse_tui.scripts.run import Run, done, visible

_NAMES = {
    ItemType.BOOLEAN: "valueBoolean",
    ItemType.CHOICE: "valueCoding",
    ItemType.OPEN_CHOICE: "valueCoding",
    ItemType.DATE: "valueDate",
    ItemType.DATE_TIME: "valueDateTime",
    ItemType.TIME: "valueTime",
    ItemType.INTEGER: "valueInteger",
    ItemType.DECIMAL: "valueDecimal",
    ItemType.URL: "valueUri",
}


def _value(item: Item, value: str, zone: str) -> dict[str, Any]:
    name = _NAMES.get(item.type, "valueString")
    if item.type is ItemType.BOOLEAN:
        return {name: value == "true"}
    if item.type is ItemType.INTEGER:
        return {name: int(value)}
    if item.type is ItemType.DECIMAL:
        return {name: float(value)}
    if item.type is ItemType.DATE_TIME:
        return {name: datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone)).isoformat()}
    if item.type is ItemType.TIME:
        return {name: f"{value}:00"}
    if name == "valueCoding":
        if all(option.code != value for option in item.options):
            return {"valueString": value}
        return {name: {"code": value, "display": item.label(value)}}
    return {name: value}


def _entry(item: Item, given: Answer, zone: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"linkId": item.link_id, "text": item.text}
    if given.values:
        entry["answer"] = [_value(item, value, zone) for value in given.values]
    return entry


def _holder(tree: list[dict[str, Any]], link_id: str, text: str) -> list[dict[str, Any]] | None:
    """Return the list that takes the children of a group, or of an answer; None without one."""
    found = next((e for e in tree if e["linkId"] == link_id), None)
    if found is None:
        if not text:
            return None
        found = {"linkId": link_id, "text": text}
        tree.append(found)
    at: dict[str, Any] = found["answer"][0] if found.get("answer") else found
    children: list[dict[str, Any]] = at.setdefault("item", [])
    return children


def _items(run: Run, zone: str) -> list[dict[str, Any]]:
    tree: list[dict[str, Any]] = []
    for item in visible(run):
        given = run.answers.get(item.link_id)
        if given is None or item.type is ItemType.DISPLAY:
            continue
        level: list[dict[str, Any]] | None = tree
        for link_id, text in item.path:
            level = None if level is None else _holder(level, link_id, text or link_id)
        if level is not None:
            level.append(_entry(item, given, zone))
    return tree


def to_response(
    run: Run,
    *,
    authored: str,
    subject: str = "",
    author: str = "",
    response_id: str = "",
    zone: str = "UTC",
) -> dict[str, Any]:
    """Return a QuestionnaireResponse of the answers that count.

    `authored` is an instant in ISO format; `subject` and `author` are FHIR references; `zone`
    is the IANA zone in which days and times were said. Texts carry their placeholders unfilled, so
    that an export names no more than the answers do.
    """
    script = run.script
    response: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{script.url or script.id}|{script.version}",
        "status": "completed" if done(run) else "in-progress",
        "authored": authored,
    }
    if response_id:
        response["id"] = response_id
    for name, reference in (("subject", subject), ("author", author)):
        if reference:
            response[name] = {"reference": reference}
    if items := _items(run, zone):
        response["item"] = items
    return response
