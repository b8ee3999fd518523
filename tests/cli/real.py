"""The command line as a process of its own, with whatever files and streams a test wants."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds after which a command hangs."""
FULL = Path("/dev/full")


def ran(
    *arguments: object,
    env: Mapping[str, str] | None = None,
    before: Callable[[], object] | None = None,
    **streams: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a command; `before` runs in the new process first."""
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, "-m", "nurse_tui", *map(str, arguments)],
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        preexec_fn=before,
        text=True,
        timeout=PATIENCE,
        **{**given, **streams},
    )


def one_sentence(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """Return the one line that a refused command said."""
    assert done.returncode == status, done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("nurse-tui: ")
    assert "Incident" not in done.stderr and "Traceback" not in done.stderr
    return done.stderr


def no_file_above(size: int) -> Callable[[], None]:
    """Return what lets the disk refuse every byte of a file beyond a size."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit
