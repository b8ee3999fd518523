"""Every public method of every service, called by a nurse on another nurse's case (G11)."""

from __future__ import annotations

import inspect
from datetime import date, timedelta
from pathlib import Path

import pytest

from nurse_tui.listing import WorklistFilter
from nurse_tui.services.base import Desk, Service
from nurse_tui.services.bundle import Services
from nurse_tui.types import (
    Actor,
    Benefit,
    CallKind,
    CallOutcome,
    ClearanceKind,
    ConsentKind,
    CoverageKind,
    DayStatus,
    Refusal,
    RemsParty,
    Role,
    SafetyKind,
)
from tests.cases import NOW
from tests.databases import SYSTEM, add_user, count
from tests.hostile.checks import chain

GUARDS = ("refuse", "refuse_list", "write")
"""What the services themselves stand on."""

OF_NO_CASE = {
    "cases.find": "turns a number or form id into a case id, and says nothing of the case",
    "cases.previews": "leaves out the cases that may not be seen",
    "calls.mine": "the nurse's own open calls",
    "calls.next_call": "the nurse's own cases",
    "calls.running": "answers None for a case that may not be seen",
    "infusions.sites": "sites are no patients",
    "infusions.site_week": "chairs; the names of others' patients are left out",
    "sites.courses": "a nurse gets her own cases, whatever she asks",
    "sites.board": "chairs of a site, as infusions.site_week shows them",
    "calls.queue": "the nurse's own calls; that she reaches no others has a test of its own",
    "reports.about": "what reports there are, not what they say",
    "reports.names": "what reports there are, not what they say",
    "admin.users": "names of staff",
    "upkeep.sites": "sites are no patients",
    "upkeep.scripts": "scripts are no patients",
    "upkeep.settings": "no case: a supervisor's or an administrator's; see below",
    "upkeep.changes": "users, sites, exports and backups: no case; see below",
    "upkeep.backups": "no case; see below",
    "upkeep.back_up": "no case; see below",
    "upkeep.note_restored": "no case; see below",
    "worklist.open": "the list of its question; whose cases it may hold has tests of its own",
    "worklist.counts": "counts that list; refused as it is, by the same tests",
    "copay.listed": "the list of its question; whose cases it may hold has tests of its own",
    "drafts.save": "the author's own",
    "drafts.load": "the author's own",
    "drafts.drop": "the author's own",
    "work.report_safety": "whoever learns of an adverse event must report it at once (D-35)",
}
"""Methods that a nurse may call without a case of hers, each with the reason why."""

HERS = {
    "seen": 1,
    "seq": 1,
    "result": None,
    "target": Path("nowhere/report.csv"),
    "voicemail_ok": True,
    "callback_local": "2026-12-01 10:00",
    "number": "+16175550123",
    "granted": True,
    "due_on": date(2027, 1, 4),
    "kind": CallKind.WELCOME,
    "words": "x",
    "nurse_id": None,
    "outcome": CallOutcome.NO_ANSWER,
    "adverse_event": None,
    "link_id": "greeting",
    "value": "",
    "benefit": Benefit.DRUG,
    "reason": "because",
    "programme": "another programme",
    "course": 1,
    "start": date(2027, 1, 4),
    "status": DayStatus.GIVEN,
    "sentence": "said",
    "text": "words",
    "title": "words",
    "due_at": None,
    "ends_on": date(2027, 1, 4),
    "done_on": date(2026, 11, 1),
    "party": RemsParty.PATIENT,
    "on": date(2026, 11, 1),
    "source": "somebody",
    "told_by": "somebody",
    "test": "cbc",
    "drawn_on": date(2026, 11, 1),
    "sent_on": date(2026, 11, 1),
    "event": "fever",
    "reporter": "patient",
    "name": "eve",
    "full_name": "Eve",
    "role": Role.ADMIN,
    "day_id": 1,
    "coverage_id": 1,
    "task_id": 1,
    "report_id": 1,
    "user_id": 1,
    "wanted": WorklistFilter(),
    "tab": "enrolled",
    "monday": date(2027, 1, 4),
    "ring": None,
    "screen": "note",
    "subject": "1",
    "content": "words",
}
KINDS = {
    "work.add_coverage": CoverageKind.COMMERCIAL,
    "work.confirm": ClearanceKind.LIVER,
    "work.report_safety": SafetyKind.ADVERSE_EVENT,
    "intake.record_consent": ConsentKind.CALLS,
}


def methods() -> list[str]:
    """Walk every service of the bundle for its public methods."""
    kinds = inspect.get_annotations(Services.__init__)
    assert "desk" in kinds
    found = []
    for name, service in sorted(vars(bundle_without_database()).items()):
        if isinstance(service, Service):
            for method, _ in inspect.getmembers(type(service), inspect.isfunction):
                if not method.startswith("_") and method not in GUARDS:
                    found.append(f"{name}.{method}")
    return found


def bundle_without_database() -> Services:
    return Services(Desk(None, Actor(7, "nobody", Role.NURSE), None))  # type: ignore[arg-type]


def arguments(name: str, method, desk, call_id: int) -> dict:
    """Return an argument for each parameter that has no default; unknown ones fail the test."""
    given = {
        **HERS,
        "case_id": desk.case,
        "case_ids": [desk.case],
        "call_id": call_id,
        "site_id": desk.site,
    }
    if name in KINDS:
        given["kind"] = KINDS[name]
    wanted = inspect.signature(method).parameters.values()
    return {
        p.name: given[p.name]
        for p in wanted
        if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    }


def service_method(services: Services, name: str):
    service, method = name.split(".")
    return getattr(getattr(services, service), method)


@pytest.mark.parametrize("name", [m for m in methods() if m not in OF_NO_CASE])
def test_a_method_refuses_another_nurses_case_and_an_administrator(desk, name):
    view = desk.mine.calls.start(desk.case)
    before = chain(desk.db, desk.case), count(desk.db, "change")
    admin = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    for services in (desk.other, admin) if not name.startswith("admin.") else (desk.other,):
        method = service_method(services, name)
        answer = method(**arguments(name, method, desk, view.call_id))
        assert isinstance(answer, Refusal), (name, services.actor.role, answer)
        assert "Ortiz" not in str(answer) and "Marisol" not in str(answer)
    assert (chain(desk.db, desk.case), count(desk.db, "change") - 1) == before


def test_the_list_of_exceptions_names_only_methods_that_exist():
    assert set(OF_NO_CASE) <= set(methods())


def test_exceptions_tell_nothing_of_anothers_patient(desk):
    desk.mine.calls.start(desk.case)
    assert desk.other.calls.running(desk.case) is None
    assert desk.other.calls.mine() == ()
    assert desk.other.cases.previews([desk.case]) == {}
    assert list(desk.mine.cases.previews([desk.case])) == [desk.case]
    assert isinstance(desk.other.calls.next_call(), Refusal)
    monday = next(w.start for w in desk.mine.infusions.propose(desk.case).weeks if w.possible)
    assert isinstance(desk.mine.infusions.book(desk.case, 1, desk.site, monday, 2), int)
    admin = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    for services in (desk.other, admin):
        week = services.infusions.site_week(desk.site, monday)
        assert len(week.bookings) == 5
        assert {b.patient for b in week.bookings} == {""}
    desk.mine.drafts.save("note", str(desk.case), "secret words")
    assert desk.other.drafts.load("note", str(desk.case)) == ""


def test_a_nurse_does_not_reach_the_upkeep(desk):
    upkeep = desk.mine.upkeep
    answers = [
        upkeep.settings(),
        upkeep.changes(),
        upkeep.backups(),
        upkeep.back_up(None, desk.db.path.with_name("copy.db")),
        upkeep.note_restored("copy.db"),
    ]
    assert all(isinstance(answer, Refusal) and answer.code == "role" for answer in answers)
    assert not desk.db.path.with_name("copy.db").exists()


def test_a_report_of_anothers_case_is_made_but_not_forwarded_d35(desk):
    event = desk.case, SafetyKind.ADVERSE_EVENT, "rash", "patient"
    report = desk.other.work.report_safety(*event)
    assert isinstance(report, int)
    refused = desk.other.work.forward_safety(desk.case, report)
    assert isinstance(refused, Refusal) and refused.code == "other_nurse"
    assert count(desk.db, "safety_report", "forwarded_at IS NULL") == 1
    for services in (desk.mine, desk.boss):
        report = services.work.report_safety(*event)
        assert services.work.forward_safety(desk.case, report) == report


def test_rows_of_another_case_are_not_reached_through_ones_own(desk):
    from tests.cases import add_case

    own = add_case(desk.db, SYSTEM, nurse_id=desk.other.actor.user_id, form_id="SF-2")
    task = desk.mine.work.add_task(desk.case, "call the payer", NOW + timedelta(days=1))
    report = desk.mine.work.report_safety(desk.case, SafetyKind.ADVERSE_EVENT, "fever", "patient")
    cover = desk.mine.cases.view(desk.case).facts.coverages[0].id
    version = desk.mine.cases.view(desk.case).version
    call = desk.mine.calls.start(desk.case).call_id
    answers = [
        desk.other.work.finish_task(own, task),
        desk.other.work.forward_safety(own, report),
        desk.other.work.verify_coverage(own, cover, 1),
        desk.other.work.end_coverage(own, cover, date(2027, 1, 1), 1),
        desk.other.work.report_safety(own, SafetyKind.ADVERSE_EVENT, "x", "y", call_id=call),
        desk.other.calls.finish(call, CallOutcome.NO_ANSWER, adverse_event=None),
    ]
    assert [a.code for a in answers if isinstance(a, Refusal)] == ["no_case"] * 5 + ["other_nurse"]
    assert desk.mine.cases.view(desk.case).version == version + 1


@pytest.mark.parametrize("field", ["nurse_id", "version", "id", "number", "state", "is_open"])
def test_a_case_is_not_given_away_by_setting_its_fields(desk, field):
    with pytest.raises(KeyError):
        desk.mine.cases.set_case(desk.case, 1, "mine no more", **{field: None})
    assert desk.mine.cases.view(desk.case).nurse_id == desk.nurse.user_id


def test_a_case_is_given_only_to_somebody_who_may_work_on_it(desk):
    root = add_user(desk.db, "root", Role.ADMIN)
    gone = add_user(desk.db, "gone")
    admin = Services(Desk(desk.db, root, desk.shipped))
    assert isinstance(admin.admin.set_user(gone.user_id, active=False), int)
    for nobody in (root.user_id, gone.user_id, 12345):
        answer = desk.boss.cases.reassign([desk.case], nobody)
        assert answer.moved == 0
        assert [r.code for _, r in answer.refused] == ["no_nurse"]
    assert desk.boss.cases.reassign([desk.case], desk.other.actor.user_id).moved == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda s, c: s.work.finish_task(c, 9),
        lambda s, c: s.work.forward_safety(c, 9),
        lambda s, c: s.work.verify_coverage(c, 9, 1),
        lambda s, c: s.work.end_coverage(c, 9, date(2027, 1, 1), 1),
        lambda s, c: s.infusions.record_day(c, 9, DayStatus.GIVEN, "", 1),
        lambda s, c: s.infusions.propose(c, 1, 9),
        lambda s, c: s.infusions.book(c, 1, 9, date(2027, 1, 4), 1),
        lambda s, c: s.cases.view(9),
        lambda s, c: s.cases.take(9),
        lambda s, c: s.calls.start(9),
        lambda s, c: s.calls.resume(9),
        lambda s, c: s.calls.answer(9, "greeting", ""),
        lambda s, c: s.history.undo(9),
    ],
)
def test_an_id_that_nothing_has_is_refused_and_no_fault(desk, act):
    assert isinstance(act(desk.mine, desk.case), Refusal)
