"""A case's co-pay in words: enrolments, where else to look, and what was decided before."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from nurse_tui.rules.calendar import say
from nurse_tui.rules.moments import at_words
from nurse_tui.screens.case_words import moment, name_of, today_of
from nurse_tui.types import Benefit
from nurse_tui.views import CaseView
from nurse_tui.widgets.text import cells, clean, line, stacked, state, styled, text, verdict
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.services.copay_views import CopayView, EnrolmentView

VERDICT_WIDTH = 18
LONGEST_NAME = 60


def who_line(case: CaseView) -> Content:
    """Return whose co-pay this is, with the cover by which it is decided."""
    covers = [
        " ".join(part for part in (f"{c.order}", c.payer, f"({plain(c.kind.value)})") if part)
        for c in case.facts.coverages
    ]
    home = case.facts.patient.state or "state not known"
    held = ", ".join(covers) or "no cover on file"
    return line((clean(name_of(case), LONGEST_NAME), "bold"), f"  {home} · {held}")


def verdict_line(view: CopayView, benefit: Benefit) -> Content:
    """Return a benefit's verdict of today, and whether the patient is enrolled in it."""
    found = verdict(view.case.copay.benefits[benefit].verdict)
    gap = " " * (VERDICT_WIDTH - found.cell_length)
    name = (cells(benefit.value.upper(), 10), "bold")
    return line(name, found, gap, _enrolled(view, benefit))


def _enrolled(view: CopayView, benefit: Benefit) -> Content:
    running = view.running(benefit)
    if running is None:
        return styled("not enrolled", "$text-muted")
    since = say(running.enrolled_on, today_of(view.case))
    if running.ends_on is None:
        return line(state("done", "ENROLLED"), f" since {since}")
    until = f"last day {say(running.ends_on, today_of(view.case))}: {running.end_reason}"
    return line(state("done", "ENROLLED"), f" since {since}, {until}")


def elsewhere(view: CopayView) -> Content:
    """Return where else the patient may be directed; nothing is promised (D-54)."""
    offered = view.case.copay.directed_to
    if not offered:
        return text("")
    rows = [line(("ELSEWHERE", "bold"), "  r notes a referral; nothing is promised (D-54)")]
    return stacked([*rows, *(line(f"  - {place}") for place in offered)])


def history(view: CopayView) -> Content:
    """Return what was decided, enrolled, ended and referred, newest first."""
    now, zone = moment(view.case), view.case.zone
    today = today_of(view.case)
    rows: list[tuple[datetime, Content]] = []
    for d in view.decisions:
        when = at_words(d.at, now, zone)
        said = line(
            f"  {when}  {d.benefit.value} ", verdict(d.verdict), f", terms {d.terms_version}"
        )
        rows.append((d.at, said))
    for r in view.referrals:
        rows.append((r.at, line(f"  {at_words(r.at, now, zone)}  directed to {r.programme}")))
    ended = [
        line(f"  {_end_of(e, today)}  {e.benefit.value} enrolment ended: {e.end_reason}")
        for e in view.enrolments
        if view.ended(e)
    ]
    kept = [words for _, words in sorted(rows, key=lambda row: row[0], reverse=True)]
    none = [styled("  nothing yet: K keeps today's verdict", "$text-muted")]
    return stacked([line(("HISTORY", "bold")), *(ended + kept or none)])


def _end_of(enrolment: EnrolmentView, today: date) -> str:
    ends = enrolment.ends_on
    if ends is None:
        return ""
    return say(ends, today) if ends >= enrolment.enrolled_on else "never held"
