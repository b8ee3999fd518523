"""Made-up people: the same seed gives the same ones. Every phone number is a 555-01xx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from nurse_tui.paths import data_folder

LANGUAGES = ("English",) * 8 + ("Spanish", "Haitian Creole")
THERAPIES = ("interferon beta", "fingolimod", "natalizumab", "ocrelizumab", "dimethyl fumarate")
OLDEST_DAYS, YOUNGEST_DAYS = 64 * 365, 19 * 365
NPI_PREFIX = "80840"
FORM_VALUES = {
    "ms_type": "rrms",
    "phone_kind": "mobile",
    "voicemail_ok": "yes",
    "consent_services": "yes",
    "consent_calls": "yes",
}


@dataclass(frozen=True, slots=True)
class Town:
    """A real town, so that zones and distances come out right."""

    zip: str
    state: str
    city: str
    area: str


@cache
def lines(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a file of data/demo, comments left out."""
    text = (data_folder() / "demo" / f"{name}.txt").read_text("utf-8")
    return tuple(
        tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")
    )


@cache
def towns() -> tuple[Town, ...]:
    """Return every town in which made-up people live."""
    return tuple(Town(*row) for row in lines("towns"))


@cache
def words(kind: str) -> tuple[str, ...]:
    """Return the words of one kind, such as payers."""
    return tuple(row[1] for row in lines("words") if row[0] == kind)


def npi(number: int) -> str:
    """Return a provider identifier of nobody, with its right check digit."""
    nine = f"1{99_999_000 + number:08d}"
    digits = [int(d) for d in NPI_PREFIX + nine]
    doubled = [d * 2 for d in digits[::-2]]
    total = sum(d // 10 + d % 10 for d in doubled) + sum(digits[-2::-2])
    return nine + str(-total % 10)


def form_values(rng: Random, number: int, today: date) -> dict[str, str]:
    """Return the columns of a complete Services Form of somebody who does not exist."""
    first, sex = rng.choice(lines("first_names"))
    last = rng.choice(lines("last_names"))[0]
    town = rng.choice(towns())
    prescriber = rng.randrange(len(words("prescriber")))
    born = today - timedelta(days=rng.randint(YOUNGEST_DAYS, OLDEST_DAYS))
    return FORM_VALUES | {
        "form_id": f"DEMO-{number:05d}",
        "first_name": first,
        "last_name": last,
        "date_of_birth": born.isoformat(),
        "sex": sex,
        "phone": f"{town.area}-555-01{rng.randrange(100):02d}",
        "email": f"patient{number}@example.com",
        "address": f"{rng.randint(1, 99)} {rng.choice(words('street'))}",
        "city": town.city,
        "state": town.state,
        "zip": town.zip,
        "language": rng.choice(LANGUAGES),
        "prescriber_name": words("prescriber")[prescriber],
        "prescriber_npi": npi(prescriber),
        "prescriber_phone": f"617-555-01{prescriber:02d}",
        "prior_therapies": ";".join(rng.sample(THERAPIES, 2)),
        "coverage_1_kind": "commercial",
        "coverage_1_payer": rng.choice(words("payer")),
        "coverage_1_member_id": f"DEMO{rng.randrange(10**6):06d}",
        "consent_text": rng.choice(("yes", "no", "")),
        "consent_email": rng.choice(("yes", "no", "")),
    }


def live_in(values: dict[str, str], state: str) -> dict[str, str]:
    """Return the columns of somebody who lives in the first town of a state instead."""
    town = next(town for town in towns() if town.state == state)
    phone = f"{town.area}-{values['phone'].split('-', 1)[1]}"
    return values | {"city": town.city, "state": town.state, "zip": town.zip, "phone": phone}
