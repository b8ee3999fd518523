"""The worklist's filters, orders and search, and the index that each of them walks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from nurse_tui.listing import WorklistFilter, WorklistRow, WorklistSort
from nurse_tui.models import NEVER, SafetyReport
from nurse_tui.store import worklist as worklist_module
from nurse_tui.store.database import Database
from nurse_tui.store.searching import LONGEST, MOST, words_of
from nurse_tui.store.worklist import keyset, tally, worklist
from nurse_tui.types import SafetyKind, State
from tests.databases import add_user, fresh_database
from tests.store.cases import START, add_cases, case_row

COUNT = 400
SORTS = list(WorklistSort)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = fresh_database(tmp_path_factory.mktemp("worklist"))
    add_cases(db, (case_row(i) for i in range(COUNT)))
    yield db
    db.close()


def shown(db: Database, **wanted: Any) -> list[WorklistRow]:
    source = worklist(db.engine, WorklistFilter(**wanted))
    rows = list(source.rows(0, COUNT + 1))
    source.close()
    return rows


def meant(**wanted: Any) -> list[dict[str, Any]]:
    """The same filter in plain Python."""
    asked = WorklistFilter(**wanted)
    orders = {
        WorklistSort.DUE: ("next_due_at",),
        WorklistSort.NAME: ("sort_name",),
        WorklistSort.STATE: ("state", "next_due_at"),
        WorklistSort.OPENED: ("opened_at",),
    }
    owners = {asked.nurse, 0} if asked.or_nobodys else {asked.nurse}
    rows = [
        row
        for row in (case_row(i) for i in range(COUNT))
        if (asked.nurse is None or row["nurse_key"] in owners)
        and row["is_open"] == asked.is_open
        and asked.state in (None, row["state"])
        and (asked.due_before is None or row["next_due_at"] < asked.due_before)
    ]
    names = orders[asked.sort]
    if (asked.nurse == 0 or asked.or_nobodys) and asked.sort is WorklistSort.STATE:
        names = ("state", "opened_at")
    return sorted(rows, key=lambda row: (*[row[name] for name in names], row["id"]))


FILTERS: list[dict[str, Any]] = [
    dict(zip(("nurse", "is_open", "state", "due_before"), values, strict=True))
    for values in itertools.product(
        (None, 0, 2), (True, False), (None, State.MONITORING, State.CLOSED),
        (None, START + timedelta(hours=20)),
    )
]  # fmt: skip
FILTERS += [{**wanted, "or_nobodys": True} for wanted in FILTERS if wanted["nurse"]]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_every_filter_and_order_shows_what_plain_python_would(
    db: Database, wanted: dict[str, Any], sort: WorklistSort
) -> None:
    rows = shown(db, sort=sort, **wanted)
    assert [row.case_id for row in rows] == [row["id"] for row in meant(sort=sort, **wanted)]


def plans(db: Database, *, few: bool = False, **wanted: Any) -> list[str]:
    """How the engine goes through a window from an anchor, from the start and from the end."""
    keys = keyset(WorklistFilter(**wanted), few=few)
    said: list[tuple[str, Any]] = []
    values = {"next_due_at": START, "opened_at": START, "sort_name": "or", "state": State.ON_HOLD}
    values["coalesce"] = State.ON_HOLD
    anchor = [0, "or", 0] if few else [*[values[column.name] for column in keys.sort], 0]
    given = {f"k{n}": value for n, value in enumerate(anchor)} | {"n": 128, "skip": 5}
    with db.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *a: said.append((a[2], a[3])))
        for query in (keys.walk(), keys.first(), keys.last()):
            connection.execute(query, given).all()
        asked = [(f"EXPLAIN QUERY PLAN {statement}", values) for statement, values in said]
        return [step[3] for ask in asked for step in connection.exec_driver_sql(*ask)]


WALKS = [
    ({"nurse": 7, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"nurse": 7, "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"nurse": 0, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"nurse": 0, "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"nurse": 0, "sort": WorklistSort.STATE}, "ix_case_nurse_state"),
    ({"nurse": 0, "sort": WorklistSort.OPENED}, "ix_case_nurse_opened"),
    ({"nurse": 7, "sort": WorklistSort.OPENED}, "ix_case_nurse_opened"),
    ({"nurse": 0, "state": State.ON_HOLD, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"nurse": 0, "state": State.ON_HOLD, "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"sort": WorklistSort.DUE}, "ix_case_due"),
    ({"sort": WorklistSort.NAME}, "ix_case_name"),
    ({"sort": WorklistSort.STATE}, "ix_case_state_due"),
    ({"sort": WorklistSort.OPENED}, "ix_case_opened"),
    ({"is_open": False, "sort": WorklistSort.DUE}, "ix_case_due"),
    ({"is_open": False, "sort": WorklistSort.NAME}, "ix_case_name"),
    ({"state": State.MONITORING, "sort": WorklistSort.DUE}, "ix_case_state_due"),
    ({"state": State.MONITORING, "sort": WorklistSort.NAME}, "ix_case_name"),
    ({"state": State.MONITORING, "sort": WorklistSort.OPENED}, "ix_case_opened"),
    ({"due_before": START, "sort": WorklistSort.DUE}, "ix_case_due"),
    ({"due_before": START, "nurse": 7, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"due_before": START, "nurse": 0, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"nurse": 7, "or_nobodys": True, "sort": WorklistSort.DUE}, "ix_case_nurse_due"),
    ({"nurse": 7, "or_nobodys": True, "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"nurse": 7, "or_nobodys": True, "sort": WorklistSort.OPENED}, "ix_case_nurse_opened"),
    ({"nurse": 7, "or_nobodys": True, "sort": WorklistSort.STATE}, "ix_case_nurse_state"),
    ({"nurse": 7, "or_nobodys": True, "due_before": START}, "ix_case_nurse_due"),
    ({"nurse": 7, "or_nobodys": True, "state": State.ON_HOLD}, "ix_case_nurse_due"),
    ({"nurse": 7, "or_nobodys": True, "search": "or"}, "ix_case_name"),
    ({"nurse": 7, "search": "or"}, "ix_case_nurse_due"),
    ({"nurse": 7, "search": "or an", "sort": WorklistSort.OPENED}, "ix_case_nurse_opened"),
    ({"nurse": 7, "search": "or", "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"nurse": 7, "search": "ortiz", "sort": WorklistSort.NAME}, "ix_case_nurse_name"),
    ({"search": "or"}, "ix_case_name"),
    ({"search": "or", "nurse": 0}, "ix_case_name"),
]


@pytest.mark.parametrize(("wanted", "index"), WALKS, ids=str)
def test_each_order_is_walked_along_its_index(
    db: Database, wanted: dict[str, Any], index: str
) -> None:
    steps = plans(db, **wanted)
    visits = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert visits
    assert all(index in step.split() for step in visits)
    assert [step for step in steps if "TEMP B-TREE" in step] == []


KIND_WALKS = [
    ({"nurse": 7}, "ix_case_nurse_due"),
    ({"nurse": 0}, "ix_case_nurse_due"),
    ({"nurse": 7, "or_nobodys": True}, "ix_case_nurse_due"),
    ({}, "ix_case_due"),
]


@pytest.mark.parametrize("due_before", [None, START])
@pytest.mark.parametrize(("wanted", "index"), KIND_WALKS, ids=str)
def test_what_is_due_of_one_kind_is_asked_case_by_case_along_the_orders_index(
    db: Database, wanted: dict[str, Any], index: str, due_before: Any
) -> None:
    steps = plans(db, kind="safety_forward", due_before=due_before, **wanted)
    visits = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    of_cases = [step for step in visits if "deadline" not in step]
    of_deadlines = [step for step in visits if "deadline" in step]
    assert of_cases and all(index in step.split() for step in of_cases)
    assert of_deadlines and all("ix_deadline_case_id (case_id=?)" in s for s in of_deadlines)
    assert [step for step in steps if "TEMP B-TREE" in step] == []


def test_the_order_by_state_sorts_one_nurses_cases_alone(db: Database) -> None:
    steps = plans(db, nurse=7, sort=WorklistSort.STATE)
    visits = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert visits
    assert all("nurse_key=?" in step for step in visits)


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("nurse", [None, 0])
def test_a_word_is_looked_up_in_the_trigram_index_and_cases_by_key(
    db: Database, nurse: int | None, few: bool
) -> None:
    steps = plans(db, few=few, search="ortiz", nurse=nurse)
    assert {step.split(" VIRTUAL")[0] for step in steps if step.startswith(("SCAN c", "SEAR"))} == {
        "SCAN case_search",
        "SEARCH case USING INTEGER PRIMARY KEY (rowid=?)",
    }


def test_few_found_cases_come_by_name_those_that_begin_with_the_word_first(db: Database) -> None:
    ids = {row.case_id for row in shown(db, search="mar")}
    found = [row for row in meant(sort=WorklistSort.NAME) if row["id"] in ids]
    named_so = [row["id"] for row in found if row["sort_name"].startswith("mar")]
    others = [row["id"] for row in found if not row["sort_name"].startswith("mar")]
    assert others and [row.case_id for row in shown(db, search="mar")] == [*named_so, *others]


def test_many_found_cases_come_as_they_were_made(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [row.case_id for row in shown(db, search="mar")]
    found = sum("mar" in case_row(i)["search_text"] for i in range(COUNT))
    monkeypatch.setattr(worklist_module, "SORTED", found - 1)
    assert [row.case_id for row in shown(db, search="mar")] == sorted(few)
    assert sorted(few) != few
    monkeypatch.setattr(worklist_module, "SORTED", found)
    assert [row.case_id for row in shown(db, search="mar")] == few


def named(rows: list[WorklistRow]) -> set[str]:
    return {row.patient for row in rows}


def matching(*parts: str) -> set[int]:
    every = [case_row(i) for i in range(COUNT)]
    return {r["id"] for r in every if r["is_open"] and all(p in r["search_text"] for p in parts)}


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("ortiz", ["ortiz"]),
        ("ORTIZ mar", ["ortiz", "mar"]),
        ("mar ort", ["mar", "ort"]),
        ("Laska", ["laska"]),
        ("Łaska", ["laska"]),
        ("o'neil", ["oneil"]),
        ("Gómez Zoe", ["gomez", "zoe"]),
        ("C-0000042", ["0000042"]),
        ("0000042", ["0000042"]),
        ("555 0100", ["5550100"]),
        ("(555) 010-0017", ["5550100017"]),
        ("05/03/1952", ["05031952"]),
        ("5/3/1952", ["05031952"]),
        ("1952-05-03", ["1952 05 03"]),
        ("10017", ["10017"]),
        ("nakamura an", ["nakamura", " an"]),
        ("zzzz", ["zzzz"]),
        ('ortiz" OR "bhatt', ["ortiz", " or", "bhatt"]),
    ],
)
def test_a_search_finds_partial_words_in_any_order(
    db: Database, typed: str, parts: list[str]
) -> None:
    assert {row.case_id for row in shown(db, search=typed)} == matching(*parts)


@pytest.mark.parametrize(("typed", "names"), [("or", {"Ortiz"}), ("LI", {"Li", "Lindqvist"})])
def test_two_letters_are_the_beginning_of_a_last_name_in_order(
    db: Database, typed: str, names: set[str]
) -> None:
    rows = shown(db, search=typed)
    assert {row.patient.split(",")[0] for row in rows} == names
    assert [row.case_id for row in rows] == [
        row["id"] for row in meant(sort=WorklistSort.NAME) if row["id"] in {r.case_id for r in rows}
    ]


def test_two_short_words_are_last_and_first_name(db: Database) -> None:
    assert named(shown(db, search="li an")) == {"Li, An"} | {
        name for name in named(shown(db)) if name.startswith("Lindqvist, An")
    }


@pytest.mark.parametrize(
    "typed", ["ortiz", "or", "0000007", "10007", "o", "c", "ma", "an", "li an", "55", "ortiz ma"]
)
def test_a_nurse_searches_her_own_cases_in_the_order_of_her_list(db: Database, typed: str) -> None:
    rows = shown(db, nurse=2, search=typed)
    own = [row["id"] for row in meant(nurse=2)]
    found = [row.case_id for row in rows]
    assert found == [i for i in own if i in set(found)]
    everybody = {row.case_id for row in shown(db, search=typed)}
    assert everybody & set(own) == set(found)


@pytest.mark.parametrize("typed", ["!!!", "'", '"', "*", "\x00", "\ud800", "—"])
def test_a_search_without_letter_or_digit_finds_nothing(db: Database, typed: str) -> None:
    assert shown(db, search=typed) == []


def test_an_empty_search_is_no_search(db: Database) -> None:
    assert shown(db, search="  ") == shown(db)


@pytest.mark.parametrize("nurse", [None, 0, 2])
def test_naughty_strings_are_only_text(db: Database, shared: Path, nurse: int | None) -> None:
    import json

    (blns,) = (shared / "data" / "naughty").glob("*.json")
    strings = json.loads(blns.read_text(encoding="utf-8"))
    assert len(strings) > 500
    for typed in strings:
        rows = shown(db, search=typed, nurse=nurse)
        assert len(rows) <= COUNT


def test_words_are_capped() -> None:
    words = words_of(" ".join(f"word{i}" for i in range(100)))
    assert words is not None
    assert len(words.long) == MOST
    assert words_of("x" * 10_000) == words_of("x" * LONGEST)
    assert words_of("?") is None


def test_a_row_shows_the_case_its_nurse_and_its_marks(tmp_path: Path) -> None:
    db = fresh_database(tmp_path)
    nurse = add_user(db, "dana")
    due = START + timedelta(days=1)
    add_cases(db, [
        case_row(0, nurse_key=nurse.user_id, next_due_at=due, flag="star", do_not_call=True),
        case_row(1, nurse_key=0, next_due_at=NEVER),
    ])  # fmt: skip
    report = SafetyReport(
        case_id=1, kind=SafetyKind.ADVERSE_EVENT, aware_at=START, author_id=nurse.user_id
    )
    with db._session() as session, session.begin():
        session.add(report)
    mine, nobodys = shown(db, sort=WorklistSort.OPENED)[::-1]
    assert mine == WorklistRow(
        1, "C-0000000", "Ortiz, Marisol", "TX", "en", State.WELCOME_PENDING, due, "welcome_call",
        "Welcome call", "Dana", frozenset({"flag", "do_not_call", "safety"}), True, 1,
    )  # fmt: skip
    assert mine.row_id == 1
    assert (nobodys.nurse, nobodys.due_at, nobodys.flags) == ("", None, frozenset())
    assert isinstance(nobodys.state, State)


@pytest.mark.parametrize("nurse", [None, 0, 2])
def test_a_tally_counts_what_the_list_shows(db: Database, nurse: int | None) -> None:
    now, end = START + timedelta(hours=10), START + timedelta(hours=20)
    with db.engine.connect() as connection:
        counts = tally(connection, WorklistFilter(nurse), now, end)
    assert counts.all == len(meant(nurse=nurse))
    assert counts.due_today == len(meant(nurse=nurse, due_before=end))
    assert counts.overdue == len(meant(nurse=nurse, due_before=now))
    assert 0 < counts.overdue < counts.due_today < counts.all


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_tally_counts_every_filter(db: Database, wanted: dict[str, Any]) -> None:
    now, end = START + timedelta(hours=10), START + timedelta(hours=20)
    with db.engine.connect() as connection:
        counts = tally(connection, WorklistFilter(**wanted), now, end)
    rows = meant(**wanted)
    assert counts.all == len(rows)
    assert counts.due_today == len([row for row in rows if row["next_due_at"] < end])
    assert counts.overdue == len([row for row in rows if row["next_due_at"] < now])
