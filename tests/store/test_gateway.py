"""The door: signing in to real files and demos, locking, unlocking, users who may not."""

from __future__ import annotations

import shutil

import pytest

from nurse_tui import clock, settings
from nurse_tui.gateway import FileGateway, Place
from nurse_tui.listing import WorklistFilter
from nurse_tui.store import engine, keyslots, schema
from nurse_tui.store.keyslots import Kdf
from nurse_tui.types import Actor, ClosedError, Refusal, Role
from tests.cases import NOW, add_case
from tests.databases import KEY, SYSTEM, add_user, fresh_database
from tests.hostile.checks import SHIPPED, services

CHEAP = Kdf(memory_kib=64, passes=1, lanes=1)
PASSWORD = "heron lantern quilt 42"


@pytest.fixture
def place(tmp_path):
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    made = db.write(SYSTEM, "user.add", lambda tx: _user(tx, "dana", "Dana Whitfield RN"))
    add_user(db, "root.admin", Role.ADMIN)
    add_case(db, SYSTEM, nurse_id=made)
    db.close()
    keyslots.add_slot(db.path, "dana", PASSWORD, KEY, CHEAP)
    return Place(db.path, tmp_path / "log")


def _user(tx, name, full_name):
    from nurse_tui.models import User

    user = User(name=name, full_name=full_name, role=Role.NURSE, created_at=tx.at)
    return tx.add(user).id


@pytest.fixture
def gateway(place):
    door = FileGateway(place, SHIPPED)
    yield door
    door.close()


def code(answer) -> str:
    return answer.code if isinstance(answer, Refusal) else "in"


def test_the_right_password_opens_and_the_wrong_one_does_not(gateway):
    assert code(gateway.sign_in("dana", "wrong")) == "wrong_password"
    assert gateway.services is None and gateway.actor is None
    actor = gateway.sign_in("dana", PASSWORD)
    assert isinstance(actor, Actor) and actor.name == "Dana Whitfield RN"
    assert len(gateway.services.calls.next_call().why) > 0


def test_a_locked_screen_unlocks_with_the_name_that_it_shows(gateway):
    actor = gateway.sign_in("dana", PASSWORD)
    gateway.lock()
    assert gateway.services is None and gateway.actor == actor
    assert code(gateway.sign_in(gateway.actor.name, "wrong")) == "wrong_password"
    assert gateway.services is None
    assert gateway.sign_in(gateway.actor.name, PASSWORD) == actor
    assert gateway.services is not None


def test_after_signing_out_a_full_name_is_no_sign_in_name(gateway):
    gateway.sign_in("dana", PASSWORD)
    gateway.close()
    assert code(gateway.sign_in("Dana Whitfield RN", PASSWORD)) == "wrong_password"


def test_signing_in_again_closes_the_connections_of_before(gateway):
    gateway.sign_in("dana", PASSWORD)
    first = gateway._database
    with first.read() as session:
        session.connection()
    assert first.engine.pool.checkedin() == 1
    gateway.sign_in("dana", PASSWORD)
    assert first.engine.pool.checkedin() == 0
    assert gateway._database is not first


def test_a_user_who_is_switched_off_is_refused_and_signs_in_no_more(gateway, place):
    nurse = gateway.sign_in("dana", PASSWORD)
    (case_id,) = [gateway.services.calls.next_call().case_id]
    db = fresh_copy(place)
    boss = services(db, Actor(_id(db, "root.admin"), "root.admin", Role.ADMIN))
    assert isinstance(boss.admin.set_user(nurse.user_id, active=False), int)
    db.close()
    assert code(gateway.services.work.add_note(case_id, "still here")) == "inactive"
    assert code(gateway.services.cases.view(case_id)) == "inactive"
    gateway.lock()
    assert code(gateway.sign_in("dana", PASSWORD)) == "inactive"
    assert gateway.services is None


def test_a_role_that_was_taken_away_holds_for_the_next_action(gateway, place):
    actor = gateway.sign_in("dana", PASSWORD)
    case_id = gateway.services.calls.next_call().case_id
    db = fresh_copy(place)
    boss = services(db, Actor(_id(db, "root.admin"), "root.admin", Role.ADMIN))
    assert isinstance(boss.admin.set_user(actor.user_id, role=Role.ADMIN), int)
    db.close()
    assert code(gateway.services.work.add_note(case_id, "as before")) == "role_changed"


def fresh_copy(place):
    from nurse_tui.store.database import open_database

    return open_database(place.database, KEY, SHIPPED.on)


def _id(db, name):
    from nurse_tui.models import User
    from nurse_tui.store import finding

    with db.read() as session:
        return finding.first(session, User, name=name).id


def test_a_user_without_a_slot_and_a_slot_without_a_user(gateway, place):
    assert code(gateway.sign_in("root.admin", PASSWORD)) == "wrong_password"
    keyslots.add_slot(place.database, "ghost", PASSWORD, KEY, CHEAP)
    assert code(gateway.sign_in("ghost", PASSWORD)) == "inactive"
    assert gateway.services is None


def test_a_slot_with_the_key_of_another_file_is_refused(gateway, place):
    keyslots.add_slot(place.database, "dana", PASSWORD, bytes(32), CHEAP)
    assert code(gateway.sign_in("dana", PASSWORD)) == "wrong_key"


@pytest.fixture
def demo(tmp_path):
    path = tmp_path / "demo.db"
    engine.connect(path, None, create=True).close()
    made = engine.make_engine(path, None)
    schema.upgrade(made)
    made.dispose()
    return Place(path, tmp_path / "log")


def test_a_demo_opens_without_a_password_and_only_when_it_says_that_it_is_one(demo):
    from nurse_tui.store.database import open_database

    door = FileGateway(demo, SHIPPED, demo=True, role=Role.NURSE)
    assert code(door.sign_in("", "")) == "plain_database"
    db = open_database(demo.database, None, SHIPPED.on)
    db.set_meta("demo", "yes")
    assert code(door.sign_in("", "")) == "no_user"
    nurse = add_user(db, "dana")
    db.close()
    assert door.sign_in("", "").user_id == nurse.user_id
    door.lock()
    assert door.sign_in(door.actor.name, "").user_id == nurse.user_id
    door.close()


def test_an_encrypted_file_is_no_demo_and_a_plain_one_no_case_database(place, demo):
    assert code(FileGateway(place, SHIPPED, demo=True).sign_in("", "")) == "encrypted"
    keyslots.add_slot(demo.database, "dana", PASSWORD, KEY, CHEAP)
    assert code(FileGateway(demo, SHIPPED).sign_in("dana", PASSWORD)) == "wrong_key"


def test_a_newer_schema_is_refused_and_left_alone(gateway, place):
    db = fresh_copy(place)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    db.close()
    before = place.database.read_bytes()
    assert code(gateway.sign_in("dana", PASSWORD)) == "newer_schema"
    assert place.database.read_bytes() == before


def test_wrong_settings_of_a_site_leave_the_last_good_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "settings_copy", lambda: tmp_path / "copy" / "settings.json")
    site = tmp_path / "site"
    site.mkdir()
    good, refused = settings.current(site)
    assert refused is None and good.digest == SHIPPED.digest
    shutil.copy(settings.data_folder() / "settings" / "holidays.txt", site / "holidays.txt")
    (site / "programme.toml").write_text("version = [not toml")
    kept, refused = settings.current(site)
    assert kept.digest == good.digest
    assert code(refused) == "settings_wrong" and "programme.toml" in refused.sentence
    assert kept.on(NOW.date()).idle_lock_minutes.value > 0


def test_a_door_loads_its_settings_once_and_says_what_is_wrong_with_them(place, monkeypatch):
    wrong = Refusal("settings_wrong", "programme.toml, line 3: no number.", "Correct it.")
    asked = []

    def current(site):
        asked.append(site)
        return SHIPPED, wrong

    monkeypatch.setattr(settings, "current", current)
    door = FileGateway(place)
    assert door.idle_lock_minutes is None
    assert door.preload() == wrong
    assert door.settings() is SHIPPED
    assert door.idle_lock_minutes == SHIPPED.on(NOW.date()).idle_lock_minutes.value
    assert asked == [place.site_settings]


def test_nobody_signs_in_without_settings(place, monkeypatch):
    wrong = Refusal("settings_wrong", "programme.toml is missing.", "Correct it.")
    monkeypatch.setattr(settings, "current", lambda site: (None, wrong))
    assert FileGateway(place).sign_in("dana", PASSWORD) == wrong


def test_keys_that_others_could_read_are_told_once_at_the_start(gateway, place):
    keyslots.slots_path(place.database).chmod(0o644)
    assert code(gateway.preload()) == "keys_were_open"
    assert gateway.preload() is None
    assert isinstance(gateway.sign_in("dana", PASSWORD), Actor)


def test_a_list_that_is_open_reads_nothing_after_the_lock(gateway):
    gateway.sign_in("dana", PASSWORD)
    rows = gateway.services.worklist.open(WorklistFilter(), mine=True).source
    assert len(rows.rows(0, 10)) == 1
    closed = gateway._database
    gateway.lock()
    for read in (lambda: rows.rows(0, 10), lambda: rows.find(1), lambda: closed.meta("demo")):
        with pytest.raises(ClosedError):
            read()
    assert closed.engine.pool.checkedin() == 0


def test_the_door_of_a_closed_engine_has_no_key(gateway):
    gateway.sign_in("dana", PASSWORD)
    door = gateway._database.engine.get_execution_options()["door"]
    assert door._key == KEY
    gateway.lock()
    assert door._key is None


def test_an_unlocking_that_is_refused_leaves_no_key(gateway, place):
    gateway.sign_in("dana", PASSWORD)
    gateway.lock()
    db = fresh_copy(place)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    db.close()
    assert code(gateway.sign_in("dana", PASSWORD)) == "newer_schema"
    assert gateway.keyring is None
