"""The worklist: filters, orders and search, each walked along an index (design.md section 6).

| whose cases     | order        | index                                                  |
|-----------------|--------------|--------------------------------------------------------|
| one nurse's     | due          | ix_case_nurse_due                                      |
| one nurse's     | name         | ix_case_nurse_name                                     |
| one nurse's     | state        | ix_case_nurse_state, then sorts that nurse's cases     |
| one nurse's     | opened       | ix_case_nurse_state, then sorts that nurse's cases     |
| nobody's        | due, name    | as one nurse's                                         |
| nobody's        | state        | ix_case_state_due, leaving out the others' rows        |
| nobody's        | opened       | ix_case_opened, leaving out the others' rows           |
| everybody's     | due          | ix_case_due; with a state ix_case_state_due            |
| everybody's     | name         | ix_case_name                                           |
| everybody's     | state        | ix_case_state_due                                      |
| everybody's     | opened       | ix_case_opened                                         |

A search among one nurse's cases reads along the same indexes, for a nurse has hundreds. Among
everybody's, words of three letters and more are looked up in the trigram index `case_search`, and
a search of shorter words alone is a prefix of the last name in the name index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    table,
)

from nurse_tui.listing import RowSource, Tally, WorklistFilter, WorklistRow, WorklistSort
from nurse_tui.models import NEVER, Id, Table
from nurse_tui.store.paging import Keyset, KeysetList
from nurse_tui.store.searching import Words, words_of
from nurse_tui.types import CLOSED_STATES, State, UserId

CASE = Table.metadata.tables["case"]
USER = Table.metadata.tables["user"]
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
    return KeysetList(engine, keyset(wanted), read_rows)


def keyset(wanted: WorklistFilter) -> Keyset:
    """Return how the rows of a filter are walked: conditions, order and where from.

    Found in the trigram index, rows come in the order in which their cases were made.
    """
    words = words_of(wanted.search)
    where, sort = [*_whose(wanted), *_when(wanted)], _order(wanted)
    if not wanted.search.strip():
        return _along(CASE, where, sort)
    if words is None:
        return _along(CASE, [*where, literal(value=False)], sort)
    if wanted.nurse:
        return _along(CASE, [*where, *_holding(words.every)], sort)
    if words.long:
        return _matched(where, words)
    first, *others = words.short
    low, high = CASE.c.sort_name >= first, CASE.c.sort_name < first + "\x7f"
    return _along(CASE, [*where, low, high, *_holding(others)], SORTS[WorklistSort.NAME])


def read_rows(connection: Connection, ids: Sequence[int]) -> dict[int, WorklistRow]:
    """Return what the worklist shows of some cases, by id (primary key)."""
    found = connection.execute(ROWS, {"ids": list(ids)})
    return {row.id: _row(row) for row in found}


def tally(connection: Connection, nurse: UserId | None, now: datetime, day_end: datetime) -> Tally:
    """Count the open cases of a nurse (0: nobody's, None: all), those due by the end of the day
    and those overdue now, along ix_case_nurse_due or ix_case_due; instants are aware UTC."""
    of_nurse = [] if nurse is None else [CASE.c.nurse_key == nurse]
    query = select(func.count()).select_from(CASE).where(CASE.c.is_open, *of_nurse)
    limits: list[list[ColumnElement[bool]]] = [
        [],
        [CASE.c.next_due_at < day_end],
        [CASE.c.next_due_at < now],
    ]
    counts = [connection.execute(query.where(*limit)).scalar_one() for limit in limits]
    return Tally(*counts)


def _order(wanted: WorklistFilter) -> tuple[ColumnElement[Any], ...]:
    """Return the sort columns; a nurse's states are hidden from the index of all states."""
    first, *others = SORTS[wanted.sort]
    hidden = wanted.nurse and wanted.sort is WorklistSort.STATE
    return (_unindexed(first) if hidden else first, *others)


def _along(
    source: FromClause, where: list[ColumnElement[bool]], sort: tuple[ColumnElement[Any], ...]
) -> Keyset:
    return Keyset(source, tuple(where), sort, CASE.c.id)


def _matched(where: list[ColumnElement[bool]], words: Words) -> Keyset:
    joined = SEARCH.join(CASE, CASE.c.id == SEARCH.c.rowid)
    phrase = " ".join(f'"{word}"' for word in words.long)
    matches = SEARCH.c.search_text.op("MATCH", is_comparison=True)(phrase)
    return Keyset(joined, (matches, *where, *_holding(words.short)), (), SEARCH.c.rowid)


def _whose(wanted: WorklistFilter) -> list[ColumnElement[bool]]:
    """Name the nurse; adding 0 keeps the engine from sorting all that nobody has."""
    if wanted.nurse is None:
        return []
    sorts_all = wanted.nurse == 0 and wanted.sort in _SORTED
    searched = wanted.nurse == 0 and bool(wanted.search.strip())
    nurse = CASE.c.nurse_key + 0 if sorts_all or searched else CASE.c.nurse_key
    return [nurse == wanted.nurse]


def _when(wanted: WorklistFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    by_state = wanted.sort is WorklistSort.STATE or wanted.state is not None
    along_state = by_state and wanted.nurse in (None, 0) and wanted.sort in _STATE_SORTS
    if wanted.state is not None:
        state = CASE.c.state if along_state or wanted.nurse else _unindexed(CASE.c.state)
        conditions.append(state == wanted.state)
    if along_state:
        closed = CASE.c.state.in_(sorted(CLOSED_STATES))
        conditions.append(~closed if wanted.is_open else closed)
    elif wanted.nurse and wanted.sort in _SORTED:
        conditions.append(cast(CASE.c.is_open, Integer) == int(wanted.is_open))
    else:
        conditions.append(CASE.c.is_open if wanted.is_open else ~CASE.c.is_open)
    if wanted.due_before is not None:
        conditions.append(CASE.c.next_due_at < wanted.due_before)
    return conditions


_STATE_SORTS = (WorklistSort.STATE, WorklistSort.DUE)
_SORTED = (WorklistSort.STATE, WorklistSort.OPENED)
"""Orders without an index by nurse: the rows of one nurse are sorted, those of nobody sifted."""


def _unindexed(state: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(state, "", type_=state.type)


def _holding(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Ask for words anywhere in the search text; short ones where a word begins."""
    spaced = literal(" ") + CASE.c.search_text
    return [
        CASE.c.search_text.contains(word) if len(word) > 2 else spaced.contains(" " + word)
        for word in words
    ]


def _row(row: Any) -> WorklistRow:
    marks = {"flag": row.flag, "do_not_call": row.do_not_call, "safety": row.safety}
    return WorklistRow(
        case_id=row.id,
        number=row.number,
        patient=row.patient_name,
        us_state=row.us_state,
        language=row.language,
        state=State(row.state),
        due_at=None if row.next_due_at == NEVER else row.next_due_at,
        due_kind=row.next_kind,
        why=row.next_why,
        nurse=row.nurse,
        flags=frozenset(name for name, value in marks.items() if value),
        is_open=row.is_open,
        version=row.version,
    )
