"""A disk without room: every command says so in one sentence and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nurse_tui import settings
from nurse_tui.demo.build import build
from tests.cli.real import no_file_above, one_sentence, ran

ROOM = "2m"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of two megabytes; only root can make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    junk = folder / "junk"
    with junk.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return junk
    raise AssertionError("the disk has no end")


@pytest.mark.parametrize("size", [50_000, 300_000, 550_000])
def test_a_demo_that_the_disk_does_not_take_leaves_nothing(tmp_path: Path, size: int) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    path = folder / "x.db"
    done = ran("demo", "--path", path, "--patients", "3", "--build-only",
               before=no_file_above(size))  # fmt: skip
    assert "was not built: the disk did not take it." in one_sentence(done)
    assert list(folder.iterdir()) == []


def test_a_new_database_that_the_disk_does_not_take_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    password = tmp_path / "pw"
    password.write_text("correct horse battery staple 9\n")
    password.chmod(0o600)
    done = ran("--database", folder / "x.db", "init", "--user", "ann", "--password-file", password,
               before=no_file_above(100_000))  # fmt: skip
    assert "could not be made." in one_sentence(done)
    assert list(folder.iterdir()) == []


def test_a_demo_on_a_full_disk_is_not_called_damaged(small: Path, demo: Path) -> None:
    path = Path(shutil.copy(demo, small / "d.db"))
    junk = fill(small)
    for command in (
        ("--database", path, "verify"),
        ("--database", path, "export", "caseload"),
        ("--database", path, "backup", small / "copy.db"),
        ("demo", "--path", path, "--build-only"),
    ):
        assert "The disk that holds d.db is full" in one_sentence(ran(*command))
    assert "no room" in one_sentence(ran("--database", small / "new.db", "restore", demo))
    for output in ("export", "report"):
        done = ran("--database", demo, output, "caseload", "--output", small / "out")
        assert "No space left" in one_sentence(done)
    fresh = ran("demo", "--path", small / "new.db", "--build-only")
    assert "new.db was not built: its disk is full." in one_sentence(fresh)
    assert {p.name for p in small.iterdir()} - {"d.db-shm", "d.db-wal"} == {"d.db", "junk"}
    junk.unlink()
    assert ran("--database", path, "verify").returncode == 0


def test_a_dry_state_folder_keeps_no_half_copy(small: Path, demo: Path) -> None:
    fill(small)
    done = ran("--database", demo, "report", env={"XDG_STATE_HOME": str(small)})
    assert done.returncode == 0 and "could be kept" in done.stderr
    assert [p.name for p in small.rglob("*") if p.is_file()] == ["junk"]


def dead_process() -> int:
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


def test_what_a_killed_build_left_is_swept_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    dead, living = dead_process(), os.getppid()
    ends = ("", "-wal", "-shm", "-journal", ".keys")
    theirs = [folder / f".x.db.{living}{end}" for end in ends]
    others = [folder / name for name in (f".y.db.{dead}", f"x.db.{dead}", f".x.db.{dead}.txt")]
    left = [folder / f".x.db.{number}{end}" for number in (dead, os.getpid()) for end in ends]
    for path in (*theirs, *others, *left):
        path.write_text("half")
    made = build(folder / "x.db", patients=0, settings=settings.load())
    assert made == folder / "x.db"
    assert set(folder.iterdir()) == {made, *theirs, *others}
