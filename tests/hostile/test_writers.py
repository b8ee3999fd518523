"""Several processes write at once: no lost update, one winner, nobody is locked out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nurse_tui import clock
from nurse_tui.store.database import open_database
from nurse_tui.types import Refusal
from tests.cases import NOW, add_case, add_site
from tests.databases import KEY, SYSTEM, add_user, count, fresh_database
from tests.hostile.checks import SHIPPED, assert_sound, assert_whole, chain, services
from tests.hostile.forks import Say, faults, spawn

WRITERS, WRITES = 6, 60


@pytest.fixture
def file(tmp_path):
    """Return a database whose connections are closed before every fork."""
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    yield db
    db.close()


def finish(children) -> list[list]:
    statuses = [child.join() for child in children]
    broken = [text for child in children for text in faults(child)]
    assert not broken, broken[0]
    assert statuses == [0] * len(children)
    return [child.said for child in children]


def test_six_writers_on_one_case_lose_no_update(file):
    nurse = add_user(file, "dana")
    case_id = add_case(file, SYSTEM, nurse_id=nurse.user_id, first_name="")
    file.engine.dispose()

    def append(mark: str, say: Say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        mine, stale, saved = services(db, nurse), 0, 0
        while saved < WRITES:
            case = mine.cases.view(case_id)
            name = case.facts.patient.first_name + mark
            done = mine.cases.edit_patient(case_id, case.version, first_name=name)
            if isinstance(done, Refusal):
                assert done.code == "stale", done
                assert nurse.name in done.sentence
                stale += 1
            else:
                saved += 1
        say(stale)
        db.close()

    def writer(mark: str):
        return lambda say: append(mark, say)

    refused = sum(sum(said) for said in finish([spawn(writer(m)) for m in "abcdef"]))
    name = services(file, nurse).cases.view(case_id).facts.patient.first_name
    assert {mark: name.count(mark) for mark in "abcdef"} == dict.fromkeys("abcdef", WRITES)
    assert len(chain(file, case_id)) == WRITERS * WRITES + 1
    assert refused > 0
    assert_whole(file, case_id)
    assert_sound(file)


def test_two_processes_want_the_last_chair_and_one_gets_it(file):
    nurse = add_user(file, "dana")
    site_id = add_site(file, SYSTEM, chairs=1)
    cases = [add_case(file, SYSTEM, nurse_id=nurse.user_id, form_id=f"SF-{n}") for n in range(10)]
    weeks = services(file, nurse).infusions.propose(cases[0], 1, site_id).weeks
    starts = [week.start for week in weeks if week.possible][:5]
    file.engine.dispose()

    def book(own: list[int], say: Say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        mine = services(db, nurse)
        for case_id, start in zip(own, starts, strict=True):
            booked = mine.infusions.book(case_id, 1, site_id, start, 1)
            say(booked.rule if isinstance(booked, Refusal) else "booked")
        db.close()

    def booker(own: list[int]):
        return lambda say: book(own, say)

    answers = finish([spawn(booker(cases[:5])), spawn(booker(cases[5:]))])
    for pair in zip(*answers, strict=True):
        assert sorted(pair) == ["D-59", "booked"]
    assert count(file, "infusion_day") == 25
    for case_id in cases:
        assert_whole(file, case_id)


def test_a_nurse_goes_on_writing_beside_a_flat_out_import(file):
    nurse = add_user(file, "dana")
    case_id = add_case(file, SYSTEM, nurse_id=nurse.user_id)
    file.engine.dispose()

    def import_flat_out(say: Say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        for number in range(150):
            add_case(db, SYSTEM, form_id=f"BULK-{number}")
        say("done")
        db.close()

    def write_notes(say: Say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        mine = services(db, nurse)
        for number in range(60):
            done = mine.work.add_note(case_id, f"note {number}")
            assert isinstance(done, int), done
            say(done)
        db.close()

    _, notes = finish([spawn(import_flat_out), spawn(write_notes)])
    assert len(set(notes)) == 60
    assert count(file, "case") == 151
    assert_whole(file, case_id)


def test_two_finish_one_call_and_it_ends_once(file):
    nurse = add_user(file, "dana")
    case_id = add_case(file, SYSTEM, nurse_id=nurse.user_id)
    view = services(file, nurse).calls.start(case_id)
    file.engine.dispose()

    def end(say: Say) -> None:
        from nurse_tui.types import CallOutcome

        db = open_database(file.path, KEY, SHIPPED.on)
        done = services(db, nurse).calls.finish(
            view.call_id,
            CallOutcome.NO_ANSWER,
            adverse_event=None,
            callback_at=NOW + timedelta(days=1),
        )
        say(done.code if isinstance(done, Refusal) else "ended")
        db.close()

    said = finish([spawn(end) for _ in range(WRITERS)])
    assert sorted(answer for (answer,) in said) == ["call_ended"] * 5 + ["ended"]
    assert count(file, "callback") == 1


def test_two_begin_a_call_with_one_patient_and_one_call_runs(file):
    nurse = add_user(file, "dana")
    cases = [add_case(file, SYSTEM, nurse_id=nurse.user_id, form_id=f"SF-{n}") for n in range(8)]
    file.engine.dispose()

    def begin(say: Say) -> None:
        db = open_database(file.path, KEY, SHIPPED.on)
        mine = services(db, nurse)
        for case_id in cases:
            view = mine.calls.start(case_id)
            say(view.code if isinstance(view, Refusal) else view.call_id)
        db.close()

    first, second = finish([spawn(begin), spawn(begin)])
    assert first == second
    assert count(file, "call") == len(cases)
