"""What somebody typed and has not saved: kept in the database for its author alone."""

from __future__ import annotations

from sqlalchemy import Delete, delete
from sqlmodel import col, select

from nurse_tui import clock
from nurse_tui.models import Draft
from nurse_tui.services.base import Service
from nurse_tui.store.database import immediate


class DraftService(Service):
    """Saves, gives back and drops drafts; they are no facts and are not logged."""

    def save(self, screen: str, subject: str, content: str) -> None:
        """Keep a draft in place of an earlier one of the same screen and subject."""
        with immediate(self.db) as session:
            session.execute(self._mine(screen, subject))
            if content:
                session.add(
                    Draft(
                        user_id=self.actor.user_id,
                        screen=screen,
                        subject=subject,
                        content=content,
                        saved_at=clock.now(),
                    )
                )

    def load(self, screen: str, subject: str) -> str:
        """Return the draft of a screen and subject, or an empty text."""
        with self.db.read() as session:
            found = session.scalars(
                select(Draft.content).where(
                    col(Draft.user_id) == self.actor.user_id,
                    col(Draft.screen) == screen,
                    col(Draft.subject) == subject,
                )
            ).first()
        return found or ""

    def drop(self, screen: str, subject: str) -> None:
        """Forget a draft once its content is saved."""
        with immediate(self.db) as session:
            session.execute(self._mine(screen, subject))

    def _mine(self, screen: str, subject: str) -> Delete:
        return delete(Draft).where(
            col(Draft.user_id) == self.actor.user_id,
            col(Draft.screen) == screen,
            col(Draft.subject) == subject,
        )
