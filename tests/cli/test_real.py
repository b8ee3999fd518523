"""A real, encrypted database by the command line: made, users, passwords, imports, a backup."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nurse_tui import settings
from nurse_tui.gateway import open_file
from nurse_tui.services.upkeep import BACKUPS
from nurse_tui.store import audit, keyslots
from nurse_tui.store.database import Database
from tests.cli.conftest import Cli, Said
from tests.cli.keyed import OTHER, PASSWORD, secret

PATIENT = "Testperson"


@pytest.fixture
def database(cli: Cli, tmp_path: Path) -> Path:
    path = tmp_path / "real.db"
    file = secret(tmp_path)
    said = cli("--database", path, "init", "--user", "anna", "--password-file", file)
    assert said.status == 0, said.err
    return path


@pytest.fixture
def anna(cli: Cli, database: Path, tmp_path: Path):
    """Run a command as the administrator."""
    file = secret(tmp_path)

    def called(*arguments: object) -> Said:
        return cli("--database", database, *arguments, "--user", "anna", "--password-file", file)

    return called


def test_init_makes_an_encrypted_file_for_its_owner(database: Path) -> None:
    assert not database.read_bytes().startswith(b"SQLite format 3")
    for path in (database, keyslots.slots_path(database)):
        assert path.stat().st_mode & 0o777 == 0o600
        assert PASSWORD.encode() not in path.read_bytes()


def test_init_never_touches_what_is_there(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    file = secret(tmp_path)
    said = cli("--database", path, "init", "--user", "anna", "--password-file", file)
    assert said.status == 1
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("Anna Smith", PASSWORD, "sign-in name"),
        ("anna", "short", "at least 15"),
        ("anna", "passwordpassword", "easy to guess"),
        ("anna", "", "is empty"),
    ],
)
def test_init_refuses_weak_passwords_and_bad_names(
    cli: Cli, tmp_path: Path, name: str, password: str, words: str
) -> None:
    path, file = tmp_path / "real.db", secret(tmp_path, password)
    said = cli("--database", path, "init", "--user", name, "--password-file", file)
    assert said.status == 1
    assert words in said.err
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_password_file_that_others_can_read_is_refused(
    cli: Cli, database: Path, tmp_path: Path, mode: int
) -> None:
    file = secret(tmp_path, mode=mode)
    said = cli("--database", database, "verify", "--user", "anna", "--password-file", file)
    assert said.status == 1
    assert f"{mode:04o}" in said.err
    assert PASSWORD not in said.err


def test_a_password_file_must_be_ones_own_plain_file(
    cli: Cli, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = secret(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(file)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff\xfe\n")
    odd.chmod(0o600)
    for path in (link, tmp_path, tmp_path / "none", pipe, odd):
        said = cli("--database", database, "verify", "--user", "anna", "--password-file", path)
        assert said.status == 1, path
        assert "password file" in said.err
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    from nurse_tui.commands import secret as module

    assert "belongs to another user" in str(module.from_file(file))


def test_without_a_password_nothing_is_told(cli: Cli, database: Path, tmp_path: Path) -> None:
    assert cli("--database", database, "verify").status == 2
    assert cli("--database", database, "verify", "--as", "admin").status == 2
    no_terminal = cli("--database", database, "verify", "--user", "anna")
    assert no_terminal.status == 1
    assert "--password-file" in no_terminal.err
    wrong = secret(tmp_path, OTHER)
    for name in ("anna", "nobody"):
        said = cli("--database", database, "verify", "--user", name, "--password-file", wrong)
        assert said.status == 1
        assert "The name or the password is not right." in said.err


def test_users_come_change_and_go(cli: Cli, anna, database: Path, tmp_path: Path) -> None:
    file = secret(tmp_path, OTHER)
    added = anna("users", "add", "bob", "--role", "nurse", "--new-password-file", file)
    assert added.status == 0, added.err
    as_bob = ("--user", "bob", "--password-file", file)
    assert cli("--database", database, "explain", "state", "X", *as_bob).status == 1
    refused = cli("--database", database, "users", "list", *as_bob)
    assert (refused.status, refused.out) == (1, "")
    assert anna("users", "role", "bob", "supervisor").status == 0
    assert cli("--database", database, "report", *as_bob).status == 0
    assert anna("users", "disable", "bob").status == 0
    assert cli("--database", database, "report", *as_bob).status == 1
    fresh = secret(tmp_path, OTHER + " again")
    assert anna("users", "enable", "bob", "--new-password-file", fresh).status == 0
    as_bob = ("--user", "bob", "--password-file", fresh)
    assert cli("--database", database, "report", *as_bob).status == 0
    own = cli("--database", database, "users", "set-password", "bob",
              "--new-password-file", file, *as_bob)  # fmt: skip
    assert own.status == 0
    assert cli("--database", database, "report", *as_bob).status == 1
    listed = anna("users", "list", "--format", "json").json["users"]
    assert [(u["name"], u["role"], u["active"]) for u in listed] == [
        ("anna", "admin", True),
        ("bob", "supervisor", True),
    ]


def test_nobody_sets_anothers_password_but_an_administrator(
    cli: Cli, anna, database: Path, tmp_path: Path
) -> None:
    file = secret(tmp_path, OTHER)
    anna("users", "add", "bob", "--role", "supervisor", "--new-password-file", file)
    said = cli("--database", database, "users", "set-password", "anna",
               "--new-password-file", file, "--user", "bob", "--password-file", file)  # fmt: skip
    assert said.status == 1
    assert anna("users", "list").status == 0


def test_the_last_administrator_stays(anna) -> None:
    assert anna("users", "role", "anna", "nurse").status == 1
    assert anna("users", "disable", "anna").status == 1
    assert anna("users", "list").status == 0


@pytest.mark.parametrize("command", ["disable", "enable", "set-password"])
def test_an_unknown_user_is_named(anna, tmp_path: Path, command: str) -> None:
    said = anna("users", command, "ghost")
    assert said.status == 1
    assert "There is no user ghost." in said.err


def test_the_clock_is_never_set_on_real_data(anna, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NURSE_TUI_NOW", "2031-01-01T00:00:00Z")
    said = anna("verify")
    assert said.status == 0
    assert "NURSE_TUI_NOW is ignored" in said.err


def test_an_import_rejects_with_line_and_column_and_names_nobody(
    cli: Cli, anna, database: Path, tmp_path: Path
) -> None:
    file = secret(tmp_path, OTHER)
    anna("users", "add", "bob", "--role", "supervisor", "--new-password-file", file)
    forms = tmp_path / "forms.csv"
    forms.write_text(
        "form_id,received_at,first_name,last_name,date_of_birth\n"
        f"A,2026-11-02T15:00:00Z,Ann,{PATIENT},1980-01-01\n"
        f"B,2026-11-02T15:00:00Z,Bea,{PATIENT},1980-31-31\n"
    )
    as_bob = ("--user", "bob", "--password-file", file, "--format", "json")
    dry = cli("--database", database, "import", "forms", forms, "--dry-run", *as_bob)
    done = cli("--database", database, "import", "forms", forms, *as_bob)
    again = cli("--database", database, "import", "forms", forms, *as_bob)
    assert [said.status for said in (dry, done, again)] == [1, 1, 1]
    assert list(done.json) == ["file", "read", "imported", "unchanged", "rejected", "warnings"]
    assert list(done.json["rejected"][0]) == ["line", "column", "reason"]
    assert (done.json["rejected"][0]["line"], done.json["rejected"][0]["column"]) == (
        3,
        "date_of_birth",
    )
    assert [said.json["imported"] for said in (dry, done, again)] == [1, 1, 0]
    assert again.json["unchanged"] == 1
    assert PATIENT not in done.err
    assert cli("--database", database, "import", "forms", tmp_path / "none.csv", *as_bob).err


def last_backup(path: Path) -> str:
    key = keyslots.open_slot(path, "anna", PASSWORD)
    assert isinstance(key, bytes)
    found = open_file(path, key, settings.load())
    assert isinstance(found, Database)
    with found.read() as session:
        row = audit.last_of(session, BACKUPS)
        sentence = row.sentence if row else ""
    found.close()
    return sentence


def test_a_backup_is_logged_and_opens_with_the_same_password(
    cli: Cli, anna, database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert anna("backup", copy).status == 0
    file = secret(tmp_path)
    said = cli("--database", copy, "verify", "--user", "anna", "--password-file", file)
    assert said.status == 0
    assert last_backup(database) == "Backed up to copy.db"
    again = anna("backup", copy)
    assert again.status == 1
    assert "is there already" in again.err
