"""The command line as a person calls it, in this process, on files of the test's own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nurse_tui import clock, settings
from nurse_tui.cli import run
from nurse_tui.store import keyslots
from tests.cli.keyed import Cheap, secret

NOW = "2027-02-01T16:00:00Z"
"""A Monday, 11:00 in New York."""
NAMES = ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")


@dataclass(frozen=True)
class Said:
    """What one command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep logs, settings and databases of the machine's user out of the tests."""
    for name in NAMES:
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for name in ("NURSE_TUI_DATABASE", "NURSE_TUI_NOW", "NURSE_TUI_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line and return what it said."""

    def called(*arguments: object) -> Said:
        capsys.readouterr()
        status = run([str(a) for a in arguments])
        clock.freeze(None)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Said(status, captured.out, captured.err)

    return called


def built(folder: Path, patients: int) -> Path:
    from nurse_tui.demo.build import build

    clock.freeze(settings_now())
    path = folder / f"demo-{patients}.db"
    made = build(path, patients=patients, seed=7, settings=settings.load())
    clock.freeze(None)
    assert made == path
    return path


def settings_now() -> Any:
    from datetime import datetime

    return datetime.fromisoformat(NOW)


@pytest.fixture(scope="session")
def empty_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("empty"), 0)


@pytest.fixture(scope="session")
def demo_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("demo"), 40)


@pytest.fixture
def empty(empty_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty demo database at the tests' present."""
    monkeypatch.setenv("NURSE_TUI_NOW", NOW)
    return Path(shutil.copy(empty_once, tmp_path / "empty.db"))


@pytest.fixture
def demo(demo_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a demo of forty made-up patients at the tests' present."""
    monkeypatch.setenv("NURSE_TUI_NOW", NOW)
    return Path(shutil.copy(demo_once, tmp_path / "demo.db"))


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyslots, "Kdf", Cheap)


@pytest.fixture
def anna(cli: Cli, tmp_path: Path):
    """Run a command on a named database as the administrator."""
    file = secret(tmp_path)

    def called(database: Path, *arguments: object) -> Said:
        return cli("--database", database, *arguments, "--user", "anna", "--password-file", file)

    return called


@pytest.fixture
def real(anna, tmp_path: Path) -> Path:
    path = tmp_path / "real.db"
    assert anna(path, "init").status == 0
    return path


@pytest.fixture
def backup(anna, real: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy.db"
    assert anna(real, "backup", path).status == 0
    return path


@pytest.fixture
def probe_terminal() -> Iterator[tuple[int, int]]:
    master, slave = os.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)
