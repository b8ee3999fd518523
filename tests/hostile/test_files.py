"""Files that are missing, damaged, foreign, open to others, full, or taken away."""

from __future__ import annotations

import os
import resource
import shutil
import signal

import pytest
from sqlalchemy.exc import DatabaseError

from nurse_tui import clock
from nurse_tui.gateway import open_file
from nurse_tui.store import engine
from nurse_tui.store.database import Database, open_database
from nurse_tui.types import Refusal
from tests.cases import NOW, add_case
from tests.databases import KEY, SYSTEM, add_user, count, fresh_database
from tests.hostile.checks import SHIPPED, assert_sound, assert_whole, chain, services
from tests.hostile.forks import faults, spawn

NOBODY = 65534


@pytest.fixture
def file(tmp_path):
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    yield db
    db.close()


@pytest.fixture
def nurse(file):
    return add_user(file, "dana")


@pytest.fixture
def case_id(file, nurse):
    return add_case(file, SYSTEM, nurse_id=nurse.user_id)


def opened(path, key=KEY) -> str:
    answer = open_file(path, key, SHIPPED)
    if isinstance(answer, Database):
        answer.close()
        return "open"
    assert answer.sentence and answer.way_out
    return answer.code


def told(child) -> list:
    assert child.join() == 0, faults(child)
    return child.said


def test_a_full_disk_refuses_in_one_sentence_and_the_retry_works(file, nurse, case_id):
    file.engine.dispose()
    limit = file.path.stat().st_size + 64 * 1024

    def fill(say) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        db = open_database(file.path, KEY, SHIPPED.on)
        mine = services(db, nurse)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        saved = 0
        while isinstance(answer := mine.work.add_note(case_id, "x" * 20_000), int):
            saved += 1
        say([saved, answer.code, str(answer)])
        view = mine.cases.view(case_id)
        say(len(view.notes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        say(isinstance(mine.work.add_note(case_id, "there is room again"), int))
        db.close()

    (saved, code, words), shown, again = told(spawn(fill))
    assert code in ("disk_full", "disk_fault") and "nothing was saved" in words
    assert saved == shown and again
    assert count(file, "note") == saved + 1
    assert_whole(file, case_id)
    assert_sound(file)


def as_nobody(path, work):
    """Run `work` in a child without root's rights, in a folder that belongs to nobody."""
    os.chown(path.parent, NOBODY, NOBODY)

    def inside(say) -> None:
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
        work(say)

    return told(spawn(inside))


def make_reachable(path) -> None:
    for folder in path.parents:
        if folder.name and folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(
    "mode, wanted", [(0o400, "read_only"), (0o200, "unreadable"), (0o600, "open")]
)
def test_a_file_without_rights_is_refused_with_the_reason(file, case_id, mode, wanted):
    file.engine.dispose()
    os.chown(file.path, NOBODY, NOBODY)
    file.path.chmod(mode)
    make_reachable(file.path)
    assert as_nobody(file.path, lambda say: say(opened(file.path))) == [wanted]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_foreign_owner_is_refused(file, case_id):
    file.engine.dispose()
    os.chown(file.path, NOBODY, NOBODY)
    assert opened(file.path) == "foreign_file"


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o777])
def test_files_that_others_may_read_are_made_private(file, case_id, mode):
    with file.engine.connect():
        beside = [file.path.with_name(file.path.name + end) for end in ("-wal", "-shm")]
        for path in (file.path, *beside):
            path.chmod(mode)
        assert opened(file.path) == "open"
        found = {path.name: path.stat().st_mode & 0o777 for path in (file.path, *beside)}
    assert set(found.values()) == {0o600}, found


def test_every_new_file_is_private_under_an_open_umask(tmp_path):
    from nurse_tui.store import schema

    old = os.umask(0)
    try:
        path = tmp_path / "new.db"
        engine.connect(path, KEY, create=True).close()
        made = engine.make_engine(path, KEY)
        schema.upgrade(made)
        with made.connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM meta")
            found = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.iterdir()}
        made.dispose()
    finally:
        os.umask(old)
    assert len(found) == 3
    assert set(found.values()) == {0o600}, found


def test_links_folders_and_nothing_are_refused(file, case_id, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(file.path)
    dangling = tmp_path / "dangling.db"
    dangling.symlink_to(tmp_path / "nowhere.db")
    assert opened(link) == opened(dangling) == "link"
    assert opened(tmp_path) == "not_a_file"
    assert opened(tmp_path / "nothing.db") == "no_database"
    assert opened(file.path / "below.db") == "no_database"
    assert not (tmp_path / "nothing.db").exists() and not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0", b"GIF89a" * 900, bytes(8192)])
@pytest.mark.parametrize("key", [KEY, None])
def test_a_file_that_is_no_database_is_refused_and_not_written(tmp_path, content, key):
    path = tmp_path / "odd.db"
    path.write_bytes(content)
    path.chmod(0o600)
    assert opened(path, key) in ("empty_file", "wrong_key", "encrypted", "not_a_case_database")
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["odd.db"]


def test_a_wrong_key_is_refused_and_changes_nothing(file, case_id, tmp_path):
    file.engine.dispose()
    before = file.path.read_bytes()
    assert opened(file.path, bytes(32)) == "wrong_key"
    assert opened(file.path, None) == "encrypted"
    assert file.path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cases.db"]


def test_a_flipped_bit_in_any_page_is_never_shown_as_data(file, nurse, case_id, tmp_path):
    whole = services(file, nurse).cases.view(case_id)
    file.engine.dispose()
    pages = file.path.stat().st_size // 4096
    content = file.path.read_bytes()
    seen = set()
    for page in range(pages):
        path = tmp_path / "flipped.db"
        flipped = bytearray(content)
        flipped[page * 4096 + 1234] ^= 1
        path.write_bytes(flipped)
        path.chmod(0o600)
        seen.add(_look(path, nurse, case_id, whole))
    assert seen <= {"wrong_key", "damaged", "the same"}
    assert {"wrong_key", "damaged"} <= seen


def _look(path, nurse, case_id, whole) -> str:
    db = open_file(path, KEY, SHIPPED)
    if isinstance(db, Refusal):
        return db.code
    try:
        view = services(db, nurse).cases.view(case_id)
    except DatabaseError as fault:
        assert "Ortiz" not in str(fault)
        note = services(db, nurse).work.add_note(case_id, "x")
        return note.code if isinstance(note, Refusal) else "damaged"
    finally:
        db.close()
    assert (view.facts, view.notes) == (whole.facts, whole.notes)
    return "the same"


@pytest.mark.parametrize("taken", ["removed", "replaced"])
def test_a_file_that_was_taken_away_takes_no_more_writes(file, nurse, case_id, taken, tmp_path):
    mine = services(file, nurse)
    kept = tmp_path / "elsewhere.db"
    other = tmp_path / "other.db"
    shutil.copy(file.path, other)
    file.path.rename(kept)
    if taken == "replaced":
        other.rename(file.path)
    refused = mine.work.add_note(case_id, "into the void")
    assert isinstance(refused, Refusal) and refused.code == "file_gone"
    draft = mine.drafts.save("note", "1", "typed words")
    assert isinstance(draft, Refusal) and draft.code == "file_gone"
    kept.replace(file.path)
    assert isinstance(mine.work.add_note(case_id, "back again"), int)


def test_a_lost_log_leaves_an_older_whole_state(file, nurse, case_id, tmp_path):
    file.engine.dispose()

    def write(say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        for number in range(20):
            services(db, nurse).work.add_note(case_id, f"note {number}")
        say("written")
        os.kill(os.getpid(), signal.SIGKILL)

    child = spawn(write)
    assert child.join() == -signal.SIGKILL and child.said == ["written"]
    file.path.with_name(file.path.name + "-wal").unlink()
    file.path.with_name(file.path.name + "-shm").unlink(missing_ok=True)
    assert opened(file.path) == "open"
    assert len(chain(file, case_id)) <= 21
    assert_whole(file, case_id)
    assert_sound(file)


def test_a_draft_on_a_full_disk_is_refused_and_not_lost_by_a_fault(file, nurse, case_id):
    file.engine.dispose()

    def fill(say) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        db = open_database(file.path, KEY, SHIPPED.on)
        mine = services(db, nurse)
        assert mine.drafts.save("note", "1", "the first words") is None
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.path.stat().st_size, hard))
        answer = mine.drafts.save("note", "1", "x" * 500_000)
        say([answer.code, mine.drafts.load("note", "1")])
        db.close()

    ((code, kept),) = told(spawn(fill))
    assert code in ("disk_full", "disk_fault") and kept == "the first words"
