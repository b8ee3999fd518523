"""What may happen to the treatment of a made-up case: cover, clearances, REMS, courses, labs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from nurse_tui import models as m
from nurse_tui.demo.acts import Act, view_of
from nurse_tui.demo.sites import Site
from nurse_tui.demo.stage import Ledger, done
from nurse_tui.rules import copay, enrolments
from nurse_tui.services.bundle import Services
from nurse_tui.store.coding import canonical
from nurse_tui.store.facts import from_rows
from nurse_tui.types import Benefit, ClearanceKind, DayStatus, RemsParty


@dataclass(frozen=True, slots=True)
class Verified(Act):
    """A cover was verified with its payer."""

    position: int = 1

    def _write(self, to: Ledger) -> None:
        next(c for c in to.of("coverage") if c["position"] == self.position)["verified_on"] = (
            self.on
        )

    def _play(self, desk: Services, case_id: int) -> object:
        view = view_of(desk, case_id)
        cover = next(c for c in view.facts.coverages if c.order == self.position)
        return desk.work.verify_coverage(case_id, cover.id, view.version)


@dataclass(frozen=True, slots=True)
class Cleared(Act):
    """Something needed before day 1 was confirmed."""

    kind: ClearanceKind
    done_on: date
    valid_until: date | None = None

    def _write(self, to: Ledger) -> None:
        to.add(m.Clearance, **self._fields())

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.confirm(case_id, **self._fields())

    def _fields(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "done_on": self.done_on,
            "valid_until": self.valid_until,
            "confirmed_by": "prescriber's office",
            "result_on_file": True,
        }


@dataclass(frozen=True, slots=True)
class Rems(Act):
    """A source told the REMS standing of a party."""

    party: RemsParty
    status: str
    source: str = "REMS site, looked up by the nurse"

    def _write(self, to: Ledger) -> None:
        to.add(
            m.RemsStatus, party=self.party, status=self.status, on_date=self.on, source=self.source
        )

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.record_rems(case_id, self.party, self.status, self.on, self.source)


@dataclass(frozen=True, slots=True)
class Enrolled(Act):
    """The patient was enrolled in one co-pay benefit."""

    benefit: Benefit

    def _write(self, to: Ledger) -> None:
        facts = from_rows(to.rows)
        verdict = copay.decide(facts, to.programme, self.on).benefits[self.benefit]
        government = to.programme.copay_government_kinds.value
        found = enrolments.limit(self.on, facts.coverages, government)
        terms = to.programme.copay_terms_version.value
        decision = to.add(
            m.CopayDecision,
            benefit=self.benefit,
            verdict=verdict.verdict,
            reasons=canonical([reason.as_json() for reason in verdict.reasons]),
            terms_version=terms,
            decided_at=self.at,
        )
        to.add(
            m.CopayEnrollment,
            benefit=self.benefit,
            decision_id=decision["id"],
            enrolled_on=self.on,
            ends_on=found.last_day if found else None,
            end_reason=found.sentence if found else "",
            terms_version=terms,
        )

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.copay.enrol(case_id, self.benefit, view_of(desk, case_id).version)


@dataclass(frozen=True, slots=True)
class Lab(Act):
    """A monthly or quarterly test was drawn."""

    test: str

    def _write(self, to: Ledger) -> None:
        to.add(m.LabDraw, test=self.test, drawn_on=self.on, received_on=self.on)

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.record_lab(case_id, self.test, self.on, self.on)


@dataclass(frozen=True, slots=True)
class Treated(Act):
    """A course on the books: days before `given_before` were given, the others are booked."""

    by_services = False
    number: int
    site: Site
    days: tuple[date, ...]
    given_before: date

    def _write(self, to: Ledger) -> None:
        course = to.add(m.Course, number=self.number, site_id=self.site.id)
        for number, day in enumerate(self.days, 1):
            given = day < self.given_before
            to.add(
                m.InfusionDay,
                course_id=course["id"],
                number=number,
                on_date=day,
                site_id=self.site.id,
                chair=self.site.take(day),
                status=DayStatus.GIVEN if given else DayStatus.SCHEDULED,
            )


@dataclass(frozen=True, slots=True)
class Booked(Act):
    """The first week that works at a site from a date on was booked."""

    site_id: int
    wanted: date
    course: int = 1

    def _play(self, desk: Services, case_id: int) -> object:
        found = done(desk.infusions.propose(case_id, self.course, self.site_id, self.wanted))
        weeks = found.weeks
        week = next((w for w in weeks if w.possible and w.days[0] >= self.wanted), None)
        if week is None:
            return None
        version = view_of(desk, case_id).version
        return desk.infusions.book(case_id, self.course, self.site_id, week.days[0], version)
