"""What every command shares: how it was called, how it answers, how it refuses."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from nurse_tui.types import Refusal, Role

if TYPE_CHECKING:
    from nurse_tui.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LARGEST_CONFIGURATION = 1_000_000
REFUSED = 1
ROLES = [role.value for role in Role]


@dataclass(frozen=True, slots=True)
class Who:
    """As whom a command works: a role on a demo, a user with a password file on a real one."""

    role: Role | None = None
    user: str = ""
    password_file: Path | None = None


@dataclass(slots=True)
class Call:
    """How the program was called: the database and the configuration that were named."""

    database: str | None = None
    config: Path | None = None

    def path(self) -> Path:
        """Return the case database that was named, else the configured or usual one."""
        from nurse_tui.commands.places import data_file

        named = self.database or str(self.configuration().get("database", ""))
        if "://" in named:
            refuse(
                Refusal(
                    "not_a_file",
                    "This program keeps its cases in a file, not on a database server.",
                    "Give the path of a case database.",
                )
            )
        return Path(named).expanduser() if named else data_file("cases.db")

    def configuration(self) -> Mapping[str, Any]:
        """Return the configuration file's content, empty when there is none."""
        from nurse_tui.commands.places import config_file
        from nurse_tui.files import read_whole

        path = self.config or config_file()
        try:
            text = read_whole(path, LARGEST_CONFIGURATION).decode("utf-8")
        except FileNotFoundError:
            if self.config is None:
                return {}
            wrong(f"There is no configuration file {path}.")
        except OSError as fault:
            wrong(f"The configuration file {path} cannot be read: {fault.strerror}.")
        except UnicodeDecodeError:
            wrong(f"The configuration file {path} is not UTF-8 text.")
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            wrong(f"The configuration file {path} is wrong: {fault}.")
        except RecursionError:
            wrong(f"The configuration file {path} is wrong: it is nested too deeply.")

    def settings(self) -> Settings:
        """Return the programme's settings; a wrong file is told and the last good one used."""
        from nurse_tui import settings

        found, trouble = settings.current(self.config.parent if self.config else None)
        if trouble is not None:
            say_error(str(trouble))
        if found is None:
            raise click.exceptions.Exit(REFUSED)
        return found


def plain(text: str) -> str:
    """Return text without control and bidi characters, each shown as a middle dot."""
    return _UNSAFE.sub("·", text)


def say(text: str = "") -> None:
    """Write a line of an answer to standard output."""
    click.echo(plain(text), file=sys.stdout)


def say_text(text: str) -> None:
    """Write a whole text to standard output, with the line ends of a terminal."""
    say(text.replace("\r\n", "\n").rstrip("\n"))


def say_error(text: str) -> None:
    """Write one line to standard error; where that is full or gone, the status says enough."""
    with suppress(OSError):
        click.echo("nurse-tui: " + plain(" ".join(text.split())), err=True)


def say_json(value: object) -> None:
    """Write an answer as JSON, in ASCII, so that any locale and terminal can take it."""
    say(json.dumps(value, indent=2))


def refuse(refusal: Refusal) -> NoReturn:
    """Say why something was refused and end with status 1."""
    say_error(str(refusal))
    raise click.exceptions.Exit(REFUSED)


def wrong(sentence: str) -> NoReturn:
    """Say what is wrong with how the command was called and end with status 2."""
    raise click.UsageError(sentence)


def accepted(answer: T | Refusal) -> T:
    """Return an answer, or end with the refusal that came instead."""
    if isinstance(answer, Refusal):
        refuse(answer)
    return answer


def as_whom(command: F) -> F:
    """Give a command the options that say as whom it works, as one argument `who`."""

    def handed(*args: Any, **given: Any) -> Any:
        role = given.pop("as_role")
        who = Who(Role(role) if role else None, given.pop("user"), given.pop("password_file"))
        return command(*args, who=who, **given)

    handed.__name__, handed.__doc__ = command.__name__, command.__doc__
    handed.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option(
            "--password-file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="File with the password, your own and readable by nobody else (0600).",
        ),
        click.option(
            "--user", metavar="NAME", default="", help="Who signs in, on a real database."
        ),
        click.option(
            "--as", "as_role", type=click.Choice(ROLES), help="The role to have, on a demo."
        ),
    ):
        handed = option(handed)
    return handed  # type: ignore[return-value]


def answer_format(*formats: str) -> Callable[[F], F]:
    """Give a command the option `--format`, the first one being usual."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the answer is written.",
    )
