"""Importing FHIR R4: patients without a form become referrals, never called; the rest as it fits.

Patient, Coverage, Practitioner and Location are kept, Organization lends its name to a cover, and
what is not understood is counted and named. A resource is known again by its type and id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nurse_tui.drafts import Fault
from nurse_tui.interchange import fhir_map as fm
from nurse_tui.interchange import fhir_write
from nurse_tui.interchange.fhir_cover import Cover, coverage
from nurse_tui.interchange.fhir_cover_write import save_covers
from nurse_tui.interchange.fhir_read import Found, files_of, resources
from nurse_tui.interchange.importing import Run, begin, until_trouble
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.store.database import Database
from nurse_tui.types import Actor, Refusal

_NAMED = 5


@dataclass(slots=True)
class Gathered:
    """What was read, before anything is written."""

    patients: dict[str, fm.Person] = field(default_factory=dict)
    doctors: dict[str, fm.Doctor] = field(default_factory=dict)
    centres: dict[str, fm.Centre] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    roles: list[tuple[str, str]] = field(default_factory=list)
    """Practitioner and phone number of a PractitionerRole."""
    coverages: list[tuple[Found, fm.Json]] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    """Ids of patients by the last part of the full URL under which a Bundle lists them."""
    left: Counter[str] = field(default_factory=Counter)
    titles: dict[str, list[str]] = field(default_factory=dict)


def import_fhir(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport | Refusal:
    """Import a Bundle, NDJSON, or a folder of either.

    Every resource is imported, unchanged, rejected with its line, or counted in the warnings. A
    Refusal is a trouble of the whole input.
    """
    begun = begin(db, actor, path, dry_run=dry_run)
    if isinstance(begun, Refusal):
        return begun
    files = files_of(path)
    if isinstance(files, Refusal):
        return files
    gathered = Gathered()
    for place, file in enumerate(files, 1):
        for found in resources(file):
            _take(begun, gathered, found)
        if progress is not None:
            progress(place, 2 * len(files))
    stopped = until_trouble(begun, "resources", lambda: _write(begun, gathered))
    if progress is not None:
        progress(2 * len(files), 2 * len(files))
    _say_left(begun, gathered)
    return stopped or begun.tally.report()


def _take(run: Run, gathered: Gathered, found: Found) -> None:
    run.tally.read += 1
    if isinstance(found.resource, Fault):
        _reject(run, found, found.resource.reason)
        return
    take = _TAKERS.get(found.kind)
    try:
        if take is None:
            _leave(gathered, found.kind, found.resource)
        else:
            take(run, gathered, found, found.resource)
    except fm.UnfitError as unfit:
        _reject(run, found, str(unfit))


def _reject(run: Run, found: Found, reason: str) -> None:
    column = found.kind if isinstance(found.resource, dict) else ""
    where = f"{found.file.name}: " if found.file != run.tally.path else ""
    run.tally.reject(found.line, [Fault(column, f"{where}{reason}")])


def _leave(gathered: Gathered, kind: str, resource: fm.Json) -> None:
    gathered.left[kind] += 1
    title = fm.text(resource, "title") or fm.text(resource, "name")
    if title and kind == "Questionnaire":
        gathered.titles.setdefault(kind, []).append(title)


def _patient(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    person = fm.patient(resource, run.edge.today)
    if found.url:
        gathered.aliases[found.url.rsplit("/", 1)[-1].removeprefix("urn:uuid:")] = person.id
    if person.id in gathered.patients:
        run.tally.unchanged += 1
        return
    gathered.patients[person.id] = person
    for warning in person.warnings:
        run.tally.warn(warning, found.line)


def _practitioner(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    doctor = fm.practitioner(resource)
    if gathered.doctors.setdefault(doctor.id, doctor) is not doctor:
        run.tally.unchanged += 1


def _location(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    warnings: list[str] = []
    centre = fm.location(resource, warnings)
    if gathered.centres.setdefault(centre.id, centre) is not centre:
        run.tally.unchanged += 1
    for warning in warnings:
        run.tally.warn(warning, found.line)


def _organization(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    gathered.organizations[fm.identity(resource)] = fm.text(resource, "name")
    gathered.left["Organization"] += 1


def _role(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    from nurse_tui.interchange.fhir_cover import reference

    doctor = next(iter(fm.objects(resource, "practitioner")), {})
    numbers = fm.phones(resource, [])
    if numbers:
        gathered.roles.append((reference(doctor), numbers[0].number))
    gathered.left["PractitionerRole"] += 1


def _coverage(run: Run, gathered: Gathered, found: Found, resource: fm.Json) -> None:
    gathered.coverages.append((found, resource))


_TAKERS: dict[str, Callable[[Run, Gathered, Found, fm.Json], None]] = {
    "Patient": _patient,
    "Practitioner": _practitioner,
    "Location": _location,
    "Organization": _organization,
    "PractitionerRole": _role,
    "Coverage": _coverage,
}


def _write(run: Run, gathered: Gathered) -> Refusal | None:
    covers = _covers(run, gathered)
    for doctor_id, phone in gathered.roles:
        doctor = gathered.doctors.get(doctor_id)
        if doctor is not None and not doctor.phone:
            gathered.doctors[doctor_id] = fm.Doctor(doctor.id, doctor.npi, doctor.name, phone)
    return (
        fhir_write.save_centres(run, list(gathered.centres.values()))
        or fhir_write.save_doctors(run, list(gathered.doctors.values()))
        or fhir_write.save_patients(run, list(gathered.patients.values()), covers)
        or save_covers(run, covers)
    )


def _covers(run: Run, gathered: Gathered) -> dict[str, list[Cover]]:
    """Return the covers by patient, once every organisation's name is known."""
    covers: dict[str, list[Cover]] = {}
    for found, resource in gathered.coverages:
        warnings: list[str] = []
        try:
            cover = coverage(resource, gathered.organizations, warnings)
        except fm.UnfitError as unfit:
            _reject(run, found, str(unfit))
            continue
        if cover is None:
            gathered.left["Coverage that is not in force"] += 1
        else:
            patient = gathered.aliases.get(cover.patient, cover.patient)
            covers.setdefault(patient, []).append(cover)
            for warning in warnings:
                run.tally.warn(warning, found.line)
    return covers


def _say_left(run: Run, gathered: Gathered) -> None:
    for kind, count in sorted(gathered.left.items()):
        titles = gathered.titles.get(kind, [])
        named = f" ({', '.join(titles[:_NAMED])}{', …' if len(titles) > _NAMED else ''})"
        why = _WHY.get(kind, "read and not kept")
        run.tally.warn(f"{kind}: {count} {why}{named if titles else ''}.")


_WHY = {
    "Organization": "read for the names of payers",
    "PractitionerRole": "read for the phone numbers of practitioners",
}
