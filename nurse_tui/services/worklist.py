"""The worklist within what a role reaches: its rows, its counts, who may be given cases.

Nurses reach their own cases and those that nobody has; supervisors reach every case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurse_tui import clock
from nurse_tui.listing import RowSource, Tally, WorklistFilter, WorklistRow
from nurse_tui.models import User
from nurse_tui.rules import access
from nurse_tui.rules.calendar import ONE_DAY, start_of_day
from nurse_tui.services.base import Service
from nurse_tui.services.guarded import Guarded
from nurse_tui.store import finding, worklist
from nurse_tui.store.database import PROGRAMME_ZONE
from nurse_tui.types import Refusal, Role

NOBODY = 0
CARERS = (Role.NURSE, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Listed:
    """A worklist that was opened: its rows by place, and the present that they speak of."""

    source: RowSource[WorklistRow]
    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class NurseLoad:
    """A nurse who may be given cases, and how many open ones she has."""

    user_id: int
    name: str
    open_cases: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has some of the cases that are to be given away; nobody has the id 0 and no name."""

    user_id: int
    name: str
    cases: int
    open_cases: int


@dataclass(frozen=True, slots=True)
class Hands:
    """Who may be given some cases, and who has them now, the most of them first."""

    nurses: tuple[NurseLoad, ...]
    holders: tuple[Holder, ...]

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(held.cases for held in self.holders)


class WorklistService(Service):
    """Opens worklists; what is overdue is known by the present instant and never stored."""

    def open(
        self, wanted: WorklistFilter, *, mine: bool = False, overdue: bool = False
    ) -> Listed | Refusal:
        """Return the cases that a filter wants; `mine` names the signed-in person as the nurse."""
        now = clock.now()
        chosen = self._chosen(wanted, mine, overdue, now)
        if isinstance(chosen, Refusal):
            return chosen
        source = Guarded(worklist.worklist(self.db.engine, chosen), self.refuse_list)
        return Listed(source, now, PROGRAMME_ZONE)

    def counts(
        self, wanted: WorklistFilter, *, mine: bool = False, overdue: bool = False
    ) -> Tally | Refusal:
        """Return how many cases `open` lists but for the search, are due today, are overdue."""
        now = clock.now()
        chosen = self._chosen(wanted, mine, overdue, now)
        return chosen if isinstance(chosen, Refusal) else self._tally(chosen, now)

    def _chosen(
        self, wanted: WorklistFilter, mine: bool, overdue: bool, now: datetime
    ) -> WorklistFilter | Refusal:
        chosen = replace(wanted, nurse=self.actor.user_id) if mine else wanted
        chosen = replace(chosen, due_before=now) if overdue else chosen
        return self._refused(chosen) or chosen

    def nurses(self) -> tuple[NurseLoad, ...] | Refusal:
        """Return who may be given cases, with the fewest open ones first."""
        refused = self.refuse_list("case.assign")
        if refused is not None:
            return refused
        with self.db.read() as session:
            counts = finding.open_cases_by_nurse(session)
            carers = [u for u in finding.find(session, User, active=True) if u.role in CARERS]
            found = [NurseLoad(u.id, u.full_name or u.name, counts.get(u.id, 0)) for u in carers]
        return tuple(sorted(found, key=lambda nurse: (nurse.open_cases, nurse.name)))

    def hands(self, case_ids: Sequence[int]) -> Hands | Refusal:
        """Return who has some cases now and who may be given them."""
        nurses = self.nurses()
        if isinstance(nurses, Refusal):
            return nurses
        with self.db.read() as session:
            held = finding.held(session, case_ids)
            users = finding.by_ids(session, User, {nurse for nurse, *_ in held})
        names = {user.id: user.full_name or user.name for user in users.values()}
        return Hands(nurses, tuple(Holder(n, names.get(n, ""), *counts) for n, *counts in held))

    def _refused(self, wanted: WorklistFilter) -> Refusal | None:
        refused = self.refuse_list("case.view")
        if refused is not None:
            return refused
        if self.actor.role is Role.NURSE and wanted.nurse not in (NOBODY, self.actor.user_id):
            return Refusal(
                "reach",
                "A nurse's list holds her own cases and those without a nurse.",
                "Ask a supervisor about other nurses' cases.",
            )
        return access.may(self.actor, "case.view", wanted.nurse or None)

    def _tally(self, wanted: WorklistFilter, now: datetime) -> Tally:
        tomorrow = clock.local_date(now, PROGRAMME_ZONE) + ONE_DAY
        ends = start_of_day(tomorrow, PROGRAMME_ZONE)
        with self.db.engine.connect() as connection:
            return worklist.tally(connection, wanted, now, ends)
