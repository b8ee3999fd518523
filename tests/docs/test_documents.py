"""What the documents name is there: files, links, commands, options, keys, settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest

from docs import keys as key_table
from docs.scenes import PICTURES
from nurse_tui import keys, settings
from nurse_tui.cli import program
from nurse_tui.rules.programme import Programme

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
IDS = [path.name for path in DOCUMENTS]
OUR_FOLDERS = ("nurse_tui/", "data/", "docs/", "tests/", "tools/", "bench/")
MADE_HERE = ("bench/out",)
"""What the Makefile writes."""

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALLED = re.compile(r"(?:^|[`\s/])nurse-tui((?: [^\s`|]+)*)")
_TARGET = re.compile(r"\bmake ((?!it\b|sure\b)[a-z][a-z0-9-]*)")


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def code_lines(path: Path) -> Iterator[str]:
    """Give every line of code of a document, in blocks and in sentences."""
    whole = text_of(path)
    for _, block in _BLOCK.findall(whole):
        yield from block.splitlines()
    for line in whole.splitlines():
        if line.startswith("    "):
            yield line
    yield from _CODE.findall(_BLOCK.sub("", whole))


def called(path: Path) -> Iterator[list[str]]:
    """Give the words after each `nurse-tui` of a document."""
    for line in code_lines(path):
        for words in _CALLED.findall(line.split("  ")[0] if "   " in line else line):
            yield words.split()


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """Walk the words of a command line to the command they name, and what is left of them."""
    here: click.Command = program
    left = list(words)
    while left and isinstance(here, click.Group) and not left[0].startswith(("-", "[")):
        context = click.Context(here)
        found = here.get_command(context, left[0])
        if found is None:
            return here, left
        here, left = found, left[1:]
    return here, left


def options_of(command: click.Command) -> set[str]:
    known = {option for p in (*command.params, *program.params) for option in p.opts}
    return known | {"--help", "--version", "-h"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(text_of(path)):
        assert "://" not in link, link
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_files_that_are_named_exist(path: Path) -> None:
    named = [word for code in _CODE.findall(text_of(path)) for word in code.split()]
    ours = [n for n in named if n.startswith(OUR_FOLDERS) and n.isascii()]
    kept = [n for n in ours if not n.startswith(MADE_HERE) and not re.search(r"[A-Z<*…]{2,}|<", n)]
    assert [name for name in kept if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_commands_and_options_that_are_named_exist(path: Path) -> None:
    for words in called(path):
        command, left = resolved(words)
        if isinstance(command, click.Group) and command is not program:
            assert not left or left[0].startswith("-"), f"nurse-tui {' '.join(words)}"
        elif command is program:
            assert not left or left[0].startswith(("-", "[")), f"nurse-tui {' '.join(words)}"
        for option in (word.split("=")[0] for word in left if word.startswith("--")):
            assert option in options_of(command), f"nurse-tui {' '.join(words)}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_make_targets_that_are_named_exist(path: Path) -> None:
    makefile = text_of(ROOT / "Makefile")
    for code in code_lines(path):
        for target in _TARGET.findall(code):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_every_command_and_document_is_reached_from_the_start() -> None:
    linked = {link.partition("#")[0] for link in _LINK.findall(text_of(ROOT / "README.md"))}
    assert {f"docs/{path.name}" for path in DOCS.glob("*.md")} <= linked


def test_the_first_two_commands_of_the_readme_are_all_the_set_up() -> None:
    assert re.findall(r"^    (make \w+)", text_of(ROOT / "README.md"), re.MULTILINE)[:2] == [
        "make run",
        "make test",
    ]


def blocks(path: Path, language: str) -> list[str]:
    return [block for name, block in _BLOCK.findall(text_of(path)) if name == language]


def test_the_example_of_a_site_is_taken(tmp_path: Path) -> None:
    example = next(b for b in blocks(DOCS / "operations.md", "toml") if "[[" in b)
    tmp_path.joinpath("programme.toml").write_text(example, "utf-8")
    assert settings.check(ROOT / "data" / "settings", tmp_path) == ()


def test_the_example_of_other_keys_is_taken() -> None:
    example = next(b for b in blocks(DOCS / "operations.md", "toml") if "[keys]" in b)
    assert isinstance(keys.configured(tomllib.loads(example)["keys"]), keys.Registry)


@pytest.mark.parametrize("name", ["settings.md", "operations.md"])
def test_settings_that_are_named_exist(name: str) -> None:
    known = {field.name for field in fields(Programme)}
    paragraphs = text_of(DOCS / name).split("\n\n")
    named = {
        code
        for paragraph in paragraphs
        if "setting" in paragraph or "Kept on record" in paragraph
        for code in _CODE.findall(_BLOCK.sub("", paragraph))
        if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", code)
    }
    assert named
    assert named - known == set()


def test_the_settings_that_nothing_reads_are_named_as_such() -> None:
    paragraphs = text_of(DOCS / "settings.md").split("\n\n")
    named = next(p for p in paragraphs if p.startswith("Kept on record"))
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "nurse_tui").rglob("*.py"))
    read = set(re.findall(r"\.([a-z0-9_]+)\b", code))
    idle = {f.name for f in fields(Programme) if str(f.type).startswith("Setting[")} - read
    assert set(_CODE.findall(named)) == idle


def test_the_key_table_is_the_registry() -> None:
    guide = text_of(DOCS / "guide.md")
    assert guide == key_table.with_table(guide), "run: python -m docs.keys"


def test_every_command_stands_once_in_the_key_table() -> None:
    rows = [line for line in key_table.table().splitlines() if line.startswith("| `")]
    assert len(rows) == len(keys.REGISTRY.commands)


def test_a_guide_without_a_place_for_the_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        key_table.with_table("# Guide")


def test_the_guide_shows_every_picture_and_names_no_other() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(img/([\w-]+)\.svg\)", text_of(DOCS / "guide.md"))
    assert sorted(shown) == sorted(picture.name for picture in PICTURES)
    assert {path.stem for path in (DOCS / "img").glob("*.svg")} == set(shown)
