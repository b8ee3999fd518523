"""The command line: parse first, then import only what the command needs.

Exit status: 0 done, 1 refused or found something, 2 wrong usage, 130 stopped with ctrl+c.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from nurse_tui import streams
from nurse_tui.commands.common import Call, say_error

DONE, REFUSED, WRONG_USAGE, STOPPED = 0, 1, 2, 130
LONGEST_NAME = 300
DISK_TROUBLES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
COMMANDS = {
    "backup": "backup:backup",
    "demo": "demo:demo",
    "explain": "explain:explain",
    "export": "export:export",
    "import": "imports:import_",
    "init": "init:init",
    "keys": "keys:keys",
    "report": "report:report",
    "restore": "restore:restore",
    "users": "users:users",
    "verify": "verify:verify",
}
"""Each command's place in nurse_tui.commands, imported when it is called or listed."""


class Program(click.Group):
    """The program itself; its commands are imported when they are wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of every command."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by its name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(f"nurse_tui.commands.{module}"), name)
        return command


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.option(
    "--database",
    metavar="FILE",
    envvar="NURSE_TUI_DATABASE",
    help="The case database; also NURSE_TUI_DATABASE.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar="NURSE_TUI_CONFIG",
    help="The configuration file; a site's settings lie beside it.",
)
@click.version_option(package_name="nurse-tui", message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context, database: str | None, config: Path | None) -> None:
    """Case management for a nurse programme, in a terminal, by keyboard alone.

    Without a command, the case database opens.
    """
    ctx.obj = Call(database, config)
    if ctx.invoked_subcommand is None:
        from nurse_tui.commands.app import open_app

        open_app(ctx.obj)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; nothing is ever shown as a traceback."""
    try:
        with streams.answering():
            answer = program.main(list(arguments), prog_name="nurse-tui", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        say_error(f"{wrong.format_message()} {_hint(wrong)}".strip())
        return wrong.exit_code
    except (KeyboardInterrupt, click.Abort):
        say_error("Stopped.")
        return STOPPED
    except BrokenPipeError:
        streams.silence(sys.stdout)  # nobody reads any more
        return REFUSED
    except streams.AnswerError as trouble:
        streams.silence(sys.stdout)
        say_error(f"The answer could not be written: {trouble.strerror}. What was saved is kept.")
        return REFUSED
    except OSError as trouble:
        return _trouble(trouble)
    except Exception as fault:
        return _fault(fault)
    finally:
        if not streams.takes(sys.stderr):
            streams.silence(sys.stderr)
    return answer if isinstance(answer, int) else DONE


def _hint(wrong: click.ClickException) -> str:
    """Say where an option of the whole program stands, or where help is."""
    context = getattr(wrong, "ctx", None)
    if isinstance(wrong, click.NoSuchOption) and context is not None:
        for option in program.params:
            if wrong.option_name in option.opts and context.command is not program:
                first, _, command = context.command_path.partition(" ")
                placed = f"{first} {wrong.option_name} {option.metavar} {command}"
                return f"It stands before the command: {placed}."
    return f"Try {context.command_path} --help." if context is not None else ""


def _trouble(trouble: OSError) -> int:
    """Say what the system refused: a file, or room on the disk; anything else is a fault."""
    why = trouble.strerror or "the system refused it"
    if trouble.filename is not None:
        name = os.fsdecode(trouble.filename) if not isinstance(trouble.filename, int) else "it"
        say_error(f"{name[:LONGEST_NAME]} cannot be used: {why}.")
    elif trouble.errno in DISK_TROUBLES:
        say_error(f"The disk did not take what was to be written: {why}. What was saved is kept.")
    else:
        return _fault(trouble)
    return REFUSED


def _fault(fault: Exception) -> int:
    from nurse_tui import incidents
    from nurse_tui.commands.places import log_folder
    from nurse_tui.store.troubles import trouble_of

    trouble = trouble_of(fault)
    if trouble is not None:
        say_error(str(trouble))
        return REFUSED
    try:
        folder = log_folder()
    except OSError:
        say_error("Something went wrong that should not, and there is no home to note it in.")
        return REFUSED
    number = incidents.record(fault, folder)
    say_error(
        f"Something went wrong that should not. Incident {number}, "
        f"noted in {folder / incidents.LOG_NAME}. What was saved is kept."
    )
    return REFUSED
