"""Small files to import, and what was stored of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from nurse_tui.drafts import FormDraft
from nurse_tui.interchange.report import ImportReport
from nurse_tui.store.database import Database
from nurse_tui.types import Refusal

FORM = {
    "form_id": "SF-1",
    "received_at": "2027-01-04T15:00:00Z",
    "patient_signed_on": "2027-01-02",
    "provider_signed_on": "2027-01-03",
    "first_name": "Ana",
    "last_name": "Núñez",
    "date_of_birth": "1985-04-05",
    "sex": "female",
    "phone": "555-806-9773",
    "phone_kind": "mobile",
    "voicemail_ok": "yes",
    "email": "ana@example.com",
    "address": "1 Main St",
    "city": "Boston",
    "state": "MA",
    "zip": "02155",
    "language": "English",
    "prescriber_name": "Dr. Amara Osei",
    "prescriber_npi": "1234567893",
    "prescriber_phone": "617-555-0100",
    "ms_type": "rrms",
    "prior_therapies": "natalizumab; dimethyl fumarate",
    "coverage_1_kind": "commercial",
    "coverage_1_payer": "Private plan",
    "coverage_1_member_id": "M1",
    "coverage_2_kind": "medicare",
    "consent_services": "yes",
    "consent_calls": "yes",
    "consent_text": "no",
    "rems_patient_enrolled_on": "2027-01-05",
}


def write_csv(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = ()) -> Path:
    """Write rows under the columns that any of them has."""
    names = columns or tuple(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def forms(path: Path, *changes: dict[str, str]) -> Path:
    """Write one form for each set of changes to a complete one."""
    return write_csv(
        path, [{**FORM, **change} for change in changes], tuple(FormDraft.model_fields)
    )


def report(answer: ImportReport | Refusal) -> ImportReport:
    """Return the report of an import that must not be refused."""
    assert isinstance(answer, ImportReport), answer
    return answer


def refusal(answer: Any) -> Refusal:
    """Return the refusal that an answer must be."""
    assert isinstance(answer, Refusal), answer
    return answer


def rows(db: Database, query: str) -> list[Any]:
    """Return the rows of a query in SQL."""
    with db.engine.connect() as connection:
        return list(connection.exec_driver_sql(query).all())
