"""How a made-up case is told: dates counted in business days back from today, acts added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from zoneinfo import ZoneInfo

from nurse_tui.demo import acts as a
from nurse_tui.demo import care
from nurse_tui.demo.people import live_in
from nurse_tui.demo.sites import Site, nearest
from nurse_tui.rules.calendar import add_business_days
from nurse_tui.rules.programme import Programme
from nurse_tui.types import (
    Actor,
    Benefit,
    CallKind,
    CallOutcome,
    ClearanceKind,
    RemsParty,
)

FIRST_HOUR, LAST_HOUR = 12, 16
"""Hours in New York at which every town of the demo may be called."""


@dataclass(frozen=True, slots=True)
class World:
    """What every history is written against."""

    now: datetime
    today: date
    programme: Programme
    sites: dict[str, Site]
    nurses: tuple[Actor, ...]
    supervisor: Actor
    rng: Random


class Writer:
    """Writes the history of one case."""

    def __init__(self, world: World, values: dict[str, str], nurse: Actor) -> None:
        self.world = world
        self.rng = world.rng
        self.story = a.History(values, world.now, nurse)

    # -- time

    def day(self, back: int) -> date:
        """Return the business day so many before today; 0 is today."""
        return add_business_days(self.world.today, -back, self.world.programme.holidays)

    def at(self, on: date) -> datetime:
        """Return an instant in the afternoon of a date, and before now."""
        hour = self.rng.randint(FIRST_HOUR, LAST_HOUR)
        local = datetime.combine(on, time(hour, self.rng.randrange(60)), self.zone)
        return min(local.astimezone(timezone.utc), self.world.now - timedelta(minutes=2))

    @property
    def zone(self) -> ZoneInfo:
        """The programme's zone."""
        return ZoneInfo(self.world.programme.programme_zone.value)

    # -- the form

    def received(self, back: int) -> None:
        """Say on which business day the form came in, signed two days before."""
        day = self.day(back)
        self.story.received_at = self.at(day)
        signed = (day - timedelta(days=2)).isoformat()
        given = {"patient_signed_on": signed, "provider_signed_on": signed}
        self.values(received_at=self.story.received_at.isoformat(), **given)
        if back:
            self.values(rems_patient_enrolled_on=day.isoformat())

    def values(self, **columns: str) -> None:
        """Set columns of the form."""
        self.story.values = self.story.values | columns

    def move_to(self, state: str) -> None:
        """Let the patient live in a state."""
        self.story.values = live_in(self.story.values, state)

    def site(self, *codes: str) -> Site:
        """Return that of some sites which is nearest to the patient."""
        sites = [self.world.sites[code] for code in codes]
        return nearest(sites, self.story.values["zip"])

    def unassigned(self) -> None:
        """Leave the case without a nurse."""
        self.story.nurse = None

    # -- what happened

    def add(self, act: a.Act) -> None:
        """Add an act."""
        self.story.acts.append(act)

    def when(self, on: date) -> tuple[datetime, date]:
        """Return the two fields that every act begins with."""
        return self.at(on), on

    def call(
        self,
        back: int,
        outcome: CallOutcome,
        kind: CallKind = CallKind.WELCOME,
        callback_at: datetime | None = None,
    ) -> None:
        """Add a call so many business days ago."""
        self.add(a.Called(*self.when(self.day(back)), kind, outcome, callback_at))

    def welcome(self, back: int) -> None:
        """Add the welcome call and the kit that follows it."""
        self.call(back, CallOutcome.REACHED)
        self.add(a.KitSent(*self.when(self.day(back))))

    def verify(self, back: int, covers: int = 1) -> None:
        """Verify the first covers."""
        for position in range(1, covers + 1):
            self.add(care.Verified(*self.when(self.day(back)), position))

    def enrol(self, back: int, *benefits: Benefit) -> None:
        """Enrol in co-pay benefits."""
        for benefit in benefits:
            self.add(care.Enrolled(*self.when(self.day(back)), benefit))

    def clear(self, back: int, *kinds: ClearanceKind) -> None:
        """Confirm things that were done some business days ago."""
        for kind in kinds:
            self.cleared_on(self.day(back), kind)

    def cleared_on(self, on: date, kind: ClearanceKind) -> None:
        """Confirm something that was done on a date."""
        self.add(care.Cleared(*self.when(min(on, self.world.today)), kind, on))

    def authorize(self, back: int) -> None:
        """Mirror that patient, prescriber and pharmacy are in REMS."""
        on = self.day(back)
        for party in (RemsParty.PATIENT, RemsParty.PRESCRIBER, RemsParty.PHARMACY):
            self.add(care.Rems(*self.when(on), party, "enrolled"))

    def finished(self) -> a.History:
        """Return the history with its acts in the order of time."""
        self.story.acts.sort(key=lambda act: act.at)
        self.story.live &= all(act.by_services for act in self.story.acts)
        return self.story
