"""The gate before a course is confirmed: what is still missing, item by item (D-61).

Labs, forms, orders, shipments and prior authorization count for the course they precede; screenings
and counselling count once, unless what was confirmed says until when it is valid. What only the
prescriber can settle is "confirmed by the office on a date" and is marked so: it is never the
nurse's own judgement. The prior authorization is the site's: only its outcome is asked for (D-27).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import (
    Plan,
    active_course,
    booked_days,
    course_clearances,
    infused_days,
    make_plan,
)
from nurse_tui.rules.covers import KIND_WORDS
from nurse_tui.rules.facts import CaseFacts, ClearanceFact, RemsFact, SiteFact
from nurse_tui.rules.infusions import consecutive
from nurse_tui.rules.programme import Programme
from nurse_tui.rules.sites import certification_reason
from nurse_tui.types import ClearanceKind, CoverageKind, RemsParty, Sex
from nurse_tui.words import plain

K = ClearanceKind
REMS_AUTHORIZED = frozenset({"active", "authorized", "certified", "enrolled"})
"""Words of a mirrored REMS status that let treatment go on (D-15, D-22)."""
UNPAID_KINDS = frozenset({CoverageKind.UNINSURED, CoverageKind.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that holds a course: `what` is a stable name, `sentence` says it in words."""

    what: str
    sentence: str
    rule: str
    way_out: str
    prescriber_only: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of clearance the gate asks for."""

    kind: ClearanceKind
    label: str
    rule: str
    prescriber_only: bool
    per_course: bool = False
    way_out: str = ""


ITEMS = (
    Item(K.PATIENT_AUTHORIZATION, "The REMS patient authorization form", "D-17", True, True),
    Item(K.VACCINATION, "The vaccinations", "D-8", True),
    Item(K.VARICELLA_ANTIBODY, "The varicella history, vaccination or antibody", "D-8", True),
    Item(K.TUBERCULOSIS_SCREEN, "The tuberculosis screen", "D-9", True),
    Item(K.SKIN_EXAM, "The baseline skin exam", "D-9", True),
    Item(K.THYROID, "The baseline thyroid test", "D-12", True),
    Item(K.LIVER, "The baseline liver tests", "D-12", True),
    Item(K.URINE_PROTEIN_CREATININE, "The baseline urine protein:creatinine ratio", "D-12", True),
    Item(K.ANTIVIRAL_ARRANGED, "The antiviral from day 1", "D-7", True, True),
    Item(K.PREMEDICATION_ORDERED, "The steroid before the infusions", "D-6", True, True),
    Item(
        K.LISTERIA_COUNSELLING,
        "The counselling on Listeria",
        "D-10",
        False,
        way_out="Record the date on which the patient was told; the food care begins before day 1.",
    ),
    Item(
        K.DRUG_SHIPPED,
        "The shipment of the drug",
        "D-18",
        False,
        True,
        way_out="Ask the pharmacy when it ships to the site, and record the date.",
    ),
)
WOMEN_ITEMS = (
    Item(K.HPV_SCREEN, "The HPV screen", "D-9", True),
    Item(
        K.CONTRACEPTION_COUNSELLING,
        "The counselling on contraception",
        "D-11",
        False,
        way_out="Record the date on which the patient was counselled.",
    ),
)
AUTHORIZATION = Item(
    K.PRIOR_AUTHORIZATION,
    "The outcome of the prior authorization",
    "D-27",
    False,
    True,
    way_out="Ask the site's coordinator, who owns it, and record the outcome: given or not needed.",
)
NOT_INFECTED = Item(K.INFECTION_FREE, "The check for an active infection", "D-2", True, True)
PER_COURSE = {i.kind for i in (*ITEMS, AUTHORIZATION, NOT_INFECTED) if i.per_course}
PER_COURSE.add(K.BASELINE_LABS)


def gate(
    facts: CaseFacts,
    course_number: int,
    day1: date | None,
    site: SiteFact | None,
    programme: Programme,
    today: date,
) -> tuple[Blocker, ...]:
    """Return what holds a course that is to begin on `day1` at `site`; nothing when it may go on.

    Without a day 1 or a site, what hangs on them is itself listed and the rest is judged as of
    today. Dates are calendar dates where the patient is (D-61).
    """
    by = day1 or today
    plan = make_plan(facts, course_number, programme)
    return (
        *_contraindicated(facts),
        *_rems(facts, by),
        *_site(facts, course_number, day1, site, plan),
        *_labs(plan, facts, course_number, day1, today),
        *(blocker for item in ITEMS for blocker in _item(facts, course_number, item, by)),
        *_too_early(plan, day1),
        *_women(facts, course_number, by),
        *_infection(facts, programme, course_number, day1, today),
        *_benefits(facts, by),
        *_authorization(facts, course_number, by),
    )


def before_day(
    facts: CaseFacts,
    course_number: int,
    day: date,
    site: SiteFact | None,
    programme: Programme,
    today: date,
) -> tuple[Blocker, ...]:
    """Return what still holds a day of a course that is to be given (D-61).

    The gate stands before the first day; once a course has begun, only a contraindication is asked
    about before each further day (D-2).
    """
    own = active_course(facts, course_number)
    if own is not None and any(d.on < day for d in infused_days([own])):
        return tuple(_contraindicated(facts))
    return gate(facts, course_number, day, site, programme, today)


def confirmed(facts: CaseFacts, kind: ClearanceKind, number: int) -> tuple[ClearanceFact, ...]:
    """Return what counts for a course of one kind: what is once for all counts for each (D-61)."""
    if kind in PER_COURSE:
        return course_clearances(facts, kind, number)
    return tuple(c for c in facts.clearances if c.kind is kind)


def _confirm(item: Item) -> str:
    return item.way_out or "Ask the prescriber's office, and record who confirmed it and the date."


def _block(item: Item, sentence: str) -> Blocker:
    return Blocker(str(item.kind), sentence, item.rule, _confirm(item), item.prescriber_only)


def _item(facts: CaseFacts, number: int, item: Item, by: date) -> tuple[Blocker, ...]:
    found = _known(facts, number, item, by)
    if any(c.valid_until is None or by <= c.valid_until for c in found):
        return ()
    if found:
        until = max(c.valid_until for c in found if c.valid_until)
        return (_block(item, f"{item.label}: valid until {say(until)}, needed on {say(by)}."),)
    scope = f" for course {number}" if item.per_course else ""
    return (_block(item, f"{item.label}{scope}: not on file."),)


def _known(facts: CaseFacts, number: int, item: Item, by: date) -> list[ClearanceFact]:
    return [c for c in confirmed(facts, item.kind, number) if c.done_on <= by]


def _contraindicated(facts: CaseFacts) -> Iterator[Blocker]:
    for name in facts.contraindications:
        yield Blocker(
            "contraindication",
            f"A contraindication is on record: {plain(name)}.",
            "D-2",
            "Tell the prescriber: only the prescriber can settle it.",
            True,
        )


def _rems(facts: CaseFacts, by: date) -> Iterator[Blocker]:
    offices = {
        RemsParty.PATIENT: (None, "patient", True),
        RemsParty.PRESCRIBER: (K.PRESCRIBER_ENROLLED, "prescriber", True),
        RemsParty.PHARMACY: (K.PHARMACY_CERTIFIED, "pharmacy", False),
    }
    for party, (kind, name, prescriber_only) in offices.items():
        sentence = _rems_fault(facts, party, kind, by)
        if sentence:
            way_out = f"Look up the {name} in REMS, and record the status, its source and the date."
            yield Blocker(f"rems_{party}", sentence, "D-15", way_out, prescriber_only)


def _rems_fault(facts: CaseFacts, party: RemsParty, kind: ClearanceKind | None, by: date) -> str:
    newest = _newest_status(facts, party, by)
    confirmed = [c for c in facts.clearances if c.kind is kind and c.done_on <= by]
    valid = [c for c in confirmed if c.valid_until is None or by <= c.valid_until]
    if newest and not any(c.done_on > newest.on for c in valid):
        return "" if _authorizes(newest) else _say_status(newest)
    if valid:
        return ""
    if confirmed:
        until = max(c.valid_until for c in confirmed if c.valid_until)
        return f"The REMS standing of the {party} was valid until {say(until)}."
    return f"The REMS status of the {party} is not known."


def _authorizes(told: RemsFact) -> bool:
    return told.status.strip().casefold() in REMS_AUTHORIZED


def _say_status(told: RemsFact) -> str:
    return f"REMS status of the {told.party}: {plain(told.status)} ({told.source}, {say(told.on)})."


def _newest_status(facts: CaseFacts, party: RemsParty, by: date) -> RemsFact | None:
    known = [(r.on, n) for n, r in enumerate(facts.rems) if r.party is party and r.on <= by]
    return facts.rems[max(known)[1]] if known else None


def _site(
    facts: CaseFacts, number: int, day1: date | None, site: SiteFact | None, plan: Plan
) -> Iterator[Blocker]:
    if site is None:
        way_out = "Choose a REMS-certified infusion centre."
        yield Blocker("site", "No infusion centre is chosen.", "D-56", way_out)
    if day1 is None:
        yield Blocker("day_1", "No week is chosen.", "D-56", "Choose a week with the patient.")
    if site is None or day1 is None:
        return
    told = _newest_status(facts, RemsParty.FACILITY, day1)
    if told and not _authorizes(told):
        way_out = "Look up the site in REMS, and record the status, its source and the date."
        yield Blocker("rems_facility", _say_status(told), "D-15", way_out)
    reason = certification_reason(site, _course_days(facts, number, day1, plan))
    if reason:
        way_out = f"Ask {site.name} when its certification is renewed, or choose another site."
        yield Blocker("rems_facility", reason.sentence, reason.rule, way_out)


def _course_days(facts: CaseFacts, number: int, day1: date, plan: Plan) -> tuple[date, ...]:
    own = active_course(facts, number)
    booked = tuple(d.on for d in booked_days(own)) if own else ()
    return booked if day1 in booked else consecutive(day1, plan.size)


def _labs(
    plan: Plan, facts: CaseFacts, number: int, day1: date | None, today: date
) -> Iterator[Blocker]:
    if plan.begun:
        return
    window = f" {plan.draw_window(day1)}" if day1 else ""
    draw = f"Have the office draw them{window}, and record the date."
    if day1 and day1 <= today:
        draw = f"Record the draw if there was one{window}; else move the course."
    if not course_clearances(facts, K.BASELINE_LABS, number):
        sentence = f"No baseline labs are on file for course {number}."
        yield Blocker(str(K.BASELINE_LABS), sentence, "D-17", draw, True)
    elif day1:
        for reason in plan.blockers(day1):
            if reason.rule == "D-17":
                yield Blocker(str(K.BASELINE_LABS), reason.sentence, reason.rule, draw, True)


def _too_early(plan: Plan, day1: date | None) -> Iterator[Blocker]:
    for stop in () if plan.begun else plan.stops:
        yield Blocker("earlier_course", stop.reason.sentence, stop.reason.rule, stop.way_out)
    for bound in plan.bounds:
        if day1 and day1 < bound.day:
            way_out = f"Move the course to {say(bound.day)} or later."
            yield Blocker("day_1", bound.reason.sentence, bound.reason.rule, way_out)


def _women(facts: CaseFacts, number: int, by: date) -> Iterator[Blocker]:
    sex = facts.patient.sex
    if sex is Sex.MALE:
        return
    for item in WOMEN_ITEMS:
        for blocker in _item(facts, number, item, by):
            if sex is Sex.FEMALE:
                yield blocker
            else:
                yield Blocker(
                    blocker.what,
                    f"{item.label}: to confirm whether it applies, since the sex is {sex}.",
                    item.rule,
                    "Confirm with the prescriber's office, and record the sex or the date.",
                    True,
                )


def _infection(
    facts: CaseFacts, programme: Programme, number: int, day1: date | None, today: date
) -> tuple[Blocker, ...]:
    """Ask once before the course is confirmed and again on the day before day 1 (D-61)."""
    days = programme.infection_check_days_before
    found = _item(facts, number, NOT_INFECTED, day1 or today)
    again = day1 - timedelta(days=days.value) if day1 is not None else today
    if found or day1 is None or today < again:
        return found
    asked = max(c.done_on for c in _known(facts, number, NOT_INFECTED, day1))
    if asked >= again:
        return ()
    sentence = (
        f"{NOT_INFECTED.label} was made on {say(asked)}: it is made again on day -{days.value},"
    )
    return (_block(NOT_INFECTED, f"{sentence} {say(again)}{days.note}."),)


def _benefits(facts: CaseFacts, by: date) -> Iterator[Blocker]:
    def lacks(sentence: str, way_out: str) -> Blocker:
        return Blocker("benefits_verified", sentence, "D-61", way_out)

    if not facts.coverages:
        yield lacks("No coverage is on record.", "Ask the patient how the treatment is covered.")
        return
    current = [c for c in facts.coverages if c.holds_on(by)]
    if not current:
        yield lacks(f"No coverage on record holds on {say(by)}.", "Record the cover that follows.")
    for coverage in sorted(current, key=lambda c: c.order):
        if coverage.verified_on is None:
            name = coverage.payer or KIND_WORDS[coverage.kind]
            yield lacks(
                f"The benefits of {name} are not verified.",
                "Ask the site's coordinator or the payer, and record the date.",
            )


def _authorization(facts: CaseFacts, number: int, by: date) -> tuple[Blocker, ...]:
    payers = [c for c in facts.coverages if c.holds_on(by) and c.kind not in UNPAID_KINDS]
    return _item(facts, number, AUTHORIZATION, by) if payers else ()
