"""Passwords: from a file that nobody else can read, or asked for on a terminal; never arguments."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from nurse_tui.types import Refusal

LONGEST = 4096


def from_file(path: Path) -> str | Refusal:
    """Return the first line of a password file that is the caller's own and has mode 0600."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return _refusal(f"The password file {path} cannot be opened, or is a link.")
    try:
        refused = _refuse(path, os.fstat(descriptor))
        raw = b"" if refused is not None else os.read(descriptor, LONGEST)
    finally:
        os.close(descriptor)
    if refused is not None:
        return refused
    try:
        password = raw.decode("utf-8").split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:
        return _refusal(f"The password file {path} is not UTF-8 text.")
    return password or _refusal(f"The first line of the password file {path} is empty.")


def _refuse(path: Path, found: os.stat_result) -> Refusal | None:
    if not stat.S_ISREG(found.st_mode):
        return _refusal(f"The password file {path} is not a file.")
    if found.st_uid != os.geteuid():
        return _refusal(f"The password file {path} belongs to another user.")
    if found.st_mode & 0o077:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        return _refusal(f"The password file {path} has mode {mode}: others could read it.")
    return None


def _refusal(sentence: str) -> Refusal:
    return Refusal("password_file", sentence, "Write it to a file of your own with mode 0600.")


def asked(question: str, *, twice: bool = False) -> str | Refusal:
    """Ask for a password on the terminal, or say that there is none to ask on."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Refusal(
            "no_password", "There is no terminal to ask for the password.", "Use --password-file."
        )
    import click

    answer: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
    return answer


def known(path: Path | None, question: str, *, twice: bool = False) -> str | Refusal:
    """Return the password of a file, or ask for it."""
    return from_file(path) if path is not None else asked(question, twice=twice)
