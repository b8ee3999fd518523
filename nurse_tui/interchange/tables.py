"""Tables on their way out: CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from nurse_tui.rules.moments import stamp

if TYPE_CHECKING:
    from nurse_tui.reports.base import ReportResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "·"


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


def report_csv(result: ReportResult) -> str:
    """Return a report's table as CSV, its columns named by their ids."""
    return csv_text([column.id for column in result.columns], result.rows)
