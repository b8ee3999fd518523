"""What is measured and on what data: the commands, the databases, the places."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.probe import environment
from bench.table import Unavailable

HELLO = Path(__file__).with_name("hello.py")
BULK_FROM = 20_001
"""From this many cases on a database is built in bulk, not through the application."""
SEED = 1
BUILD_SECONDS = 3600


@dataclass(frozen=True)
class Target:
    """One run of the bench: how many cases, how often to repeat, where to write."""

    cases: int
    runs: int
    out: Path

    @property
    def hello(self) -> list[str]:
        """Return the command of the floor."""
        return [sys.executable, str(HELLO)]

    def app(self, *arguments: str) -> list[str]:
        """Return a nurse-tui command, by its installed script when there is one."""
        script = Path(sys.executable).with_name("nurse-tui")
        start = [str(script)] if script.exists() else [sys.executable, "-m", "nurse_tui"]
        return [*start, *arguments]

    def call(self, *arguments: str, database: Path | None = None) -> str:
        """Run a nurse-tui command to its end and return its output; Unavailable when refused."""
        chosen = {"NURSE_TUI_DATABASE": str(database)} if database else {}
        done = subprocess.run(
            self.app(*arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**environment(), **chosen},
            timeout=BUILD_SECONDS,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Unavailable(f"nurse-tui {arguments[0]}: {said[-1] if said else 'no word'}"[:160])
        return done.stdout

    def answer(self, *arguments: str, database: Path) -> dict[str, Any]:
        """Run a command that answers in JSON and return the answer."""
        try:
            value = json.loads(self.call(*arguments, "--format", "json", database=database))
        except json.JSONDecodeError as error:
            raise Unavailable(f"nurse-tui {arguments[0]} gave no JSON: {error}") from error
        return value if isinstance(value, dict) else {"value": value}

    def database(self) -> Path:
        """Return the demo database of this size, built once and kept for the next run."""
        path = self.out / f"cases-{self.cases}.db"
        if path.exists():
            return path
        fresh = path.with_suffix(".building")
        remove(fresh)
        print(f"building {path.name} once ...", file=sys.stderr, flush=True)
        if self.cases >= BULK_FROM:
            module("bench.build_large").build(fresh, cases=self.cases, seed=SEED)
        else:
            self.empty_or_demo(fresh, self.cases)
        if not fresh.exists():
            raise Unavailable(f"no database was built at {fresh.name}")
        fresh.rename(path)
        return path

    def empty_or_demo(self, path: Path, patients: int) -> None:
        """Build a demo database with so many patients, zero for an empty one."""
        size = ("--patients", str(patients), "--seed", str(SEED))
        self.call("demo", "--path", str(path), *size, "--build-only")

    def empty(self, name: str) -> Path:
        """Return a new demo database without patients."""
        path = self.out / f"{name}.db"
        remove(path)
        self.empty_or_demo(path, 0)
        return path


def remove(path: Path) -> None:
    """Remove a database file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def module(name: str) -> ModuleType:
    """Import a module of the project, or say that it is not there."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise Unavailable(f"{name}: {error}") from error
