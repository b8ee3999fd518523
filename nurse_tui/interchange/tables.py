"""Tables on their way out: CSV that no spreadsheet runs, and aligned text for a terminal."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from nurse_tui.rules.moments import stamp

if TYPE_CHECKING:
    from nurse_tui.reports.base import ReportResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_MARK = "·"
_GAP = "  "
_RIGHT = ("number", "percent", "days")


def csv_cell(value: object) -> object:
    """Return a value as CSV may hold it: text that a spreadsheet would run gets a quote first.

    Numbers stay numbers; NUL bytes are shown as a dot; dates and instants are ISO 8601.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    shown = value.replace("\x00", _MARK)
    first = shown.lstrip(" \u00a0\u3000").startswith(_FORMULA)
    # A full-width sign is run as the plain one by some spreadsheets.
    wide = unicodedata.normalize("NFKC", shown[:1]).startswith(_FORMULA)
    return f"'{shown}" if first or wide else shown


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a whole CSV file as text: RFC 4180, lines ended by CR LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([csv_cell(title) for title in header])
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return out.getvalue()


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[object]], kinds: Sequence[str] = ()
) -> str:
    """Return an aligned table, one line a row; wide characters take two cells.

    Columns of a kind that counts (number, percent, days) stand at the right.
    """
    from rich.cells import cell_len

    lines = [[plain(value) for value in row] for row in [header, *rows]]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(header))]
    right = [place < len(kinds) and kinds[place] in _RIGHT for place in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(f"{_line(line, widths, right)}\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    from rich.cells import cell_len

    parts = []
    for cell, width, at_right in zip(cells, widths, right, strict=True):
        room = " " * (width - cell_len(cell))
        parts.append(room + cell if at_right else cell + room)
    return _GAP.join(parts).rstrip()


def plain(value: object) -> str:
    """Return a value for one line of a terminal; control and bidi characters become a dot."""
    text = "" if value is None else str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_MARK if unicodedata.category(letter) in _HIDDEN else letter for letter in text)


def report_csv(result: ReportResult) -> str:
    """Return a report's table as CSV, its columns named by their ids."""
    return csv_text([column.id for column in result.columns], result.rows)


def json_text(answer: Any) -> str:
    """Return the JSON text of an answer of the command line, ended by a line break."""
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
