"""Who may be called and when; attempts, and the day of the first one (D-1, D-23, D-30 to D-32).

Hours are the patient's: where several zones are possible, every one of them must allow the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from nurse_tui.rules import intake
from nurse_tui.rules.aftercare import follow_up_open
from nurse_tui.rules.calendar import age_on, is_business_day, local_date, say
from nurse_tui.rules.courses import infused_days
from nurse_tui.rules.facts import CallFact, CaseFacts
from nurse_tui.rules.moments import clock_in, place_of
from nurse_tui.rules.programme import Programme
from nurse_tui.types import REACHED_OUTCOMES, CallKind, ConsentKind, Reason, Refusal
from nurse_tui.words import plain

US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
)
"""The clocks of the fifty states; all must allow a call when the patient's is not known."""
SEARCH_DAYS = 4
CAME_IN = Refusal(
    "came_in",
    "This call came in: somebody was on the line.",
    "o ends it with what became of it.",
    "D-37",
)
"""Why a call that came in does not end as one that nobody answered."""


@dataclass(frozen=True, slots=True)
class MayCall:
    """Whether an outbound call may be made, why, and when it may if only time forbids it.

    `opens_at` is in UTC: the instant asked about when the call may be made now, None when time
    alone will never allow it.
    """

    may: bool
    reasons: tuple[Reason, ...]
    opens_at: datetime | None
    way_out: str = ""
    warnings: tuple[Reason, ...] = ()
    """What speaks against this hour without forbidding the call."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A reason that time does not heal, and what would."""

    reason: Reason
    way_out: str


def may_call(facts: CaseFacts, programme: Programme, at: datetime) -> MayCall:
    """Say whether a nurse may call the patient at an aware instant (D-1, D-23, D-30 to D-32).

    Raises ValueError for an instant without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a call needs an instant with a zone")
    bars = tuple(_bars(facts, programme, at))
    waits = tuple(_waits(facts, programme, at))
    if bars:
        reasons = (*(bar.reason for bar in bars), *waits)
        return MayCall(False, reasons, None, bars[0].way_out)
    if not waits:
        warnings = tuple(_same_time(facts, programme, at))
        reasons = (_open_hours(facts, programme, at),)
        return MayCall(True, reasons, at.astimezone(timezone.utc), warnings=warnings)
    opens_at = _opens_at(facts, programme, at)
    if opens_at is None:
        return MayCall(False, waits, None, "Find out where the patient lives.")
    return MayCall(False, waits, opens_at, f"Call from {_clocks(facts, opens_at)}.")


def may_take(facts: CaseFacts) -> Reason | None:
    """Say why a call that comes in is not taken by script, or None when it is (D-29, D-32).

    Whoever calls is answered: hours, attempts, holds, opt-outs and what the form lacks are about
    calls that are made. Of a patient who died there is nobody to identify.
    """
    return _died(facts)


def _died(facts: CaseFacts) -> Reason | None:
    died = facts.patient.deceased_on
    return None if died is None else Reason("D-29", f"The patient died on {say(died)}.")


def promise_words(programme: Programme, at: datetime, zone: str) -> str:
    """Say what speaks against an agreed time to call back, or nothing (D-31).

    A promise is kept as the patient asked; hours and business days of the programme are told.
    """
    where = zone or programme.programme_zone.value
    day = local_date(at, where)
    off = "" if is_business_day(day, programme.holidays) else f"{say(day)} is no business day."
    late = "" if _within_hours(programme, at, where) else f"It will be {_clock(at, where)} then: "
    return " ".join(words for words in (off, late and f"{late}{_hours(programme)}.") if words)


def attempts(facts: CaseFacts) -> tuple[CallFact, ...]:
    """Return the outbound calls since the last contact that did not reach the patient (D-30)."""
    contact = last_contact(facts)
    missed = [
        c
        for c in facts.calls
        if c.outbound
        and c.outcome is not None
        and c.outcome not in REACHED_OUTCOMES
        and (contact is None or c.started_at > contact)
    ]
    return tuple(sorted(missed, key=lambda c: (c.started_at, c.id)))


def first_attempt(facts: CaseFacts) -> datetime | None:
    """Return the start of the first attempt that ended, or of the welcome call, in UTC (D-30)."""
    made = (c for c in facts.calls if c.outcome is not None)
    return min(
        (c.started_at for c in made if c.outbound or c.kind is CallKind.WELCOME), default=None
    )


def last_contact(facts: CaseFacts) -> datetime | None:
    """Return the start of the last call in which the patient was spoken to, in UTC (D-30)."""
    starts = [c.started_at for c in facts.calls if c.outcome in REACHED_OUTCOMES]
    return max(starts, default=None)


def _bars(facts: CaseFacts, programme: Programme, at: datetime) -> Iterator[_Bar]:
    yield from _case_bars(facts)
    yield from _form_bars(facts, programme, at)
    yield from _consent_bars(facts)
    yield from _hold_bars(facts)
    yield from _attempt_bars(facts, programme)


def _case_bars(facts: CaseFacts) -> Iterator[_Bar]:
    died = _died(facts)
    if died is not None:
        # Of a case that is closed already nothing is left to do.
        yield _Bar(died, "" if facts.closed_reason else "Close the case.")
    if facts.closed_reason:
        sentence = f"The case is closed: {facts.closed_reason}."
        yield _Bar(Reason("D-29", sentence), "Reopen the case first.")
    left = intake.opted_out(facts)
    if left is not None:
        yield _Bar(left, "Wait for the patient's new consent to the services.")
    if facts.do_not_call:
        reason = Reason("D-31", "The patient asked not to be called.")
        yield _Bar(reason, "Write a letter instead.")


def _form_bars(facts: CaseFacts, programme: Programme, at: datetime) -> Iterator[_Bar]:
    young = _too_young(facts, programme, at)
    if young is not None:
        yield _Bar(young, "Tell the prescriber's office.")
    if facts.form is None:
        reason = Reason("D-23", "There is no Services Form: a referral is never called.")
        yield _Bar(reason, "Ask the prescriber's office for a signed form.")
    if not facts.phones:
        reason = Reason("D-23", "There is no phone number.")
        yield _Bar(reason, "Ask the prescriber's office for a phone number.")
    # Whoever was infused is followed up, whatever the form lacks (D-12, D-62).
    missing = () if infused_days(facts.courses) else intake.missing_items(facts, programme)
    if missing:
        sentence = f"The form is not complete; missing: {', '.join(missing)}."
        reason = Reason("D-23", sentence, {"missing": ", ".join(missing)})
        yield _Bar(reason, "Ask the prescriber's office for what is missing.")


def _too_young(facts: CaseFacts, programme: Programme, at: datetime) -> Reason | None:
    born = facts.patient.date_of_birth
    if facts.form is not None or born is None:
        return intake.too_young(facts, programme)
    age = age_on(born, local_date(at, programme.programme_zone.value))
    if age >= programme.minimum_age_years.value:
        return None
    sentence = (
        f"The patient is {age}: safety under {programme.minimum_age_years.value} is not known."
    )
    return Reason("D-1", sentence, {"date_of_birth": str(born), "age": str(age)})


def _consent_bars(facts: CaseFacts) -> Iterator[_Bar]:
    # A withdrawn consent to the services is an opt-out, a form without one lacks an item.
    agreed = facts.consent(ConsentKind.CALLS)
    if agreed:
        return
    said = "was never asked about" if agreed is None else "does not consent to"
    reason = Reason("D-32", f"The patient {said} calls.", {"consent_calls": _word(agreed)})
    yield _Bar(reason, "Ask for consent to calls by letter or through the prescriber's office.")


def _word(agreed: bool | None) -> str:
    return "unknown" if agreed is None else "no"


def _hold_bars(facts: CaseFacts) -> Iterator[_Bar]:
    if facts.hold_reason:
        reason = Reason("D-29", f"The case is on hold: {facts.hold_reason}.")
        yield _Bar(reason, "Lift the hold first.")
    # Whoever was infused is followed up whatever is found later (D-12, D-62).
    if facts.contraindications and not infused_days(facts.courses):
        names = ", ".join(plain(name) for name in sorted(facts.contraindications))
        reason = Reason("D-2", f"A contraindication is recorded: {names}.", {"recorded": names})
        yield _Bar(reason, "Wait for the prescriber's answer.")


def _attempt_bars(facts: CaseFacts, programme: Programme) -> Iterator[_Bar]:
    made, allowed = len(attempts(facts)), programme.attempts_before_letter
    # Whoever was infused is asked how they are, however often nobody answered (D-14, D-62).
    if made < allowed.value or follow_up_open(facts, programme):
        return
    sentence = (
        f"{made} attempts were made without reaching the patient;"
        f" after {allowed.value} a letter goes out{allowed.note}."
    )
    used = {"attempts": str(made), allowed.name: str(allowed)}
    way_out = (
        "Send the letter and tell the prescriber; any contact from the patient opens it again."
    )
    yield _Bar(Reason("D-30", sentence, used), way_out)


def _waits(facts: CaseFacts, programme: Programme, at: datetime) -> Iterator[Reason]:
    closed = [zone for zone in _zones(facts) if not _within_hours(programme, at, zone)]
    if closed:
        sentence = f"It is {_clock(at, closed[0])}: {_hours(programme)}"
        if not facts.patient.zones:
            sentence += "; the patient's zone is not known, so every US zone must allow it"
        used = {zone: _clock(at, zone) for zone in closed}
        yield Reason("D-31", f"{sentence}{programme.call_from.note}.", used)
    tried = _tried_that_day(facts, at)
    if tried is not None:
        sentence = f"An attempt was already made at {_clock(tried, _zones(facts)[0])} that day"
        used = {"attempt": tried.isoformat()}
        note = programme.attempts_before_letter.note
        yield Reason("D-30", f"{sentence}; attempts are made on different days{note}.", used)


def _open_hours(facts: CaseFacts, programme: Programme, at: datetime) -> Reason:
    clocks = {zone: _clock(at, zone) for zone in _zones(facts)}
    where = " and ".join(clocks.values()) if facts.patient.zones else "daytime in every US zone"
    sentence = f"It is {where}: {_hours(programme)}{programme.call_from.note}."
    return Reason("D-31", sentence, clocks)


def _hours(programme: Programme) -> str:
    first, last = programme.call_from.value, programme.call_until.value
    return f"calls are made {first:%H:%M}-{last:%H:%M} in the patient's zone"


def _zones(facts: CaseFacts) -> tuple[str, ...]:
    return facts.patient.zones or US_ZONES


def _within_hours(programme: Programme, at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone)).time()
    return programme.call_from.value <= local < programme.call_until.value


def _tried_that_day(facts: CaseFacts, at: datetime) -> datetime | None:
    made = attempts(facts)
    if not made:
        return None
    last = made[-1].started_at
    same = any(local_date(last, z) == local_date(at, z) for z in _zones(facts))
    return last if same else None


def _same_time(facts: CaseFacts, programme: Programme, at: datetime) -> Iterator[Reason]:
    """Warn of an hour at which the patient was tried in vain on an earlier day (D-30)."""
    apart, zone = programme.attempt_hours_apart, _zones(facts)[0]
    tried = [c.started_at for c in attempts(facts)]
    near = [then for then in tried if _between(then, at, zone) < timedelta(hours=apart.value)]
    if near:
        day = say(local_date(near[-1], zone))
        yield Reason(
            "D-30",
            f"An attempt was made at {_clock(near[-1], zone)} on {day}, less than {apart.value}"
            f" hours from this time of day; attempts are made at different times{apart.note}.",
            {"attempt": near[-1].isoformat(), apart.name: str(apart)},
        )


def _between(one: datetime, other: datetime, zone: str) -> timedelta:
    """Return how far two times of day lie apart on the clocks of a zone, around midnight too."""
    first, second = (
        timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        for local in (one.astimezone(ZoneInfo(zone)), other.astimezone(ZoneInfo(zone)))
    )
    gap = abs(first - second)
    return min(gap, timedelta(days=1) - gap)


def _opens_at(facts: CaseFacts, programme: Programme, at: datetime) -> datetime | None:
    opening = programme.call_from.value
    mornings = {
        datetime.combine(
            local_date(at, zone) + timedelta(days=n), opening, ZoneInfo(zone)
        ).astimezone(timezone.utc)
        for zone in _zones(facts)
        for n in range(SEARCH_DAYS)
    }
    later = sorted(m for m in mornings if m > at)
    return next((m for m in later if _is_open(facts, programme, m)), None)


def _is_open(facts: CaseFacts, programme: Programme, at: datetime) -> bool:
    in_hours = all(_within_hours(programme, at, zone) for zone in _zones(facts))
    return in_hours and _tried_that_day(facts, at) is None


def _clocks(facts: CaseFacts, at: datetime) -> str:
    # Of several zones the one whose day begins last is what the nurse waits for.
    zone = min(_zones(facts), key=lambda z: at.astimezone(ZoneInfo(z)).replace(tzinfo=None))
    return f"{say(local_date(at, zone))} {_clock(at, zone)}"


def _clock(at: datetime, zone: str) -> str:
    return f"{clock_in(at, zone)} in {place_of(zone)}"
