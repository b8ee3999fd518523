"""What every service stands on: the database, who acts, and the guard on each call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from nurse_tui.models import Case, User
from nurse_tui.rules import access
from nurse_tui.settings import Settings
from nurse_tui.store.database import Database, NoRowError, Session, Tx
from nurse_tui.types import Actor, Refusal

R = TypeVar("R")
THE_PROGRAM = 0
"""Nobody can sign in with this id: it acts while a database is made."""
INACTIVE = Refusal(
    "inactive", "This user is switched off.", "Ask an administrator to switch it on."
)


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
        with self.db.read() as session:
            return self._refuse(session, action, case_id)

    def refuse_list(self, action: str | None = None) -> Refusal | None:
        """Return why the signed-in user may not read what belongs to no one case, or None.

        Every read that does not ask about a case begins here. Without an action all roles may read
        it, but nobody who was switched off or given another role since.
        """
        with self.db.read() as session:
            refused = self._refuse_standing(session)
        if refused is not None or action is None:
            return refused
        return access.may_list(self.actor, action)

    def _refuse(self, session: Session, action: str, case_id: int | None) -> Refusal | None:
        case = session.get(Case, case_id) if case_id is not None else None
        nurse = case.nurse_id if case is not None else None
        return self._refuse_standing(session) or access.may(self.actor, action, nurse)

    def _refuse_standing(self, session: Session) -> Refusal | None:
        """Say that the user was switched off, or given another role, after signing in."""
        if self.actor.user_id == THE_PROGRAM:
            return None
        user = session.get(User, self.actor.user_id)
        if user is None or not user.active:
            return INACTIVE
        if user.role is not self.actor.role:
            return Refusal(
                "role_changed",
                f"Your role is {user.role.value} now.",
                "Sign in again to work with it.",
            )
        return None

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
            refused = self._refuse(tx.session, action, case_id)
            return refused if refused is not None else job(tx)

        try:
            done = self.db.write(
                self.actor,
                command,
                guarded,
                case_id=case_id,
                seen=seen,
                undoable=undoable,
                request_id=request_id,
            )
        except NoRowError:
            return Refusal(
                "no_row", "That is not there, or not any more.", "Look at the case again."
            )
        if isinstance(done, Refusal) and done.code == "stale":
            # Who changed what is told only to those who may see the case.
            return self.refuse(action, case_id) or done
        return done
