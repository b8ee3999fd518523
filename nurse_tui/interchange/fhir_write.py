"""Writing what FHIR resources said: sites, prescribers, and referrals with their cover."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from nurse_tui import clock
from nurse_tui import models as m
from nurse_tui.ids import case_number, new_id
from nurse_tui.interchange import fhir_map as fm
from nurse_tui.interchange.fhir_cover import Cover
from nurse_tui.interchange.fhir_cover_write import Covers, cover_rows
from nurse_tui.interchange.form_rows import zones
from nurse_tui.interchange.importing import SLICE, Run
from nurse_tui.interchange.sites import located
from nurse_tui.store import bulk, finding, intake, leaving
from nurse_tui.store.database import Session, Tx
from nurse_tui.store.facts import CaseRows
from nurse_tui.types import PhoneKind, Refusal

Values = dict[str, Any]
T = TypeVar("T")


def _slices(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, SLICE)):
        yield some


def _insert(
    run: Run,
    kind: type[m.Table],
    items: Sequence[T],
    fresh: Callable[[Session, Sequence[T]], list[T]],
    row: Callable[[T], Values],
) -> Refusal | None:
    """Write what is not on file, looked up again once nobody else can write."""
    with run.db.read() as session:
        new = fresh(session, items)
    count = len(new)
    if new and not run.dry_run:
        answer = run.write(
            "import.fhir", lambda tx: _insert_job(tx, run, kind, fresh(tx.session, new), row)
        )
        if isinstance(answer, Refusal):
            return answer
        count = answer
    run.tally.imported += count
    run.tally.unchanged += len(items) - count
    return None


def _insert_job(
    tx: Tx, run: Run, kind: type[m.Table], new: Sequence[T], row: Callable[[T], Values]
) -> int:
    tx.say(f"Read from {run.note}.")
    tx.insert_rows(kind, [row(item) for item in new])
    return len(new)


def save_centres(run: Run, centres: Sequence[fm.Centre]) -> Refusal | None:
    """Write locations as sites without REMS certification and without chairs."""
    for some in _slices(centres):
        stopped = _insert(run, m.InfusionSite, some, _new_centres, _site_row)
        if stopped is not None:
            return stopped
    return None


def _held(session: Session, table: str, column: str, values: Sequence[Any]) -> set[Any]:
    return {row[column] for row in intake.rows_of(session, table, column, values)}


def _new_centres(session: Session, centres: Sequence[fm.Centre]) -> list[fm.Centre]:
    known = _held(session, "infusion_site", "code", [c.id for c in centres])
    return [c for c in centres if c.id not in known]


def _site_row(centre: fm.Centre) -> Values:
    where = centre.address
    place = located(where.zip, where.state)
    if centre.latitude is not None and centre.longitude is not None:
        place |= {"latitude": centre.latitude, "longitude": centre.longitude}
    return bulk.complete(
        m.InfusionSite,
        code=centre.id,
        external_id=centre.id,
        name=centre.name,
        address=where.lines,
        city=where.city,
        state=where.state,
        zip=where.zip,
        phone=centre.phone,
        **place,
    )


def save_doctors(run: Run, doctors: Sequence[fm.Doctor]) -> Refusal | None:
    """Write practitioners as prescribers; one with an NPI on file is that one."""
    for some in _slices(doctors):
        stopped = _insert(run, m.Prescriber, some, _new_doctors, _prescriber_row)
        if stopped is not None:
            return stopped
    return None


def _new_doctors(session: Session, doctors: Sequence[fm.Doctor]) -> list[fm.Doctor]:
    ids = _held(session, "prescriber", "external_id", [d.id for d in doctors])
    npis = _held(session, "prescriber", "npi", [d.npi for d in doctors if d.npi])
    fresh: list[fm.Doctor] = []
    for doctor in doctors:
        if doctor.id not in ids and doctor.npi not in npis:
            fresh.append(doctor)
            npis |= {doctor.npi} if doctor.npi else set()
    return fresh


def _prescriber_row(doctor: fm.Doctor) -> Values:
    return bulk.complete(
        m.Prescriber,
        npi=doctor.npi,
        name=doctor.name,
        phone=doctor.phone,
        external_id=doctor.id,
    )


def save_patients(run: Run, people: Sequence[fm.Person], covers: Covers) -> Refusal | None:
    """Write patients as referrals with their cover; of one on file only a death is taken over."""
    for some in _slices(people):
        with run.db.read() as session:
            known = intake.cases_by_external_id(session, [p.id for p in some])
        late = _open_referrals(run, [p for p in some if p.id not in known], covers)
        if isinstance(late, Refusal):
            return late
        known |= late
        for person in some:
            stopped = (
                _take_over_death(run, person, known[person.id]) if person.id in known else None
            )
            if stopped is not None:
                return stopped
    return None


def _open_referrals(
    run: Run, people: Sequence[fm.Person], covers: Covers
) -> dict[str, int] | Refusal:
    """Open referrals, and return those that another program opened meanwhile.

    Each cover leaves the list once its patient's case holds it: what stays is added later.
    """
    late: dict[str, int] = {}
    if people and not run.dry_run:
        prepared = _prepare(run, people, covers)

        def job(tx: Tx) -> dict[str, int]:
            tx.say(f"Referral read from {run.note}.")
            known = intake.cases_by_external_id(tx.session, [p.id for p in people])
            fresh = [p for p in people if p.id not in known]
            bulk.insert_prepared(tx, _prepare(run, fresh, covers) if known else prepared)
            return known

        answer = run.write("import.fhir", job)
        if isinstance(answer, Refusal):
            return answer
        late = answer
    opened = [person for person in people if person.id not in late]
    run.tally.imported += len(opened) + sum(len(covers.pop(p.id, ())) for p in opened)
    return late


def _prepare(run: Run, people: Sequence[fm.Person], covers: Covers) -> bulk.Prepared:
    return bulk.prepare([_referral(p, covers.get(p.id, ())) for p in people], run.programme)


def _referral(person: fm.Person, covers: Sequence[Cover]) -> CaseRows:
    case_id, where = new_id(), person.address
    case = bulk.complete(
        m.Case,
        id=case_id,
        number=case_number(),
        opened_at=clock.now(),
        source="fhir",
        external_id=person.id,
    )
    patient = bulk.complete(
        m.Patient,
        case_id=case_id,
        first_name=person.first_name,
        last_name=person.last_name,
        date_of_birth=person.date_of_birth,
        sex=person.sex,
        address=where.lines,
        city=where.city,
        state=where.state,
        zip=where.zip,
        zones=zones(where.zip, where.state),
        language=person.language,
        deceased_on=person.deceased_on,
    )
    return {
        "case": [case],
        "patient": [patient],
        "contact_point": list(_contacts(case_id, person)),
        "coverage": cover_rows(case_id, covers, []),
    }


def _contacts(case_id: int, person: fm.Person) -> Iterator[Values]:
    for place, phone in enumerate(person.phones):
        yield bulk.complete(
            m.ContactPoint,
            case_id=case_id,
            value=phone.number,
            kind=phone.kind,
            preferred=place == 0,
        )
    for place, email in enumerate(person.emails):
        yield bulk.complete(
            m.ContactPoint,
            case_id=case_id,
            system="email",
            value=email,
            kind=PhoneKind.OTHER,
            preferred=place == 0,
        )


def _take_over_death(run: Run, person: fm.Person, case_id: int) -> Refusal | None:
    with run.db.read() as session:
        new = person.deceased_on is not None and _living(session, case_id) is not None

    def job(tx: Tx) -> bool:
        patient = _living(tx.session, case_id)
        if patient is None:
            return False
        patient.deceased_on = person.deceased_on
        ended = leaving.wind_up(tx, case_id, "the patient died")
        tx.say(f"Death read from {run.note}{ended}.")
        return True

    if new and not run.dry_run:
        answer = run.write("import.fhir", job)
        if isinstance(answer, Refusal):
            return answer
        new = answer
    run.tally.imported += new
    run.tally.unchanged += not new
    return None


def _living(session: Session, case_id: int) -> m.Patient | None:
    """Return the patient of a case, unless a death is on file."""
    return finding.first(session, m.Patient, case_id=case_id, deceased_on=None)
