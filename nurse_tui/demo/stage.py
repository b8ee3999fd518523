"""Where histories are acted out: the case that is being made, by its rows or by the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from nurse_tui import models as m
from nurse_tui.ids import new_id
from nurse_tui.rules.programme import Programme
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.settings import Settings
from nurse_tui.store.bulk import complete
from nurse_tui.store.database import Database
from nurse_tui.store.facts import CaseRows
from nurse_tui.types import Actor, Refusal

R = TypeVar("R")


@dataclass(slots=True)
class Ledger:
    """The rows of one case that is taken over with its history."""

    rows: CaseRows
    nurse: Actor
    programme: Programme

    @property
    def case(self) -> dict[str, Any]:
        """The case's own row."""
        return self.rows["case"][0]

    @property
    def case_id(self) -> int:
        """The case's id."""
        found: int = self.case["id"]
        return found

    def add(self, kind: type[m.Table], /, **values: Any) -> dict[str, Any]:
        """Add a complete row of the case and return it."""
        row = complete(kind, case_id=self.case_id, **({"id": new_id()} | values))
        self.rows.setdefault(str(kind.__tablename__), []).append(row)
        return row

    def of(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table so far."""
        return self.rows.get(table, [])


@dataclass(slots=True)
class Stage:
    """The real services, each person's own, on the database that is being made."""

    db: Database
    settings: Settings
    _desks: dict[int, Services] = field(default_factory=dict)

    def services(self, actor: Actor) -> Services:
        """Return the services as somebody has them."""
        if actor.user_id not in self._desks:
            self._desks[actor.user_id] = Services(Desk(self.db, actor, self.settings))
        return self._desks[actor.user_id]


class UndoneError(RuntimeError):
    """A step of the demo's history was refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"the demo's history was refused: {refusal.code}")
        self.refusal = refusal


def done(answer: R | Refusal) -> R:
    """Return what a service answered; a refusal is a fault of the demo or of the disk."""
    if isinstance(answer, Refusal):
        raise UndoneError(answer)
    return answer
