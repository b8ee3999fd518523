"""Backups: consistent under writes, checked, private, never over anything; migrations keep one."""

from __future__ import annotations

import errno
import os
import resource
import stat
import threading
from collections import namedtuple

import pytest
from sqlalchemy import text
from sqlcipher3 import dbapi2

from nurse_tui import gateway, settings
from nurse_tui.store import backup, engine, keyslots, schema, verify
from nurse_tui.store.database import open_database
from nurse_tui.types import Refusal
from tests.cases import with_a_case
from tests.databases import KEY, SYSTEM, count


@pytest.fixture
def db(tmp_path):
    database, _nurse, _case = with_a_case(tmp_path)
    yield database
    database.close()


def opened(path):
    return open_database(path, KEY, settings.load().on)


def verified(path) -> bool:
    copy = opened(path)
    try:
        result = verify.run(copy)
        assert result.ok, result
        return result.ok
    finally:
        copy.close()


def test_a_backup_is_a_whole_encrypted_private_database(db, tmp_path):
    target = tmp_path / "copy.db"
    assert backup.make(db, target, KEY) == target
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not engine.is_plain(target) and b"Ortiz" not in target.read_bytes()
    assert verified(target)
    left = sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".") or "part" in p.name)
    assert left == []


def test_the_key_slots_go_with_it(db, tmp_path):
    cheap = keyslots.Kdf(1024, 1, 1)
    keyslots.add_slot(db.path, "dana", "several words in a row", KEY, cheap)
    target = tmp_path / "copy.db"
    assert backup.make(db, target, KEY) == target
    slots = keyslots.slots_path(target)
    assert stat.S_IMODE(slots.stat().st_mode) == 0o600
    assert keyslots.open_slot(target, "dana", "several words in a row") == KEY


def test_a_restored_backup_opens_as_the_database_did(db, tmp_path):
    backup.make(db, tmp_path / "copy.db", KEY)
    restored = backup.restore(tmp_path / "copy.db", tmp_path / "back.db", KEY)
    assert restored == tmp_path / "back.db" and verified(tmp_path / "back.db")
    missing = backup.restore(tmp_path / "none.db", tmp_path / "more.db", KEY)
    assert isinstance(missing, Refusal) and missing.code == "no_database"


@pytest.mark.parametrize("name", ["copy.db", "copy.db.keys", "copy.db-wal"])
def test_nothing_is_written_over(db, tmp_path, name):
    (tmp_path / name).write_text("mine")
    refused = backup.make(db, tmp_path / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "target_exists"
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_is_not_followed(db, tmp_path):
    (tmp_path / "copy.db").symlink_to(tmp_path / "elsewhere.db")
    refused = backup.make(db, tmp_path / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "target_exists"
    assert not (tmp_path / "elsewhere.db").exists()


def test_no_folder_is_refused(db, tmp_path):
    refused = backup.make(db, tmp_path / "none" / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "no_folder"


def test_a_disk_without_room_is_refused_beforehand(db, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda path: usage(9, 0, 9))
    refused = backup.make(db, tmp_path / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "disk_full"


def test_a_disk_that_fills_while_it_is_written_leaves_nothing(db, tmp_path):
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        refused = backup.make(db, tmp_path / "copy.db", KEY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert isinstance(refused, Refusal) and refused.code in {"disk_full", "disk_fault"}
    assert not [p for p in tmp_path.iterdir() if "copy" in p.name]
    assert verify.run(db).ok


def test_a_copy_that_lacks_rows_is_refused(db, tmp_path, monkeypatch):
    counted = backup._counts

    def more(connection):
        found = counted(connection)
        where = connection.execute("PRAGMA database_list").fetchall()[0][2]
        return found if ".part." in where else found | {"note": found["note"] + 1}

    monkeypatch.setattr(backup, "_counts", more)
    refused = backup.make(db, tmp_path / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "bad_backup"
    assert "note" in refused.sentence and not (tmp_path / "copy.db").exists()


def test_projections_that_are_reckoned_anew_meanwhile_do_not_spoil_a_backup(
    db, tmp_path, monkeypatch
):
    counted = backup._counts

    def reckoned(connection):
        found = counted(connection)
        with db.engine.begin() as other:
            other.execute(text("DELETE FROM deadline"))
        return found

    assert count(db, "deadline") > 0
    monkeypatch.setattr(backup, "_counts", reckoned)
    assert backup.make(db, tmp_path / "copy.db", KEY) == tmp_path / "copy.db"


def driver_fault(code: int):
    fault = dbapi2.OperationalError("unable to open: /mnt/full malformed i/o error/x.db")
    fault.sqlite_errorcode = code
    return fault


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x.db"), "disk_full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "x.db"), "disk_full"),
        (OSError(errno.EACCES, "Permission denied", "/mnt/full-backups/x.db"), "disk_fault"),
        (OSError(errno.EROFS, "Read-only file system", "/mnt/malformed/x.db"), "disk_fault"),
        (OSError(errno.ENOENT, "No such file", "/mnt/full/no space/permission.db"), None),
        (driver_fault(dbapi2.SQLITE_FULL), "disk_full"),
        (driver_fault(dbapi2.SQLITE_IOERR | 3 << 8), "disk_fault"),
        (driver_fault(dbapi2.SQLITE_READONLY), "disk_fault"),
        (driver_fault(dbapi2.SQLITE_CORRUPT), "bad_backup"),
        (driver_fault(dbapi2.SQLITE_CANTOPEN), None),
        (dbapi2.DatabaseError("/mnt/full/x.db"), None),
    ],
)
def test_a_trouble_is_known_by_its_number_and_not_by_the_names_in_its_words(fault, code):
    refused = backup._refuse_fault(fault)
    assert (refused.code if refused else None) == code


def test_a_damaged_database_is_not_kept_as_a_backup(db, tmp_path):
    raw = db.engine.raw_connection()
    raw.driver_connection.execute("PRAGMA foreign_keys = OFF")
    raw.driver_connection.execute("UPDATE services_form SET prescriber_id = 5")
    raw.close()
    refused = backup.make(db, tmp_path / "copy.db", KEY)
    assert isinstance(refused, Refusal) and refused.code == "bad_backup"


def test_every_backup_during_writes_is_whole(db, tmp_path):
    with db.read() as session:
        case_id = session.execute(text('SELECT id FROM "case"')).scalar_one()
    done = threading.Event()
    written: list[int] = []

    def write():
        other = opened(db.path)
        while not done.is_set():
            answer = other.write(SYSTEM, "task.add", lambda tx: task(tx, case_id), case_id=case_id)
            assert not isinstance(answer, Refusal)
            written.append(answer)
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.make(db, tmp_path / f"copy-{n}.db", KEY) for n in range(20)]
    finally:
        done.set()
        writer.join()
    assert written and made == [tmp_path / f"copy-{n}.db" for n in range(20)]
    sizes = []
    for path in made:
        assert verified(path)
        copy = opened(path)
        sizes.append(count(copy, "change"))
        copy.close()
    assert sizes == sorted(sizes)


def task(tx, case_id) -> int:
    from nurse_tui.models import Task

    return tx.add(Task(case_id=case_id, title="x", created_at=tx.at)).id


def older(db) -> None:
    """Make the file look as the revision before this one left it."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


def tables_of(path) -> set[str]:
    copy = opened(path)
    with copy.engine.connect() as connection:
        found = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    copy.close()
    return found


def backups(folder) -> list:
    return sorted(p for p in folder.iterdir() if ".before-" in p.name)


def test_a_migration_that_fails_leaves_the_old_schema_and_a_backup(db, tmp_path, monkeypatch):
    older(db)
    held = tables_of(db.path)

    def half(connection):
        connection.exec_driver_sql("CREATE TABLE half (x)")
        raise RuntimeError("in the middle")

    monkeypatch.setattr(schema, "_run", half)
    with pytest.raises(RuntimeError, match="in the middle"):
        gateway.open_file(db.path, KEY, settings.load())
    assert tables_of(db.path) == held
    assert schema.revision(db.engine) == "0001"
    (kept,) = backups(tmp_path)
    assert tables_of(kept) == held and stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_migration_makes_its_backup_first(db, tmp_path, monkeypatch):
    older(db)
    done = f"UPDATE alembic_version SET version_num = '{schema.HEAD}'"

    def run(connection):
        assert len(backups(tmp_path)) == 1
        connection.exec_driver_sql(done)

    monkeypatch.setattr(schema, "_run", run)
    opened_again = gateway.open_file(db.path, KEY, settings.load())
    assert not isinstance(opened_again, Refusal)
    assert schema.revision(opened_again.engine) == schema.HEAD
    opened_again.close()


def test_without_room_for_the_backup_nothing_is_migrated(db, tmp_path, monkeypatch):
    older(db)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda path: usage(9, 0, 9))
    refused = gateway.open_file(db.path, KEY, settings.load())
    assert isinstance(refused, Refusal) and refused.code == "disk_full"
    assert schema.revision(db.engine) == "0001"


def test_two_backups_of_one_second_have_names_of_their_own(db):
    first, second = (backup.before_migration(db.path, KEY) for _ in range(2))
    assert first != second and os.path.exists(first) and os.path.exists(second)  # noqa: PTH110
