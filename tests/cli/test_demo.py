"""The demo: made-up people, true histories, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from nurse_tui import clock, places, settings
from nurse_tui.demo.build import build
from nurse_tui.rules.geo import distance_miles
from nurse_tui.types import Refusal, State
from tests.cli.conftest import NOW, Cli

STABLE = (
    "SELECT c.number, c.patient_name, c.state, c.next_kind, c.next_due_at, p.value"
    " FROM \"case\" c LEFT JOIN contact_point p ON p.case_id = c.id AND p.system = 'phone'"
    " ORDER BY c.number"
)


FARTHEST_MILES = 700
"""Seattle to San Francisco is the farthest that anybody of the demo may go."""


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(dbapi2.connect(str(path))) as connection:
        return connection.execute(query).fetchall()


def test_a_demo_is_whole(cli: Cli, demo: Path) -> None:
    said = cli("--database", demo, "verify", "--format", "json")
    assert list(said.json) == ["ok", "checks"]
    wrong = [check for check in said.json["checks"] if not check["ok"]]
    assert (said.status, wrong) == (0, [])


def test_lists_that_differ_from_the_facts_are_computed_anew_on_request(
    cli: Cli, demo: Path
) -> None:
    with closing(dbapi2.connect(str(demo))) as connection, connection:
        changed = connection.execute(
            "UPDATE \"case\" SET next_due_at = '2020-01-01 00:00:00.000000' WHERE is_open"
        ).rowcount
    said = cli("--database", demo, "verify")
    assert said.status == 1 and "WRONG projection" in said.out
    assert cli("--database", demo, "verify").status == 1
    said = cli("--database", demo, "verify", "--recompute")
    assert (said.status, "WRONG" in said.out) == (0, False)
    assert f"The lists of {changed:,} cases were computed anew." in said.err


def test_every_state_of_the_journey_is_met(demo: Path) -> None:
    found = Counter(state for (state,) in rows(demo, 'SELECT state FROM "case"'))
    lacking = {state.value for state in State} - set(found) - {State.FORM_RECEIVED.value}
    assert lacking == set()
    assert found.total() == 40


def test_some_are_overdue_and_some_due_today(demo: Path) -> None:
    due = [d for (d,) in rows(demo, 'SELECT next_due_at FROM "case" WHERE is_open')]
    assert sum(d < "2027-02-01 16:00" for d in due) >= 3
    assert sum("2027-02-01 16:00" < d < "2027-02-02 05:00" for d in due) >= 3


def test_every_phone_is_one_that_nobody_has(demo: Path) -> None:
    phones = [p for (p,) in rows(demo, "SELECT value FROM contact_point WHERE system = 'phone'")]
    assert len(phones) == 40
    assert all(phone[5:10] == "55501" for phone in phones)


def test_patients_go_to_a_site_in_their_part_of_the_country(demo: Path) -> None:
    pairs = rows(
        demo,
        "SELECT p.zip, s.latitude, s.longitude FROM course c JOIN patient p"
        " ON p.case_id = c.case_id JOIN infusion_site s ON s.id = c.site_id",
    )
    homes = [places.place(zip_code) for zip_code, *_ in pairs]
    far = [
        distance_miles(home.latitude, home.longitude, *site)
        for home, (_, *site) in zip(homes, pairs, strict=True)
        if home is not None
    ]
    assert len(far) == len(pairs) >= 5
    assert max(far) < FARTHEST_MILES


def test_nothing_in_the_log_is_later_than_now(demo: Path) -> None:
    ((newest,),) = rows(demo, "SELECT max(at) FROM change")
    assert newest <= NOW.replace("T", " ").replace("Z", ".000000")


def test_live_histories_have_a_change_for_each_step(demo: Path) -> None:
    counts = rows(
        demo,
        "SELECT f.form_id, count(*) FROM change c JOIN services_form f ON f.case_id = c.case_id"
        " GROUP BY 1 HAVING count(*) > 5",
    )
    assert len(counts) >= 4


def test_the_same_seed_makes_the_same_people(demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    clock.freeze(datetime.fromisoformat(NOW))
    build(again, patients=40, seed=7, settings=settings.load())
    assert rows(again, STABLE) == rows(demo, STABLE)


@pytest.mark.parametrize(
    "now",
    ["2027-01-01T05:00:00", "2028-02-29T23:30:00", "2027-03-14T12:00:00", "2027-07-04T16:00:00"],
)
def test_it_can_be_built_on_any_day(tmp_path: Path, now: str) -> None:
    clock.freeze(datetime.fromisoformat(now).replace(tzinfo=timezone.utc))
    path = tmp_path / "any.db"
    assert build(path, patients=12, seed=3, settings=settings.load()) == path
    assert rows(path, 'SELECT count(*) FROM "case"') == [(12,)]


def test_a_clock_that_stood_still_stands_still_again(tmp_path: Path) -> None:
    at = datetime.fromisoformat(NOW)
    clock.freeze(at)
    build(tmp_path / "a.db", patients=0, settings=settings.load())
    assert clock.frozen() == at


def test_an_empty_demo_has_users_and_nothing_else(empty: Path) -> None:
    roles = Counter(role for (role,) in rows(empty, "SELECT role FROM user"))
    assert roles == {"nurse": 4, "supervisor": 1, "admin": 1}
    for table in ("case", "infusion_site", "prescriber"):
        assert rows(empty, f'SELECT count(*) FROM "{table}"') == [(0,)]


def test_a_build_that_breaks_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nurse_tui.demo import build as module

    def broken(*_: object) -> object:
        raise RuntimeError("power")

    monkeypatch.setattr(module, "_world", broken)
    with pytest.raises(RuntimeError):
        build(tmp_path / "x.db", patients=1, settings=settings.load())
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_built_over(cli: Cli, demo: Path, tmp_path: Path) -> None:
    before = demo.read_bytes()
    said = cli("demo", "--path", demo, "--build-only")
    assert said.status == 0
    assert "left as it is" in said.out
    assert demo.read_bytes() == before
    letter = tmp_path / "letter.txt"
    letter.write_text("dear reader")
    said = cli("demo", "--path", letter, "--build-only")
    assert said.status == 1
    assert letter.read_text() == "dear reader"
    assert isinstance(build(letter, patients=0, settings=settings.load()), Refusal)


def test_a_demo_where_no_folder_is(cli: Cli, tmp_path: Path) -> None:
    said = cli("demo", "--path", tmp_path / "no" / "x.db", "--build-only")
    assert said.status == 2
    assert "There is no folder" in said.err


def test_a_demo_opens_with_the_role_that_was_asked_for(cli: Cli, demo: Path) -> None:
    assert cli("--database", demo, "report", "--as", "nurse").status == 1
    assert cli("--database", demo, "report").status == 0
    assert cli("--database", demo, "users", "list", "--as", "supervisor").status == 1
    said = cli("--database", demo, "users", "list", "--format", "json")
    assert {u["role"] for u in said.json["users"]} == {"nurse", "supervisor", "admin"}


def test_the_clock_of_a_demo_can_be_set(
    cli: Cli, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NURSE_TUI_NOW", "2027-07-06T14:30:00Z")
    said = cli("--database", demo, "explain", "calls", "DEMO-00001", "--format", "json")
    assert said.json["at"] == "2027-07-06T14:30:00Z"


@pytest.mark.parametrize("value", ["soon", "2027-13-01", "99999999999", "2027-07-06T99:00:00Z"])
def test_a_bad_clock_is_refused_in_one_sentence(
    cli: Cli, demo: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NURSE_TUI_NOW", value)
    said = cli("--database", demo, "verify")
    assert said.status == 2
    assert "NURSE_TUI_NOW is not a point in time" in said.err
    assert said.err.count("\n") == 1
