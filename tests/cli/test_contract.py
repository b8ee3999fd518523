"""What holds for every command: help, statuses, one-line errors, the documented contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nurse_tui.cli import program
from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "alembic", "textual", "cryptography")


def commands(
    group: click.Group = program, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk every command and group of the program."""
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands())


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(p) or "program" for p, _ in ALL])
def test_every_command_has_help(cli: Cli, path: tuple[str, ...], command: click.Command) -> None:
    said = cli(*path, "--help")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("Usage: nurse-tui")
    assert command.help and command.help[0].isupper()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(p) or "program" for p, _ in ALL])
def test_every_command_and_option_is_documented(
    path: tuple[str, ...], command: click.Command
) -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    name = " ".join(("nurse-tui", *path))
    section = section_of(text, name)
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            if option.startswith("--"):
                assert f"`{option}" in section, f"{name} {option}"


def section_of(text: str, name: str) -> str:
    """Return what the document says under a command's heading, with the shared options."""
    shared = text.split("## For every command", 1)[1].split("\n## ", 1)[0]
    parts = text.split(f"\n### `{name}", 1) if name != "nurse-tui" else ["", shared]
    assert len(parts) == 2, f"{name} has no heading"
    return parts[1].split("\n### ", 1)[0].split("\n## ", 1)[0] + shared


def test_no_command_takes_a_password_as_an_argument() -> None:
    taken = [
        option
        for _, command in ALL
        for parameter in command.params
        for option in parameter.opts
        if "password" in option and not option.endswith("-file")
    ]
    assert taken == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nosuch",), "No such command"),
        (("--nosuch",), "No such option"),
        (("demo", "--patients", "-1"), "Invalid value"),
        (("demo", "--as", "boss"), "Invalid value"),
        (("import", "forms"), "Missing argument"),
        (("init",), "Missing option"),
        (("--config", "nowhere.toml", "keys"), "no configuration file"),
    ],
)
def test_wrong_usage_is_status_2_and_one_line(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    said = cli(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("given", [("--database", "F"), ("--database=F",)], ids=str)
def test_an_option_of_the_program_after_the_command_is_told_its_place(
    cli: Cli, given: tuple[str, ...]
) -> None:
    said = cli("report", "caseload", *given)
    assert (said.status, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "It stands before the command: nurse-tui --database FILE report." in said.err
    assert (
        "before the command: nurse-tui --config FILE users list."
        in cli("users", "list", "--config", "F").err
    )
    assert "--help" in cli("report", "--nosuch").err and "--help" in cli("--nosuch").err


@pytest.mark.parametrize("arguments", [("verify",), ("users", "list"), ("explain", "state", "X")])
def test_without_a_database_the_way_out_is_said(cli: Cli, arguments: tuple[str, ...]) -> None:
    said = cli(*arguments)
    assert said.status == 1
    assert "Make one with nurse-tui init, or try nurse-tui demo." in said.err


def test_a_database_server_is_refused_in_words(cli: Cli) -> None:
    said = cli("--database", "postgresql://somewhere/cases", "verify")
    assert said.status == 1
    assert "in a file" in said.err


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + bytes(2000)])
def test_a_file_that_is_no_database_is_refused(cli: Cli, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.db"
    file.write_bytes(content)
    for arguments in (("verify",), ("explain", "state", "X"), ("users", "list")):
        said = cli("--database", file, *arguments)
        assert said.status in (1, 2)
        assert said.err.count("\n") == 1
        assert file.read_bytes() == content


@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_without_a_terminal_it_names_what_works_without_one(
    cli: Cli, arguments: tuple[str, ...]
) -> None:
    said = cli(*arguments)
    assert said.status == 1
    for word in ("demo --build-only", "import", "explain", "report", "verify", "backup"):
        assert word in said.err


def test_a_fault_gives_a_number_and_no_value(
    cli: Cli, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nurse_tui.services.cases import CaseService

    def broken(*_: object) -> int:
        raise ValueError("Ortiz, Marisol")

    monkeypatch.setattr(CaseService, "find", broken)
    said = cli("--database", demo, "explain", "state", "X")
    assert said.status == 1
    assert "Incident 2027" in said.err
    log = tmp_path / "xdg_state_home" / "nurse-tui" / "faults.log"
    assert "ValueError" in log.read_text("utf-8")
    assert "Ortiz" not in said.err + log.read_text("utf-8")


def test_ctrl_c_ends_quietly_with_130(
    cli: Cli, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nurse_tui.services.cases import CaseService

    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(CaseService, "find", stopped)
    said = cli("--database", demo, "explain", "state", "X")
    assert (said.status, said.err.strip()) == (130, "nurse-tui: Stopped.")


def started(*arguments: str, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "nurse_tui", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        **more,  # type: ignore[call-overload]
    )


def test_a_reader_that_went_away_is_no_fault() -> None:
    process = started("keys", "--format", "json", env=os.environ | {"PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)
    assert words == b""


def test_help_and_keys_import_nothing_heavy() -> None:
    code = (
        "import sys; from nurse_tui.cli import run; status = run(['{0}']);"
        f"found = [m for m in {HEAVY!r} if m in sys.modules];"
        "sys.exit(f'{{found}}' if found or status else 0)"
    )
    for argument in ("--help", "keys"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(argument)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_what_the_program_makes_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    path = folder / "new.db"
    process = started("demo", "--path", str(path), "--patients", "0", "--build-only")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b""), err
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in folder.iterdir()] == ["new.db"]
    assert str(path).encode() in out


def test_without_a_terminal_every_command_that_works_is_named(cli: Cli) -> None:
    said = cli()
    assert said.status == 1
    named = said.err.split("These commands work without one: ")[1].rstrip(".\n").split(", ")
    expected = program.list_commands(click.Context(program))
    assert [name.removesuffix(" --build-only") for name in named] == expected
    assert "demo --build-only" in named and {"restore", "keys"} <= set(named)
