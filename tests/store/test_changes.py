"""The change log: collected, chained, append-only; undo, redo and the past from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nurse_tui import clock, settings
from nurse_tui.models import Prescriber, ServicesForm
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store import finding
from nurse_tui.store.database import Database, immediate
from nurse_tui.store.facts import load_rows
from nurse_tui.store.replay import rows_as_of
from nurse_tui.types import Actor, CoverageKind, Refusal, Role, State
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, add_user, fresh_database


@pytest.fixture
def db(tmp_path):
    clock.freeze(NOW)
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def nurse(db) -> Actor:
    return add_user(db, "dana")


def services(db: Database, actor: Actor) -> Services:
    return Services(Desk(db, actor, settings.load()))


def changes(db: Database, case_id: int):
    with db.read() as session:
        return session.execute(
            text("SELECT * FROM change WHERE subject = :s ORDER BY seq"), {"s": f"case:{case_id}"}
        ).all()


def test_an_insert_in_bulk_is_logged_and_projected_like_a_write(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    (first,) = changes(db, case_id)
    assert first.seq == 1 and first.prev_hash == "0" * 64
    assert '"coverage"' in first.diff and '"search_text"' not in first.diff
    view = services(db, nurse).cases.view(case_id)
    assert view.journey.state is State.WELCOME_PENDING
    assert view.version == 1


def test_replaying_the_log_gives_the_rows_that_are_stored(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    mine = services(db, nurse)
    mine.work.add_coverage(case_id, 1, CoverageKind.EXCHANGE, "Blue")
    mine.work.add_note(case_id, "prefers mornings")
    mine.history.undo(case_id)
    with db.read() as session:
        live = load_rows(session, case_id)
        past = rows_as_of(session, case_id, clock.now())
    from nurse_tui.store.coding import logged_fields

    for table, rows in live.items():
        logged = [{n: r[n] for n in logged_fields(table)} for r in rows]
        assert past.get(table, []) == logged, table


def test_the_past_shows_the_prescriber_of_then(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    before = clock.now()
    clock.freeze(before + timedelta(days=1))

    def job(tx):
        form = finding.find(tx.session, ServicesForm, case_id=case_id)[0]
        tx.get(Prescriber, form.prescriber_id).name = "Dr. Amara Osei-Mensah"

    db.write(SYSTEM, "prescriber.rename", job)
    seen = services(db, nurse).cases
    assert seen.view(case_id).facts.form.prescriber_name == "Dr. Amara Osei-Mensah"
    assert seen.view(case_id, before).facts.form.prescriber_name == "Dr. Amara Osei"


def test_undo_and_redo_across_a_new_opening(db, nurse, tmp_path):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    services(db, nurse).work.add_coverage(case_id, 1, CoverageKind.EXCHANGE, "Blue")
    assert services(db, nurse).history.undo(case_id) == "Added cover: exchange Blue"
    view = services(db, nurse).cases.view(case_id)
    assert [c.kind for c in view.facts.coverages] == [CoverageKind.COMMERCIAL]
    assert services(db, nurse).history.redo(case_id) == "Added cover: exchange Blue"
    view = services(db, nurse).cases.view(case_id)
    assert [c.payer for c in view.facts.coverages] == ["commercial", "Blue"]
    nothing = services(db, nurse).history.redo(case_id)
    assert isinstance(nothing, Refusal) and nothing.code == "nothing_to_redo"


def test_undo_is_refused_when_later_work_touched_the_field(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    mine = services(db, nurse)
    mine.cases.edit_patient(case_id, 1, city="Concord")
    mine.cases.edit_patient(case_id, 2, city="Dover")
    mine.history.undo(case_id)
    db.write(nurse, "raw", lambda tx: _set_city(tx, case_id, "Keene"), case_id=case_id)
    refused = mine.history.undo(case_id)
    assert isinstance(refused, Refusal) and refused.code == "touched_since"
    assert mine.cases.view(case_id).facts.patient.city == "Keene"


def _set_city(tx, case_id, city):
    from sqlmodel import select

    from nurse_tui.models import Patient

    tx.session.scalars(select(Patient).where(Patient.case_id == case_id)).one().city = city
    return 1


def test_another_nurses_change_is_not_hers_to_undo(db, nurse):
    boss = add_user(db, "boss", Role.SUPERVISOR)
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    services(db, boss).cases.edit_patient(case_id, 1, city="Dover")
    refused = services(db, nurse).history.undo(case_id)
    assert isinstance(refused, Refusal) and refused.code == "anothers_change"


def test_a_form_opened_before_somebody_elses_change_is_stale(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    mine = services(db, nurse)
    assert mine.cases.edit_patient(case_id, 1, city="Dover") == case_id
    refused = mine.cases.edit_patient(case_id, 1, city="Keene")
    assert isinstance(refused, Refusal) and refused.code == "stale"
    assert "Corrected city" in refused.sentence
    assert len(changes(db, case_id)) == 2


def test_a_retry_with_the_same_request_does_nothing_twice(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    for _ in range(2):
        done = db.write(
            nurse, "raw", lambda tx: _set_city(tx, case_id, "X"), case_id=case_id, request_id="r-1"
        )
    assert isinstance(done, Refusal) and done.code == "already_done"
    assert len(changes(db, case_id)) == 2


def test_yesterdays_state_is_shown_as_of_yesterday(db, nurse):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    clock.freeze(NOW + timedelta(days=1))
    mine = services(db, nurse)
    mine.cases.edit_patient(case_id, 1, city="Dover")
    then = mine.cases.view(case_id, as_of=NOW)
    assert then.facts.patient.city == "Nashua" and then.version == 1
    assert mine.cases.view(case_id).facts.patient.city == "Dover"
    before = mine.cases.view(case_id, as_of=NOW - timedelta(days=9))
    assert isinstance(before, Refusal) and before.code == "not_yet"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change SET sentence = 'x'",
        "DELETE FROM change",
        "INSERT OR REPLACE INTO change SELECT * FROM change LIMIT 1",
        "INSERT OR REPLACE INTO change SELECT id, subject, seq + 1, case_id, at, user_id,"
        " user_name, role, command, sentence, diff, 'new', undoable, undo_of, redo_of,"
        " prev_hash, hash FROM change LIMIT 1",
        "INSERT INTO change SELECT id + 1, subject, seq + 5, case_id, at, user_id, user_name,"
        " role, command, sentence, diff, 'new', undoable, undo_of, redo_of, prev_hash, hash"
        " FROM change LIMIT 1",
    ],
)
def test_the_log_only_grows_at_its_end(db, nurse, statement):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    before = changes(db, case_id)
    with pytest.raises(DatabaseError), immediate(db) as session:
        session.execute(text(statement))
    assert changes(db, case_id) == before


def test_the_database_itself_refuses_enrolment_under_government_cover(db, nurse):
    case_id = add_case(
        db,
        SYSTEM,
        nurse_id=nurse.user_id,
        coverages=(CoverageKind.COMMERCIAL, CoverageKind.MEDICARE),
    )
    from nurse_tui.models import CopayDecision, CopayEnrollment

    def job(tx):
        decision = tx.add(
            CopayDecision(
                case_id=case_id,
                benefit="drug",
                verdict="eligible",
                terms_version="x",
                decided_at=tx.at,
            )
        )
        tx.session.flush()
        tx.add(
            CopayEnrollment(
                case_id=case_id,
                benefit="drug",
                decision_id=decision.id,
                enrolled_on=date(2026, 11, 18),
                terms_version="x",
            )
        )
        return 1

    refused = db.write(nurse, "raw", job, case_id=case_id)
    assert isinstance(refused, Refusal) and refused.code == "government_cover"
    assert len(changes(db, case_id)) == 1


def unseen_writes():
    from sqlmodel import delete, update

    from nurse_tui.models import Patient, Table

    patient = Table.metadata.tables["patient"]
    return {
        "orm update": update(Patient).values(city="x"),
        "orm delete": delete(Patient),
        "core update": patient.update().values(city="x"),
        "core delete": patient.delete(),
        "core insert": patient.insert().values(id=1),
        "text": text("UPDATE patient SET city = 'x'"),
    }


@pytest.mark.parametrize("kind", list(unseen_writes()))
def test_a_write_that_the_log_would_not_see_is_a_fault(db, nurse, kind):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    with pytest.raises(RuntimeError, match="unit of work"):
        db.write(nurse, "raw", lambda tx: tx.session.execute(unseen_writes()[kind]))
    with db.read() as session:
        assert load_rows(session, case_id)["patient"][0]["city"] == "Nashua"
