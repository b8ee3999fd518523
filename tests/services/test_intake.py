"""What a Services Form lacked, the next course's gate, and the fields of a change."""

from __future__ import annotations

from datetime import date

import pytest

from nurse_tui.models import Prescriber
from nurse_tui.types import ConsentKind, MsType, PhoneKind, Refusal, State
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, count


def lacking(desk, **form):
    return add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-9",
                    form={"completed_at": None, **form})  # fmt: skip


def test_the_last_missing_item_completes_the_form(desk) -> None:
    case_id = lacking(desk, patient_signed_on=None, ms_type=None)
    view = desk.mine.cases.view(case_id)
    assert set(view.journey.missing) == {"patient signature", "type of MS"}
    done = desk.mine.intake.complete_form(
        case_id, view.version, patient_signed_on=date(2026, 11, 17), ms_type=MsType.RRMS
    )
    assert done == case_id
    after = desk.mine.cases.view(case_id)
    assert after.journey.missing == ()
    assert after.journey.state is State.WELCOME_PENDING
    assert after.facts.form.completed_at == NOW


def test_nothing_given_and_a_future_date_are_refused(desk) -> None:
    case_id = lacking(desk, patient_signed_on=None)
    seen = desk.mine.cases.view(case_id).version
    nothing = desk.mine.intake.complete_form(case_id, seen)
    future = desk.mine.intake.complete_form(case_id, seen, patient_signed_on=date(2026, 11, 19))
    today = desk.mine.intake.complete_form(case_id, seen, patient_signed_on=date(2026, 11, 18))
    assert (nothing.code, future.code, today) == ("empty", "future", case_id)


def test_a_prescriber_by_name_is_found_again(desk) -> None:
    view = desk.mine.cases.view(desk.case)
    desk.mine.intake.complete_form(desk.case, view.version, prescriber="Dr. New")
    view = desk.mine.cases.view(desk.case)
    desk.mine.intake.complete_form(desk.case, view.version, prescriber="Dr. Amara Osei")
    assert desk.mine.cases.view(desk.case).facts.form.prescriber_name == "Dr. Amara Osei"
    assert count(desk.db, "prescriber") == 2


def test_a_new_phone_is_the_preferred_one(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.intake.add_phone(desk.case, seen, "(603) 555-0199", PhoneKind.HOME, False)
    phones = desk.mine.cases.view(desk.case).facts.phones
    assert [(p.number, p.preferred) for p in phones] == [
        ("+16175550123", False), ("+16035550199", True)
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["", "12", "not a number"])
def test_what_is_no_phone_number_is_refused_in_a_sentence(desk, number) -> None:
    refused = desk.mine.intake.add_phone(desk.case, 1, number, PhoneKind.HOME, None)
    assert isinstance(refused, Refusal) and refused.sentence.startswith("The number ")
    assert count(desk.db, "contact_point", "value <> '+16175550123'") == 0


def test_a_consent_needs_its_source_and_the_newest_holds(desk) -> None:
    refused = desk.mine.intake.record_consent(desk.case, ConsentKind.TEXT, True, " ")
    assert refused.code == "source"
    desk.mine.intake.record_consent(desk.case, ConsentKind.TEXT, True, "by letter")
    assert desk.mine.cases.view(desk.case).facts.consent(ConsentKind.TEXT) is True


def test_letter_and_notice_are_dated(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    assert desk.mine.intake.record_letter(desk.case, seen).code == "empty"
    desk.mine.intake.record_letter(desk.case, seen, letter_sent_on=date(2026, 11, 18))
    facts = desk.mine.cases.view(desk.case).facts
    assert (facts.letter_sent_on, facts.prescriber_notified_on) == (date(2026, 11, 18), None)


def test_another_nurse_changes_nothing(desk) -> None:
    refused = desk.other.intake.record_consent(desk.case, ConsentKind.TEXT, True, "by letter")
    assert refused.code == "other_nurse"
    assert isinstance(desk.other.readiness.of_case(desk.case), Refusal)
    assert isinstance(desk.other.history.change(desk.case, 1), Refusal)


def test_the_gate_names_what_holds_the_next_course(desk) -> None:
    ready = desk.mine.readiness.of_case(desk.case)
    assert (ready.course, ready.day1) == (1, None)
    assert {"vaccination", "tuberculosis_screen"} <= {b.what for b in ready.blockers}
    assert ready.site_names == {desk.site: "Harbor Infusion"}


def test_a_booked_course_is_judged_by_its_day_1(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    booked = desk.mine.infusions.book(desk.case, 1, desk.site, date(2027, 1, 4), seen)
    assert not isinstance(booked, Refusal), booked
    ready = desk.mine.readiness.of_case(desk.case)
    assert ready.day1 == date(2027, 1, 4)


def test_a_change_tells_every_field_before_and_after(desk) -> None:
    seen = desk.mine.cases.view(desk.case).version
    desk.mine.cases.edit_patient(desk.case, seen, last_name="Ortiz [/red]", language="Spanish")
    view = desk.mine.cases.view(desk.case)
    fields = desk.mine.history.change(desk.case, view.version)
    assert {(f.what, f.before, f.after) for f in fields} == {
        ("patient: last name", "Ortiz", "Ortiz [/red]"),
        ("patient: language", "English", "Spanish"),
    }
    assert desk.mine.history.change(desk.case, 999) == ()


OSEI = "Dr. Amara Osei"


def name_prescriber(desk, name: str = OSEI, npi: str = "") -> int | Refusal:
    seen = desk.mine.cases.view(desk.case).version
    return desk.mine.intake.complete_form(desk.case, seen, prescriber=name, prescriber_npi=npi)


def test_a_name_that_several_prescribers_have_wants_the_npi_d23(desk) -> None:
    """One is on file with the NPI 1234567893; another of the name comes in with a form."""

    def job(tx) -> None:
        tx.add(Prescriber(name=OSEI, npi="1111111112"))
        tx.say("Another prescriber")

    assert not isinstance(desk.db.write(SYSTEM, "import.forms", job), Refusal)
    refused = name_prescriber(desk)
    assert isinstance(refused, Refusal) and refused.code == "several_prescribers"
    assert "2 prescribers" in refused.sentence and "NPI" in refused.way_out
    for npi in ("1111111112", "1234567893"):
        assert isinstance(name_prescriber(desk, npi=npi), int)
        assert desk.mine.cases.view(desk.case).facts.form.prescriber_npi == npi
    assert count(desk.db, "prescriber") == 2
    assert isinstance(name_prescriber(desk, "", "1111111112"), int)
    assert desk.mine.cases.view(desk.case).facts.form.prescriber_npi == "1111111112"


@pytest.mark.parametrize(
    ("name", "npi", "code"),
    [
        ("Dr. Else", "1234567893", "another_name"),
        ("", "1111111112", "no_such_npi"),
        ("Dr. Else", "12345", "npi"),
        ("Dr. Else", "1111111112", None),
        (OSEI, "", None),
    ],
)
def test_an_npi_names_one_prescriber(desk, name, npi, code) -> None:
    answer = name_prescriber(desk, name, npi)
    assert (answer.code if isinstance(answer, Refusal) else None) == code
    form = desk.mine.cases.view(desk.case).facts.form
    kept = (name, npi or "1234567893") if code is None else (OSEI, "1234567893")
    assert (form.prescriber_name, form.prescriber_npi) == kept
