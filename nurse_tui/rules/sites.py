"""What a site says about a day: open, certified, with a free chair (D-15, D-18, D-57, D-59).

A site is closed on the weekdays it does not list, on its own closures and on federal holidays [P].
A site that is open all seven days of the week names its own rest days, so for it only its closures
count. A REMS certification holds through its last date. One chair takes one booking a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from nurse_tui.rules.calendar import WEEKDAYS, say
from nurse_tui.rules.facts import SiteFact
from nurse_tui.rules.programme import Programme
from nurse_tui.types import Reason

DAYS_PER_WEEK = 7
CLOSED_BY_SITE = "closed by the site"
NOT_OPEN = "not open"
HOLIDAY = "federal holiday"


def is_closed(site: SiteFact, day: date, programme: Programme) -> bool:
    """Say whether a site gives no infusions on a date (D-57)."""
    return bool(closed_words(site, day, programme))


def closed_words(site: SiteFact, day: date, programme: Programme) -> str:
    """Say in two or three words why a site is closed on a date, or nothing where it is not (D-57).

    Of several causes the one that the site itself gave comes first.
    """
    if day in site.closures:
        return CLOSED_BY_SITE
    if day.weekday() not in site.open_weekdays:
        return NOT_OPEN
    return HOLIDAY if day in programme.holidays and not _rests_itself(site) else ""


def _rests_itself(site: SiteFact) -> bool:
    return len(site.open_weekdays) == DAYS_PER_WEEK


def is_certified(site: SiteFact, day: date) -> bool:
    """Say whether a site's REMS certification covers a date, its last date included (D-18)."""
    begins, ends = site.rems_certified_on, site.rems_expires_on
    return begins is not None and begins <= day and (ends is None or day <= ends)


class Listed(Protocol):
    """What a list knows of a site."""

    @property
    def code(self) -> str:
        """The code by which forms name it."""

    @property
    def state(self) -> str:
        """Its state, by two letters."""

    @property
    def chairs(self) -> int:
        """How many patients it takes a day."""

    @property
    def rems_certified_on(self) -> date | None:
        """First day of its certification; None when it has none."""

    @property
    def rems_expires_on(self) -> date | None:
        """Last day of its certification; None when that is open."""


def first_choice(site: Listed, wanted: str, state: str, today: date) -> tuple[bool, ...]:
    """Return the order in which sites are proposed: the smallest first (D-18, D-56).

    The form's preferred one, then a certification that has not run out (an open end never does),
    then the patient's state, then chairs at all.
    """
    ends = site.rems_expires_on
    certified = site.rems_certified_on is not None and (ends is None or today <= ends)
    return (site.code != wanted, not certified, site.state != state, site.chairs == 0)


def site_reasons(site: SiteFact, days: Sequence[date], programme: Programme) -> tuple[Reason, ...]:
    """Return what stands against these days at a site: REMS, closed days, full days."""
    found = [certification_reason(site, days)]
    for day in days:
        if is_closed(site, day, programme):
            found.append(_closed_reason(site, day))
        elif _is_full(site, day):
            found.append(_full_reason(site, day, programme))
    return tuple(reason for reason in found if reason)


def day_faults(site: SiteFact, days: Sequence[date], programme: Programme) -> list[int]:
    """Count what stands against each of many days at a site, 0 to 2: shut or full, not certified.

    Says the same as the single rules here, in one pass over the days.
    """
    opens, begins = site.open_weekdays, site.rems_certified_on or date.max
    ends = (site.rems_expires_on or date.max) if site.rems_certified_on else date.min
    full = {day for day, count in site.booked.items() if count >= site.chairs}
    shut = site.closures.union(full, () if _rests_itself(site) else programme.holidays)
    no_chair = site.chairs <= 0
    return [
        (no_chair or day in shut or day.weekday() not in opens) + (not begins <= day <= ends)
        for day in days
    ]


def certification_reason(site: SiteFact, days: Sequence[date]) -> Reason | None:
    """Say why a site's REMS certification does not cover every one of these days (D-15, D-18)."""
    bare = [day for day in days if not is_certified(site, day)]
    if not bare:
        return None
    begins, ends = site.rems_certified_on, site.rems_expires_on
    if begins is None:
        known = f"{site.name} is not known to be REMS-certified"
    elif bare[0] < begins:
        known = f"{site.name} is REMS-certified only from {say(begins)}"
    else:
        known = f"{site.name} is REMS-certified only until {say(ends or begins)}"
    sentence = f"{known}: {_list(bare)} not covered."
    return Reason("D-18", sentence, _site_facts(site, bare[0]))


def _list(days: Sequence[date]) -> str:
    if len(days) == 1:
        return f"{say(days[0])} is"
    return f"{', '.join(say(d) for d in days[:-1])} and {say(days[-1])} are"


def _is_full(site: SiteFact, day: date) -> bool:
    return site.booked.get(day, 0) >= site.chairs


def _closed_reason(site: SiteFact, day: date) -> Reason:
    used = _site_facts(site, day)
    if day in site.closures:
        return Reason("D-57", f"{site.name} is closed on {say(day)}.", used)
    if day.weekday() not in site.open_weekdays:
        opens = ", ".join(WEEKDAYS[n] for n in sorted(site.open_weekdays)) or "no day"
        return Reason("D-57", f"{say(day)}: {site.name} is open {opens} only.", used)
    sentence = f"{say(day)} is a federal holiday: {site.name} is taken as closed."
    return Reason("D-57", sentence, {**used, "holidays": "programme setting [P]"})


def _full_reason(site: SiteFact, day: date, programme: Programme) -> Reason:
    booked = site.booked.get(day, 0)
    sentence = (
        f"{site.name} has no chair on {say(day)}: {booked} booked of {site.chairs},"
        f" {programme.chair_hours.value} hours each."
    )
    used = {**_site_facts(site, day), "booked": str(booked), "chairs": str(site.chairs)}
    return Reason("D-59", sentence, {**used, "chair_hours": str(programme.chair_hours)})


def _site_facts(site: SiteFact, day: date) -> dict[str, str]:
    return {"site": site.code, "day": day.isoformat()}
