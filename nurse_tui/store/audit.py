"""The change log of what belongs to no case: users, sites, prescribers, exports, backups."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from nurse_tui.models import Change, Table

CHANGE = Table.metadata.tables["change"]
KINDS = ("user", "infusion_site", "prescriber", "export", "backup", "restore")
"""What the subjects of these changes begin with."""


def recent(session: Session, count: int) -> list[Change]:
    """Return the newest changes of the subjects in KINDS, by `ix_change_case_at`."""
    kinds = or_(*[CHANGE.c.subject.startswith(f"{kind}:") for kind in KINDS])
    query = select(Change).where(CHANGE.c.case_id.is_(None), kinds)
    return list(
        session.scalars(query.order_by(CHANGE.c.at.desc(), CHANGE.c.id.desc()).limit(count))
    )


def last_of(session: Session, subject: str) -> Change | None:
    """Return the newest change of a subject."""
    query = select(Change).where(CHANGE.c.subject == subject)
    return session.scalars(query.order_by(CHANGE.c.seq.desc()).limit(1)).first()
