"""Files that are none, have no end or no beginning, and streams that take nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import NAMES, Cli
from tests.cli.real import FULL, one_sentence, ran

ENDLESS = Path("/dev/zero")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a named pipe into which nobody writes."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def odd(kind: str, folder: Path) -> Path:
    path = folder / kind
    if kind == "endless":
        return ENDLESS
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(2**31)
    elif kind == "binary":
        path.write_bytes(bytes(range(256)))
    else:
        path.write_text("x = " + "[" * 100_000)
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("endless", "not a file"),
        ("pipe", "not a file"),
        ("folder", "cannot be read"),
        ("huge", "too large"),
        ("binary", "not UTF-8"),
        ("deep", "nested too deeply"),
    ],
)
def test_a_configuration_that_is_none_is_refused_at_once(
    tmp_path: Path, kind: str, words: str
) -> None:
    said = one_sentence(ran("--config", odd(kind, tmp_path), "keys"), 2)
    assert words in said


@pytest.mark.parametrize("kind", ["endless", "pipe", "folder", "huge", "deep"])
def test_a_site_file_that_is_none_is_told_and_the_shipped_one_used(
    tmp_path: Path, demo: Path, kind: str
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "config.toml").write_text("")
    (site / "programme.toml").symlink_to(odd(kind, tmp_path))
    done = ran("--config", site / "config.toml", "--database", demo, "report")
    assert done.returncode == 0 and "caseload" in done.stdout
    assert "programme.toml" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--database", "{}", "verify"),
        ("--database", "{}", "restore", "{}"),
        ("--database", "{demo}", "import", "forms", "{}"),
        ("--database", "{demo}", "import", "fhir", "{}"),
        ("--database", "{demo}", "backup", "{}"),
        ("--database", "{demo}", "export", "caseload", "--output", "{}"),
        ("--database", "{demo}", "report", "caseload", "--output", "{}"),
        ("--database", "{demo}", "restore", "{}", "--aside"),
        ("--database", "{}", "init", "--user", "ann"),
        ("--database", "new.db", "init", "--user", "ann", "--password-file", "{}"),
        ("demo", "--path", "{}", "--build-only"),
    ],
)
@pytest.mark.parametrize("kind", ["endless", "pipe"])
def test_no_command_waits_for_what_is_no_file(
    tmp_path: Path, demo: Path, kind: str, arguments: tuple[str, ...]
) -> None:
    path = odd(kind, tmp_path)
    one_sentence(ran(*(a.replace("{demo}", str(demo)).replace("{}", str(path)) for a in arguments)))


ANSWERS = (
    ("--help",),
    ("--version",),
    ("keys",),
    ("report",),
    ("report", "caseload", "--format", "csv"),
    ("export", "caseload"),
    ("verify",),
    ("users", "list"),
)


@pytest.mark.parametrize("arguments", ANSWERS)
def test_an_answer_that_finds_no_room_is_one_sentence(
    demo: Path, arguments: tuple[str, ...]
) -> None:
    with FULL.open("w") as full:
        done = ran("--database", demo, *arguments, stdout=full)
    assert "The answer could not be written: No space left on device." in one_sentence(done)


def test_a_closed_output_is_told_and_a_closed_error_is_borne(demo: Path) -> None:
    told = ran("--database", demo, "report", stdout=None, before=lambda: os.close(1))
    assert "The answer could not be written" in one_sentence(told)
    mute = ran("--database", demo, "nosuch", stderr=None, before=lambda: os.close(2))
    assert mute.returncode == 2
    with FULL.open("w") as full:
        assert ran("nosuch", stderr=full).returncode == 2


def test_a_database_never_gets_the_number_of_a_closed_stream(demo: Path, tmp_path: Path) -> None:
    def close_all() -> None:
        for number in range(3):
            os.close(number)

    none = {"stdin": None, "stdout": None, "stderr": None}
    backup = tmp_path / "copy.db"
    ran("--database", demo, "backup", backup, before=close_all, **none)
    assert ran("--database", backup, "verify").returncode == 0
    assert ran("--database", demo, "verify").returncode == 0


def test_an_answer_that_nobody_reads_to_its_end_says_nothing(demo: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = ran("--database", demo, "export", "caseload", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_folder_that_cannot_be_made_is_one_sentence(
    cli: Cli, tmp_path: Path, monkeypatch
) -> None:
    taken = tmp_path / "a file"
    taken.write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(taken))
    said = cli("demo", "--build-only")
    assert said.status == 1 and said.err.count("\n") == 1
    assert "cannot be used" in said.err and "Incident" not in said.err


def test_a_state_folder_that_cannot_be_made_stops_nothing(demo: Path, tmp_path: Path) -> None:
    taken = tmp_path / "a file"
    taken.write_text("")
    done = ran("--database", demo, "report", env={"XDG_STATE_HOME": str(taken)})
    assert done.returncode == 0 and "caseload" in done.stdout
    assert "no copy of them could be kept" in done.stderr


def test_any_locale_takes_the_answers(demo: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TERM": "dumb"}
    done = ran("--database", demo, "export", "caseload", env=plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Rub?n Achterberg" in done.stdout


def test_everything_written_is_private_whatever_the_umask(tmp_path: Path, demo: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    state = {"XDG_STATE_HOME": str(folder / "state")}
    for arguments in (
        ("demo", "--path", folder / "new.db", "--patients", "1", "--build-only"),
        ("--database", demo, "backup", folder / "copy.db"),
        ("--database", demo, "export", "caseload", "--output", folder / "out.csv"),
        ("--database", demo, "report", "caseload", "--output", folder / "report.txt"),
    ):
        done = ran(*arguments, env=state, before=lambda: os.umask(0))
        assert done.returncode == 0, done.stderr
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_database_that_is_no_file_is_refused_before_anything_is_drawn(
    pipe: Path, probe_terminal: tuple[int, int]
) -> None:
    master, slave = probe_terminal
    everything = {"stdin": slave, "stdout": slave, "stderr": slave}
    done = ran("--database", pipe, env={"TERM": "xterm"}, **everything)
    said = os.read(master, 4096).decode()
    assert done.returncode == 1 and "is not a file" in said and said.count("\n") == 1


def test_the_screen_is_never_drawn_into_a_file(
    demo: Path, tmp_path: Path, probe_terminal: tuple[int, int]
) -> None:
    _, slave = probe_terminal
    kept = tmp_path / "errors"
    with kept.open("w") as file:
        done = ran("--database", demo, env={"TERM": "xterm"}, stdin=slave, stdout=slave,
                   stderr=file)  # fmt: skip
    assert done.returncode == 1
    assert kept.read_text().startswith("nurse-tui: The screen is drawn on the standard error")
    assert kept.read_text().count("\n") == 1


@pytest.mark.parametrize("arguments", [("keys",), ("report",), ("demo", "--build-only")])
def test_without_a_home_the_way_out_is_said(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    for name in ("HOME", *NAMES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    said = cli(*arguments)
    assert said.status == 1 and said.err.count("\n") == 1
    assert "there is no home folder, so set HOME." in said.err
