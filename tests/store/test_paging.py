"""Lists by keyset: every row once, from either end, before and after all are counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, or_

from nurse_tui.listing import Known, WorklistFilter, WorklistRow, WorklistSort
from nurse_tui.models import NEVER
from nurse_tui.store import paging
from nurse_tui.store.database import Database, immediate
from nurse_tui.store.paging import KeysetList
from nurse_tui.store.worklist import CASE, keyset, read_rows
from tests.databases import fresh_database
from tests.store.cases import START, add_cases, case_row

COUNT = 500


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Some hundred cases, most of them with the same due instant; anchors every 37 rows."""
    monkeypatch.setattr(paging, "STRIDE", 37)
    db = fresh_database(tmp_path)
    dues = [NEVER, START, START, START, START + timedelta(hours=1)]
    add_cases(db, (case_row(i, next_due_at=dues[i % 5]) for i in range(COUNT)))
    return db


def listed(db: Database, **wanted: Any) -> KeysetList[WorklistRow]:
    return KeysetList(db.engine, keyset(WorklistFilter(**wanted)), read_rows)


def expected(db: Database, **wanted: Any) -> list[int]:
    """The ids as one plain query gives them."""
    keys = keyset(WorklistFilter(**wanted))
    with db.engine.connect() as connection:
        every = keys.picked(or_(*keys.parts)) if keys.parts else keys.picked()
        rows = connection.execute(every.order_by(*keys.sort, keys.id))
        return [row[-1] for row in rows]


def ids(rows: Any) -> list[int]:
    return [row.case_id for row in rows]


def counted(source: KeysetList[WorklistRow]) -> int:
    """Wait until all rows are counted."""
    source.rows(0, 1)
    if thread := source._scan.thread:
        thread.join(30)
    known = source.known()
    assert known.complete
    return known.count


SORTS = list(WorklistSort)
OWNERS = [{}, {"nurse": 2, "or_nobodys": True}]
"""Everybody's cases, and those of one nurse merged with nobody's."""


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("owners", OWNERS, ids=str)
@pytest.mark.parametrize("complete", [False, True])
def test_windows_hold_every_row_once_in_order(
    db: Database, sort: WorklistSort, complete: bool, owners: dict[str, Any]
) -> None:
    source, every = listed(db, sort=sort, **owners), expected(db, sort=sort, **owners)
    if complete:
        assert counted(source) == len(every)
    for size in (1, 36, 37, 38, 128):
        walked = [i for at in range(0, len(every) + size, size) for i in ids(source.rows(at, size))]
        assert walked == every


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("owners", OWNERS, ids=str)
@pytest.mark.parametrize("complete", [False, True])
def test_windows_from_the_end_hold_every_row_once(
    db: Database, sort: WorklistSort, complete: bool, owners: dict[str, Any]
) -> None:
    source, every = listed(db, sort=sort, **owners), expected(db, sort=sort, **owners)
    if complete:
        counted(source)
    walked: list[int] = []
    for at in range(-40, -len(every) - 80, -40):
        walked = ids(source.rows(at, 40)) + walked
    assert walked == every
    assert source.rows(-len(every) - 80, 40) == []


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("owners", OWNERS, ids=str)
@pytest.mark.parametrize("complete", [False, True])
def test_a_row_is_found_at_its_place(
    db: Database, sort: WorklistSort, complete: bool, owners: dict[str, Any]
) -> None:
    source, every = listed(db, sort=sort, **owners), expected(db, sort=sort, **owners)
    if complete:
        counted(source)
    for place in range(0, len(every), 7):
        assert source.find(every[place]) == place
        assert source.known().count > place
    assert source.find(COUNT + 1) is None


def test_a_row_that_the_filter_leaves_out_is_not_found(db: Database) -> None:
    closed = next(i + 1 for i in range(COUNT) if not case_row(i)["is_open"])
    assert listed(db).find(closed) is None


@pytest.mark.parametrize("count", [0, 1, 36, 37, 38, 73, 74, 75])
def test_the_length_is_exact_around_anchors(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "STRIDE", 37)
    db = fresh_database(tmp_path)
    add_cases(db, [case_row(i, is_open=True, nurse_key=3) for i in range(count)])
    assert counted(listed(db, nurse=3)) == count


def test_a_short_list_is_known_from_its_first_window(db: Database) -> None:
    source = listed(db, nurse=1, sort=WorklistSort.NAME)
    every = expected(db, nurse=1, sort=WorklistSort.NAME)
    source.rows(0, len(every) + 1)
    assert source.known() == Known(len(every), complete=True)
    assert source._scan.thread is None


def test_the_listener_hears_growth_and_the_end(db: Database) -> None:
    source = listed(db)
    done = threading.Event()
    seen: list[Known] = []

    def heard() -> None:
        seen.append(source.known())
        if seen[-1].complete:
            done.set()

    source.listen(heard)
    source.rows(0, 10)
    assert done.wait(30)
    counts = [known.count for known in seen]
    assert counts == sorted(counts)
    assert counts[-1] == len(expected(db))
    assert len(seen) < len(source._scan.keys)


def test_after_a_refresh_the_list_is_what_it_is_now(db: Database) -> None:
    source = listed(db)
    before = counted(source)
    gone = expected(db)[:50]
    with immediate(db) as session:
        session.connection().execute(CASE.update().where(CASE.c.id.in_(gone)).values(is_open=False))
    source.refresh()
    assert source.known() == Known(0, complete=False)
    assert source.find(gone[0]) is None
    assert counted(source) == before - 50
    assert ids(source.rows(0, 10)) == expected(db)[:10]


def test_a_row_before_the_first_anchor_is_found_first(db: Database) -> None:
    source = listed(db)
    counted(source)
    early = case_row(COUNT, is_open=True, next_due_at=START - timedelta(days=1))
    add_cases(db, [early])
    assert source.find(early["id"]) == 0


def test_a_closed_list_counts_no_further(db: Database) -> None:
    source = listed(db)
    source.close()
    source.rows(0, 10)
    assert source._scan.thread is None


def test_a_fault_while_counting_is_raised_by_the_next_call(db: Database) -> None:
    source = listed(db)
    source.rows(0, 1)
    thread = source._scan.thread
    assert thread is not None
    thread.join(30)
    source.refresh()
    source._walk = delete(CASE)
    source._first = "no statement"
    source._count(source._scan)
    with pytest.raises(Exception, match="Not an executable object"):
        source.known()


def statements(db: Database, job: Callable[[], Any]) -> list[str]:
    said: list[str] = []

    def hear(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    job()
    event.remove(db.engine, "before_cursor_execute", hear)
    return [statement for statement in said if statement.startswith("SELECT")]


def test_a_window_is_two_statements_however_far_down(db: Database) -> None:
    source = listed(db)
    counted(source)
    assert len(statements(db, lambda: source.rows(250, 60))) == 2
