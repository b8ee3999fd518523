"""A large demo database in bulk: real rows, projections and change log, without a form for each.

Cases go through `store.bulk.insert_cases` and the ordinary change log, so that `verify` holds for
any sample of them; only indexes and durability wait until the end.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from nurse_tui import clock, settings
from nurse_tui.ids import case_number, new_id
from nurse_tui.models import InfusionSite, Prescriber, Table, User
from nurse_tui.store import engine, schema
from nurse_tui.store.bulk import insert_cases
from nurse_tui.store.database import Database, Tx, open_database
from nurse_tui.types import (
    Actor,
    CallKind,
    CallOutcome,
    ConsentKind,
    CoverageKind,
    DayStatus,
    MsType,
    Refusal,
    Role,
)

SLICE = 2_000
NURSES = 40
CHAIRS = 40
SOUNDS = ("ba", "den", "fi", "gor", "ha", "jen", "ka", "lo", "mar", "ni", "or", "pe", "ro", "sa",
          "ti", "ul", "ve", "wen", "yo", "zim")  # fmt: skip
FIRST = ("Ada", "Ben", "Cléo", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kim", "Lea",
         "Max", "Nora", "Otto", "Pia", "Quinn", "Rosa", "Sam", "Tove")  # fmt: skip
STATES = (("NH", "03060", "America/New_York"), ("TX", "75201", "America/Chicago"),
          ("CO", "80202", "America/Denver"), ("CA", "94103", "America/Los_Angeles"),
          ("MA", "02115", "America/New_York"), ("AZ", "85004", "America/Phoenix"))  # fmt: skip


def build(path: Path, *, cases: int, seed: int) -> None:
    """Write a plain demo database of many cases to a new file."""
    engine.connect(path, None, create=True).close()
    db = open_database(path, None, settings.load().on)
    schema.upgrade(db.engine)
    db.set_meta("demo", "yes")
    system = Actor(1, "bench", Role.SUPERVISOR)
    staff = db.write(system, "bench.staff", _staff)
    if isinstance(staff, Refusal):
        raise RuntimeError(str(staff))
    kept = _drop_indexes(db)
    maker = Maker(random.Random(seed), staff)
    for begin in range(0, cases, SLICE):
        _slice(db, system, maker, min(SLICE, cases - begin))
        _progress(begin, cases)
    _restore_indexes(db, kept)
    db.close()


@dataclass(frozen=True)
class Staff:
    """Ids of what cases refer to."""

    nurses: list[int]
    sites: list[int]
    prescriber: int


def _staff(tx: Tx) -> Staff:
    tx.add(User(name="sup", full_name="Sam Supervisor", role=Role.SUPERVISOR, created_at=tx.at))
    tx.add(User(name="admin", full_name="Ada Admin", role=Role.ADMIN, created_at=tx.at))
    nurses = [
        tx.add(User(name=f"nurse{n}", full_name=f"Nurse {n}", role=Role.NURSE, created_at=tx.at)).id
        for n in range(NURSES)
    ]
    sites = [
        tx.add(
            InfusionSite(
                code=f"B{n}", name=f"Bench site {n}", state="NH", zip="03060", chairs=CHAIRS,
                zone="America/New_York", rems_certified_on=date(2020, 1, 1),
                rems_expires_on=date(2035, 1, 1),
            )
        ).id
        for n in range(60)
    ]  # fmt: skip
    doctor = tx.add(Prescriber(npi="1234567893", name="Dr. Bench"))
    return Staff(nurses, sites, doctor.id)


def _slice(db: Database, actor: Actor, maker: Maker, count: int) -> None:
    def job(tx: Tx) -> int:
        insert_cases(tx, [maker.case() for _ in range(count)])
        tx.say("Built for the bench")
        return count

    written = db.write(actor, "bench.build", job)
    if isinstance(written, Refusal):
        raise RuntimeError(str(written))


def _drop_indexes(db: Database) -> list[str]:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        rows = connection.execute(
            text(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ("
                " (type = 'index' AND sql NOT LIKE '%UNIQUE%')"
                " OR (type = 'trigger' AND name = 'case_search_insert'))"
            )
        ).all()
        for kind, name, _ in rows:
            connection.exec_driver_sql(f"DROP {kind} {name}")
    return [row.sql for row in rows]


def _restore_indexes(db: Database, statements: list[str]) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO case_search(case_search) VALUES ('rebuild')")
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _progress(done: int, cases: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {cases:,} cases", end="", file=sys.stderr, flush=True)


@cache
def _defaults(table: str) -> dict[str, Any]:
    model = next(m for m in Table.__subclasses__() if m.__tablename__ == table)
    fields = model.model_fields
    columns = Table.metadata.tables[table].columns
    return {c.name: fields[c.name].get_default() if c.name in fields else None for c in columns}


def _row(table: str, case_id: int, **values: Any) -> dict[str, Any]:
    return _defaults(table) | {"id": new_id(), "case_id": case_id} | values


class Maker:
    """Makes the rows of one case after the other, in every state of the journey."""

    def __init__(self, draw: random.Random, staff: Staff) -> None:
        self.draw, self.nurses, self.sites = draw, staff.nurses, staff.sites
        self.prescriber = {"id": staff.prescriber, "npi": "1234567893", "name": "Dr. Bench"}
        self.today = clock.today("America/New_York")
        self.courses = 0
        self.made = 0

    def case(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of one new case by table."""
        draw, key = self.draw, new_id()
        self.made += 1
        back = draw.randrange(3, 700)
        received = clock.now() - timedelta(days=back, minutes=draw.randrange(600))
        state, zip_code, zone = draw.choice(STATES)
        nurse = draw.choice(self.nurses) if draw.random() < 0.97 else None
        values = {
            "opened_at": received,
            "nurse_id": nurse,
            "number": case_number(draw.getrandbits(45)),
        }
        rows = {
            "case": [_defaults("case") | {"id": key, "version": 1} | values],
            "patient": [
                _row(
                    "patient", key, first_name=draw.choice(FIRST), last_name=self._surname(),
                    date_of_birth=date(1950, 1, 1) + timedelta(days=draw.randrange(20_000)),
                    city="Town", state=state, zip=zip_code, zones=zone,
                    language="English" if draw.random() < 0.9 else "Spanish",
                )
            ],
            "contact_point": [
                _row("contact_point", key, value=f"+1555{draw.randrange(10**7):07d}")
            ],
            "consent": [
                _row("consent", key, kind=kind, granted=True, at=received, source="form")
                for kind in (ConsentKind.SERVICES, ConsentKind.CALLS)
            ],
        }  # fmt: skip
        rows |= self._form(key, received)
        rows |= self._progress(key, received, nurse)
        return rows

    def _surname(self) -> str:
        parts = self.draw.choices(SOUNDS, k=self.draw.choice((2, 3)))
        return "".join(parts).capitalize()

    def _form(self, key: int, received: datetime) -> dict[str, list[dict[str, Any]]]:
        signed = received.date() if self.draw.random() < 0.93 else None
        complete = received if signed else None
        kind = self.draw.choice((CoverageKind.COMMERCIAL,) * 3 + (CoverageKind.MEDICARE,))
        verified = self.today if self.draw.random() < 0.5 else None
        return {
            "services_form": [
                _row(
                    "services_form", key, form_id=f"BF-{self.made}", received_at=received,
                    patient_signed_on=signed, provider_signed_on=received.date(),
                    ms_type=MsType.RRMS,
                    completed_at=complete, prescriber_id=self.prescriber["id"],
                )
            ],
            "prescriber": [self.prescriber],
            "coverage": [_row("coverage", key, kind=kind, payer="Plan", verified_on=verified)],
            "prior_therapy": [
                _row("prior_therapy", key, drug=drug, position=n)
                for n, drug in enumerate(("natalizumab", "fingolimod"), 1)
            ],
        }  # fmt: skip

    def _progress(
        self, key: int, received: datetime, nurse: int | None
    ) -> dict[str, list[dict[str, Any]]]:
        stage = self.draw.random()
        if nurse is None or stage < 0.25:
            return {}
        outcome = CallOutcome.REACHED if stage > 0.4 else CallOutcome.NO_ANSWER
        called = received + timedelta(days=1)
        call = _row(
            "call", key, nurse_id=nurse, kind=CallKind.WELCOME, started_at=called,
            ended_at=called + timedelta(minutes=20), outcome=outcome,
            identified_at=called if outcome is CallOutcome.REACHED else None,
        )  # fmt: skip
        return {"call": [call]} | (self._course(key, received) if stage > 0.93 else {})

    def _course(self, key: int, received: datetime) -> dict[str, list[dict[str, Any]]]:
        n, self.courses = self.courses, self.courses + 1
        site = self.sites[n % len(self.sites)]
        week = n // (len(self.sites) * CHAIRS)
        chair = n // len(self.sites) % CHAIRS + 1
        monday = self.today - timedelta(days=self.today.weekday(), weeks=week - 2)
        status = DayStatus.GIVEN if monday < self.today else DayStatus.SCHEDULED
        course = _row("course", key, number=1, site_id=site)
        days = [
            _row(
                "infusion_day", key, course_id=course["id"], number=d + 1, chair=chair,
                on_date=monday + timedelta(days=d), site_id=site, status=status,
            )
            for d in range(5)
        ]  # fmt: skip
        return {"course": [course], "infusion_day": days}


def rows_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every table of a database with its number of rows."""
    db = open_database(path, None, settings.load().on)
    with db.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            found = connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar()
            yield table.name, int(found or 0)
    db.close()


def main() -> None:
    """Build a file: `python -m bench.build_large PATH CASES`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    build(asked.path, cases=asked.cases, seed=asked.seed)
    for name, count in rows_of(asked.path):
        if count:
            print(f"{name:20} {count:>12,}")


if __name__ == "__main__":
    main()
