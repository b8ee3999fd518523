"""Tables and columns that no code names are those that the architecture lists as waiting."""

from __future__ import annotations

import re
from pathlib import Path

from nurse_tui import models

ROOT = Path(__file__).resolve().parents[2]


def waiting() -> set[str]:
    """Return the tables, and `table.column`, that nothing but their definition names."""
    apart = ("models.py", "migrations")
    files = [p for p in (ROOT / "nurse_tui").rglob("*.py") if not set(apart) & set(p.parts)]
    words = set(re.findall(r"\w+", "\n".join(p.read_text("utf-8") for p in files)))
    names = {c.__tablename__: c.__name__ for c in models.Table.__subclasses__()}
    found = set()
    for name, table in models.Table.metadata.tables.items():
        if not {name, names[name]} & words:
            found.add(name)
        else:
            found |= {f"{name}.{c.name}" for c in table.columns if c.name not in words}
    return found


def test_what_waits_for_later_work_is_listed() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    (listed,) = re.findall(r"^Waiting for later work.*?\n\n", text, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`([\w.]+)`", listed)) == waiting()
