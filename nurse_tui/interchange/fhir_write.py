"""Writing what FHIR resources said: sites, prescribers, referrals and their cover."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from nurse_tui import clock
from nurse_tui import models as m
from nurse_tui.ids import case_number, new_id
from nurse_tui.interchange import fhir_map as fm
from nurse_tui.interchange.fhir_cover import Cover
from nurse_tui.interchange.form_rows import zones
from nurse_tui.interchange.importing import SLICE, Run
from nurse_tui.interchange.sites import located
from nurse_tui.store import bulk, enrolling, intake, leaving
from nurse_tui.store.database import Tx
from nurse_tui.store.facts import CaseRows
from nurse_tui.types import CoverageKind, PhoneKind, Refusal

Values = dict[str, Any]
Covers = dict[str, list[Cover]]
T = TypeVar("T")


def _slices(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, SLICE)):
        yield some


def _on_file(run: Run, table: str, column: str, values: Sequence[Any]) -> set[Any]:
    with run.db.read() as session:
        return {row[column] for row in intake.rows_of(session, table, column, values)}


def _kept(run: Run, count: int, job: Callable[[Tx], int]) -> Refusal | None:
    """Write some resources, unless there is none or the run is dry, and count what is in."""
    if count and not run.dry_run:
        answer = run.write("import.fhir", job)
        if isinstance(answer, Refusal):
            return answer
    run.tally.imported += count
    return None


def _insert(run: Run, kind: type[m.Table], rows: list[Values]) -> Refusal | None:

    def job(tx: Tx) -> int:
        tx.say(f"Read from {run.note}.")
        tx.insert_rows(kind, rows)
        return len(rows)

    return _kept(run, len(rows), job)


def save_centres(run: Run, centres: Sequence[fm.Centre]) -> Refusal | None:
    """Write locations as sites without REMS certification and without chairs."""
    for some in _slices(centres):
        known = _on_file(run, "infusion_site", "code", [c.id for c in some])
        fresh = [c for c in some if c.id not in known]
        run.tally.unchanged += len(some) - len(fresh)
        stopped = _insert(run, m.InfusionSite, [_site_row(c) for c in fresh])
        if stopped is not None:
            return stopped
    return None


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
        ids = _on_file(run, "prescriber", "external_id", [d.id for d in some])
        npis = _on_file(run, "prescriber", "npi", [d.npi for d in some if d.npi])
        fresh: list[fm.Doctor] = []
        for doctor in some:
            if doctor.id not in ids and doctor.npi not in npis:
                fresh.append(doctor)
                npis |= {doctor.npi} if doctor.npi else set()
        run.tally.unchanged += len(some) - len(fresh)
        rows = [
            bulk.complete(m.Prescriber, npi=d.npi, name=d.name, phone=d.phone, external_id=d.id)
            for d in fresh
        ]
        stopped = _insert(run, m.Prescriber, rows)
        if stopped is not None:
            return stopped
    return None


def save_patients(run: Run, people: Sequence[fm.Person], covers: Covers) -> Refusal | None:
    """Write patients as referrals with their cover; of one on file only a death is taken over."""
    for some in _slices(people):
        with run.db.read() as session:
            rows = intake.rows_of(session, "case", "external_id", [p.id for p in some])
        known = intake.by(rows, "external_id")
        fresh = [p for p in some if p.id not in known]
        stopped = _open_referrals(run, fresh, covers)
        if stopped is not None:
            return stopped
        for person in some:
            if person.id in known:
                stopped = stopped or _take_over_death(run, person, known[person.id]["id"])
        if stopped is not None:
            return stopped
    return None


def _open_referrals(run: Run, people: Sequence[fm.Person], covers: Covers) -> Refusal | None:
    # Each cover leaves the list once its patient's case holds it: what stays is added later.
    cases = [_referral(person, covers.pop(person.id, [])) for person in people]
    whole = len(people) + sum(count for _, count in cases)
    prepared = bulk.prepare([rows for rows, _ in cases], run.programme)

    def job(tx: Tx) -> int:
        tx.say(f"Referral read from {run.note}.")
        bulk.insert_prepared(tx, prepared)
        return len(people)

    return _kept(run, whole, job)


def _referral(person: fm.Person, covers: Sequence[Cover]) -> tuple[CaseRows, int]:
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
    rows: CaseRows = {
        "case": [case],
        "patient": [patient],
        "contact_point": list(_contacts(case_id, person)),
        "coverage": _cover_rows(case_id, covers, []),
    }
    return rows, len(covers)


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


def _cover_rows(case_id: int, covers: Sequence[Cover], held: Sequence[Values]) -> list[Values]:
    """Return rows for the covers that a case does not hold yet, after those it holds.

    Cover with other dates is another one: what is on file says nothing about its days (D-51).
    """
    known = {tuple(row[name] for name in (*_NAMES, *_DATES)) for row in held}
    rows: list[Values] = []
    for cover in covers:
        for kind in cover.kinds:
            place = (kind, cover.payer, cover.member_id, cover.starts_on, cover.ends_on)
            if place not in known:
                known.add(place)
                rows.append(_cover_row(case_id, cover, kind, len(held) + len(rows) + 1))
    return rows


_NAMES = ("kind", "payer", "member_id")
_DATES = ("starts_on", "ends_on")
_OTHER_DATES = (
    "Coverage that is on file comes with other dates: it was added beside the one on file."
)


def _cover_row(case_id: int, cover: Cover, kind: CoverageKind, position: int) -> Values:
    return bulk.complete(
        m.Coverage,
        case_id=case_id,
        kind=kind,
        payer=cover.payer,
        member_id=cover.member_id,
        position=position,
        starts_on=cover.starts_on,
        ends_on=cover.ends_on,
    )


def _take_over_death(run: Run, person: fm.Person, case_id: int) -> Refusal | None:
    with run.db.read() as session:
        patient = intake.rows_of(session, "patient", "case_id", [case_id])[0]
    if person.deceased_on is None or patient["deceased_on"] is not None:
        run.tally.unchanged += 1
        return None

    def job(tx: Tx) -> int:
        tx.get(m.Patient, patient["id"]).deceased_on = person.deceased_on
        ended = leaving.wind_up(tx, case_id, "the patient died")
        tx.say(f"Death read from {run.note}{ended}.")
        return case_id

    return _kept(run, 1, job)


def save_covers(run: Run, covers: Covers) -> Refusal | None:
    """Add the covers of patients who were on file before; count those of people not known."""
    with run.db.read() as session:
        rows = intake.rows_of(session, "case", "external_id", list(covers))
    known = intake.by(rows, "external_id")
    strange = sum(len(own) for patient, own in covers.items() if patient not in known)
    if strange:
        run.tally.warn(f"Coverage: {strange} of patients who are not here, not kept.")
    for patient in covers.keys() & known.keys():
        own = covers[patient]
        stopped = _add_covers(run, known[patient]["id"], own)
        if stopped is not None:
            return stopped
    return None


def _add_covers(run: Run, case_id: int, covers: Sequence[Cover]) -> Refusal | None:
    with run.db.read() as session:
        held = intake.rows_of(session, "coverage", "case_id", [case_id])
    new = [cover for cover in covers if _cover_rows(case_id, [cover], held)]
    run.tally.unchanged += len(covers) - len(new)
    named = {tuple(row[name] for name in _NAMES) for row in held}
    if any((kind, c.payer, c.member_id) in named for c in new for kind in c.kinds):
        run.tally.warn(_OTHER_DATES)

    def job(tx: Tx) -> int:
        rows = [m.Coverage(**values) for values in _cover_rows(case_id, new, held)]
        ended = enrolling.end_enrolments(tx, case_id, map(enrolling.fact_of, rows))
        tx.say(f"Coverage read from {run.note}{ended}.")
        for row in rows:
            tx.add(row)
        return case_id

    return _kept(run, len(new), job)
