"""Building a demo database: made whole in a file beside the target, then put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from nurse_tui import clock
from nurse_tui import models as m
from nurse_tui.demo import acts, cast, sites
from nurse_tui.demo.acts import Act, History
from nurse_tui.demo.people import npi, words
from nurse_tui.demo.stage import Ledger, Stage, UndoneError, done
from nurse_tui.demo.writer import World
from nurse_tui.drafts import Edge, FormDraft, validate
from nurse_tui.files import sync
from nurse_tui.ids import case_number
from nurse_tui.interchange.form_rows import case_rows
from nurse_tui.services import founding
from nurse_tui.services.admin import AdminService
from nurse_tui.services.base import Desk
from nurse_tui.settings import Settings
from nurse_tui.store import engine, leftovers, schema, troubles
from nurse_tui.store.bulk import complete, insert_cases
from nurse_tui.store.database import PROGRAMME_ZONE, Database, Tx, open_database
from nurse_tui.store.facts import CaseRows
from nurse_tui.store.opening import no_room
from nurse_tui.types import Actor, Refusal, Role

Progress = Callable[[int, int], None]
STAFF = (
    ("dana", "Dana Whitfield RN", Role.NURSE),
    ("ruben", "Rubén Achterberg RN", Role.NURSE),
    ("imani", "Imani Castellane RN", Role.NURSE),
    ("soo-jin", "Soo-jin Park RN", Role.NURSE),
    ("helen", "Helen Marchetti", Role.SUPERVISOR),
)
ADMIN = ("admin", "Alex Admin")
HIRED_DAYS = 2000
"""Days before now at which the made-up staff was taken on."""


def build(
    path: Path,
    *,
    patients: int = 150,
    seed: int = 7,
    settings: Settings,
    progress: Progress | None = None,
) -> Path | Refusal:
    """Build a demo database of made-up patients; a file that is there already is never touched."""
    refused = engine.refuse_file(path, must_exist=False)
    if refused is not None or path.exists():
        return refused or Refusal("exists", f"{path.name} is there already.", "Give another path.")
    fresh = leftovers.making(path)
    before = clock.frozen()
    try:
        _make(fresh, patients, seed, settings, progress or (lambda done, total: None))
        sync(fresh)
        fresh.rename(path)
    except Exception as fault:
        refused = _refuse_fault(path, fault)
        if refused is None:
            raise
        return refused
    finally:
        clock.freeze(before)
        leftovers.remove(fresh)
    return path


def _refuse_fault(path: Path, fault: Exception) -> Refusal | None:
    """Return what a trouble of the disk means for a demo that was being built, or None."""
    if isinstance(fault, OSError):
        return Refusal(
            "not_written",
            f"{path} cannot be written: {fault.strerror}.",
            "Give another --path, or look after its folder and disk.",
        )
    trouble = fault.refusal if isinstance(fault, UndoneError) else troubles.trouble_of(fault)
    if trouble is None or trouble.code not in troubles.DISK:
        return None
    full = trouble.code == "disk_full" or no_room(path)
    return Refusal(
        trouble.code,
        f"{path} was not built: {'its disk is full' if full else 'the disk did not take it'}.",
        "Nothing was left there; make room, or give another --path.",
    )


def _make(path: Path, patients: int, seed: int, settings: Settings, progress: Progress) -> None:
    now = clock.now()
    engine.connect(path, None, create=True).close()
    db = open_database(path, None, settings.on)
    try:
        _hurry(db)
        schema.upgrade(db.engine)
        db.set_meta("demo", "yes")
        clock.freeze(now - timedelta(days=HIRED_DAYS))
        staff = _staff(db, settings)
        if patients:
            world = _world(db, settings, now, staff, Random(seed))  # noqa: S311 - not a secret
            _Production(db, Stage(db, settings), world, progress).run(patients)
    finally:
        db.close()


def _hurry(db: Database) -> None:
    """Let the disk take its time: the file counts only once it is whole, and is synced then."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA synchronous = OFF").close()


def _staff(db: Database, settings: Settings) -> tuple[Actor, ...]:
    """Take the staff on and return who looks after patients, the supervisor last."""
    actor = Actor(done(founding.first_admin(db, *ADMIN)), ADMIN[1], Role.ADMIN)
    office = AdminService(Desk(db, actor, settings))
    staff: list[Actor] = []
    for name, full_name, role in STAFF:
        staff.append(Actor(done(office.add_user(name, full_name, role)), full_name, role))
    return tuple(staff)


def _world(
    db: Database, settings: Settings, now: datetime, staff: tuple[Actor, ...], rng: Random
) -> World:
    today = clock.local_date(now, PROGRAMME_ZONE)
    rows = sites.site_rows(today)
    *nurses, supervisor = staff

    def job(tx: Tx) -> int:
        tx.insert_rows(m.InfusionSite, rows)
        tx.say("Infusion sites of the demo")
        return len(rows)

    done(db.write(supervisor, "import.sites", job))
    programme = settings.on(today)
    ledger = sites.ledger(rows, programme.holidays)
    return World(now, today, programme, ledger, tuple(nurses), supervisor, rng)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One thing to do in the order of time: a case comes in, or an act of a live one."""

    at: datetime
    case_id: int
    opens: CaseRows | None = None
    act: Act | None = None
    actor: Actor | None = None


@dataclass(slots=True)
class _Production:
    """Brings the histories of all patients into the order of time and acts them out."""

    db: Database
    stage: Stage
    world: World
    progress: Progress
    prescribers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, patients: int) -> None:
        self._write_prescribers()
        scenes: list[_Scene] = []
        for history in cast.histories(self.world, patients):
            scenes += self._scenes(history)
        scenes.sort(key=lambda scene: scene.at)
        self._play(scenes)

    def _write_prescribers(self) -> None:
        rows = [
            complete(m.Prescriber, npi=npi(n), name=name, phone=f"+1617555010{n}")
            for n, name in enumerate(words("prescriber"))
        ]
        self.prescribers = {row["npi"]: row for row in rows}

        def job(tx: Tx) -> int:
            tx.insert_rows(m.Prescriber, rows)
            tx.say("Prescribers of the demo")
            return len(rows)

        done(self.db.write(self.world.supervisor, "import.forms", job))

    def _scenes(self, history: History) -> Iterable[_Scene]:
        rows = self._rows(history)
        nurse = history.nurse or self.world.nurses[0]
        case_id = rows["case"][0]["id"]
        if history.live:
            yield _Scene(history.received_at, case_id, rows)
            for act in history.acts:
                yield _Scene(act.at, case_id, act=act, actor=nurse)
            return
        to = Ledger(rows, nurse, self.world.programme)
        for act in history.acts:
            acts.write(act, to)
        yield _Scene(max([history.received_at, *(a.at for a in history.acts)]), case_id, rows)

    def _rows(self, history: History) -> CaseRows:
        draft = validate(FormDraft, history.values, Edge(self.world.today, PROGRAMME_ZONE))
        if isinstance(draft, list):
            raise ValueError(f"the demo wrote a wrong form: {draft[0].column}")
        rows = case_rows(draft, self.prescribers[history.values["prescriber_npi"]])
        case = rows["case"][0]
        case["number"] = case_number(self.world.rng.getrandbits(45))
        if history.referral:
            case.update(source="fhir", external_id=history.values["form_id"].lower())
            for table in ("services_form", "prior_therapy", "coverage", "consent", "rems_status"):
                rows[table] = []
        if history.nurse is not None:
            case["nurse_id"] = history.nurse.user_id
            rows["nurse_assignment"] = [
                complete(
                    m.NurseAssignment,
                    case_id=case["id"],
                    nurse_id=history.nurse.user_id,
                    from_at=history.received_at,
                )
            ]
        return rows

    def _play(self, scenes: list[_Scene]) -> None:
        waiting: list[_Scene] = []
        for number, scene in enumerate(scenes):
            if waiting and (scene.act is not None or _day(scene) != _day(waiting[0])):
                self._open(waiting)
                waiting = []
            if scene.opens is not None:
                waiting.append(scene)
            elif scene.act is not None and scene.actor is not None:
                clock.freeze(scene.at)
                acts.play(scene.act, self.stage, scene.actor, scene.case_id)
            self.progress(number, len(scenes))
        if waiting:
            self._open(waiting)

    def _open(self, scenes: list[_Scene]) -> None:
        clock.freeze(scenes[-1].at)
        cases = [scene.opens for scene in scenes if scene.opens is not None]

        def job(tx: Tx) -> int:
            insert_cases(tx, cases)
            tx.say("Case taken into the demo")
            return len(cases)

        done(self.db.write(self.world.supervisor, "import.forms", job))


def _day(scene: _Scene) -> date:
    return clock.local_date(scene.at, PROGRAMME_ZONE)
