"""Verification: every way of tampering turns exactly the checks red that it must."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from nurse_tui import clock, settings
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import verify
from nurse_tui.store.database import open_database
from nurse_tui.types import CoverageKind, Refusal, Role
from tests.cases import NOW, add_case, add_site
from tests.databases import KEY, SYSTEM, add_user, count, fresh_database

ALL = {
    "file", "schema", "foreign_keys", "search", "chains", "versions", "replay", "projection",
    "copay",
}  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Return a file with two cases, one of them with four changes, a site and two users."""
    clock.freeze(NOW)
    folder = tmp_path_factory.mktemp("worked")
    db = fresh_database(folder)
    nurse = add_user(db, "dana")
    add_user(db, "boss", Role.SUPERVISOR)
    add_site(db, SYSTEM)
    first = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    mine = Services(Desk(db, nurse, settings.load()))
    mine.work.add_coverage(first, 1, CoverageKind.EXCHANGE, "Blue")
    mine.history.undo(first)
    mine.work.add_note(first, "prefers mornings")
    db.close()
    return folder / "cases.db", first


@pytest.fixture
def db(worked, tmp_path):
    clock.freeze(NOW)
    path = tmp_path / "cases.db"
    shutil.copy(worked[0], path)
    database = open_database(path, KEY, settings.load().on)
    yield database
    database.close()


@pytest.fixture
def case_id(worked):
    return worked[1]


def tamper(db, *statements: str, triggers: bool = False, **values: object) -> None:
    """Write past every guard: triggers go and come back, references are not looked at."""
    raw = db.engine.raw_connection()
    run = raw.driver_connection.execute
    run("PRAGMA foreign_keys = OFF")
    run("BEGIN IMMEDIATE")
    kept = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in [] if triggers else kept:
        run(f"DROP TRIGGER {name}")
    for statement in statements:
        run(statement, {n: v for n, v in values.items() if f":{n}" in statement})
    for _, made in [] if triggers else kept:
        run(made)
    run("COMMIT")
    run("PRAGMA foreign_keys = ON")
    raw.close()


def red(db) -> set[str]:
    return {check.name for check in verify.run(db).checks if not check.ok}


def detail(db, name: str) -> str:
    return next(check.detail for check in verify.run(db).checks if check.name == name)


def number(db, case_id: int) -> str:
    with db.read() as session:
        return session.execute(
            text('SELECT number FROM "case" WHERE id = :id'), {"id": case_id}
        ).scalar_one()


def test_settings_that_came_into_force_are_named_and_reach_the_lists_when_computed_anew(
    worked, tmp_path
):
    path = tmp_path / "cases.db"
    shutil.copy(worked[0], path)
    shipped, begins = settings.load(), (NOW + timedelta(days=30)).date()

    def programme_on(day):
        found = shipped.on(day)
        longer = replace(found.first_attempt_business_days, value=9)
        return replace(found, first_attempt_business_days=longer) if day >= begins else found

    db = open_database(path, KEY, programme_on)
    clock.freeze(NOW + timedelta(days=29))
    assert verify.run(db).ok and verify.run(db).stale == ()
    clock.freeze(NOW + timedelta(days=30))
    found = verify.run(db)
    assert [check.name for check in found.checks if not check.ok] == ["projection"]
    assert len(found.stale) == 2
    assert "follow the settings of Wed 18 Nov 2026; nurse-tui verify --recompute" in detail(
        db, "projection"
    )
    before = count(db, "change")
    verify.recompute(db, found.stale)
    assert verify.run(db).ok and count(db, "change") == before
    tamper(db, "UPDATE \"case\" SET state = 'closed' WHERE id = :case", case=worked[1])
    assert detail(db, "projection").endswith("the lists show what the facts do not give.")
    db.close()


def test_a_database_at_work_is_whole(db):
    result = verify.run(db)
    assert result.ok, result
    assert [check.name for check in result.checks] == result_names(result) == list_of_all(result)
    checked = {check.name: check.checked for check in result.checks}
    assert checked["versions"] == 2 and checked["chains"] == 10 and checked["replay"] == 7


def result_names(result) -> list[str]:
    return [check["name"] for check in result.as_json()["checks"]]


def list_of_all(result) -> list[str]:
    names = [check.name for check in result.checks]
    assert set(names) == ALL
    return names


SUBJECT = "subject = 'case:' || :case"
LOG_TAMPERING = {
    "a sentence": ({"chains"}, f"UPDATE change SET sentence = 'x' WHERE {SUBJECT} AND seq = 2"),
    "who did it": ({"chains"}, f"UPDATE change SET user_name = 'x' WHERE {SUBJECT} AND seq = 2"),
    "when": (
        {"chains"},
        f"UPDATE change SET at = '2026-11-18 15:00:00.000000' WHERE {SUBJECT} AND seq = 2",
    ),
    "when, not a time": (
        {"chains", "replay"},
        f"UPDATE change SET at = 'never' WHERE {SUBJECT} AND seq = 2",
    ),
    "whose": ({"chains"}, f"UPDATE change SET case_id = 1 WHERE {SUBJECT} AND seq = 2"),
    "a hash": ({"chains"}, f"UPDATE change SET hash = 'x' WHERE {SUBJECT} AND seq = 2"),
    "a link": ({"chains"}, f"UPDATE change SET prev_hash = hash WHERE {SUBJECT} AND seq = 2"),
    "the diff": (
        {"chains", "replay"},
        f"UPDATE change SET diff = replace(diff, 'mornings', 'evenings') WHERE {SUBJECT}"
        " AND seq = 4",
    ),
    "a diff that is none": (
        {"chains", "replay"},
        f"UPDATE change SET diff = '[' WHERE {SUBJECT} AND seq = 2",
    ),
    "a change deleted": ({"chains"}, f"DELETE FROM change WHERE {SUBJECT} AND seq = 2"),
    "the order": (
        {"chains", "replay"},
        f"UPDATE change SET seq = 12 - seq WHERE {SUBJECT} AND seq IN (2, 3)",
        f"UPDATE change SET seq = seq - 7 WHERE {SUBJECT} AND seq > 8",
    ),
    "the tail cut": ({"versions", "replay"}, f"DELETE FROM change WHERE {SUBJECT} AND seq = 4"),
    "the tail cut and the version set back": (
        {"replay"},
        f"DELETE FROM change WHERE {SUBJECT} AND seq = 4",
        'UPDATE "case" SET version = 3 WHERE id = :case',
    ),
    "a forged change": (
        {"chains", "versions"},
        "INSERT INTO change SELECT 7, subject, 5, case_id, at, user_id, user_name, role, command,"
        " sentence, '{}', 'forged', undoable, undo_of, redo_of, hash, hash FROM change"
        f" WHERE {SUBJECT} AND seq = 4",
    ),
    "the whole log gone": ({"chains"}, f"DELETE FROM change WHERE {SUBJECT}"),
    "another subject": (
        {"chains"},
        "UPDATE change SET sentence = 'x' WHERE subject LIKE 'user:%'",
    ),
    "another subject's log gone": ({"chains"}, "DELETE FROM change WHERE subject LIKE 'user:%'"),
}


@pytest.mark.parametrize("name", LOG_TAMPERING)
def test_tampering_with_the_log_is_found(db, case_id, name):
    expected, *statements = LOG_TAMPERING[name]
    tamper(db, *statements, case=case_id)
    assert red(db) == expected


FACT_TAMPERING = {
    "a note": ({"replay"}, "UPDATE note SET text = 'x' WHERE case_id = :case"),
    "a note deleted": ({"replay"}, "DELETE FROM note WHERE case_id = :case"),
    "a lab invented": (
        {"replay", "projection"},
        "INSERT INTO contact_point (id, case_id, system, value, kind, preferred)"
        " VALUES (5, :case, 'phone', '+16175550199', 'home', 1)",
    ),
    "a user's role": ({"replay"}, "UPDATE user SET role = 'admin'"),
    "a user invented": (
        {"chains"},
        "INSERT INTO user SELECT 5, 'eve', '', role, zone, 1, created_at FROM user LIMIT 1",
    ),
    "a site gone": ({"replay"}, "DELETE FROM infusion_site"),
    "a date that is none": (
        {"replay"},
        "UPDATE patient SET deceased_on = 'soon' WHERE case_id = :case",
    ),
    "a state": ({"projection"}, "UPDATE \"case\" SET state = 'closed' WHERE id = :case"),
    "a due date": (
        {"projection"},
        "UPDATE \"case\" SET next_due_at = '2030-01-01 00:00:00.000000' WHERE id = :case",
    ),
    "a deadline gone": ({"projection"}, "DELETE FROM deadline WHERE case_id = :case"),
    "a deadline moved": (
        {"projection"},
        "UPDATE deadline SET due_on = '2030-01-01' WHERE case_id = :case",
    ),
    "the search index": (
        {"search"},
        "INSERT INTO case_search(case_search, rowid, search_text)"
        " SELECT 'delete', id, search_text FROM \"case\" WHERE id = :case",
    ),
    "a reference": (
        {"foreign_keys", "replay", "projection"},
        "UPDATE services_form SET prescriber_id = 12345 WHERE case_id = :case",
    ),
    "a value the schema forbids": (
        {"file", "replay"},
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE patient SET sex = 'x' WHERE case_id = :case",
        "PRAGMA ignore_check_constraints = OFF",
    ),
}


@pytest.mark.parametrize("name", FACT_TAMPERING)
def test_tampering_with_facts_and_projections_is_found(db, case_id, name):
    expected, *statements = FACT_TAMPERING[name]
    tamper(db, *statements, case=case_id)
    assert red(db) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER change_fixed",
        "DROP INDEX ix_case_due",
        "CREATE TABLE mine (x)",
        "CREATE TRIGGER mine AFTER INSERT ON note BEGIN DELETE FROM task; END",
    ],
)
def test_another_schema_is_found(db, statement):
    tamper(db, statement, triggers=True)
    assert red(db) == {"schema"}


def test_a_case_that_is_gone_with_everything_is_found_by_its_log(db, case_id):
    with db.read() as session:
        names = session.execute(
            text(
                "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                " WHERE m.type = 'table' AND c.name = 'case_id' AND m.name != 'change'"
            )
        ).scalars()
        gone = [f'DELETE FROM "{name}" WHERE case_id = :case' for name in names]
    search = (
        "INSERT INTO case_search(case_search, rowid, search_text)"
        " SELECT 'delete', id, search_text FROM \"case\" WHERE id = :case"
    )
    tamper(db, search, *gone, 'DELETE FROM "case" WHERE id = :case', case=case_id)
    assert red(db) == {"replay"}


def test_enrolment_under_government_cover_is_found(db, case_id):
    with db.read() as session:
        triggers = session.execute(
            text("SELECT name, sql FROM sqlite_master WHERE name LIKE 'co%_government_%'")
        ).all()
    tamper(db, *(f"DROP TRIGGER {t.name}" for t in triggers), triggers=True)
    enrol(db, case_id, CoverageKind.MEDICARE)
    tamper(db, *(t.sql for t in triggers), triggers=True)
    assert red(db) == {"copay"}
    found = f"Case {number(db, case_id)} is enrolled on days of government cover;"
    found += " verify that cover again to end it."
    assert detail(db, "copay") == found


def test_enrolment_without_a_verdict_is_found(db, case_id):
    enrol(db, case_id, CoverageKind.COMMERCIAL, verdict="undetermined")
    assert red(db) == {"copay"}


def enrol(db, case_id: int, cover: CoverageKind, verdict: str = "eligible") -> None:
    from nurse_tui.models import CopayDecision, CopayEnrollment, Coverage

    def job(tx):
        tx.add(Coverage(case_id=case_id, kind=cover, position=2))
        decision = CopayDecision(
            case_id=case_id,
            benefit="drug",
            verdict=verdict,
            terms_version="x",
            decided_at=tx.at,
        )
        tx.add(decision)
        tx.session.flush()
        tx.add(
            CopayEnrollment(
                case_id=case_id,
                benefit="drug",
                decision_id=decision.id,
                enrolled_on=tx.today,
                terms_version="x",
            )
        )
        return 1

    assert not isinstance(db.write(SYSTEM, "raw", job, case_id=case_id), Refusal)


def test_a_fault_names_the_case_number_and_the_change_and_no_patient(db, case_id):
    tamper(db, LOG_TAMPERING["a sentence"][1], case=case_id)
    assert detail(db, "chains") == f"Case {number(db, case_id)}: change 2 was altered."
    assert "Ortiz" not in str(verify.run(db))


def test_a_damaged_page_is_found_and_nothing_is_thrown(db):
    db.close()
    size = db.path.stat().st_size
    with db.path.open("r+b") as file:
        file.seek(size // 2 + 100)
        byte = file.read(1)
        file.seek(size // 2 + 100)
        file.write(bytes([byte[0] ^ 1]))
    assert "file" in red(open_database(db.path, KEY, db.programme_on))


def test_the_head_changes_with_every_write_and_only_then(db, case_id):
    before = detail(db, "chains")
    assert re.fullmatch(r"10 changes in 7 chains, head [0-9a-f]{16}\.", before)
    assert detail(db, "chains") == before
    db.write(SYSTEM, "raw", lambda tx: add_task(tx, case_id), case_id=case_id)
    assert detail(db, "chains") != before


def add_task(tx, case_id):
    from nurse_tui.models import Task

    return tx.add(Task(case_id=case_id, title="x", created_at=tx.at)).id


def test_a_sample_is_the_same_each_time_and_looks_at_so_many_cases(db):
    one, two = verify.run(db, sample=1), verify.run(db, sample=1)
    assert one == two and one.ok
    assert next(c.checked for c in one.checks if c.name == "versions") == 1


def test_progress_ends_at_the_number_of_cases(db):
    seen: list[tuple[int, int]] = []
    verify.run(db, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)]
