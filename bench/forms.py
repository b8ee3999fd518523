"""Services Forms for the import: synthetic, deterministic, with the file's real columns."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

GIVEN = ("Ana", "Ben", "Chloe", "Dev", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira")
FAMILY = ("Abel", "Brandt", "Castro", "Duarte", "Eklund", "Ferro", "Gruber", "Haas", "Ibsen")
PLACES = (
    ("Boston", "MA", "02118"),
    ("Albany", "NY", "12207"),
    ("Columbus", "OH", "43215"),
    ("Denver", "CO", "80203"),
    ("Seattle", "WA", "98104"),
    ("Austin", "TX", "78701"),
)
COVER = ("commercial", "commercial", "exchange", "medicare", "medicaid", "uninsured")
FIRST_DAY = date(2026, 1, 5)


def form(number: int, chance: Random) -> dict[str, str]:
    """Return one complete form, valid in every column."""
    received = FIRST_DAY + timedelta(days=chance.randrange(300))
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(45 * 365))
    city, state, zip_code = chance.choice(PLACES)
    return {
        "form_id": f"BENCH-{number:07d}",
        "received_at": f"{received.isoformat()}T15:00:00Z",
        "patient_signed_on": (received - timedelta(days=3)).isoformat(),
        "provider_signed_on": (received - timedelta(days=1)).isoformat(),
        "first_name": chance.choice(GIVEN),
        "last_name": f"{chance.choice(FAMILY)}-{chance.choice(FAMILY)}",
        "date_of_birth": born.isoformat(),
        "sex": chance.choice(("female", "male")),
        "phone": f"+1 617 555 01{number % 100:02d}",
        "phone_kind": "mobile",
        "voicemail_ok": "yes",
        "email": f"patient{number}@example.org",
        "address": f"{chance.randrange(1, 999)} Harbour Street",
        "city": city,
        "state": state,
        "zip": zip_code,
        "language": "en",
        "prescriber_name": f"Dr {chance.choice(FAMILY)}",
        "prescriber_npi": f"{1_000_000_000 + number % 50}",
        "prescriber_phone": "+1 617 555 0199",
        "ms_type": "rrms",
        "prior_therapies": "interferon beta;glatiramer",
        "coverage_1_kind": chance.choice(COVER),
        "coverage_1_payer": "Example Health",
        "coverage_1_member_id": f"M{number:08d}",
        "coverage_2_kind": "",
        "coverage_2_payer": "",
        "coverage_2_member_id": "",
        "consent_services": "yes",
        "consent_calls": "yes",
        "consent_text": "no",
        "consent_email": "no",
        "rems_patient_enrolled_on": received.isoformat(),
        "preferred_site": "",
    }


def write(path: Path, count: int, seed: int) -> Path:
    """Write a file of so many forms and return its path."""
    chance = Random(seed)
    forms = [form(number, chance) for number in range(1, count + 1)]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, fieldnames=list(forms[0]))
        rows.writeheader()
        rows.writerows(forms)
    return path
