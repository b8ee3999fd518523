"""Case databases that are empty or a link, and files of keys that are missing, empty or open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nurse_tui.store import keyslots
from tests.cli.conftest import Cli
from tests.cli.real import ran


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the rights and content of every file in a folder, links as where they lead."""
    return {
        p.name: (p.lstat().st_mode, os.fsencode(p.readlink()) if p.is_symlink() else p.read_bytes())
        for p in folder.iterdir()
        if p.is_symlink() or (p.is_file() and not p.name.endswith(("-shm", "-wal")))
    }


def oddly(real: Path, kind: str) -> None:
    keys = keyslots.slots_path(real)
    if kind == "empty database":
        real.write_bytes(b"")
        return
    kept = keys.rename(keys.with_name("kept"))
    if kind == "no keys in it":
        keys.write_text("{}")
        keys.chmod(0o600)
    elif kind == "a link":
        keys.symlink_to(kept)


ODD = [
    ("empty database", "is empty", "nurse-tui restore --aside"),
    ("missing", "is not beside its database", "from a backup"),
    ("no keys in it", "holds no keys", "from a backup"),
    ("a link", "is a link", "put that file in its place"),
]


@pytest.mark.parametrize(("kind", "words", "way_out"), ODD)
@pytest.mark.parametrize("command", [("verify",), ("users", "list"), ("backup", "new.db")])
def test_odd_files_are_one_clear_sentence_and_stay_as_they_are(
    anna, real: Path, command: tuple[str, ...], kind: str, words: str, way_out: str
) -> None:
    oddly(real, kind)
    before = files(real.parent)
    said = anna(real, *command)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert words in said.err and way_out in said.err
    assert files(real.parent) == before


@pytest.mark.parametrize(("kind", "words", "way_out"), ODD)
def test_the_screen_is_not_drawn_where_nobody_could_sign_in(
    real: Path, probe_terminal: tuple[int, int], kind: str, words: str, way_out: str
) -> None:
    oddly(real, kind)
    master, slave = probe_terminal
    everything = {"stdin": slave, "stdout": slave, "stderr": slave}
    done = ran("--database", real, env={"TERM": "xterm"}, **everything)
    said = os.read(master, 4096).decode()
    assert done.returncode == 1 and words in said and way_out in said and said.count("\n") == 1


def test_keys_that_others_could_read_are_made_private_and_it_is_said(anna, real: Path) -> None:
    keys = keyslots.slots_path(real)
    keys.chmod(0o644)
    said = anna(real, "users", "list")
    assert said.status == 0 and "anna" in said.out
    assert "Others on this machine could read the file of keys real.db.keys" in said.err
    assert said.err.count("\n") == 1 and keys.stat().st_mode & 0o777 == 0o600
    assert anna(real, "users", "list").err == ""


def test_the_work_of_the_moment_may_be_no_link(cli: Cli, demo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"of somebody else")
    other.chmod(0o644)
    demo.with_name("demo.db-wal").symlink_to(other)
    said = cli("--database", demo, "verify")
    assert said.status == 1 and "demo.db-wal is a link" in said.err
    assert other.read_bytes() == b"of somebody else" and other.stat().st_mode & 0o777 == 0o644
