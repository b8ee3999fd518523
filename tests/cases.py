"""Cases in a real database for tests: complete by default, any field may be overridden."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

from nurse_tui.types import (
    Actor,
    ConsentKind,
    CoverageKind,
    MsType,
    PhoneKind,
    Refusal,
    Sex,
)

if TYPE_CHECKING:
    from pathlib import Path

    from nurse_tui.store.database import Database

RECEIVED = datetime(2026, 11, 16, 15, 0, tzinfo=timezone.utc)
NOW = datetime(2026, 11, 18, 16, 0, tzinfo=timezone.utc)
"""A Wednesday, 11:00 in New York."""


def add_case(
    db: Database,
    actor: Actor,
    *,
    nurse_id: int | None = None,
    form_id: str = "SF-1",
    coverages: tuple[CoverageKind, ...] = (CoverageKind.COMMERCIAL,),
    form: dict[str, Any] | None = None,
    **patient: Any,
) -> int:
    """Insert one case as an import would, and return its id."""
    from nurse_tui.ids import case_number, new_id
    from nurse_tui.models import (
        Case,
        Consent,
        ContactPoint,
        Coverage,
        Patient,
        Prescriber,
        PriorTherapy,
        ServicesForm,
        Table,
    )
    from nurse_tui.store.bulk import insert_cases
    from nurse_tui.store.database import Tx

    case_id = new_id()

    def row(model: type[Table], /, **values: Any) -> dict[str, Any]:
        made = model(**({"case_id": case_id} if model is not Case else {}), **values)
        return {
            c.name: getattr(made, c.name) for c in Table.metadata.tables[str(model.__tablename__)].c
        }

    def job(tx: Tx) -> int:
        prescriber = Prescriber(npi="1234567893", name="Dr. Amara Osei", phone="617-555-0100")
        tx.add(prescriber)
        tx.session.flush()
        fields: dict[str, Any] = {
            "first_name": "Marisol",
            "last_name": "Ortiz",
            "date_of_birth": date(1980, 5, 17),
            "sex": Sex.FEMALE,
            "address": "1 Main St",
            "city": "Nashua",
            "state": "NH",
            "zip": "03060",
            "zones": "America/New_York",
            "language": "English",
        } | patient
        signed = {
            "patient_signed_on": date(2026, 11, 15),
            "provider_signed_on": date(2026, 11, 15),
            "ms_type": MsType.RRMS,
            "completed_at": RECEIVED,
        } | (form or {})
        rows = {
            "case": [
                row(Case, id=case_id, number=case_number(), opened_at=RECEIVED, nurse_id=nurse_id)
            ],
            "patient": [row(Patient, **fields)],
            "services_form": [
                row(
                    ServicesForm,
                    form_id=form_id,
                    received_at=RECEIVED,
                    prescriber_id=prescriber.id,
                    **signed,
                )
            ],
            "contact_point": [
                row(ContactPoint, value="+16175550123", kind=PhoneKind.MOBILE, voicemail_ok=True)
            ],
            "consent": [
                row(Consent, kind=k, granted=True, at=RECEIVED, source="services form")
                for k in (ConsentKind.SERVICES, ConsentKind.CALLS)
            ],
            "prior_therapy": [
                row(PriorTherapy, drug=d, position=n)
                for n, d in enumerate(("natalizumab", "fingolimod"), 1)
            ],
            "coverage": [
                row(Coverage, kind=k, payer=k.value, position=n) for n, k in enumerate(coverages, 1)
            ],
            "prescriber": [
                {c: getattr(prescriber, c) for c in ("id", "npi", "name", "phone")},
            ],
        }
        insert_cases(tx, [rows])
        tx.say(f"Services Form {form_id} imported")
        return case_id

    made = db.write(actor, "import.forms", job)
    assert not isinstance(made, Refusal), made
    return made


def with_a_case(folder: Path) -> tuple[Database, Actor, int]:
    """Return a database of the tests' present with a nurse and a case of hers."""
    from nurse_tui import clock
    from tests.databases import SYSTEM, add_user, fresh_database

    clock.freeze(NOW)
    db = fresh_database(folder)
    nurse = add_user(db, "dana")
    return db, nurse, add_case(db, SYSTEM, nurse_id=nurse.user_id)


def add_site(db: Database, actor: Actor, **over: Any) -> int:
    """Insert an infusion site that is open Monday to Friday and certified."""
    from nurse_tui.models import InfusionSite

    fields: dict[str, Any] = {
        "code": "S1",
        "name": "Harbor Infusion",
        "city": "Nashua",
        "state": "NH",
        "zip": "03060",
        "zone": "America/New_York",
        "chairs": 2,
        "rems_certified_on": date(2026, 1, 1),
        "rems_expires_on": date(2028, 12, 31),
    } | over
    made = db.write(actor, "site.add", lambda tx: tx.add(InfusionSite(**fields)).id)
    assert not isinstance(made, Refusal)
    return made
