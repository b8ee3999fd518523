"""A case in a few lines: who, where in the journey, what is due, whether to call now."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from nurse_tui.rules.calendar import age_on, local_date, say
from nurse_tui.rules.calls import last_contact
from nurse_tui.rules.deadlines import Deadline
from nurse_tui.rules.leaving import what_ends
from nurse_tui.rules.moments import at_words, clock_in, lateness, short
from nurse_tui.rules.phones import shown_number, to_dial
from nurse_tui.screens.words import state_words
from nurse_tui.types import RemsParty, Sex
from nurse_tui.views import CaseView
from nurse_tui.widgets.text import clean, line, state
from nurse_tui.words import plain

SEXES = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.OTHER: "other sex", Sex.UNKNOWN: "sex not known"}
DOT = " · "
OURS = "English"
"""The language that goes without saying."""


def moment(case: CaseView) -> datetime:
    """Return the instant that the view speaks of."""
    return case.as_of or case.at or case.facts.opened_at


def today_of(case: CaseView) -> date:
    """Return the date of the view by the programme's calendar."""
    return local_date(moment(case), case.zone)


def due_mark(due_at: datetime, now: datetime, zone: str, done: bool = False) -> Content:
    """Return when something is due as glyph, word and colour."""
    if done:
        return state("done", "done")
    found = lateness(due_at, now, zone)
    return state(found.kind, found.words)


def ending_words(case: CaseView) -> str:
    """Return what ends when the case is closed today, after a semicolon, or nothing."""
    ends = what_ends(case.facts, today_of(case)).words
    return f"; {ends}" if ends else ""


def name_of(case: CaseView) -> str:
    """Return the patient's name, or the case number where there is none."""
    return case.patient_name or case.number


def who_words(case: CaseView) -> str:
    """Return age, sex and language: `54 F, prefers Spanish`."""
    who = case.facts.patient
    born = who.date_of_birth
    age = f"{age_on(born, today_of(case))} " if born else "age not known, "
    prefers = f", prefers {who.language}" if who.language not in ("", OURS) else ""
    return f"{age}{SEXES[who.sex]}{prefers}"


def call_words(case: CaseView) -> str:
    """Return what o'clock it is for the patient, and where and until when they may be called."""
    at, zones = moment(case), case.facts.patient.zones
    there = " or ".join(clock_in(at, zone) for zone in zones)
    here = f"{there} there" if there else "time there not known"
    if case.may_call.may:
        until = f" until {case.call_until:%H:%M}" if case.call_until else ""
        phone = to_dial(case.facts.phones)
        return f"{here}, call {shown_number(phone.number) if phone else ''}{until}"
    opens = case.may_call.opens_at
    if opens is None:
        return f"{here}, not to be called: {case.may_call.reasons[0].sentence}"
    zone = zones[0] if zones else case.zone
    today = local_date(at, zone) == local_date(opens, zone)
    when = clock_in(opens, zone) if today else at_words(opens, at, zone)
    return f"{here}, may be called from {when}{' there' if zones and not today else ''}"


def facts_words(case: CaseView) -> str:
    """Return calls, form, REMS and kit as one line of facts, what is wanted most first."""
    return DOT.join([_calls(case), _form(case), _rems(case), _kit(case)])


def _form(case: CaseView) -> str:
    form = case.facts.form
    if form is None:
        return "no form"
    received = local_date(form.received_at, case.zone)
    return f"form {short(received, today_of(case))}"


def _rems(case: CaseView) -> str:
    own = [r for r in case.facts.rems if r.party is RemsParty.PATIENT]
    if not own:
        return "REMS not known"
    newest = max(own, key=lambda r: r.on)
    return f"REMS {plain(newest.status)} {short(newest.on, today_of(case))}"


def _kit(case: CaseView) -> str:
    sent = case.kit_sent_on
    return f"kit sent {short(sent, today_of(case))}" if sent else "no kit sent"


def _calls(case: CaseView) -> str:
    made = [c for c in case.facts.calls if c.outcome is not None]
    if not made:
        return "no call yet"
    last = max(made, key=lambda c: c.started_at)
    day = short(local_date(last.started_at, case.zone), today_of(case))
    outcome = plain(last.outcome.value) if last.outcome else ""
    reached = "" if last_contact(case.facts) else ", never reached"
    return f"{len(made)} {'call' if len(made) == 1 else 'calls'}, last {day} {outcome}{reached}"


def glance(case: CaseView) -> list[Content]:
    """Return the lines under the caseload: who and when to call, why it is listed, the facts."""
    rows = [
        line((name_of(case), "bold"), "  ", who_words(case), DOT, call_words(case)),
        line(next_words(case)),
    ]
    if case.flag:
        rows.append(flag_words(case))
    return [*rows, line(facts_words(case))]


def flag_words(case: CaseView) -> Content:
    """Return the flag with its reason."""
    return line(("! FLAG ", "bold $text-warning"), case.flag)


def next_words(case: CaseView) -> Content:
    """Return what is due next, with how late it is."""
    due = case.journey.next
    if due is None:
        return line("nothing is due")
    return line(due_mark(due.due_at, moment(case), case.zone), "  ", due.title)


def heading(case: CaseView, own: bool) -> list[Content]:
    """Return the lines above every tab of a case; whose it is goes without saying for one's own."""
    nurse = "" if own else DOT + (clean(case.nurse) or "no nurse yet: T takes it")
    rows = [
        line((name_of(case), "bold"), "  ", who_words(case), DOT, case.number, nurse),
        line((state_words(case.journey.state), "bold $text-accent"), "  next ", next_words(case)),
    ]
    if case.flag:
        rows.append(flag_words(case))
    return rows


def as_of_words(case: CaseView) -> Content:
    """Return the line that marks a view of the past."""
    at = moment(case).astimezone(ZoneInfo(case.zone))
    words = f" AS OF {say(at.date())} {at:%H:%M} ET, read only. esc goes back to now. "
    return line((words, "bold reverse"))


def upcoming(case: CaseView, most: int) -> list[Content]:
    """Return the next open deadlines, one line each."""
    rows = [d for d in case.deadlines if d.done_at is None][:most]
    return [_due_line(case, due) for due in rows]


def _due_line(case: CaseView, due: Deadline) -> Content:
    return line(due_mark(due.due_at, moment(case), case.zone), "  ", due.title)
