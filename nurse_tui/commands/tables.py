"""Rows as text tables with straight columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import combining, east_asian_width

from nurse_tui.commands.common import plain

Cell = str | int | float | None
GAP = "  "


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def lines(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[str]:
    """Return a table as lines with straight columns; numbers stand to the right."""
    body = [[_shown(cell) for cell in row] for row in rows]
    right = [all(not isinstance(row[n], str) for row in rows) for n in range(len(titles))]
    table = [list(titles), *body]
    widths = [max(width(row[n]) for row in table) for n in range(len(titles))]
    return [
        GAP.join(_padded(cell, widths[n], right=right[n]) for n, cell in enumerate(row)).rstrip()
        for row in table
    ]


def _shown(cell: Cell) -> str:
    return "" if cell is None else plain(" ".join(str(cell).split()))


def _padded(cell: str, wanted: int, *, right: bool) -> str:
    space = " " * (wanted - width(cell))
    return space + cell if right else cell + space
