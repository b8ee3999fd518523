"""The worklist: filters, orders and search, each walked along an index.

| whose cases   | order  | index                                              |
|---------------|--------|----------------------------------------------------|
| one nurse's   | due    | ix_case_nurse_due                                  |
|               | name   | ix_case_nurse_name                                 |
|               | opened | ix_case_nurse_opened                               |
|               | state  | ix_case_nurse_state, then sorts that nurse's cases |
| nobody's      | state  | ix_case_nurse_state, oldest first in each state    |
|               | others | as one nurse's                                     |
| one nurse's   | any    | as nobody's, the two walks of the index merged     |
| and nobody's  |        |                                                    |
| everybody's   | due    | ix_case_due; of one state ix_case_state_due        |
|               | name   | ix_case_name                                       |
|               | opened | ix_case_opened                                     |
|               | state  | ix_case_state_due                                  |

A search means the same in every list. Among one nurse's cases it reads along the same indexes, for
a nurse has hundreds. Among everybody's, words of three letters and more are looked up in the
trigram index `case_search`: few cases are shown by name, those whose name begins with the word
first, and many as the index has them, in the order in which they were made. A search of shorter
words alone is a prefix of the last name, elsewhere than among one nurse's cases in the name index.

What is due of one kind is asked of each case that such a walk comes to, by `ix_deadline_case_id`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    table,
)

from nurse_tui.listing import RowSource, Tally, WorklistFilter, WorklistRow, WorklistSort
from nurse_tui.models import NEVER, Id, Table
from nurse_tui.store.paging import Keyset, KeysetList
from nurse_tui.store.searching import Words, words_of
from nurse_tui.types import CLOSED_STATES

CASE = Table.metadata.tables["case"]
USER = Table.metadata.tables["user"]
DEADLINE = Table.metadata.tables["deadline"]
SAFETY = Table.metadata.tables["safety_report"]
SEARCH = table("case_search", column("rowid", Id), column("search_text"))

NURSE = select(USER.c.full_name).where(USER.c.id == CASE.c.nurse_key).scalar_subquery()
UNSENT = exists().where(SAFETY.c.case_id == CASE.c.id, SAFETY.c.forwarded_at.is_(None))
ROWS = select(
    CASE.c.id,
    CASE.c.number,
    CASE.c.patient_name,
    CASE.c.us_state,
    CASE.c.language,
    CASE.c.state,
    CASE.c.next_due_at,
    CASE.c.next_kind,
    CASE.c.next_why,
    func.coalesce(NURSE, "").label("nurse"),
    CASE.c.flag,
    CASE.c.do_not_call,
    UNSENT.label("safety"),
    CASE.c.is_open,
    CASE.c.version,
).where(CASE.c.id.in_(bindparam("ids", expanding=True)))

SORTED = 500
"""Cases found by a search that are still sorted by name: a page then costs some 5 ms."""
SORTS: Mapping[WorklistSort, tuple[ColumnElement[Any], ...]] = {
    WorklistSort.DUE: (CASE.c.next_due_at,),
    WorklistSort.NAME: (CASE.c.sort_name,),
    WorklistSort.STATE: (CASE.c.state, CASE.c.next_due_at),
    WorklistSort.OPENED: (CASE.c.opened_at,),
}


def worklist(engine: Engine, wanted: WorklistFilter) -> RowSource[WorklistRow]:
    """Return the cases that a filter wants, as a source that is read by place.

    Any search text is accepted; one without a letter or digit finds nothing.
    """
    return KeysetList(engine, keyset(wanted, few=_finds_few(engine, wanted)), read_rows)


def _finds_few(engine: Engine, wanted: WorklistFilter) -> bool:
    """Say whether a search finds so few cases in the trigram index that each page may sort them."""
    words = words_of(wanted.search)
    if wanted.nurse or words is None or not words.long:
        return False
    found = select(SEARCH.c.rowid).where(_matches(words)).limit(SORTED + 1).subquery()
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(found)).scalar_one() <= SORTED


def keyset(wanted: WorklistFilter, *, few: bool = False) -> Keyset:
    """Return how the rows of a filter are walked: conditions, order and where from.

    Found in the trigram index, rows come by name where there are `few`, else in the order in which
    their cases were made.
    """
    words = words_of(wanted.search)
    if not wanted.search.strip():
        return _along(wanted)
    if words is None:
        return _along(wanted, literal(value=False))
    by_name = replace(wanted, sort=WorklistSort.NAME)
    if words.long:
        if _few(wanted):
            return _along(wanted, *_holding(words.every))
        return _matched(_conditions(by_name), words, few)
    first, *others = words.short
    if _few(wanted):
        return _along(wanted, *_named(first, _unindexed(CASE.c.sort_name)), *_holding(others))
    return _along(by_name, *_named(first, CASE.c.sort_name), *_holding(others))


def read_rows(connection: Connection, ids: Sequence[int]) -> dict[int, WorklistRow]:
    """Return what the worklist shows of some cases, by id (primary key)."""
    found = connection.execute(ROWS, {"ids": list(ids)})
    return {row[0]: _row(*row) for row in found}


def tally(
    connection: Connection, wanted: WorklistFilter, now: datetime, day_end: datetime
) -> Tally:
    """Count the cases of a filter without its search, those due by the end of the day and those
    overdue now, along the index of the order by due; instants are aware UTC."""
    by_due = replace(wanted, search="", sort=WorklistSort.DUE)
    either = [or_(*_parts(by_due))] if _parts(by_due) else []
    query = select(func.count()).select_from(CASE).where(*_conditions(by_due), *either)
    limits: list[list[ColumnElement[bool]]] = [
        [],
        [CASE.c.next_due_at < day_end],
        [CASE.c.next_due_at < now],
    ]
    counts = [connection.execute(query.where(*limit)).scalar_one() for limit in limits]
    return Tally(*counts)


def _along(wanted: WorklistFilter, *searched: ColumnElement[bool]) -> Keyset:
    where = (*_conditions(wanted), *searched)
    return Keyset(CASE, where, _order(wanted), CASE.c.id, _parts(wanted))


def _few(wanted: WorklistFilter) -> bool:
    """Say whether one nurse's cases alone are listed, of which there are hundreds."""
    return bool(wanted.nurse) and not wanted.or_nobodys


def _both(wanted: WorklistFilter) -> bool:
    return bool(wanted.nurse) and wanted.or_nobodys


def _parts(wanted: WorklistFilter) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions whose walks are merged: the nurse's cases, and nobody's."""
    if not _both(wanted) or wanted.search.strip():
        return ()
    return CASE.c.nurse_key == wanted.nurse, CASE.c.nurse_key == 0


def _order(wanted: WorklistFilter) -> tuple[ColumnElement[Any], ...]:
    """Return the sort columns; a nurse's states are hidden from the index of all states."""
    if wanted.sort is WorklistSort.STATE and wanted.nurse is not None:
        by_due = (_unindexed(CASE.c.state), CASE.c.next_due_at)
        return by_due if _few(wanted) else (CASE.c.state, CASE.c.opened_at)
    return SORTS[wanted.sort]


def _matched(where: list[ColumnElement[bool]], words: Words, few: bool) -> Keyset:
    joined = SEARCH.join(CASE, CASE.c.id == SEARCH.c.rowid)
    found = (_matches(words), *where, *_holding(words.short))
    named = _named(words.long[0], CASE.c.sort_name)
    by_name = (case((and_(*named), 0), else_=1), _unindexed(CASE.c.sort_name)) if few else ()
    return Keyset(joined, found, by_name, SEARCH.c.rowid)


def _matches(words: Words) -> ColumnElement[bool]:
    phrase = " ".join(f'"{word}"' for word in words.long)
    return SEARCH.c.search_text.op("MATCH", is_comparison=True)(phrase)


def _named(word: str, name: ColumnElement[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that a last name begins with a word."""
    return name >= word, name < word + "\x7f"


def _conditions(wanted: WorklistFilter) -> list[ColumnElement[bool]]:
    """Name nurse, state, openness and due date so that the order's own index is walked."""
    by_state = _walks_states(wanted)
    conditions: list[ColumnElement[bool]] = []
    if _both(wanted):
        either = (CASE.c.nurse_key + 0).in_((0, wanted.nurse))
        conditions += [either] if wanted.search.strip() else []
    elif wanted.nurse is not None:
        nobodys = wanted.nurse == 0 and wanted.search.strip()
        conditions.append((CASE.c.nurse_key + 0 if nobodys else CASE.c.nurse_key) == wanted.nurse)
    if wanted.state is not None:
        state = CASE.c.state if by_state or _few(wanted) else _unindexed(CASE.c.state)
        conditions.append(state == wanted.state)
    conditions.append(_open(wanted, by_state))
    if wanted.due_before is not None:
        conditions.append(CASE.c.next_due_at < wanted.due_before)
    return [*conditions, _due_of_kind(wanted)] if wanted.kind else conditions


def _due_of_kind(wanted: WorklistFilter) -> ColumnElement[bool]:
    """Ask for an open deadline of a kind, by the case's own few rows (`ix_deadline_case_id`)."""
    due = [DEADLINE.c.case_id == CASE.c.id, DEADLINE.c.kind == wanted.kind]
    if wanted.due_before is not None:
        due.append(DEADLINE.c.due_at < wanted.due_before)
    # Hidden from the index of kinds, which would be read from its start for every case.
    return exists().where(*due, cast(DEADLINE.c.is_open, Integer) == 1)


def _walks_states(wanted: WorklistFilter) -> bool:
    if wanted.sort is WorklistSort.STATE:
        return not _few(wanted)
    return wanted.sort is WorklistSort.DUE and wanted.nurse is None and wanted.state is not None


def _open(wanted: WorklistFilter, by_state: bool) -> ColumnElement[bool]:
    if by_state:
        # Of a case that is over something is due only while a safety report is not forwarded.
        closed, kept = CASE.c.state.in_(sorted(CLOSED_STATES)), CASE.c.next_due_at < NEVER
        return or_(~closed, kept) if wanted.is_open else and_(closed, ~kept)
    if _few(wanted) and wanted.sort is WorklistSort.STATE:
        return cast(CASE.c.is_open, Integer) == int(wanted.is_open)
    return CASE.c.is_open if wanted.is_open else ~CASE.c.is_open


def _unindexed(state: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(state, "", type_=state.type)


def _holding(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Ask for words anywhere in the search text; short ones where a word begins."""
    spaced = literal(" ") + CASE.c.search_text
    return [
        CASE.c.search_text.contains(word) if len(word) > 2 else spaced.contains(" " + word)
        for word in words
    ]


def _row(case_id: int, *shown: Any) -> WorklistRow:
    """Build a row by position, in the order of ROWS: by name it would take ten times as long."""
    number, patient, us_state, language, state, due_at, due_kind, why, nurse = shown[:9]
    flag, do_not_call, safety, is_open, version = shown[9:]
    marks = (("flag", flag), ("do_not_call", do_not_call), ("safety", safety))
    return WorklistRow(
        case_id=case_id,
        number=number,
        patient=patient,
        us_state=us_state,
        language=language,
        state=state,
        due_at=None if due_at == NEVER else due_at,
        due_kind=due_kind,
        why=why,
        nurse=nurse,
        flags=frozenset(name for name, value in marks if value),
        is_open=is_open,
        version=version,
    )
