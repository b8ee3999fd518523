"""Values of rows as JSON knows them, and back: what the change log stores of each field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Date, Enum

from nurse_tui.models import PROJECTED_FIELDS, UNLOGGED_TABLES, Table, UtcDateTime

Values = dict[str, Any]
FACT_TABLES = tuple(
    table for table in Table.metadata.sorted_tables if table.name not in UNLOGGED_TABLES
)
"""Every table of facts, in an order in which foreign keys can be met."""


def encode(value: Any) -> Any:
    """Return a field's value as JSON can hold it; instants are UTC with a Z."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _decoder(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, UtcDateTime):
        return _instant
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class
    return lambda value: value


@cache
def logged_fields(table: str) -> dict[str, Callable[[Any], Any]]:
    """Return the logged fields of a table, each with the function that decodes it from JSON."""
    hidden = PROJECTED_FIELDS.get(table, frozenset())
    columns = Table.metadata.tables[table].columns
    return {c.name: _decoder(c.type) for c in columns if c.name not in hidden}


@cache
def log_encoders(table: str) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Return the logged fields of a table, each with what `encode` does to it, None for nothing."""
    columns = Table.metadata.tables[table].columns
    return tuple((name, _encoder(columns[name].type)) for name in logged_fields(table))


def _encoder(kind: Any) -> Callable[[Any], Any] | None:
    return encode if isinstance(kind, (UtcDateTime, Date, Enum)) else None


def decode(table: str, values: Mapping[str, Any]) -> Values:
    """Return the fields of a log entry with their Python types."""
    decoders = logged_fields(table)
    return {
        name: None if value is None else decoders[name](value) for name, value in values.items()
    }


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no escapes."""
    return _ENCODER.encode(value)
