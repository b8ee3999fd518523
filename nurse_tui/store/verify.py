"""Whether a case database is whole: the file, its schema, the change log, and what follows from it.

The chains prove every edit inside the log. Who rewrites the whole file and every hash is found by
comparing the head that the check `chains` prints with one noted elsewhere before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select, create_engine, event, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from nurse_tui import clock
from nurse_tui.models import Table
from nurse_tui.store import engine, enrolling, projection, schema
from nurse_tui.store.database import PROGRAMME_ZONE, Database, immediate
from nurse_tui.store.verify_log import Findings, Progress, walk
from nurse_tui.types import Benefit, Verdict

_NAMED = 5
_AT_ONCE = 100
_LOOKED_AT = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: how many things it looked at, and what it found, by case number and change."""

    name: str
    ok: bool
    checked: int
    detail: str
    faults: tuple[str, ...] = ()
    """What was found, a line each, where it was more than the detail says in one."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The detail as a terminal shows it: one line for each thing that was found."""
        return self.faults or (self.detail,)

    def as_json(self) -> dict[str, object]:
        """Shape of one check in the command line's JSON."""
        return {"name": self.name, "ok": self.ok, "checked": self.checked, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Every check of a database in order; `ok` when all of them are."""

    checks: tuple[Check, ...]
    stale: tuple[int, ...] = ()
    """The cases whose projection is not what their facts and today's settings give."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, object]:
        """Shape of `verify` of the command line's JSON."""
        return {"ok": self.ok, "checks": [check.as_json() for check in self.checks]}


def run(
    db: Database, *, progress: Progress | None = None, sample: int | None = None
) -> VerifyResult:
    """Check a whole database, or its file and a fixed sample of so many cases.

    Projections are compared with what the settings that the database was opened with give today.
    `progress` is called with the cases done and all cases.
    """
    checks = [
        _guarded("file", lambda: _file(db)),
        _guarded("schema", lambda: _schema(db)),
        _guarded("foreign_keys", lambda: _foreign_keys(db)),
        _guarded("search", lambda: _search(db)),
    ]
    stale: list[int] = []
    with db.read() as session:
        checks += _log(session, db, progress, sample, stale)
        checks.append(_guarded("copay", lambda: _copay(session, db)))
    return VerifyResult(tuple(checks), tuple(stale))


def recompute(db: Database, case_ids: Sequence[int]) -> None:
    """Write the projection of some cases anew with today's settings, in slices of their own.

    No fact changes, so neither the log nor a case's version knows of it.
    """
    programme = db.programme_on(clock.today(PROGRAMME_ZONE))
    for begin in range(0, len(case_ids), _AT_ONCE):
        with immediate(db) as session:
            for case_id in case_ids[begin : begin + _AT_ONCE]:
                projection.refresh(session, case_id, programme)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    # Whatever a damaged file makes a check raise is what the check is there to find.
    try:
        return check()
    except (DatabaseError, dbapi2.DatabaseError, ValueError, LookupError, TypeError) as fault:
        return Check(name, False, 0, f"This could not be read ({type(fault).__name__}).")


def _found(name: str, checked: int, faults: list[str], good: str) -> Check:
    if not faults:
        return Check(name, True, checked, good)
    more = [f"And {len(faults) - _NAMED} more."] if len(faults) > _NAMED else []
    lines = (*faults[:_NAMED], *more)
    return Check(name, False, checked, " ".join(lines), lines)


def _file(db: Database) -> Check:
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        lines = [line for row in found for line in str(row).splitlines()]
        faults = [line for line in lines if line != "ok" and not line.startswith("***")]
        if not engine.is_plain(db.path):
            sealed = connection.exec_driver_sql("PRAGMA cipher_integrity_check")
            faults += [str(row[0]) for row in sealed] if sealed.returns_rows else []
    return _found("file", pages, [f"{line}." for line in faults], f"{pages} pages are whole.")


def _schema(db: Database) -> Check:
    """Compare every table, index and trigger with those of a new database."""
    wanted, held = _of_new(), _objects(db.engine)
    faults = [f"The {kind} {name} is missing." for kind, name in sorted(wanted.keys() - held)]
    faults += [f"The {kind} {name} is foreign." for kind, name in sorted(held.keys() - wanted)]
    both = sorted(wanted.keys() & held.keys())
    faults += [f"The {k} {n} was altered." for k, n in both if wanted[k, n] != held[k, n]]
    good = f"{len(wanted)} tables, indexes and triggers are as they should be."
    return _found("schema", len(wanted), faults, good)


def _objects(made: Engine) -> dict[tuple[str, str], str]:
    with made.connect() as connection:
        return {(row[0], row[1]): row[2] for row in connection.exec_driver_sql(_LOOKED_AT)}


@cache
def _of_new() -> dict[tuple[str, str], str]:
    fresh = _memory()
    schema.upgrade(fresh)
    found = _objects(fresh)
    fresh.dispose()
    return found


def _memory() -> Engine:
    made = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=lambda: dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False),
        poolclass=StaticPool,
    )
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return made


def _foreign_keys(db: Database) -> Check:
    with db.engine.connect() as connection:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    counts: dict[tuple[Any, Any], int] = {}
    for table, _row, parent, _number in broken:
        counts[table, parent] = counts.get((table, parent), 0) + 1
    faults = [f"{n} of {t} point to no {p}." for (t, p), n in sorted(counts.items())]
    tables = Table.metadata.sorted_tables
    keys = sum(len(table.foreign_keys) for table in tables)
    return _found("foreign_keys", keys, faults, "Every reference leads to a row.")


def _search(db: Database) -> Check:
    """Compare the search index with the cases; it must be in a write, though it writes nothing."""
    with immediate(db) as session:
        count = session.execute(text('SELECT count(*) FROM "case"')).scalar_one()
        session.execute(
            text("INSERT INTO case_search(case_search, rank) VALUES ('integrity-check', 1)")
        )
    return Check("search", True, count, "The search index holds every case.")


def _log(
    session: Session,
    db: Database,
    progress: Progress | None,
    sample: int | None,
    stale: list[int],
) -> Iterator[Check]:
    try:
        found = walk(session, db.programme_on, progress, sample)
    except (DatabaseError, ValueError, LookupError, TypeError) as fault:
        words = f"This could not be read ({type(fault).__name__})."
        names = ("chains", "versions", "replay", "projection")
        yield from (Check(name, False, 0, words) for name in names)
        return
    stale += found.stale_ids
    yield _found("chains", found.changes, found.broken, _head(found))
    good = "Every case is at its last change."
    yield _found("versions", found.cases, found.cut, good)
    good = "The facts are what the change log leads to."
    yield _found("replay", found.subjects, found.differing, good)
    good = "States, due dates and lists are what the rules say."
    yield _found("projection", found.cases, found.stale, good)


def _head(found: Findings) -> str:
    return f"{found.changes} changes in {found.subjects} chains, head {found.head}."


def _copay(session: Session, db: Database) -> Check:
    """Look for enrolments on days of government cover, where infusion costs are excluded, or
    without a verdict that allows them.

    An enrolment may run until the day before government cover starts (D-39, D-51).
    """
    tables = Table.metadata.tables
    case, cover = tables["case"], tables["coverage"]
    enrolled, decision = tables["copay_enrollment"], tables["copay_decision"]
    joined = select(case.c.number).join(enrolled, enrolled.c.case_id == case.c.id)
    governed = joined.join(cover, enrolling.forbidden(enrolled, cover))
    unfounded = joined.join(decision, decision.c.id == enrolled.c.decision_id).where(
        (decision.c.verdict != Verdict.ELIGIBLE)
        | (decision.c.benefit != enrolled.c.benefit)
        | (decision.c.case_id != enrolled.c.case_id)
    )
    faults = [
        f"Case {n} is enrolled on days of government cover; verify that cover again to end it."
        for n in _numbers(session, governed)
    ]
    faults += [
        f"Case {n} is enrolled for infusion costs and lives in a state where they are excluded; "
        "correct the state or end the enrolment."
        for n in _numbers(session, _excluded(joined, db))
    ]
    faults += [
        f"Case {n} is enrolled without a verdict that allows it."
        for n in _numbers(session, unfounded)
    ]
    count = session.execute(select(enrolled.c.id)).all()
    return _found("copay", len(count), faults, "Nobody is enrolled against the rules.")


def _excluded(joined: Select[Any], db: Database) -> Select[Any]:
    """Return the running infusion enrolments of residents of the excluded states (D-41)."""
    enrolled, patient = (Table.metadata.tables[n] for n in ("copay_enrollment", "patient"))
    today = clock.today(PROGRAMME_ZONE)
    states = db.programme_on(today).copay_infusion_excluded_states.value
    return joined.join(patient, patient.c.case_id == enrolled.c.case_id).where(
        enrolled.c.benefit == Benefit.INFUSION,
        enrolled.c.ends_on.is_(None) | (enrolled.c.ends_on > today),
        func.upper(func.trim(patient.c.state)).in_(sorted(states)),
    )


def _numbers(session: Session, query: Any) -> list[str]:
    return list(session.scalars(query.distinct().order_by(Table.metadata.tables["case"].c.number)))
