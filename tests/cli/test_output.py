"""How answers are written: tables, CSV, files, progress; text from people does no harm."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from nurse_tui.commands import tables
from nurse_tui.commands.common import plain
from nurse_tui.commands.instants import instant
from nurse_tui.commands.progress import Bar
from nurse_tui.rules.moments import stamp
from nurse_tui.types import Refusal
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 김", "Zoë 김"),
        ("\x1b[31mred", "·[31mred"),
        ("a\u202eb", "a·b"),
        ("a\x9bb\x07", "a·b·"),
        ("two\nlines\tkept", "two\nlines\tkept"),
    ],
)
def test_control_bytes_are_shown_not_sent(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_wide_names_keep_the_columns_straight() -> None:
    lines = tables.lines(("name", "n"), [("김", 1), ("Ann", 22), ("e\u0301", None)])
    assert [tables.width(line) for line in lines if line[-1].isdigit()] == [8, 8]


def exports(database: Path) -> list[str]:
    from nurse_tui.store import engine

    connection = engine.connect(database, None)
    query = "SELECT sentence FROM change WHERE command LIKE 'export.%' ORDER BY id"
    found = [row[0] for row in connection.execute(query)]
    connection.close()
    return found


def test_every_export_is_in_the_change_log(cli: Cli, demo: Path, tmp_path: Path) -> None:
    path, report = tmp_path / "out.csv", tmp_path / "report.csv"
    caseload = ("--database", demo, "export", "caseload")
    assert cli(*caseload, "--output", path).status == 0
    said = cli(*caseload, "--without-names")
    assert said.out.startswith("case,us_state,language,state,due,nurse\n")
    refused = cli(*caseload, "--output", path)
    assert refused.status == 1 and "is there already" in refused.err
    to_file = cli("--database", demo, "report", "caseload", "--format", "csv", "--output", report)
    assert to_file.status == 0
    for file in (path, report):
        assert file.stat().st_mode & 0o777 == 0o600
    count = len(said.out.splitlines()) - 1
    logged = exports(demo)
    assert logged[:2] == [
        f"Exported {count} open cases with names to out.csv",
        f"Exported {count} open cases without names to the standard output",
    ]
    assert len(logged) == 3 and logged[2].endswith("to report.csv")


def test_a_nurse_writes_no_report_to_a_file(cli: Cli, demo: Path, tmp_path: Path) -> None:
    report = ("--database", demo, "report", "caseload", "--as", "nurse")
    assert cli(*report, "--output", tmp_path / "out.csv").status == 1
    assert not (tmp_path / "out.csv").exists() and exports(demo) == []


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-07-06T14:30:00Z", "2027-07-06T14:30:00Z"),
        ("2027-07-06T14:30:00-07:00", "2027-07-06T21:30:00Z"),
        ("2027-07-06T10:30", "2027-07-06T14:30:00Z"),
        ("2027-07-06", "2027-07-07T03:59:59Z"),
        ("20270706", "2027-07-07T03:59:59Z"),
        (" 20270706 ", "2027-07-07T03:59:59Z"),
        ("2027-03-14", "2027-03-15T03:59:59Z"),
        ("2028-02-29", "2028-03-01T04:59:59Z"),
    ],
)
def test_points_in_time_are_read(text: str, utc: str) -> None:
    found = instant(text)
    assert not isinstance(found, Refusal)
    assert stamp(found) == utc


@pytest.mark.parametrize(
    "text", ["", "x", "2027-02-29", "2027-07-06T25:00:00Z", "1899-12-31", "9999-12-31"]
)
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    assert isinstance(instant(text), Refusal)


def test_a_bar_is_drawn_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Bar("Work") as bar:
        bar(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Bar("Work") as bar:
        bar(1, 2)
        bar(0, 0)
    drawn = capsys.readouterr().err
    assert "Work [###############...............]  50%" in drawn
    assert drawn.endswith("\r")


def test_the_caseload_goes_out_whole(cli: Cli, demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "caseload.json"
    arguments = ("--database", demo, "export", "caseload", "--format", "json")
    assert cli(*arguments, "--output", path).status == 0
    cases = json.loads(path.read_text())["cases"]
    assert len({case["case"] for case in cases}) == len(cases) > 25
    dues = [case["due"] or "9999" for case in cases]
    assert dues == sorted(dues)
    held = cli("--database", demo, "export", "caseload", "--state", "on_hold")
    assert {row["state"] for row in csv.DictReader(io.StringIO(held.out))} == {"on_hold"}
    late = cli("--database", demo, "export", "caseload", "--overdue", "--format", "json")
    assert 0 < len(late.json["cases"]) < len(cases)
    assert all(case["due"] < "2027-02-01T16:00:00Z" for case in late.json["cases"])
    assert cli("--database", demo, "export", "caseload", "--as", "nurse").status == 1


def test_every_report_runs_in_every_format(cli: Cli, demo: Path) -> None:
    names = [
        r["name"] for r in cli("--database", demo, "report", "--format", "json").json["reports"]
    ]
    assert {"caseload", "overdue"} <= set(names)
    for name in names:
        answer = cli("--database", demo, "report", name, "--format", "json")
        assert list(answer.json) == [
            "report", "as_of", "parameters", "columns", "rows", "totals", "notes",
        ]  # fmt: skip
        assert answer.json["report"] == name
        assert all(set(column) == {"id", "title", "kind"} for column in answer.json["columns"])
        text = cli("--database", demo, "report", name, "--format", "csv")
        rows = list(csv.reader(io.StringIO(text.out)))
        assert len(rows) == 1 + len(answer.json["rows"])
        assert cli("--database", demo, "report", name).status == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("nosuch",), 1),
        (("caseload", "--nurse", "ghost"), 1),
        (("first-call", "--since", "soon"), 2),
        (("caseload", "--as-of", "2020-01-01"), 1),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    cli: Cli, demo: Path, arguments: tuple[str, ...], status: int
) -> None:
    said = cli("--database", demo, "report", *arguments)
    assert (said.status, said.out, said.err.count("\n")) == (status, "", 1)


def test_keys_are_shown_as_they_are_configured(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[keys]\n"note" = "W"\n')
    rows = cli("--config", config, "keys", "--format", "json").json["keys"]
    assert {row["id"]: row["key"] for row in rows}["note"] == "W"
    config.write_text('[keys]\n"nosuch" = "W"\n')
    assert cli("--config", config, "keys").status == 1
    config.write_text("[keys\n")
    assert cli("--config", config, "keys").status == 2
    assert cli("keys", "--screen", "nosuch").status == 2
    assert "Quit" in cli("keys", "--screen", "caseload", "--format", "json").out
