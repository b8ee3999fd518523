"""The architecture and the commands of the documents are those of the code."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click
import pytest

import nurse_tui
from nurse_tui.cli import program
from nurse_tui.models import Table
from tests.docs.test_documents import _BLOCK, DOCS, DOCUMENTS, IDS, ROOT, text_of

ARCHITECTURE = DOCS / "architecture.md"
HOUSE = text_of(ARCHITECTURE).partition("## The house\n")[2].partition("```")[2].partition("```")[0]
TOP = {module.name for module in iter_modules(nurse_tui.__path__)}
_SPAN = re.compile(r"`([a-z_]+(?:\.\w+)+)(?:\(.*?\))?`")
_SHORTHANDS = {"self", "session", "case"}
"""First words of a name that are no module: variables, and tables with their columns."""


def named() -> list[str]:
    """Return every dotted name of the architecture that begins with a module of the program."""
    found = {name.removeprefix("nurse_tui.") for name in _SPAN.findall(text_of(ARCHITECTURE))}
    return sorted(
        name
        for name in found
        if name.partition(".")[0] in TOP - _SHORTHANDS and not name.endswith((".py", ".tcss"))
    )


def exists(name: str) -> bool:
    """Tell whether a module, or something in one, has a dotted name."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = import_module(f"nurse_tui.{'.'.join(parts[:end])}")
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_enough_names_are_looked_at_and_a_wrong_one_is_seen() -> None:
    assert {"store.turns", "store.leftovers", "store.against", "store.named"} <= set(named())
    assert not exists("store.turnings") and not exists("store.turns.nothing")
    assert exists("rules.facts.CaseFacts")


@pytest.mark.parametrize("name", named())
def test_what_the_architecture_names_is_there(name: str) -> None:
    assert exists(name), name


def test_the_house_is_the_folder() -> None:
    files = re.findall(r"[\w*]+\.(?:py|tcss)\b", HOUSE)
    folders = re.findall(r"\b(\w+)/", HOUSE)
    for pattern in files:
        assert list((ROOT / "nurse_tui").glob(pattern)), pattern
    assert all((ROOT / "nurse_tui" / name).is_dir() for name in folders if name != "nurse_tui")
    told = {path.stem for pattern in files for path in (ROOT / "nurse_tui").glob(pattern)}
    assert TOP - told - set(folders) == set()


def test_indexes_and_tables_that_are_named_exist() -> None:
    whole = text_of(ARCHITECTURE)
    known = {str(index.name) for table in Table.metadata.tables.values() for index in table.indexes}
    known |= {str(c.name) for table in Table.metadata.tables.values() for c in table.constraints}
    wanted = set(re.findall(r"`((?:ix|uq)_\w+)`", whole))
    assert len(wanted) > 4 and wanted - known == set()


def parsed(words: list[str]) -> None:
    """Parse a command line as the program does and run nothing of it; raises UsageError."""
    context = program.make_context("nurse-tui", list(words))
    here: click.Command = program
    while isinstance(here, click.Group):
        left = [*context._protected_args, *context.args]
        if not left:
            return
        name, found, left = here.resolve_command(context, left)
        assert found is not None
        here = found
        context = here.make_context(name, left, parent=context)


def lines_of(path: Path) -> list[str]:
    """Return the command lines that stand in blocks of a document, to be typed as they are."""
    whole = text_of(path)
    found = [line for _, block in _BLOCK.findall(whole) for line in block.splitlines()]
    found += [line.strip() for line in whole.splitlines() if line.startswith("    ")]
    lines = (re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line) for line in found)
    return [line for line in lines if re.match(r"(?:\S*/)?nurse-tui(?: [^|…]*)?$", line)]


def test_a_wrong_line_would_be_seen() -> None:
    for words in (["verfy"], ["verify", "--agains", "x"], ["export", "caseload", "--format", "xml"],
                  ["backup"], ["users", "add", "dana", "--role", "doctor"]):  # fmt: skip
        with pytest.raises(click.UsageError):
            parsed(words)
    assert len(lines_of(DOCS / "operations.md")) > 6


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_command_line_in_a_document_is_one_that_the_program_takes(path: Path) -> None:
    faults = []
    for line in lines_of(path):
        try:
            parsed(shlex.split(line, comments=True)[1:])
        except click.UsageError as wrong:
            faults.append(f"{line}: {wrong.format_message()}")
    assert faults == []
