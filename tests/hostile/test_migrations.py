"""Programs that start together on an older database, and copies that a killed program left."""

from __future__ import annotations

import fcntl
import os
import signal

import pytest

from nurse_tui.gateway import open_file
from nurse_tui.store import backup, leftovers, schema, turns
from nurse_tui.store.database import Database
from nurse_tui.types import Refusal
from tests.cases import with_a_case
from tests.databases import KEY
from tests.hostile.checks import SHIPPED
from tests.hostile.forks import faults, spawn
from tests.store.test_enrolling import before_0005

TOGETHER, ROUNDS = 5, 4


@pytest.fixture
def old(tmp_path):
    """Return the path of a database with a case, at the revision 0004."""
    db, _nurse, _case = with_a_case(tmp_path)
    before_0005(db)
    db.close()
    return db.path


def opened(path) -> str:
    answer = open_file(path, KEY, SHIPPED)
    if isinstance(answer, Database):
        revision = schema.revision(answer.engine)
        answer.close()
        return f"open at {revision}"
    return str(answer)


def kept(folder) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if ".before-" in p.name)


def hidden(folder) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name.startswith("."))


def together(work, count):
    """Let some processes begin the same work at one moment and return them ended."""
    waiting, gate = os.pipe()

    def begin(say):
        os.close(gate)
        os.read(waiting, 1)
        say(work())

    children = [spawn(begin) for _ in range(count)]
    os.close(waiting)
    os.close(gate)
    for child in children:
        assert child.join() == 0, faults(child)
    return children


def test_of_programs_that_start_together_one_changes_the_schema(old, tmp_path, monkeypatch):
    whole, copied, made = old.read_bytes(), backup.before_migration, []
    monkeypatch.setattr(backup, "before_migration", lambda *at: made.append(at) or copied(*at))
    for number in range(ROUNDS):
        made.clear()
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "cases.db"
        path.write_bytes(whole)
        path.chmod(0o600)
        children = together(lambda path=path: [opened(path), len(made)], TOGETHER)
        said = sorted(line for child in children for line in child.said)
        ready = f"open at {schema.HEAD}"
        assert said == [*[[ready, 0]] * (TOGETHER - 1), [ready, 1]]
        assert len(kept(folder)) == 1 and hidden(folder) == []
        assert opened(folder / kept(folder)[0]) == f"open at {schema.HEAD}"


def test_who_waits_in_vain_for_a_migration_is_told_so(old, tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "TRIES", 2)
    monkeypatch.setattr(turns, "PAUSE", 0)
    with (tmp_path / ".cases.db.migrating").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = open_file(old, KEY, SHIPPED)
        assert isinstance(refused, Refusal) and refused.code == "migrating"
        assert kept(tmp_path) == []
    assert opened(old) == f"open at {schema.HEAD}"
    assert len(kept(tmp_path)) == 1 and hidden(tmp_path) == []


def killed_in(step, work):
    """Run some work in a process that is killed when it comes to a step of the backup."""

    def run(say):
        setattr(backup, step, lambda *_args, **_given: os.kill(os.getpid(), signal.SIGKILL))
        work()

    child = spawn(run)
    assert child.join() == -signal.SIGKILL, faults(child)


def test_what_a_killed_migration_copied_is_removed_by_the_next(old, tmp_path):
    killed_in("_wrong", lambda: opened(old))
    assert any(".part." in name for name in hidden(tmp_path)) and kept(tmp_path) == []
    assert opened(old) == f"open at {schema.HEAD}"
    assert len(kept(tmp_path)) == 1 and hidden(tmp_path) == []


def test_what_a_killed_backup_copied_is_removed(old, tmp_path):
    """By the next backup of that database there, and beside the database by the next start."""
    assert opened(old) == f"open at {schema.HEAD}"
    away = tmp_path / "away"
    away.mkdir()
    for folder in (tmp_path, away):
        killed_in("_wrong", lambda folder=folder: _back_up(old, folder / "k1.db"))
        assert any(".part." in name for name in hidden(folder))
    assert opened(old) == f"open at {schema.HEAD}"
    assert hidden(tmp_path) == [] and hidden(away)
    _back_up(old, away / "k2.db")
    assert hidden(away) == [] and (away / "k2.db").exists()
    assert len(kept(tmp_path)) == 1


def _back_up(path, target) -> None:
    db = open_file(path, KEY, SHIPPED)
    assert backup.make(db, target, KEY) == target
    db.close()


def test_a_copy_that_a_living_program_makes_is_left_alone(old, tmp_path):
    def work(say):
        leftovers.copying(old, tmp_path).write_bytes(b"half")
        say("there")
        signal.pause()

    child = spawn(work)
    child.hear_until(1)
    try:
        leftovers.sweep_copies(old)
        assert len(hidden(tmp_path)) == 1
    finally:
        child.kill()
    leftovers.sweep_copies(old)
    assert hidden(tmp_path) == []
