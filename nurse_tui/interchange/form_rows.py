"""From a validated Services Form to the rows of a new case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from nurse_tui import models as m
from nurse_tui import places
from nurse_tui.drafts import FormDraft
from nurse_tui.ids import case_number, new_id
from nurse_tui.store.bulk import complete
from nurse_tui.store.facts import CaseRows
from nurse_tui.types import ConsentKind, CoverageKind, PhoneKind, RemsParty

Values = dict[str, Any]


@lru_cache(65536)
def zones(zip_code: str, state: str) -> str:
    """Return every zone that an address may lie in, space separated (D-31)."""
    return " ".join(places.zones_for(zip_code, state))


def source_of(draft: FormDraft) -> str:
    """Return what consents name as their source."""
    return f"services form {draft.form_id}"


def case_rows(draft: FormDraft, prescriber: Values | None) -> CaseRows:
    """Return complete rows of a new case."""
    case_id = new_id()
    rows: CaseRows = {
        "case": [complete(m.Case, id=case_id, number=case_number(), opened_at=draft.received_at)],
        "patient": [complete(m.Patient, case_id=case_id, **patient_fields(draft))],
        "services_form": [form_row(draft, case_id, prescriber)],
        "prescriber": [prescriber] if prescriber else [],
    }
    rows |= belongings(draft, case_id)
    return rows


def patient_fields(draft: FormDraft) -> Values:
    """Return the patient's fields as the form gives them."""
    return {
        "first_name": draft.first_name,
        "last_name": draft.last_name,
        "date_of_birth": draft.date_of_birth,
        "sex": draft.sex,
        "address": draft.address,
        "city": draft.city,
        "state": draft.state,
        "zip": draft.zip,
        "zones": zones(draft.zip, draft.state),
        "language": draft.language,
    }


def form_row(draft: FormDraft, case_id: int, prescriber: Values | None) -> Values:
    """Return the row of the form itself, not complete yet."""
    return complete(
        m.ServicesForm,
        case_id=case_id,
        form_id=draft.form_id,
        received_at=draft.received_at,
        patient_signed_on=draft.patient_signed_on,
        provider_signed_on=draft.provider_signed_on,
        ms_type=draft.ms_type,
        prescriber_id=prescriber["id"] if prescriber else None,
        preferred_site=draft.preferred_site,
        fingerprint=draft.fingerprint,
    )


def belongings(draft: FormDraft, case_id: int) -> CaseRows:
    """Return the rows that a form brings besides: contacts, consents, therapies, cover, REMS."""
    return {
        "contact_point": list(_contacts(draft, case_id)),
        "consent": list(_consents(draft, case_id)),
        "prior_therapy": [
            complete(m.PriorTherapy, case_id=case_id, drug=drug, position=place)
            for place, drug in enumerate(draft.prior_therapies, 1)
        ],
        "coverage": list(_coverages(draft, case_id)),
        "rems_status": list(_rems(draft, case_id)),
    }


def _contacts(draft: FormDraft, case_id: int) -> Iterator[Values]:
    if draft.phone:
        yield complete(
            m.ContactPoint,
            case_id=case_id,
            value=draft.phone,
            kind=draft.phone_kind,
            voicemail_ok=draft.voicemail_ok,
        )
    if draft.email:
        yield complete(
            m.ContactPoint,
            case_id=case_id,
            system="email",
            value=draft.email,
            kind=PhoneKind.OTHER,
        )


def _consents(draft: FormDraft, case_id: int) -> Iterator[Values]:
    answers = (
        (ConsentKind.SERVICES, draft.consent_services),
        (ConsentKind.CALLS, draft.consent_calls),
        (ConsentKind.TEXT, draft.consent_text),
        (ConsentKind.EMAIL, draft.consent_email),
        (ConsentKind.VOICEMAIL, draft.voicemail_ok),
    )
    source = source_of(draft)
    for kind, granted in answers:
        if granted is not None:
            yield complete(
                m.Consent,
                case_id=case_id,
                kind=kind,
                granted=granted,
                at=draft.received_at,
                source=source,
            )


def _coverages(draft: FormDraft, case_id: int) -> Iterator[Values]:
    covers = (
        (draft.coverage_1_kind, draft.coverage_1_payer, draft.coverage_1_member_id),
        (draft.coverage_2_kind, draft.coverage_2_payer, draft.coverage_2_member_id),
    )
    named = [cover for cover in covers if any(cover)]
    for place, (kind, payer, member) in enumerate(named, 1):
        yield complete(
            m.Coverage,
            case_id=case_id,
            kind=kind or CoverageKind.UNKNOWN,
            payer=payer,
            member_id=member,
            position=place,
        )


def _rems(draft: FormDraft, case_id: int) -> Iterator[Values]:
    if draft.rems_patient_enrolled_on is not None:
        yield complete(
            m.RemsStatus,
            case_id=case_id,
            party=RemsParty.PATIENT,
            status="enrolled",
            on_date=draft.rems_patient_enrolled_on,
            source="services form",
        )
