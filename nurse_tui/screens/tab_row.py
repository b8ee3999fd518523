"""One line of a tab of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual.content import Content


@dataclass(frozen=True, slots=True)
class TabRow:
    """One line of a tab: its cells, the lines below the list, and the fact behind it."""

    row_id: int
    cells: tuple[Text, ...]
    detail: Content
    fact: Any = None
