"""What a case must have before anybody calls: a complete form, an age, consent (D-1, D-23, D-32).

Ages are taken on the day the form came in, so that no answer here changes with time alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from nurse_tui.rules.calendar import age_on, local_date, say
from nurse_tui.rules.facts import CaseFacts, FormFact, PatientFact
from nurse_tui.rules.programme import Programme
from nurse_tui.types import CallOutcome, ConsentKind, CoverageKind, Reason

AGE_CONFIRMATION = "prescriber's confirmation of age"
NO_ZIP = frozenset({"", "00000"})


def missing_items(facts: CaseFacts, programme: Programme) -> tuple[str, ...]:
    """Return what a form still lacks, in the order of the form, empty when it is complete (D-23).

    A case without a form lacks nothing by this count: it is a referral.
    """
    form = facts.form
    if form is None:
        return ()
    found = [*_form_items(form), *_patient_items(facts.patient), *_other_items(facts)]
    if _needs_age_confirmation(facts, form, programme):
        found.append(AGE_CONFIRMATION)
    return tuple(found)


def _form_items(form: FormFact) -> Iterator[str]:
    if form.patient_signed_on is None:
        yield "patient signature"
    if form.provider_signed_on is None:
        yield "provider signature"
    if not form.prescriber_name.strip():
        yield "prescriber"
    if form.ms_type is None:
        yield "type of MS"


def _patient_items(patient: PatientFact) -> Iterator[str]:
    if not patient.first_name.strip():
        yield "first name"
    if not patient.last_name.strip():
        yield "last name"
    if patient.date_of_birth is None:
        yield "date of birth"
    if not patient.state.strip():
        yield "state"
    if patient.zip.strip() in NO_ZIP:
        yield "ZIP code"


def _other_items(facts: CaseFacts) -> Iterator[str]:
    if not facts.phones:
        yield "phone number"
    if all(c.kind is CoverageKind.UNKNOWN for c in facts.coverages):
        yield "coverage"
    if not any(c.kind is ConsentKind.SERVICES for c in facts.consents):
        yield "consent to services"


def _age_at_form(facts: CaseFacts, form: FormFact, programme: Programme) -> int | None:
    born = facts.patient.date_of_birth
    if born is None:
        return None
    return age_on(born, local_date(form.received_at, programme.programme_zone.value))


def _needs_age_confirmation(facts: CaseFacts, form: FormFact, programme: Programme) -> bool:
    age = _age_at_form(facts, form, programme)
    if age is None or form.age_confirmed_on is not None:
        return False
    return programme.minimum_age_years.value <= age < programme.adult_age_years.value


def too_young(facts: CaseFacts, programme: Programme) -> Reason | None:
    """Return why a patient was too young when the form came in, or None (D-1)."""
    if facts.form is None:
        return None
    age = _age_at_form(facts, facts.form, programme)
    if age is None or age >= programme.minimum_age_years.value:
        return None
    received = local_date(facts.form.received_at, programme.programme_zone.value)
    sentence = (
        f"The patient was {age} when the form came in on {say(received)}:"
        f" safety under {programme.minimum_age_years.value} years is not known."
    )
    born = facts.patient.date_of_birth
    used = {"date_of_birth": str(born), "form_received": str(received), "age": str(age)}
    return Reason("D-1", sentence, used)


def completed_at(facts: CaseFacts, programme: Programme) -> datetime | None:
    """Return the instant at which the form was complete, in UTC, or None while it is not.

    A form that lacked nothing from the start was complete when it was received (D-23, D-30).
    """
    if facts.form is None or missing_items(facts, programme):
        return None
    return facts.form.completed_at or facts.form.received_at


def opted_out(facts: CaseFacts) -> Reason | None:
    """Return how the patient left the services, or None (D-31, D-32).

    A consent undoes it that was given after that call had ended, not one given earlier in it.
    """
    if facts.consent(ConsentKind.SERVICES) is False:
        return Reason("D-32", "The patient does not consent to the services.")
    left = [c.ended_at or c.started_at for c in facts.calls if c.outcome is CallOutcome.OPTED_OUT]
    if not left:
        return None
    back = (c.at for c in facts.consents if c.kind is ConsentKind.SERVICES and c.granted)
    if max(back, default=min(left)) > max(left):
        return None
    used = {"opted_out_at": max(left).isoformat()}
    return Reason("D-31", "The patient opted out during a call.", used)


def ended(facts: CaseFacts) -> Reason | None:
    """Return why nothing more is done for the patient, or None while the case goes on (D-29)."""
    if facts.patient.deceased_on is not None:
        return Reason("D-29", f"The patient died on {say(facts.patient.deceased_on)}.")
    if facts.closed_reason:
        return Reason("D-29", f"The case is closed: {facts.closed_reason}.")
    return opted_out(facts)
