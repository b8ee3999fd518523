"""What a Services Form lacked, recorded when it comes in: phones, consents, prescriber (D-23)."""

from __future__ import annotations

from datetime import date

from nurse_tui import fields
from nurse_tui.models import Case, Consent, ContactPoint, Prescriber, ServicesForm
from nurse_tui.rules.calendar import say
from nurse_tui.services.base import Service
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.store.leaving import wind_up_opted_out
from nurse_tui.types import ConsentKind, MsType, PhoneKind, Refusal
from nurse_tui.words import plain

NO_FORM = Refusal("no_form", "There is no Services Form.", "Import it first.", "D-23")


class IntakeService(Service):
    """Completes what came in incomplete, each item as one change."""

    def add_phone(
        self, case_id: int, seen: int, number: str, kind: PhoneKind, voicemail_ok: bool | None
    ) -> int | Refusal:
        """Add a phone number, which becomes the preferred one; any usual way of writing it."""
        try:
            value = fields.phone(fields.needed(number))
        except ValueError as why:
            return Refusal("phone", f"The number {why}", "Write it like 617-555-0123.", "D-23")

        def job(tx: Tx) -> int:
            for phone in finding.find(tx.session, ContactPoint, case_id=case_id, system="phone"):
                phone.preferred = False
            row = tx.add(
                ContactPoint(case_id=case_id, value=value, kind=kind, voicemail_ok=voicemail_ok)
            )
            tx.say(f"Added a {kind.value} phone number")
            return row.id

        return self.write("case.edit", "phone.add", job, case_id=case_id, seen=seen, undoable=True)

    def record_consent(
        self, case_id: int, kind: ConsentKind, granted: bool, source: str
    ) -> int | Refusal:
        """Record an opt-in or its withdrawal with its source; the newest of a kind holds (D-32).

        Without consent to the services the booked days and the enrolments end in the same change.
        """
        if not source.strip():
            return Refusal("source", "A consent needs its source.", "Say how it came.", "D-32")

        def job(tx: Tx) -> int:
            row = tx.add(
                Consent(
                    case_id=case_id, kind=kind, granted=granted, at=tx.at, source=source.strip()
                )
            )
            left = wind_up_opted_out(tx, case_id) if kind is ConsentKind.SERVICES else ""
            said = "given" if granted else "withdrawn"
            tx.say(f"Consent to {kind.value}: {said}, {row.source}{left}")
            return row.id

        return self.write("case.edit", "consent.record", job, case_id=case_id, undoable=True)

    def complete_form(
        self,
        case_id: int,
        seen: int,
        *,
        patient_signed_on: date | None = None,
        provider_signed_on: date | None = None,
        age_confirmed_on: date | None = None,
        ms_type: MsType | None = None,
        prescriber: str = "",
        prescriber_npi: str = "",
    ) -> int | Refusal:
        """Record items of the form that came in later; what is None or empty stays as it is.

        A name that several prescribers have is refused until the NPI says which of them it is.
        """
        npi, wrong = fields.npi(prescriber_npi)
        if wrong:
            return Refusal("npi", "An NPI has 10 digits.", "Correct it, or leave it empty.", "D-23")
        days = {
            "patient_signed_on": patient_signed_on,
            "provider_signed_on": provider_signed_on,
            "age_confirmed_on": age_confirmed_on,
        }
        items = {name: value for name, value in {**days, "ms_type": ms_type}.items() if value}
        named = bool(prescriber or npi)

        def job(tx: Tx) -> int | Refusal:
            form = finding.first(tx.session, ServicesForm, case_id=case_id)
            if form is None:
                return NO_FORM
            if any(day > tx.today for day in days.values() if day):
                return Refusal("future", "That date is in the future.", "Give the date signed.")
            for name, value in items.items():
                setattr(form, name, value)
            if named:
                found = _prescriber(tx, prescriber, npi)
                if isinstance(found, Refusal):
                    return found
                form.prescriber_id = found
            names = [*items, *(["prescriber"] if named else [])]
            tx.say(f"Recorded {', '.join(plain(name) for name in names)}")
            return case_id

        if not items and not named:
            return Refusal("empty", "Nothing was given.", "Fill in what came, or press escape.")
        return self.write(
            "case.edit", "form.complete", job, case_id=case_id, seen=seen, undoable=True
        )

    def record_letter(
        self,
        case_id: int,
        seen: int,
        *,
        letter_sent_on: date | None = None,
        prescriber_notified_on: date | None = None,
    ) -> int | Refusal:
        """Record the unable-to-reach letter and the notice to the prescriber (D-30)."""
        given = {"letter": letter_sent_on, "notice to the prescriber": prescriber_notified_on}
        sent = {name: day for name, day in given.items() if day is not None}
        if not sent:
            return Refusal("empty", "No date was given.", "Give the day on which it was sent.")

        def job(tx: Tx) -> int | Refusal:
            if any(day > tx.today for day in sent.values()):
                return Refusal("future", "That date is in the future.", "Give the day it was sent.")
            case = tx.get(Case, case_id)
            case.letter_sent_on = letter_sent_on or case.letter_sent_on
            case.prescriber_notified_on = prescriber_notified_on or case.prescriber_notified_on
            tx.say(", ".join(f"{name} sent {say(day)}" for name, day in sent.items()).capitalize())
            return case_id

        return self.write(
            "case.edit", "letter.record", job, case_id=case_id, seen=seen, undoable=True
        )


def _prescriber(tx: Tx, name: str, npi: str) -> int | Refusal:
    """Return the prescriber of an NPI, or else of a name that only one has, made when new."""
    known = finding.find(tx.session, Prescriber, **({"npi": npi} if npi else {"name": name}))
    if npi and name and known and all(row.name != name for row in known):
        return Refusal(
            "another_name",
            f"The NPI {npi} is on file under another name: {known[0].name}.",
            "Give that name, or correct the NPI.",
            "D-23",
        )
    if len({row.npi for row in known}) > 1:
        return Refusal(
            "several_prescribers",
            f"{len(known)} prescribers on file are named {name}.",
            "Give the NPI of the one who signed.",
            "D-23",
        )
    if known:
        return known[0].id
    if not name:
        return Refusal(
            "no_such_npi", "No prescriber on file has that NPI.", "Give the name too.", "D-23"
        )
    row = tx.add(Prescriber(name=name, npi=npi))
    tx.session.flush()
    return row.id
