"""Questionnaires of other makers either load, or every fault is named; nothing raises."""

from __future__ import annotations

import json
from pathlib import Path

from nurse_tui.scripts import run as runner
from nurse_tui.scripts.load import load
from nurse_tui.scripts.model import Script, ScriptFaults
from nurse_tui.types import Refusal


def link_ids(items: list[dict[str, object]]) -> set[str]:
    found = {str(i.get("linkId")) for i in items if i.get("type") != "group"}
    for i in items:
        found |= link_ids(i.get("item", []))  # type: ignore[arg-type]
    return found


def test_standard_questionnaires_load_or_are_named(shared: Path) -> None:
    files = sorted((shared / "data" / "questionnaires").glob("*.json"))
    loaded = 0
    for path in files:
        found = load(path)
        if isinstance(found, ScriptFaults):
            assert found.faults and all(f.fault for f in found.faults), path.name
            continue
        loaded += 1
        every = link_ids(json.loads(path.read_text("utf-8"))["item"])
        read = {i.link_id for i in found.items}
        left = {link for link in every if any(f"{link}: the item" in s for s in found.left_out)}
        assert read | left == every, path.name
    assert loaded >= 50 and len(files) > loaded


def test_standard_questionnaires_can_be_walked(shared: Path) -> None:
    typed = ("", "1", "2027-03-01", "12:00", "2027-03-01 12:00")
    for path in sorted((shared / "data" / "questionnaires").glob("*.json")):
        script = load(path)
        if not isinstance(script, Script):
            continue
        assert not script.callable
        run = runner.start(script, {}, trial=True)
        for _ in range(2 * len(script.items)):
            tried = (runner.answer(run, value) for value in typed)
            after = next((r for r in tried if not isinstance(r, Refusal)), None)
            if after is None:
                break
            run = after
        assert runner.current(run) is None and runner.done(run), path.name
