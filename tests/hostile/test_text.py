"""Text that people or files give: kept as it is or refused in one sentence, never a fault."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.types import CoverageKind, Refusal, RemsParty, SafetyKind

KEPT = {
    "nul": "before\0after",
    "escape": "\x1b]0;title\x07\x1b[31m",
    "long": "x" * 10_000,
    "emoji": "👩🏽‍⚕️🇺🇸",
    "bidi": "\u202eevil\u202c \u2066abc\u2069",
    "combining": "e" + "\u0301" * 2_000,
    "quotes": "O'Neil \"Robert'); DROP TABLE patient;--",
    "percent": "100% _ \\ %s {0} {name}",
    "highest": "\U0010ffff",
    "zero width": "a\u200bb\ufeffc",
    "lines": "one\r\ntwo\u2028three",
    "markup": "[/red][@click=app.pwn]x[/]",
}
REFUSED = {"lone high": "José \ud83d", "lone low": "\udcff", "swapped": "\ude00\ud83d"}


def writes(desk, text: str) -> list:
    mine, case = desk.mine, desk.case

    def seen() -> int:
        return mine.cases.view(case).version

    return [
        mine.cases.edit_patient(case, seen(), first_name=text, last_name=text, city=text),
        mine.cases.set_case(case, seen(), f"Flag: {text}", flag=text),
        mine.work.add_note(case, text),
        mine.work.add_task(case, text, None),
        mine.work.add_coverage(case, seen(), CoverageKind.COMMERCIAL, text, text),
        mine.work.record_rems(case, RemsParty.PATIENT, text, date(2026, 11, 1), text),
        mine.work.record_lab(case, text, date(2026, 11, 1)),
        mine.work.report_safety(case, SafetyKind.ADVERSE_EVENT, text, text),
        mine.copay.refer(case, text, seen()),
    ]


@pytest.mark.parametrize("name", KEPT)
def test_odd_text_is_stored_and_read_back_as_it_was_given(desk, name):
    from tests.hostile.checks import assert_whole

    text = KEPT[name]
    answers = writes(desk, text)
    assert not [a for a in answers if isinstance(a, Refusal)], answers
    view = desk.mine.cases.view(desk.case)
    stripped = text.strip()
    assert view.facts.patient.first_name == text
    assert view.notes[0].text == stripped
    assert view.facts.tasks[-1].title == stripped
    assert view.facts.coverages[-1].payer == stripped
    assert_whole(desk.db, desk.case)
    while isinstance(desk.mine.history.undo(desk.case), str):
        pass
    assert desk.mine.cases.view(desk.case).facts.patient.first_name == "Marisol"
    assert_whole(desk.db, desk.case)


@pytest.mark.parametrize("name", REFUSED)
def test_half_a_character_is_refused_in_one_sentence(desk, name):
    before = desk.mine.cases.view(desk.case)
    for answer in writes(desk, REFUSED[name]):
        assert isinstance(answer, Refusal), answer
        assert answer.code == "bad_text"
        str(answer).encode()
    assert desk.mine.cases.view(desk.case) == before


@pytest.mark.parametrize("name", [*KEPT, *REFUSED])
def test_a_search_for_odd_text_finds_nothing_and_is_no_fault(desk, name):
    text = (KEPT | REFUSED)[name]
    assert desk.mine.cases.find(text).code == "no_case"


@pytest.mark.parametrize("name", [*KEPT, *REFUSED])
def test_a_draft_keeps_what_was_typed_whatever_it_is(desk, name):
    text = (KEPT | REFUSED)[name]
    assert desk.mine.drafts.save("note", "1", text) is None
    kept = desk.mine.drafts.load("note", "1")
    assert kept == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("name", [*KEPT, *REFUSED])
def test_odd_answers_in_a_call_are_kept_or_refused(desk, name):
    from nurse_tui.scripts import run as runner
    from tests.services.test_calls import answers_for

    text = (KEPT | REFUSED)[name]
    view = desk.mine.calls.start(desk.case)
    item = runner.current(view.run)
    answer = desk.mine.calls.answer(view.call_id, item.link_id, answers_for(item), note=text)
    assert isinstance(answer, Refusal) is (name in REFUSED)
    odd = desk.mine.calls.answer(view.call_id, text, text)
    assert isinstance(odd, Refusal)


@pytest.mark.parametrize("name", [*KEPT, *REFUSED])
def test_odd_names_of_users_are_refused_or_kept(desk, name):
    from nurse_tui.services.base import Desk
    from nurse_tui.services.bundle import Services
    from nurse_tui.types import Role
    from tests.databases import add_user

    root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    text = (KEPT | REFUSED)[name]
    assert root.admin.add_user(text, "Eve", Role.NURSE).code == "bad_name"
    made = root.admin.add_user("eve", text, Role.NURSE)
    assert isinstance(made, Refusal) is (name in REFUSED)
