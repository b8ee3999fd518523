"""Start to the first paint and to the first rows, interleaved with the floor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import forms, looks
from bench.probe import Probe
from bench.table import Goal, Result, Unavailable
from bench.target import SEED, Target, module

ANOTHER = "supervisor"
WORKED = 300
"""Forms in the database that is signed in to."""
PAINT = Goal(1.15, of="ratio")


def seconds_until(argv: list[str], *marks: str | re.Pattern[str]) -> list[float]:
    """Start a program and return the seconds until each mark was shown, in this order."""
    with Probe(argv) as probe:
        return [probe.until(mark) for mark in marks]


def race(target: Target, argv: list[str], *marks: str | re.Pattern[str]) -> list[list[float]]:
    """Run hello and the program in turn; return the times of hello and of each mark."""
    seconds_until(argv, *marks)
    laps = [
        seconds_until(target.hello, looks.HELLO) + seconds_until(argv, *marks)
        for _ in range(target.runs)
    ]
    return [list(column) for column in zip(*laps, strict=True)]


def caseload(target: Target) -> Iterator[Result]:
    """Measure the demo, which opens signed in on the caseload."""
    argv = target.app("demo", "--path", str(target.database()))
    hello, paint, rows = race(target, argv, looks.CASELOAD, looks.ROWS)
    floor = median(hello) * 1000
    yield Result("start to caseload frame", "ms", median(paint) * 1000, floor, PAINT)
    yield Result("start to first rows", "ms", median(rows) * 1000, floor)


def real_database(target: Target) -> Path:
    """Return an empty database that wants a password."""
    path = target.out / "real.db"
    if not path.exists():
        secret = target.out / "password"
        secret.write_text("correct horse battery staple\n")
        secret.chmod(0o600)
        who = ("--user", "bench", "--password-file", str(secret))
        target.call("init", *who, database=path)
    if not path.exists():
        raise Unavailable("nurse-tui init made no file")
    return path


def sign_in(target: Target) -> Iterator[Result]:
    """Measure a real database, which opens on the sign-in screen."""
    argv = target.app("--database", str(real_database(target)))
    hello, paint = race(target, argv, looks.SIGN_IN)
    yield Result("start to sign-in", "ms", median(paint) * 1000, median(hello) * 1000, PAINT)


def worked_database(target: Target) -> tuple[Path, Path]:
    """Return a database with a supervisor's cases, and the file of her password."""
    path, secret = target.out / "worked.db", target.out / "password"
    real_database(target)
    if not path.exists():
        files = forms.write(target.out / "worked.csv", WORKED, SEED)
        who = ("--user", "bench", "--password-file", str(secret))
        target.call("init", *who, database=path)
        hers = ("add", ANOTHER, "--role", "supervisor", "--new-password-file", str(secret))
        target.call("users", *hers, *who, database=path)
        own = ("--user", ANOTHER, "--password-file", str(secret))
        target.call("import", "forms", *own, str(files), database=path)
    return path, secret


def password(target: Target) -> Iterator[Result]:
    """Measure from the accepted password to the first rows, less the derivation of the key.

    The sign-in screen is left alone first, as by somebody who types her name.
    """
    path, secret = worked_database(target)
    words = secret.read_text().strip()
    derived, seen = [], []
    for _ in range(max(3, target.runs // 3)):
        begun = perf_counter()
        module("nurse_tui.store.keyslots").open_slot(path, ANOTHER, words)
        derived.append(perf_counter() - begun)
        with Probe(target.app("--database", str(path))) as probe:
            probe.until(looks.SIGN_IN)
            probe.settle(quiet=1, timeout=1.5)
            probe.press(ANOTHER, "enter", words)
            probe.settle(quiet=0.3, timeout=0.5)
            at = probe.press("enter")
            seen.append(probe.until(looks.ROWS) + probe.started - at)
    key = median(derived) * 1000
    note = f"key derivation {key:.0f} ms taken off"
    yield Result("password to rows", "ms", median(seen) * 1000 - key, None, Goal(150), note)


def end(target: Target) -> Iterator[Result]:
    """Measure from the quit keys to the end of the process."""
    argv = target.app("demo", "--path", str(target.database()))
    hello, ours = [], []
    for _ in range(max(3, target.runs // 3)):
        with Probe(target.hello) as probe:
            probe.until(looks.HELLO)
            hello.append(probe.finish("q"))
        with Probe(argv) as probe:
            probe.until(looks.ROWS)
            probe.settle()
            ours.append(probe.finish(*looks.QUIT))
    goal = Goal(1.1, of="ratio")
    yield Result("quit to process end", "ms", median(ours) * 1000, median(hello) * 1000, goal)
