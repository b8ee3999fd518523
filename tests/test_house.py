"""The rules of the house that no linter knows, read from the syntax trees."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "nurse_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONG_FILE, TOO_LONG_FILE, TOO_LONG_FUNCTION = 350, 400, 60
ONE_PLACE = PACKAGE / "models.py"
"""Holds every table by the project's own rule, however many there are."""
MIGRATIONS = PACKAGE / "store" / "migrations" / "versions"
"""Steps of history: long lists of columns, never edited."""
CLOCK_WORDS = {"now", "utcnow", "today", "time_ns", "localtime", "gmtime"}
PURE = ("rules", "scripts")
BANNED_WORDS = ("py" + "pi.org", "python" + "hosted", "/" + "work/")
"""What no file of the project may hold: hosts of a registry, paths of one machine."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def found(pairs: Iterator[tuple[Path, ast.AST, str]]) -> list[str]:
    return [f"{name_of(path)}:{getattr(node, 'lineno', 1)} {what}" for path, node, what in pairs]


def clock_reads(tree: ast.Module) -> Iterator[ast.Call]:
    """Find calls that read the time without asking nurse_tui.clock."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if (node.func.attr in CLOCK_WORDS and owner != "clock") or (
            owner == "time" and node.func.attr == "time"
        ):
            yield node


def imported(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Name every module that is imported, at the top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            if base == "nurse_tui":
                yield from ((node, f"nurse_tui.{alias.name}") for alias in node.names)
            else:
                yield node, base


def is_pure_import(module: str, package: str) -> bool:
    """Tell whether rules or scripts may import a module: library, types, words, themselves."""
    if module.split(".")[0] in sys.stdlib_module_names:
        return module.split(".")[0] not in {"sqlite3", "socket", "subprocess"}
    allowed = {"nurse_tui.types", "nurse_tui.words", "nurse_tui.rules", f"nurse_tui.{package}"}
    return any(module == name or module.startswith(name + ".") for name in allowed)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def tracked_files() -> list[Path]:
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        pytest.skip("this copy of the project is not a git work tree")
    names = [ROOT / name for name in answer.stdout.split("\0") if name]
    return [path for path in names if path.is_file()]


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("clock.now()", 0),
        ("clock.today(zone)", 0),
        ("time.monotonic()", 0),
        ("datetime.now(UTC)", 1),
        ("date.today()", 1),
        ("func.now()", 1),
        ("time.time()", 1),
    ],
)
def test_clock_reads_are_recognised(source: str, reads: int) -> None:
    assert len(list(clock_reads(ast.parse(source)))) == reads


@pytest.mark.parametrize(
    ("module", "package", "pure"),
    [
        ("datetime", "rules", True),
        ("nurse_tui.types", "rules", True),
        ("nurse_tui.rules.calendar", "scripts", True),
        ("nurse_tui.scripts.model", "rules", False),
        ("nurse_tui.clock", "rules", False),
        ("nurse_tui.types_extra", "rules", False),
        ("pydantic", "scripts", False),
        ("sqlite3", "rules", False),
    ],
)
def test_pure_imports_are_recognised(module: str, package: str, pure: bool) -> None:
    assert is_pure_import(module, package) is pure


def test_only_the_clock_reads_the_time() -> None:
    elsewhere = (path for path in MODULES if path.name != "clock.py")
    reads = ((p, node, ast.unparse(node)) for p in elsewhere for node in clock_reads(tree_of(p)))
    assert found(reads) == []


def test_rules_and_scripts_import_only_types_and_the_standard_library() -> None:
    faults = (
        (path, node, f"imports {module}")
        for package in PURE
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for node, module in imported(tree_of(path))
        if not is_pure_import(module, package)
    )
    assert found(faults) == []


def test_annotations_are_lazy_everywhere_but_in_the_models() -> None:
    def is_lazy(path: Path) -> bool:
        return any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in tree_of(path).body
        )

    def has_code(path: Path) -> bool:
        return any(not isinstance(node, ast.Expr) for node in tree_of(path).body)

    eager = [name_of(p) for p in MODULES if has_code(p) and not is_lazy(p)]
    assert eager == [name_of(ONE_PLACE)]


def test_no_file_is_too_long() -> None:
    bench = ROOT.joinpath("bench").rglob("*.py")
    written = (p for p in MODULES if p != ONE_PLACE and MIGRATIONS not in p.parents)
    lengths = {name_of(p): p.read_text("utf-8").count("\n") for p in chain(written, bench)}
    for name, lines in lengths.items():
        if LONG_FILE < lines <= TOO_LONG_FILE:
            warnings.warn(f"{name} has {lines} lines: divide it soon", stacklevel=1)
    assert {name: lines for name, lines in lengths.items() if lines > TOO_LONG_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = (
        (path, f, f"{f.name} has {(f.end_lineno or 0) - f.lineno + 1} lines")
        for path in MODULES
        if MIGRATIONS not in path.parents
        for f in functions(tree_of(path))
        if (f.end_lineno or 0) - f.lineno + 1 > TOO_LONG_FUNCTION
    )
    assert found(long) == []


def test_only_the_command_line_prints() -> None:
    prints = (
        (path, node, "print")
        for path in MODULES
        if not name_of(path).startswith("nurse_tui/cli")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    )
    assert found(prints) == []


def test_no_file_names_a_registry_or_a_machine() -> None:
    banned = [word.encode() for word in BANNED_WORDS]
    faults = [
        f"{name_of(path)}: {word.decode()}"
        for path in tracked_files()
        for data in [path.read_bytes().lower()]
        for word in banned
        if word in data
    ]
    assert faults == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert entries
    assert [line for line in entries if "==" not in line or "--hash=sha256:" not in line] == []
    assert "http" not in text


def test_a_lock_names_the_extras_that_its_packages_ask_for() -> None:
    text = (ROOT / "requirements-dev.txt").read_text("utf-8").replace("\\\n", " ")
    locked = {
        found.name: found.extras
        for line in text.splitlines()
        if "==" in line and not line.startswith("#")
        for found in [Requirement(line.partition(" --hash")[0])]
    }
    asked = [
        wanted
        for name in locked
        for found in metadata.distributions(name=name)
        for wanted in map(Requirement, found.requires or [])
        if wanted.extras and (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
    ]
    assert {wanted.name for wanted in asked} >= {"coverage", "markdown-it-py"}
    assert [str(one) for one in asked if not one.extras <= locked.get(one.name, set())] == []


def test_the_programme_zone_is_written_once() -> None:
    for folder in ("screens", "widgets", "services", "commands"):
        for path in (ROOT / "nurse_tui" / folder).rglob("*.py"):
            assert '"America/New_York"' not in path.read_text("utf-8"), path.name
