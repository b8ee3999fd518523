"""`nurse-tui verify --against`: what somebody took out of the database is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def kept(cli: Cli, demo: Path, tmp_path: Path) -> Path:
    path = tmp_path / "kept.db"
    assert cli("--database", demo, "backup", path).status == 0
    return path


def take_out_a_case(demo: Path, place: int) -> str:
    """Remove a case's change log, the triggers off and on again; returns the case's number."""
    from nurse_tui.store import engine

    connection = engine.connect(demo, None)
    run = connection.execute
    case_id, number = run(f'SELECT id, number FROM "case" ORDER BY id LIMIT {place}, 1').fetchone()
    (trigger,) = run("SELECT sql FROM sqlite_master WHERE name = 'change_kept'").fetchone()
    run("DROP TRIGGER change_kept")
    run("DELETE FROM change WHERE case_id = ?", (case_id,))
    run(trigger)
    connection.close()
    return str(number)


def test_a_whole_database_is_told_so_and_the_backup_stays_as_it_is(
    cli: Cli, demo: Path, kept: Path
) -> None:
    before = kept.read_bytes()
    said = cli("--database", demo, "verify", "--against", kept, "--format", "json")
    assert said.status == 0 and said.json["ok"]
    last = said.json["checks"][-1]
    assert set(last) == {"name", "ok", "checked", "detail"}
    assert (last["name"], last["ok"]) == ("against", True) and last["checked"] > 40
    assert kept.read_bytes() == before


def test_what_is_missing_is_a_line_each_and_the_status_is_one(
    cli: Cli, demo: Path, kept: Path
) -> None:
    number, other = take_out_a_case(demo, 0), take_out_a_case(demo, 1)
    said = cli("--database", demo, "verify", "--against", kept)
    assert said.status == 1
    first, second = said.out.splitlines()[-2:]
    assert first.startswith(f"WRONG against        Case {number}: gone, with its log of ")
    assert second.startswith(f"{' ' * 21}Case {other}: gone, with its log of ")
    found = cli("--database", demo, "verify", "--against", kept, "--format", "json").json
    assert not found["ok"] and f"Case {number}: gone" in found["checks"][-1]["detail"]


@pytest.mark.parametrize("name", ["nothing.db", "demo.db", "real.db"])
def test_what_is_no_backup_of_it_is_one_sentence(
    cli: Cli, demo: Path, real: Path, name: str
) -> None:
    said = cli("--database", demo, "verify", "--against", demo.with_name(name))
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert real.exists()
