"""Faults of the database: what was saved is known again, and no message names a patient."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlcipher3 import dbapi2

from nurse_tui import clock
from nurse_tui.models import ContactPoint, Coverage, InfusionDay, Patient, ServicesForm, User
from nurse_tui.store.database import refusal_of
from nurse_tui.types import CoverageKind, Refusal, Role
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, add_user, count, fresh_database
from tests.hostile.checks import assert_whole, chain, services

CANARY = "Zebulonia Quackenbush"
FIRST, LAST = CANARY.split()


@pytest.fixture
def db(tmp_path):
    clock.freeze(NOW)
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def nurse(db):
    return add_user(db, "dana")


@pytest.fixture
def case_id(db, nurse):
    return add_case(db, SYSTEM, nurse_id=nurse.user_id, first_name=FIRST, last_name=LAST)


def failing_commit(db, *, before: bool, message: str, times: int = 1):
    """Make the next commits of the engine fail, before or after they took place."""
    left = [times]
    real = db.engine.dialect.do_commit

    def do_commit(connection):
        if not left[0]:
            return real(connection)
        left[0] -= 1
        if not before:
            real(connection)
        raise dbapi2.OperationalError(message)

    db.engine.dialect.do_commit = do_commit


@pytest.mark.parametrize("message", ["disk I/O error", "database or disk is full", "out of luck"])
def test_a_commit_that_is_reported_failed_but_took_place_is_already_done(
    db, nurse, case_id, message
):
    failing_commit(db, before=False, message=message)
    answer = services(db, nurse).work.add_note(case_id, "said once")
    assert isinstance(answer, Refusal) and answer.code == "already_done"
    assert count(db, "note") == 1
    assert len(chain(db, case_id)) == 2
    assert_whole(db, case_id)


def test_a_retry_under_the_same_request_makes_no_duplicate(db, nurse, case_id):
    def once() -> object:
        return db.write(
            nurse,
            "cover",
            lambda tx: tx.add(Coverage(case_id=case_id, kind=CoverageKind.OTHER_GOVERNMENT)).id,
            case_id=case_id,
            request_id="req-1",
        )

    failing_commit(db, before=False, message="disk I/O error")
    assert [once().code, once().code, once().code] == ["already_done"] * 3
    assert count(db, "coverage", "kind = 'other_government'") == 1
    assert_whole(db, case_id)


def test_a_commit_that_failed_is_refused_and_the_retry_saves(db, nurse, case_id):
    failing_commit(db, before=True, message="disk I/O error")
    mine = services(db, nurse)
    refused = mine.work.add_note(case_id, "said twice")
    assert isinstance(refused, Refusal) and refused.code == "disk_fault"
    assert count(db, "note") == 0 and len(chain(db, case_id)) == 1
    assert isinstance(mine.work.add_note(case_id, "said twice"), int)
    assert count(db, "note") == 1
    assert_whole(db, case_id)


def test_an_unexpected_fault_is_raised_and_nothing_is_saved(db, nurse, case_id):
    failing_commit(db, before=True, message="the machine is on fire")
    with pytest.raises(OperationalError, match="on fire") as fault:
        services(db, nurse).work.add_note(case_id, CANARY)
    assert CANARY not in everything_said(fault.value)
    assert count(db, "note") == 0
    assert isinstance(services(db, nurse).work.add_note(case_id, "later"), int)
    assert_whole(db, case_id)


@pytest.mark.parametrize("statement", range(12))
def test_a_fault_at_any_statement_leaves_nothing_half_done(db, nurse, case_id, statement):
    mine = services(db, nurse)
    site_id = add_site(db, SYSTEM)
    start = next(w.start for w in mine.infusions.propose(case_id, 1, site_id).weeks if w.possible)
    seen: list[str] = []

    def fail(conn, cursor, text, parameters, context, executemany):
        if text.startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(text)
            if len(seen) == statement + 1:
                raise dbapi2.OperationalError("disk I/O error")

    event.listen(db.engine, "before_cursor_execute", fail)
    before = chain(db, case_id)
    answer: object
    try:
        answer = mine.infusions.book(case_id, 1, site_id, start, 1)
    except DatabaseError as fault:
        answer = refusal_of(fault)
    except dbapi2.OperationalError as fault:
        answer = Refusal("disk_fault", str(fault))
    event.remove(db.engine, "before_cursor_execute", fail)
    if len(seen) > statement:
        assert isinstance(answer, Refusal) and answer.code == "disk_fault"
        assert chain(db, case_id) == before
        assert count(db, "infusion_day") == 0
    else:
        assert isinstance(answer, int)
    assert_whole(db, case_id)


def everything_said(fault: BaseException) -> str:
    said = [str(fault), repr(fault)]
    for other in (fault.__cause__, fault.__context__, getattr(fault, "orig", None)):
        if other is not None:
            said += [str(other), repr(other)]
    return " ".join(said)


BROKEN = {
    "unique form": lambda tx, c: tx.add(
        ServicesForm(case_id=c, form_id="SF-1", received_at=tx.at, preferred_site=CANARY)
    ),
    "second patient": lambda tx, c: tx.add(Patient(case_id=c, first_name=FIRST, last_name=LAST)),
    "foreign key": lambda tx, c: tx.add(ContactPoint(case_id=1, value=CANARY)),
    "not null": lambda tx, c: tx.add(ContactPoint(case_id=c, value=None, kind="other")),
    "check": lambda tx, c: tx.add(Coverage(case_id=c, kind="medicare", payer=CANARY, position=0)),
    "unique user": lambda tx, c: tx.add(User(name="dana", full_name=CANARY, role=Role.NURSE,
                                             created_at=tx.at)),
    "no course": lambda tx, c: tx.add(
        InfusionDay(case_id=c, course_id=5, site_id=5, number=1, on_date=date(2027, 1, 4),
                    reason=CANARY)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_database_forbids_is_told_without_the_patient(db, nurse, case_id, name):
    with pytest.raises(DatabaseError) as fault:
        db.write(nurse, "raw", lambda tx: BROKEN[name](tx, case_id) and 1, case_id=case_id)
    said = everything_said(fault.value)
    assert FIRST not in said and LAST not in said
    assert_whole(db, case_id)


@pytest.mark.parametrize(
    "message, code",
    [
        ("database is locked", "busy"),
        ("database table is locked", "busy"),
        ("database or disk is full", "disk_full"),
        ("disk I/O error", "disk_fault"),
        ("attempt to write a readonly database", "read_only"),
        ("database disk image is malformed", "damaged"),
        ("file is not a database", "damaged"),
        ("unable to open database file", "cannot_open"),
    ],
)
def test_every_expected_trouble_is_one_sentence_with_a_way_out(message, code):
    refusal = refusal_of(
        OperationalError("INSERT", {"name": CANARY}, dbapi2.OperationalError(message))
    )
    assert refusal is not None and refusal.code == code
    assert refusal.sentence and refusal.way_out and CANARY not in str(refusal)
