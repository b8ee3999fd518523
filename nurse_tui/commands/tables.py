"""Rows as text tables and as CSV that a spreadsheet cannot run, to a new file or to the output."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from unicodedata import combining, east_asian_width

from nurse_tui.commands.common import plain, say
from nurse_tui.types import Refusal

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
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


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV; text that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return out.getvalue()


def _inert(cell: Cell) -> Cell:
    if isinstance(cell, str):
        shown = plain(cell)
        return "'" + shown if shown.startswith(_FORMULA) else shown
    return cell


def put(text: str, output: Path | None) -> Refusal | None:
    """Write an answer to the standard output, or to a new file that only its owner can read."""
    if output is None:
        say(text.rstrip("\n"))
        return None
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return Refusal("exists", f"{output} is there already.", "Give another --output.")
    except OSError as fault:
        return Refusal("not_written", f"{output} cannot be written: {fault.strerror}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as fault:
        output.unlink(missing_ok=True)
        return Refusal("not_written", f"{output} cannot be written: {fault.strerror}.")
    return None
