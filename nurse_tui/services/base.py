"""What every service stands on: the database, who acts, and the guard on each call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from nurse_tui.models import Case
from nurse_tui.rules import access
from nurse_tui.settings import Settings
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import Actor, Refusal

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Desk:
    """The open database, the signed-in user and the programme's settings."""

    db: Database
    actor: Actor
    settings: Settings


class Service:
    """Base of the services: reads and writes pass `rules.access` before anything else."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db
        self.actor = desk.actor

    def refuse(self, action: str, case_id: int | None = None) -> Refusal | None:
        """Return why the signed-in user may not do something, or None."""
        if case_id is None:
            return access.may(self.actor, action)
        with self.db.read() as session:
            case = session.get(Case, case_id)
            nurse = case.nurse_id if case is not None else None
        return access.may(self.actor, action, nurse)

    def write(
        self,
        action: str,
        command: str,
        job: Callable[[Tx], R | Refusal],
        *,
        case_id: int | None = None,
        seen: int | None = None,
        undoable: bool = False,
        request_id: str | None = None,
    ) -> R | Refusal:
        """Run one intention, its permission checked inside its transaction."""

        def guarded(tx: Tx) -> R | Refusal:
            case = tx.session.get(Case, case_id) if case_id is not None else None
            refused = access.may(self.actor, action, case.nurse_id if case else None)
            return refused if refused is not None else job(tx)

        return self.db.write(
            self.actor,
            command,
            guarded,
            case_id=case_id,
            seen=seen,
            undoable=undoable,
            request_id=request_id,
        )
