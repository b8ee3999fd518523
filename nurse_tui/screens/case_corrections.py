"""Forms that complete or correct who the patient is and what the Services Form holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from nurse_tui import fields
from nurse_tui.screens.case_words import ending_words
from nurse_tui.screens.record_form import Done, Given, Job, RecordForm
from nurse_tui.screens.words import pairs
from nurse_tui.types import ConsentKind, MsType, PhoneKind, Refusal, Sex
from nurse_tui.widgets.field import Field, choice_field, date_field, point_out, text_field

DECIDING = {"date_of_birth", "state", "zip", "has_adult_representative"}
"""Particulars that may end a co-pay enrolment (D-41, D-45)."""
YES_NO = (("Yes", "yes"), ("No", "no"))


class ParticularsForm(RecordForm):
    """Corrects the patient's particulars; only what was changed is written."""

    NAME: ClassVar[str] = "particulars"
    TITLE_WORDS: ClassVar[str] = "Particulars"
    SAID: ClassVar[str] = "The particulars are corrected. u undoes it."

    def fields(self) -> Iterable[Field]:
        who = self.case.facts.patient
        adult = "yes" if who.has_adult_representative else "no"
        return [
            text_field("first_name", "First name", who.first_name),
            text_field("last_name", "Last name", who.last_name),
            date_field("date_of_birth", "Date of birth", who.date_of_birth),
            choice_field("sex", "Sex", pairs(Sex), who.sex.value),
            text_field("address", "Address", who.address),
            text_field("city", "City", who.city),
            text_field("state", "State, two letters", who.state, limit=2),
            text_field("zip", "ZIP", who.zip, limit=10),
            text_field("language", "Language", who.language),
            choice_field("has_adult_representative", "Adult representative", YES_NO, adult),
        ]

    def check(self, given: Given) -> Job:
        born = given.day("date_of_birth")
        state, no_state = fields.us_state(given.values["state"])
        zip_code, no_zip = fields.zip_code(given.values["zip"])
        typed: dict[str, Any] = {
            **given.values,
            "state": state,
            "zip": zip_code,
            "date_of_birth": born,
            "sex": given.choice("sex", Sex),
            "has_adult_representative": given.values["has_adult_representative"] == "yes",
        }
        if no_state:
            given.errors["state"] = "Type the two letters of a US state or territory."
        if no_zip:
            given.errors["zip"] = "Type the 5 or 9 digits of the ZIP."
        return self._job(typed)

    def _job(self, typed: dict[str, Any]) -> Job:
        changed = {name: typed[name] for name, was in self._began.items()
                   if self._values()[name] != was}  # fmt: skip
        case_id, seen = self.case.case_id, self.seen

        def save(services: Any) -> object:
            done = services.cases.edit_patient(case_id, seen, **changed)
            if isinstance(done, Refusal) or not DECIDING & set(changed):
                return done
            view = services.cases.view(case_id)
            return None if isinstance(view, Refusal) else view.timeline[0].sentence

        return save

    def _refused(self, refusal: Refusal) -> None:
        """Say why not; of the date of birth, at its field."""
        super()._refused(refusal)
        born = {"date_of_birth": str(refusal)} if refusal.code == "born" else {}
        point_out(list(self.query(Field)), born)

    def said(self, answer: object) -> str:
        """Name an enrolment that the correction ends, in the words of the change log."""
        _, ends, what = str(answer).partition("; it ends ")
        return f"Corrected. This ends {what}. u undoes it." if ends else self.SAID


class FormItemsForm(RecordForm):
    """Records what the Services Form lacked (D-23)."""

    NAME: ClassVar[str] = "form_items"
    TITLE_WORDS: ClassVar[str] = "Services Form: what came in later"
    SAID: ClassVar[str] = "It is recorded. u undoes it."

    def fields(self) -> Iterable[Field]:
        form = self.case.facts.form
        kind = form.ms_type.value if form and form.ms_type else None
        return [
            date_field("patient", "Patient signed", form.patient_signed_on if form else None),
            date_field("provider", "Provider signed", form.provider_signed_on if form else None),
            text_field("prescriber", "Prescriber", form.prescriber_name if form else ""),
            text_field("npi", "Prescriber's NPI", form.prescriber_npi if form else ""),
            choice_field("ms_type", "Type of MS", pairs(MsType), kind),
            date_field(
                "age", "Prescriber confirmed the age", form.age_confirmed_on if form else None
            ),
        ]

    def check(self, given: Given) -> Job:
        began = self._began
        days = {name: given.day(name) for name in ("patient", "provider", "age")}
        new = {name: day for name, day in days.items() if given.values[name] != began[name]}
        kind = given.values["ms_type"]
        ms_type = MsType(kind) if kind and kind != began["ms_type"] else None
        prescriber, npi = (
            "" if given.values[name] == began[name] else given.values[name]
            for name in ("prescriber", "npi")
        )
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.intake.complete_form(
            case_id, seen,
            patient_signed_on=new.get("patient"), provider_signed_on=new.get("provider"),
            age_confirmed_on=new.get("age"), ms_type=ms_type, prescriber=prescriber,
            prescriber_npi=npi,
        )  # fmt: skip


class PhoneForm(RecordForm):
    """Adds a phone number, which becomes the preferred one."""

    NAME: ClassVar[str] = "phone"
    TITLE_WORDS: ClassVar[str] = "Phone number"
    SAID: ClassVar[str] = "The number is added and is the preferred one. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [
            text_field("number", "Number", limit=30),
            choice_field("kind", "Where it rings", pairs(PhoneKind), PhoneKind.MOBILE.value),
            choice_field("voicemail", "May a message be left", YES_NO),
        ]

    def check(self, given: Given) -> Job:
        number = given.words("number", "Type the number with its area code.")
        kind, voicemail = given.choice("kind", PhoneKind), given.values["voicemail"]
        allowed = voicemail == "yes" if voicemail else None
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.intake.add_phone(case_id, seen, number, kind, allowed)


class ConsentForm(RecordForm):
    """Records a consent or its withdrawal with its source (D-32)."""

    NAME: ClassVar[str] = "consent"
    TITLE_WORDS: ClassVar[str] = "Consent"
    SAID: ClassVar[str] = "The consent is recorded. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [
            choice_field("kind", "Consent to", pairs(ConsentKind), ConsentKind.SERVICES.value),
            choice_field("granted", "Given", YES_NO, "yes"),
            text_field("source", "How it came: by letter, on the phone, from the office"),
        ]

    def check(self, given: Given) -> Job:
        kind, granted = given.choice("kind", ConsentKind), given.values["granted"] == "yes"
        source, case_id = given.words("source", "Say how it came."), self.case.case_id
        return lambda services: services.intake.record_consent(case_id, kind, granted, source)


class DeathForm(RecordForm):
    """Records a death with its source, which closes the case for good (D-29)."""

    NAME: ClassVar[str] = "death"
    TITLE_WORDS: ClassVar[str] = "Close: the patient died"

    def fields(self) -> Iterable[Field]:
        return [
            date_field("died", "Died on; empty: not known", self.case.facts.patient.deceased_on),
            text_field("source", "Who told you"),
        ]

    def check(self, given: Given) -> Job:
        died, told_by = given.day("died"), given.words("source", "Say who told you.")
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.cases.record_death(case_id, seen, died, told_by)

    def _saved(self, answer: object) -> None:
        said = f"The death is recorded and the case is closed{ending_words(self.case)}."
        self.dismiss(Done(f"{said} u undoes it."))


class LetterForm(RecordForm):
    """Records the unable-to-reach letter and the notice to the prescriber (D-30)."""

    NAME: ClassVar[str] = "letter"
    TITLE_WORDS: ClassVar[str] = "Unable to reach"
    SAID: ClassVar[str] = "It is recorded. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [date_field("letter", "Letter sent"), date_field("notice", "Prescriber told")]

    def check(self, given: Given) -> Job:
        letter, notice = given.day("letter"), given.day("notice")
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.intake.record_letter(
            case_id, seen, letter_sent_on=letter, prescriber_notified_on=notice
        )
