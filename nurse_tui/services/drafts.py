"""What somebody typed and has not saved: kept in the database for its author alone."""

from __future__ import annotations

from nurse_tui import clock
from nurse_tui.services.base import Service
from nurse_tui.store import drafts
from nurse_tui.types import Refusal


class DraftService(Service):
    """Saves, gives back and drops drafts; they are no facts and are not logged."""

    def save(self, screen: str, subject: str, content: str) -> Refusal | None:
        """Keep a draft in place of an earlier one; refused when the disk does not take it."""
        place = drafts.Place(self.actor.user_id, screen, subject)
        return drafts.save(self.db, place, content, clock.now())

    def load(self, screen: str, subject: str) -> str | Refusal:
        """Return the draft of a screen and subject, or an empty text."""
        refused = self.refuse_list()
        return refused or drafts.load(self.db, drafts.Place(self.actor.user_id, screen, subject))

    def drop(self, screen: str, subject: str) -> Refusal | None:
        """Forget a draft once its content is saved."""
        return self.save(screen, subject, "")
