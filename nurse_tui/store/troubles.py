"""Which troubles of the database are expected, and the one sentence that says each."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2

from nurse_tui.types import Refusal

DISK = frozenset({"disk_full", "disk_fault", "cannot_open", "read_only"})
"""Codes of the refusals that the disk is to blame for."""


def trouble_of(fault: BaseException) -> Refusal | None:
    """Return the refusal that an expected trouble means, whichever library raised it, or None."""
    if isinstance(fault, DatabaseError):
        return refusal_of(fault)
    return _told(str(fault)) if isinstance(fault, dbapi2.DatabaseError) else None


def refusal_of(fault: DatabaseError) -> Refusal | None:
    """Return the refusal that an expected trouble of the database means, or None for a fault."""
    return _told(str(fault.orig))


def _told(said: str) -> Refusal | None:
    words = said.lower()
    for needle, refusal in _TROUBLES.items():
        if needle in words:
            return refusal
    return None


DAMAGED = Refusal(
    "damaged",
    "The case database is damaged, so nothing was saved.",
    "Restore a backup with nurse-tui restore.",
)
_TROUBLES: Mapping[str, Refusal] = {
    "locked": Refusal(
        "busy",
        "Another program is writing to the case database.",
        "Nothing was saved; try again in a moment.",
    ),
    "disk is full": Refusal(
        "disk_full",
        "The disk is full, so nothing was saved.",
        "Make room, then do it again; what you typed is still here.",
    ),
    "disk i/o error": Refusal(
        "disk_fault",
        "The disk did not take the change, so nothing was saved.",
        "Check the disk, then do it again; what you typed is still here.",
    ),
    "unable to open": Refusal(
        "cannot_open",
        "The files of the case database cannot be opened, so nothing was saved.",
        "Check that its folder is there and can be written to, then do it again.",
    ),
    "malformed": DAMAGED,
    "not a database": DAMAGED,
    "readonly": Refusal(
        "read_only",
        "The case database can only be read here.",
        "Nothing was saved; ask the administrator about the file's permissions.",
    ),
    "no co-pay enrolment under government cover": Refusal(
        "government_cover",
        "The case has government cover on days of the enrolment, so nothing was saved.",
        "Review the coverage, then enrol anew, or direct the patient to an assistance programme.",
        "D-39",
    ),
    "end the co-pay enrolment before": Refusal(
        "enrolled",
        "The patient is enrolled in co-pay on days of that government cover.",
        "Record the cover anew: that ends the enrolment on the day before it.",
        "D-51",
    ),
    "infusion_day.site_id, infusion_day.on_date": Refusal(
        "chair_taken",
        "Somebody else has just taken the last chair on one of these days.",
        "Choose another week; the list is read again.",
        "D-59",
    ),
    "infusion_day.case_id, infusion_day.on_date": Refusal(
        "day_taken",
        "The patient already has an infusion on one of these days.",
        "Choose other days.",
        "D-58",
    ),
}
