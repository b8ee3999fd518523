"""Comparing with a backup: what a look at the database alone cannot see is found and named."""

from __future__ import annotations

import shutil

import pytest
from sqlcipher3 import dbapi2

from nurse_tui import settings
from nurse_tui.models import Table
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import against, backup, verify
from nurse_tui.store.database import open_database
from nurse_tui.types import Refusal
from tests.cases import add_case, with_a_case
from tests.databases import KEY, SYSTEM, add_user, count
from tests.store.test_enrolling import before_0005
from tests.store.test_verify import tamper

OWN = [name for name, table in Table.metadata.tables.items() if "case_id" in table.columns]
"""Every table whose rows belong to a case, the change log among them."""
WHOLE = [
    """INSERT INTO case_search(case_search, rowid, search_text)
       SELECT 'delete', id, search_text FROM "case" WHERE id = :case""",
    *(f'DELETE FROM "{name}" WHERE case_id = :case' for name in OWN),
    'DELETE FROM "case" WHERE id = :case',
]
"""What takes a case away with all that is its own."""


@pytest.fixture
def made(tmp_path):
    database, nurse, case_id = with_a_case(tmp_path)
    yield database, Services(Desk(database, nurse, settings.load())).work, case_id
    database.close()


@pytest.fixture
def db(made):
    return made[0]


@pytest.fixture
def work(made):
    return made[1]


@pytest.fixture
def case_id(made):
    return made[2]


def number(db, case_id: int) -> str:
    with db.engine.connect() as connection:
        query = f'SELECT number FROM "case" WHERE id = {case_id}'
        return str(connection.exec_driver_sql(query).scalar_one())


def copied(db):
    """Return a backup of this moment."""
    made = backup.make(db, db.path.with_name("kept.db"), KEY)
    assert not isinstance(made, Refusal)
    return made


def seen(db, kept) -> verify.Check:
    assert against.refuse_backup(db.path, kept, KEY) is None
    return against.compare(db.path, kept, KEY)


def test_everything_that_the_backup_knows_is_here_and_more_may_be(db, work, case_id):
    work.add_note(case_id, "before")
    kept = copied(db)
    folder = {p.name: p.read_bytes() for p in kept.parent.iterdir() if p.name.startswith("kept")}
    whole = against.compare(db.path, kept, KEY)
    assert whole.ok and whole.checked == 3 and "All 3 chains of kept.db" in whole.detail
    work.add_note(case_id, "after")
    add_user(db, "kim")
    assert seen(db, kept).ok
    after = {p.name: p.read_bytes() for p in kept.parent.iterdir() if p.name.startswith("kept")}
    assert after == folder


def test_the_end_of_a_case_that_was_taken_away_is_named(db, work, case_id):
    work.add_note(case_id, "one")
    work.add_note(case_id, "two")
    kept = copied(db)
    tamper(
        db,
        "DELETE FROM note WHERE text = 'two'",
        "DELETE FROM change WHERE case_id = :case AND seq = 3",
        'UPDATE "case" SET version = 2 WHERE id = :case',
        case=case_id,
    )
    assert verify.run(db).ok
    found = seen(db, kept)
    line = f"Case {number(db, case_id)}: the log ends at change 2, the backup's at change 3."
    assert not found.ok and found.lines == (line,)


def test_an_end_that_was_written_anew_is_named(db, work, case_id):
    """What is taken away and done again has other hashes, whatever its length."""
    path = db.path.with_name("earlier.db")
    assert backup.make(db, path, KEY) == path
    work.add_note(case_id, "one")
    work.add_note(case_id, "two")
    kept = copied(db)
    db.close()
    for name in ("cases.db-wal", "cases.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copy(path, db.path)
    again = open_database(db.path, KEY, settings.load().on)
    rewritten = Services(Desk(again, work.desk.actor, settings.load())).work
    for text in ("one", "two", "three"):
        assert isinstance(rewritten.add_note(case_id, text), int)
    assert verify.run(again).ok
    found = seen(again, kept)
    again.close()
    assert len(found.lines) == 1 and "change 3 is another one than in the backup" in found.detail


def test_a_case_that_was_taken_away_with_its_log_is_named(db, work, case_id):
    other = add_case(db, SYSTEM, form_id="SF-2")
    work.add_note(case_id, "one")
    kept, gone = copied(db), number(db, case_id)
    tamper(db, *WHOLE, case=case_id)
    assert verify.run(db).ok and count(db, "case") == 1
    assert seen(db, kept).lines == (f"Case {gone}: gone, with its log of 2 changes.",)
    tamper(db, *WHOLE, case=other)
    assert len(seen(db, kept).lines) == 2


def test_a_change_out_of_the_middle_and_one_that_is_no_cases_are_named(db, work, case_id):
    work.add_note(case_id, "one")
    kept = copied(db)
    work.add_note(case_id, "two")
    tamper(
        db,
        "DELETE FROM change WHERE case_id = :case AND seq = 2",
        "DELETE FROM change WHERE subject LIKE 'user:%'",
        case=case_id,
    )
    found = seen(db, kept)
    assert [line.partition(": ")[2] for line in found.lines] == [
        "change 2 is missing.",
        "gone, with its log of 1 change.",
    ]
    assert found.lines[1].startswith("User ")


def test_a_long_list_is_cut_and_the_rest_counted(db, monkeypatch):
    monkeypatch.setattr(against, "_AT_ONCE", 4)
    for n in range(against.NAMED + 3):
        add_case(db, SYSTEM, form_id=f"SF-1{n}")
    kept = copied(db)
    tamper(db, *(f'DELETE FROM "{name}"' for name in (*OWN, "case")))
    told: list[tuple[int, int]] = []
    found = against.compare(db.path, kept, KEY, lambda done, whole: told.append((done, whole)))
    whole = found.checked
    assert len(found.lines) == against.NAMED + 1
    assert found.lines[-1] == f"And {whole - against.NAMED} more."
    assert told[0] == (4, whole) and told[-1] == (whole, whole)


def test_a_backup_of_an_older_schema_is_read_as_it_is(db, work, case_id):
    work.add_note(case_id, "one")
    kept = copied(db)
    older = open_database(kept, KEY, settings.load().on)
    before_0005(older)
    older.close()
    before = kept.read_bytes(), kept.stat().st_mtime_ns
    assert seen(db, kept).ok
    tamper(db, "DELETE FROM change WHERE case_id = :case AND seq = 2", case=case_id)
    assert not seen(db, kept).ok
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == before
    assert not list(kept.parent.glob("kept.db-*"))


def put_in_place(kept, kind: str) -> None:
    raw = kept.read_bytes()
    if kind == "nothing":
        kept.unlink()
    elif kind == "empty":
        kept.write_bytes(b"")
    elif kind == "other":
        kept.write_bytes(b"nothing of ours " * 4000)
    elif kind == "plain":
        kept.write_bytes(b"SQLite format 3\0" + raw[16:])
    elif kind == "open":
        kept.with_name("kept.db-wal").write_bytes(b"x")
    elif kind == "folder":
        kept.unlink()
        kept.mkdir()


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("nothing", "no_backup"),
        ("folder", "no_backup"),
        ("empty", "foreign_backup"),
        ("other", "foreign_backup"),
        ("plain", "foreign_backup"),
        ("open", "backup_in_use"),
    ],
)
def test_what_is_no_backup_of_it_is_refused(db, case_id, kind, why):
    kept = copied(db)
    put_in_place(kept, kind)
    refused = against.refuse_backup(db.path, kept, KEY)
    assert isinstance(refused, Refusal) and refused.code == why and refused.way_out
    itself = against.refuse_backup(db.path, db.path, KEY)
    assert isinstance(itself, Refusal) and itself.code == "same_file"


def test_a_backup_that_is_damaged_in_its_middle_is_no_proof(db, work, case_id):
    for n in range(200):
        work.add_note(case_id, f"note {n}")
    kept = copied(db)
    raw = bytearray(kept.read_bytes())
    raw[len(raw) // 3 : len(raw) // 3 * 2] = bytes(len(raw) // 3 * 2 - len(raw) // 3)
    kept.write_bytes(bytes(raw))
    found = against.compare(db.path, kept, KEY)
    assert not found.ok and "could not be read to its end" in found.detail


def test_a_database_that_another_program_holds_is_not_called_damaged(db, monkeypatch):
    kept = copied(db)

    def held(*_):
        raise dbapi2.OperationalError("database is locked")

    monkeypatch.setattr(against, "_attached", held)
    assert against.refuse_backup(db.path, kept, KEY).code == "busy"
