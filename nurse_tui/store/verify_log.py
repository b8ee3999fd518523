"""The change log walked from end to end: its chains, the facts and projections it leads to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.orm import Session

from nurse_tui import clock
from nurse_tui.models import Table
from nurse_tui.rules.calendar import say
from nurse_tui.rules.programme import Programme
from nurse_tui.store import projection
from nurse_tui.store.changes import GENESIS, case_of, hashed_part, link
from nurse_tui.store.coding import FACT_TABLES, encode, logged_fields
from nurse_tui.store.database import PROGRAMME_ZONE, ProgrammeOn
from nurse_tui.store.facts import CaseRows
from nurse_tui.words import label, plain

Progress = Callable[[int, int], None]
Facts = dict[str, dict[str, dict[str, Any]]]
"""Logged values that are not None, by table and row id, as the log writes them."""
TABLES = Table.metadata.tables
CASE, CHANGE, DEADLINE = TABLES["case"], TABLES["change"], TABLES["deadline"]
_OF_CASE = tuple(table for table in FACT_TABLES if "case_id" in table.columns)
_CHANGES = select(
    *(column for column in CHANGE.c if column.name != "at"),
    type_coerce(CHANGE.c.at, String).label("at_text"),
).order_by(CHANGE.c.subject, CHANGE.c.seq)
_AT_ONCE = 200
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)


@dataclass(slots=True)
class Findings:
    """What the walk saw, and one sentence for each fault."""

    cases: int = 0
    changes: int = 0
    subjects: int = 0
    broken: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    stale_ids: list[int] = field(default_factory=list)
    head: str = GENESIS[:16]
    """Of every chain's last hash; differs when a chain was rewritten from its beginning."""

    def passed(self, last_hash: str) -> None:
        """Count a chain and mix its last hash into the head."""
        self.subjects += 1
        self.head = hashlib.sha256((self.head + last_hash).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Chain:
    """One subject's chain: where it ends, and the facts that it leads to."""

    seq: int = 0
    hash: str = GENESIS
    at: datetime | None = None
    fault: str = ""
    unreadable: bool = False
    facts: Facts = field(default_factory=dict)

    def follow(self, subject: str, row: Mapping[str, Any]) -> None:
        """Go one change further."""
        if not self.fault:
            self.fault = self._fault(subject, row)
        self.seq, self.hash = row["seq"], row["hash"]
        try:
            self.at = _instant(row["at_text"])
            self._replay(json.loads(row["diff"]))
        except _UNREADABLE:
            self.unreadable = True

    def _fault(self, subject: str, row: Mapping[str, Any]) -> str:
        seq = row["seq"]
        if seq != self.seq + 1:
            return f"change {self.seq + 1} is missing"
        if row["prev_hash"] != self.hash:
            return f"change {seq} does not follow change {self.seq}"
        if row["case_id"] != case_of(subject):
            return f"change {seq} is filed under another case"
        try:
            good = link(self.hash, hashed_part({**row, "at": _instant(row["at_text"])}))
        except _UNREADABLE:
            return f"change {seq} was altered"
        return "" if good == row["hash"] else f"change {seq} was altered"

    def _replay(self, diff: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        for table, entries in diff.items():
            held = self.facts.setdefault(table, {})
            for key, (_before, after) in entries.items():
                if after is None:
                    held.pop(key, None)
                    continue
                merged = held.get(key, {}) | after
                held[key] = {n: value for n, value in merged.items() if value is not None}


def _instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=timezone.utc)


def walk(
    session: Session, programme_on: ProgrammeOn, progress: Progress | None, sample: int | None
) -> Findings:
    """Check every chain and what follows from it, or those of an even sample of the cases."""
    found = Findings()
    cases = [(row[0], row[1]) for row in session.execute(select(CASE.c.id, CASE.c.number))]
    chosen = _sampled(sorted(cases), sample)
    for first in range(0, len(chosen), _AT_ONCE):
        _check_cases(session, dict(chosen[first : first + _AT_ONCE]), programme_on, found)
        if progress is not None:
            progress(min(first + _AT_ONCE, len(chosen)), len(chosen))
    _check_others(session, found)
    if sample is None:
        _check_lost(session, {case_id for case_id, _ in cases}, found)
    return found


def _sampled(cases: list[tuple[int, str]], sample: int | None) -> list[tuple[int, str]]:
    if sample is None or sample >= len(cases):
        return cases
    return [cases[place * len(cases) // sample] for place in range(sample)]


def _chains(session: Session, condition: ColumnElement[bool], found: Findings) -> dict[str, Chain]:
    """Follow the chains of some subjects and return where each of them ends."""
    chains: dict[str, Chain] = {}
    rows = session.execute(_CHANGES.where(condition)).mappings()
    for subject, own in groupby(rows, key=lambda row: str(row["subject"])):
        chain = chains[subject] = Chain()
        for row in own:
            chain.follow(subject, dict(row))
            found.changes += 1
        found.passed(chain.hash)
    return chains


def _check_cases(
    session: Session, numbers: Mapping[int, str], programme_on: ProgrammeOn, found: Findings
) -> None:
    subjects = [f"case:{case_id}" for case_id in numbers]
    chains = _chains(session, CHANGE.c.subject.in_(subjects), found)
    stored = _load(session, list(numbers))
    found.cases += len(numbers)
    for case_id, number in numbers.items():
        chain, rows = chains.get(f"case:{case_id}"), stored[case_id]
        if chain is None:
            found.broken.append(f"Case {number} has no change log.")
            continue
        if chain.fault:
            found.broken.append(f"Case {number}: {chain.fault}.")
        if rows is None:
            found.differing.append(f"Case {number}: a stored value cannot be read.")
            continue
        version = rows["case"][0]["version"]
        if version != chain.seq:
            found.cut.append(
                f"Case {number} is at version {version}, its log ends at change {chain.seq}."
            )
        _compare(f"Case {number}", chain, _logged(rows), found)
        words = _stale(rows, chain, programme_on)
        if words:
            found.stale.append(f"Case {number}: {words}.")
            found.stale_ids.append(case_id)


def _compare(what: str, chain: Chain, stored: Facts, found: Findings) -> None:
    if chain.unreadable:
        found.differing.append(f"{what}: a change cannot be read.")
        return
    names = sorted(set(stored) | set(chain.facts))
    tables = [n for n in names if stored.get(n, {}) != chain.facts.get(n, {})]
    if tables:
        listed = ", ".join(plain(name) for name in tables)
        found.differing.append(f"{what}: {listed} differs from the log up to change {chain.seq}.")


def _logged(rows: CaseRows) -> Facts:
    return {
        table: {str(row["id"]): _encoded(table, row) for row in own}
        for table, own in rows.items()
        if table not in ("prescriber", "deadline")
    }


def _encoded(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: encode(row[name]) for name in logged_fields(table)}
    return {name: value for name, value in values.items() if value is not None}


def _stale(rows: CaseRows, chain: Chain, programme_on: ProgrammeOn) -> str:
    """Say how the projection differs from what today's settings give, or nothing."""
    if _projected(rows, programme_on(clock.today(PROGRAMME_ZONE))):
        return ""
    then = None if chain.at is None else clock.local_date(chain.at, PROGRAMME_ZONE)
    if then is not None and _projected(rows, programme_on(then)):
        return f"the lists follow the settings of {say(then)}; nurse-tui verify --recompute"
    return "the lists show what the facts do not give"


def _projected(rows: CaseRows, programme: Programme) -> bool:
    try:
        fields, due = projection.project(rows, programme)
    except _UNREADABLE:
        return False
    return projection.same(fields, rows["case"][0]) and _bag(due) == _bag(rows["deadline"])


def _bag(due: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[n]) for n in sorted(row) if n != "id") for row in due)


def _load(session: Session, case_ids: list[int]) -> dict[int, CaseRows | None]:
    """Return the rows of cases; None for one with a value that cannot be read."""
    try:
        return dict(_rows(session, case_ids))
    except (ValueError, LookupError, TypeError):
        if len(case_ids) == 1:
            return {case_ids[0]: None}
        half = len(case_ids) // 2
        return _load(session, case_ids[:half]) | _load(session, case_ids[half:])


def _rows(session: Session, case_ids: list[int]) -> dict[int, CaseRows]:
    names = ["case", *(table.name for table in _OF_CASE), "deadline", "prescriber"]
    rows: dict[int, CaseRows] = {key: {name: [] for name in names} for key in case_ids}
    for case in session.execute(select(CASE).where(CASE.c.id.in_(case_ids))).mappings():
        rows[case["id"]]["case"].append(dict(case))
    for table in (*_OF_CASE, DEADLINE):
        query = select(table).where(table.c.case_id.in_(case_ids)).order_by(table.c.id)
        for row in session.execute(query).mappings():
            rows[row["case_id"]][table.name].append(dict(row))
    _add_prescribers(session, rows)
    return rows


def _add_prescribers(session: Session, rows: Mapping[int, CaseRows]) -> None:
    forms = [form for own in rows.values() for form in own["services_form"]]
    wanted = {form["prescriber_id"] for form in forms if form["prescriber_id"]}
    table = TABLES["prescriber"]
    query = select(table).where(table.c.id.in_(wanted))
    known = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    for own in rows.values():
        ids = {form["prescriber_id"] for form in own["services_form"]}
        own["prescriber"] = [known[key] for key in sorted(ids & known.keys())]


def _check_others(session: Session, found: Findings) -> None:
    """Check what belongs to no case: users, sites, prescribers, each with a chain of its own."""
    apart = (CHANGE.c.subject < "case:") | (CHANGE.c.subject >= "case;")
    chains = _chains(session, apart, found)
    stored: dict[str, Facts] = {}
    for table in FACT_TABLES:
        if table is not CASE and table not in _OF_CASE:
            for row in session.execute(select(table)).mappings():
                name = f"{table.name}:{row['id']}"
                stored[name] = {table.name: {str(row["id"]): _encoded(table.name, dict(row))}}
    for subject in sorted(set(chains) | set(stored)):
        what = label(subject.replace(":", " "))
        chain = chains.get(subject)
        if chain is None:
            found.broken.append(f"{what} has no change log.")
            continue
        if chain.fault:
            found.broken.append(f"{what}: {chain.fault}.")
        _compare(what, chain, stored.get(subject, {}), found)


def _check_lost(session: Session, case_ids: set[int], found: Findings) -> None:
    """Look for cases that the log knows and the database does not hold any more."""
    query = select(CHANGE.c.subject, func.max(CHANGE.c.seq)).group_by(CHANGE.c.subject)
    for subject, seq in session.execute(query):
        case_id = case_of(subject)
        if case_id is not None and case_id not in case_ids:
            found.differing.append(f"A case is gone; its log ends at change {seq}.")
