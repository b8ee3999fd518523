"""Case rows as the projection leaves them, in any number, for tests of lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import insert

from nurse_tui.models import NEVER, Table
from nurse_tui.store.database import Database, immediate
from nurse_tui.store.folding import fold
from nurse_tui.types import CLOSED_STATES, State

START = datetime(2027, 1, 4, 9, tzinfo=timezone.utc)
LAST = ("Ortiz", "Bhatt", "Nakamura", "O'Neil", "Lindqvist", "Łaska", "Gómez", "Li")
FIRST = ("Marisol", "Sunil", "Ellen", "Sean", "Per", "Zoë", "An")
STATES = (State.WELCOME_PENDING, State.PRETREATMENT, State.MONITORING, State.CLOSED)


def case_row(place: int, **given: Any) -> dict[str, Any]:
    """One row of the table: every third has nothing due, every fourth five are closed.

    Of closed ones every seventh is listed for a safety report; of the others nothing is due.
    """
    last, first = LAST[place % len(LAST)], FIRST[place // 3 % len(FIRST)]
    state = given.get("state", STATES[place // 5 % len(STATES)])
    over = state in CLOSED_STATES
    is_open = not over or place % 7 == 0
    nothing = not is_open or (place % 3 == 0 and not over)
    phone, born = f"1555010{place % 10_000:04}", date(1950 + place % 50, 5, 1 + place % 28)
    row = {
        "id": place + 1, "number": f"C-{place:07}", "opened_at": START - timedelta(place % 900),
        "nurse_id": None, "source": "form", "external_id": "", "hold_reason": "",
        "closed_reason": "", "closed_at": None, "do_not_call": False, "contraindications": "",
        "letter_sent_on": None, "prescriber_notified_on": None, "flag": "", "version": 1,
        "state": state, "is_open": is_open, "nurse_key": place % 5,
        "next_due_at": NEVER if nothing else START + timedelta(hours=place % 50),
        "next_kind": "welcome_call", "next_why": "Welcome call", "us_state": "TX",
        "language": "en", "patient_name": f"{last}, {first}", "sort_name": fold(f"{last} {first}"),
        "search_text": fold(f"{last} {first} C-{place:07} {phone} {born:%Y-%m-%d} {born:%m%d%Y}"
                            f" {place % 90_000 + 10_000}"),
    }  # fmt: skip
    return row | given


def add_cases(db: Database, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows straight into the table; they have no facts behind them."""
    every = list(rows)
    with immediate(db) as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        if every:
            session.execute(insert(Table.metadata.tables["case"]), every)
