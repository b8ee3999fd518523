"""Small Questionnaires for tests, as plain data."""

from __future__ import annotations

import json
from typing import Any

from nurse_tui.scripts.load import load
from nurse_tui.scripts.model import Script, ScriptFaults
from nurse_tui.types import Refusal

URN = "urn:nurse-tui:"


def ext(name: str, **value: Any) -> dict[str, Any]:
    return {"url": URN + name, **value}


def item(link_id: str, kind: str = "string", text: str = "Words?", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": text, **more}


def choice(link_id: str, *codes: str, **more: Any) -> dict[str, Any]:
    options = [{"valueCoding": {"code": c, "display": c.title()}} for c in codes]
    return item(link_id, "choice", answerOption=options, **more)


def when(question: str, operator: str = "=", **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


def gate(link_id: str, **more: Any) -> dict[str, Any]:
    marks = [ext("identity-gate", valueCode="match")]
    return choice(link_id, "match", "no", **{"required": True, "extension": marks, **more})


def end() -> dict[str, Any]:
    return item("end", "display", "Goodbye.", extension=[ext("end", valueBoolean=True)])


def gates() -> list[dict[str, Any]]:
    return [gate("name"), gate("birth"), end()]


def action(do: str, **parts: str) -> dict[str, Any]:
    names = {"do": "valueCode", "what": "valueCode"}
    inner = [{"url": k, names.get(k, "valueString"): v} for k, v in {"do": do, **parts}.items()]
    return ext("on-answer", extension=inner)


def questionnaire(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "id": "trial",
        "version": "1",
        "language": "en",
        "title": "Trial",
        "status": "active",
        "date": "2026-11-23",
        "item": list(items),
        **more,
    }


def loaded(*items: dict[str, Any], **more: Any) -> Script | ScriptFaults:
    return load(json.dumps(questionnaire(*items, **more)))


def script(*items: dict[str, Any], **more: Any) -> Script:
    found = loaded(*items, **more)
    assert isinstance(found, Script), found
    return found


def good(found: Any) -> Any:
    """Return a step's run; a refusal fails the test in words."""
    assert not isinstance(found, Refusal), found
    return found
