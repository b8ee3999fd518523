"""Drafts: one a user, screen and subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nurse_tui.models import Draft
from nurse_tui.store import finding
from nurse_tui.store.database import Database, immediate, refusal_of
from nurse_tui.store.engine import DatabaseError
from nurse_tui.types import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """Whose draft it is, and of what."""

    user_id: int
    screen: str
    subject: str

    def fields(self) -> dict[str, object]:
        """Return the place as fields of the table."""
        return {"user_id": self.user_id, "screen": self.screen, "subject": self.subject}


def save(db: Database, place: Place, content: str, at: datetime) -> Refusal | None:
    """Keep a draft in place of an earlier one; an empty one only drops that.

    What the disk refuses is a refusal, and the earlier draft stays.
    """
    gone = db.refuse_moved()
    if gone is not None:
        return gone
    try:
        _keep(db, place, storable(content), at)
    except DatabaseError as fault:
        refusal = refusal_of(fault)
        if refusal is None:
            raise
        return refusal
    return None


def storable(content: str) -> str:
    """Return a text whose half characters are marked: what was typed is kept all the same."""
    return content.encode("utf-8", "replace").decode()


def _keep(db: Database, place: Place, content: str, at: datetime) -> None:
    with immediate(db) as session:
        for old in finding.find(session, Draft, **place.fields()):
            session.delete(old)
        session.flush()
        if content:
            session.add(
                Draft(
                    user_id=place.user_id,
                    screen=place.screen,
                    subject=place.subject,
                    content=content,
                    saved_at=at,
                )
            )


def load(db: Database, place: Place) -> str:
    """Return a draft, or an empty text."""
    with db.read() as session:
        found = finding.first(session, Draft, **place.fields())
        return found.content if found is not None else ""
