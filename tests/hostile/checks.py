"""What must hold of a case at every instant, whatever happened before."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from nurse_tui import clock, settings
from nurse_tui.models import Table
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import changes, projection
from nurse_tui.store.coding import logged_fields
from nurse_tui.store.database import PROGRAMME_ZONE, Database
from nurse_tui.store.facts import load_rows
from nurse_tui.store.replay import replay
from nurse_tui.types import GOVERNMENT_KINDS, Actor

SHIPPED = settings.load()
CHANGE = Table.metadata.tables["change"]


def services(db: Database, actor: Actor) -> Services:
    """Return every service for a user, under the shipped settings."""
    return Services(Desk(db, actor, SHIPPED))


def chain(db: Database, case_id: int) -> list[dict[str, Any]]:
    """Return the change rows of a case, oldest first."""
    query = CHANGE.select().where(CHANGE.c.subject == f"case:{case_id}").order_by(CHANGE.c.seq)
    with db.read() as session:
        return [dict(row) for row in session.execute(query).mappings()]


def facts_now(db: Database, case_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the logged fields of every fact row of a case, empty tables left out."""
    with db.read() as session:
        rows = load_rows(session, case_id)
    return {
        table: [{name: row[name] for name in logged_fields(table)} for row in found]
        for table, found in rows.items()
        if found and table != "prescriber"
    }


def assert_whole(db: Database, case_id: int) -> None:
    """Check chain, replay, version, projection and the co-pay invariant of one case."""
    log = chain(db, case_id)
    _assert_chained(log)
    stored = facts_now(db, case_id)
    replayed = {t: rows for t, rows in replay(row["diff"] for row in log).items() if rows}
    assert replayed == stored
    with db.read() as session:
        fields, due = projection.stored(session, case_id)
        rows = load_rows(session, case_id)
    programme = SHIPPED.on(clock.today(PROGRAMME_ZONE))
    wanted, wanted_due = projection.project(rows, programme)
    assert fields["version"] == len(log)
    assert projection.same(wanted, fields)
    assert len(due) == len(wanted_due)
    for computed, found in zip(wanted_due, due, strict=True):
        assert projection.same(computed, found)
    assert_no_forbidden_enrolment(stored)


def _assert_chained(log: list[dict[str, Any]]) -> None:
    before = changes.GENESIS
    for number, row in enumerate(log, 1):
        assert row["seq"] == number
        assert row["prev_hash"] == before
        assert row["hash"] == changes.link(before, changes.hashed_part(row))
        before = row["hash"]
    assert len({row["request_id"] for row in log}) == len(log)


def assert_no_forbidden_enrolment(stored: dict[str, list[dict[str, Any]]]) -> None:
    """Nobody with government cover is enrolled in the co-pay programme (D-39)."""
    never, ever = date.min, date.max
    for enrolled in stored.get("copay_enrollment", []):
        for c in stored.get("coverage", []):
            if c["kind"] in GOVERNMENT_KINDS:
                begins = max(enrolled["enrolled_on"], c["starts_on"] or never)
                assert begins > min(enrolled["ends_on"] or ever, c["ends_on"] or ever)


def assert_sound(db: Database) -> None:
    """Check the file: its pages, their HMACs and its foreign keys."""
    with db.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA cipher_integrity_check")).all() == []
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
