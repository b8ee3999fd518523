"""The caseload export: private, whole, without names unless asked for, and always logged."""

from __future__ import annotations

import csv
import os
import stat

import pytest
from sqlalchemy import text

from nurse_tui import clock, settings
from nurse_tui.interchange import export
from nurse_tui.interchange.export import Exported, export_caseload
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import verify
from nurse_tui.store.report_queries import OnlyCases
from nurse_tui.types import Refusal, Role
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, add_user, fresh_database


@pytest.fixture
def db(tmp_path):
    clock.freeze(NOW)
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def boss(db) -> Desk:
    nurse = add_user(db, "dana")
    add_case(db, SYSTEM, nurse_id=nurse.user_id, last_name='=HYPERLINK("x")')
    add_case(db, SYSTEM, form_id="SF-2", first_name="Sunil")
    return Desk(db, add_user(db, "boss", Role.SUPERVISOR), settings.load())


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def logged(db) -> list[str]:
    with db.read() as session:
        query = "SELECT sentence FROM change WHERE command = 'export.caseload' ORDER BY seq"
        return list(session.execute(text(query)).scalars())


def test_without_names_unless_asked(boss, tmp_path):
    target = tmp_path / "out.csv"
    assert export_caseload(boss, target, named=False) == Exported(target, 2)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    found = rows(target)
    assert {row["nurse"] for row in found} == {"Dana", "Unassigned"}
    assert found[0]["state"] == "welcome_pending"
    assert found[0]["due"] == "2026-11-17T23:59:59-05:00"
    assert "patient" not in found[0] and "Sunil" not in target.read_text("utf-8")


def test_with_names_they_are_quoted(boss, tmp_path):
    export_caseload(boss, tmp_path / "out.csv")
    names = {row["patient"] for row in rows(tmp_path / "out.csv")}
    assert names == {'\'=HYPERLINK("x"), Marisol', "Ortiz, Sunil"}


def test_a_typed_title_is_only_in_an_identified_export(boss, db, tmp_path):
    case_id = add_case(db, SYSTEM, nurse_id=boss.actor.user_id, form_id="SF-3")
    Services(boss).work.add_task(case_id, "Ring Marisol's sister", clock.now())
    only = OnlyCases(nurse=boss.actor.user_id)
    export_caseload(boss, tmp_path / "plain.csv", named=False, only=only)
    export_caseload(boss, tmp_path / "named.csv", only=only)
    assert "sister" not in (tmp_path / "plain.csv").read_text("utf-8")
    assert len(rows(tmp_path / "plain.csv")) == len(rows(tmp_path / "named.csv")) == 1


def test_every_export_is_one_more_change_of_one_chain(boss, db, tmp_path):
    export_caseload(boss, tmp_path / "a.csv", named=False)
    export_caseload(boss, tmp_path / "b.csv")
    assert logged(db) == [
        "Exported 2 open cases without names to a.csv",
        "Exported 2 open cases with names to b.csv",
    ]
    assert verify.run(db).ok


def test_a_nurse_may_not_export(boss, db, tmp_path):
    desk = Desk(db, add_user(db, "kim"), boss.settings)
    refused = export_caseload(desk, tmp_path / "out.csv")
    assert isinstance(refused, Refusal) and refused.code == "role"
    assert not (tmp_path / "out.csv").exists() and logged(db) == []


@pytest.mark.parametrize("kind", ["file", "link"])
def test_nothing_is_written_over(boss, db, tmp_path, kind):
    target = tmp_path / "out.csv"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "elsewhere.csv")
    refused = export_caseload(boss, target)
    assert isinstance(refused, Refusal) and refused.code == "target_exists"
    assert not (tmp_path / "elsewhere.csv").exists() and logged(db) == []
    assert target.is_symlink() or target.read_text() == "mine"


def test_an_export_that_cannot_be_logged_leaves_no_file(boss, db, tmp_path, monkeypatch):
    from nurse_tui.store import changes

    def full(session, rows):
        raise RuntimeError("no room in the log")

    monkeypatch.setattr(changes, "append", full)
    with pytest.raises(RuntimeError, match="no room"):
        export_caseload(boss, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == []


@pytest.mark.parametrize("come", ["before the asking", "before the link"])
def test_a_file_that_came_meanwhile_is_refused_and_stays(boss, tmp_path, monkeypatch, come):
    target = tmp_path / "out.csv"
    linked, refuse_target = os.link, export._refuse_target

    def asked(path):
        refused = refuse_target(path)
        target.write_text("somebody else's")
        return refused

    def link(part, path):
        target.write_text("somebody else's")
        linked(part, path)

    if come == "before the link":
        monkeypatch.setattr(export.os, "link", link)
    else:
        monkeypatch.setattr(export, "_refuse_target", asked)
    refused = export_caseload(boss, target)
    assert isinstance(refused, Refusal) and refused.code == "not_written"
    assert target.read_text() == "somebody else's"
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == ["out.csv"]


def test_no_folder_is_refused(boss, tmp_path):
    refused = export_caseload(boss, tmp_path / "none" / "out.csv")
    assert isinstance(refused, Refusal) and refused.code == "no_folder"
