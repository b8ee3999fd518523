"""Restoring a backup by the command line: checked, never over anything, whatever was there kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nurse_tui.store import keyslots
from tests.cli.conftest import Cli
from tests.cli.keyed import OTHER, secret

HOLD_OPEN = (
    "import sys; from pathlib import Path; from nurse_tui.store import engine;"
    "c = engine.connect(Path(sys.argv[1]), None);"
    "c.execute('SELECT count(*) FROM user').fetchall();"
    "print('open', flush=True); sys.stdin.readline()"
)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.name: p.read_bytes()
        for p in folder.iterdir()
        if p.is_file() and not p.name.endswith((".keys", "-shm", "-wal"))
    }


def aside(folder: Path) -> list[Path]:
    return [p for p in folder.iterdir() if ".aside-" in p.name]


def test_a_backup_becomes_a_database(anna, backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "back.db"
    said = anna(target, "restore", backup)
    assert said.status == 0, said.err
    assert "Restored" in said.out and not aside(tmp_path)
    for path in (target, keyslots.slots_path(target)):
        assert path.stat().st_mode & 0o777 == 0o600
    assert anna(target, "verify").status == 0
    assert anna(backup, "verify").status == 0
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_what_is_there_stays_unless_it_is_to_move(anna, real: Path, backup: Path) -> None:
    before = contents(real.parent)
    said = anna(real, "restore", backup)
    assert said.status == 1
    assert "is there already" in said.err and "--aside" in said.err
    assert contents(real.parent) == before


def test_what_is_there_moves_with_all_its_files(
    cli: Cli, anna, real: Path, backup: Path, tmp_path: Path
) -> None:
    file = secret(tmp_path, OTHER)
    anna(real, "users", "add", "bob", "--role", "nurse", "--new-password-file", file)
    said = anna(real, "restore", backup, "--aside")
    assert said.status == 0, said.err
    (folder,) = aside(tmp_path)
    assert str(folder) in said.out and folder.stat().st_mode & 0o777 == 0o700
    names = {p.name for p in folder.iterdir()}
    assert {"real.db", "real.db.keys"} <= names
    now = [u["name"] for u in anna(real, "users", "list", "--format", "json").json["users"]]
    old = anna(folder / "real.db", "users", "list", "--format", "json").json["users"]
    assert now == ["anna"] and [u["name"] for u in old] == ["anna", "bob"]


def test_only_an_administrator_of_the_backup_restores(
    cli: Cli, anna, real: Path, tmp_path: Path
) -> None:
    file = secret(tmp_path, OTHER)
    anna(real, "users", "add", "bob", "--role", "supervisor", "--new-password-file", file)
    copy, target = tmp_path / "copy.db", tmp_path / "back.db"
    anna(real, "backup", copy)
    as_bob = ("--user", "bob", "--password-file")
    assert cli("--database", target, "restore", copy, *as_bob, file).status == 1
    assert cli("--database", target, "restore", copy, *as_bob, secret(tmp_path)).status == 1
    assert cli("--database", target, "restore", copy).status == 2
    assert not target.exists() and not keyslots.slots_path(target).exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "no_database", "no_keys"])
def test_a_damaged_backup_changes_nothing(anna, real: Path, backup: Path, damage: str) -> None:
    raw = backup.read_bytes()
    if damage == "cut":
        backup.write_bytes(raw[: len(raw) // 2])
    elif damage == "flipped":
        backup.write_bytes(raw[:20000] + bytes(64) + raw[20064:])
    elif damage == "no_database":
        backup.write_bytes(b"nothing of ours " * 4000)
    else:
        keyslots.slots_path(backup).unlink()
    before = contents(real.parent)
    said = anna(real, "restore", backup, "--aside")
    assert said.status == 1 and said.err.count("\n") == 1 and "Incident" not in said.err
    assert contents(real.parent) == before and not aside(real.parent)
    assert anna(real, "verify").status == 0


def test_the_restore_is_in_the_change_log(cli: Cli, demo: Path, tmp_path: Path) -> None:
    from nurse_tui.store import engine

    copy, target = tmp_path / "copy.db", tmp_path / "back.db"
    assert cli("--database", demo, "backup", copy).status == 0
    assert cli("--database", target, "restore", copy).status == 0
    connection = engine.connect(target, None)
    rows = connection.execute("SELECT sentence FROM change WHERE command = 'backup.restore'")
    assert rows.fetchall() == [("Restored from copy.db",)]
    connection.close()


def test_a_demo_takes_no_real_databases_place(cli: Cli, real: Path, demo: Path) -> None:
    said = cli("--database", real, "restore", demo, "--aside")
    assert said.status == 1
    assert "is a demo" in said.err and not aside(real.parent)


def test_a_database_that_is_open_is_not_moved(cli: Cli, demo: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert cli("--database", demo, "backup", copy).status == 0
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_OPEN, str(demo)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        refused = cli("--database", demo, "restore", copy, "--aside")
        other.communicate("\n")
    assert refused.status == 1
    assert "open" in refused.err and not aside(tmp_path)
    assert cli("--database", demo, "restore", copy, "--aside").status == 0


@pytest.mark.parametrize("kind", ["itself", "no_folder", "nothing"])
def test_where_a_backup_cannot_go(cli: Cli, demo: Path, tmp_path: Path, kind: str) -> None:
    target = {"itself": demo, "no_folder": tmp_path / "none" / "x.db", "nothing": tmp_path / "x.db"}
    source = tmp_path / "nothing.db" if kind == "nothing" else demo
    said = cli("--database", target[kind], "restore", source, "--aside")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert demo.exists() and not aside(tmp_path)
