"""The kinds of made-up cases up to the first infusion, one function each."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from nurse_tui.demo import acts as a
from nurse_tui.demo import care
from nurse_tui.demo.people import words
from nurse_tui.demo.sites import FULL, LIVE, OTHERS
from nurse_tui.demo.writer import Writer
from nurse_tui.rules.calendar import add_months
from nurse_tui.types import Benefit, CallKind, CallOutcome, ClearanceKind

K = ClearanceKind
READY = (
    K.PATIENT_AUTHORIZATION,
    K.VARICELLA_ANTIBODY,
    K.TUBERCULOSIS_SCREEN,
    K.SKIN_EXAM,
    K.THYROID,
    K.LIVER,
    K.URINE_PROTEIN_CREATININE,
    K.LISTERIA_COUNSELLING,
    K.PRIOR_AUTHORIZATION,
)
"""What the offices of the demo confirm before a course."""
UNHEARD = (CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL_LEFT, CallOutcome.BUSY)


def new_today(w: Writer) -> None:
    """Came in today; nobody has taken it yet."""
    w.received(0)
    w.unassigned()


def due_today(w: Writer) -> None:
    """Came in just so long ago that the welcome call is due today."""
    w.received(w.world.programme.first_attempt_business_days.value)


def overdue(w: Writer) -> None:
    """Came in days ago and nobody has called."""
    w.received(w.world.programme.first_attempt_business_days.value + w.rng.randint(1, 4))


def attempted(w: Writer) -> None:
    """Was called without an answer; is called again."""
    attempts = w.rng.randint(1, 2)
    w.received(attempts + 1)
    for back in range(attempts, 0, -1):
        w.call(back, w.rng.choice(UNHEARD))


def call_back_later(w: Writer) -> None:
    """Asked to be called back later today."""
    w.received(2)
    later = datetime.combine(w.world.today, time(16, 30), w.zone).astimezone(timezone.utc)
    later = max(later, w.world.now + timedelta(minutes=30))
    w.call(1, CallOutcome.CALLBACK_REQUESTED, callback_at=later)


def call_back_missed(w: Writer) -> None:
    """Asked to be called back, and it was forgotten."""
    w.received(4)
    promised = w.at(w.day(1)) + timedelta(minutes=1)
    w.call(3, CallOutcome.CALLBACK_REQUESTED, callback_at=promised)


def not_reached(w: Writer) -> None:
    """Was called as often as the programme calls: the letter is due."""
    cap = w.world.programme.attempts_before_letter.value
    w.received(cap + 1)
    for back in range(cap, 0, -1):
        w.call(back, w.rng.choice(UNHEARD))


def given_up(w: Writer) -> None:
    """Could not be reached; letter sent and the prescriber told."""
    not_reached(w)
    told = w.world.today
    w.add(
        a.CaseSet(
            *w.when(told),
            "Letter sent and prescriber told",
            {"letter_sent_on": told, "prescriber_notified_on": told},
        )
    )


def unsigned(w: Writer) -> None:
    """Lacks the prescriber's signature."""
    w.received(w.rng.choice((0, 0, 1, 1, 3)))
    w.values(provider_signed_on="")


def unlocated(w: Writer) -> None:
    """Lacks the ZIP code and any cover."""
    w.received(1)
    w.values(zip="00000", coverage_1_kind="", coverage_1_payer="", coverage_1_member_id="")


def child(w: Writer) -> None:
    """Is under 17: never called."""
    w.received(2)
    w.values(date_of_birth=add_months(w.world.today, -12 * 16).isoformat())


def seventeen(w: Writer) -> None:
    """Is 17: the prescriber has to confirm."""
    w.received(1)
    w.values(date_of_birth=add_months(w.world.today, -12 * 17 - 5).isoformat())


def enrolled(w: Writer) -> None:
    """Was welcomed; the benefits check is due."""
    w.received(3)
    w.welcome(2)


def medicare_second(w: Writer) -> None:
    """Has commercial cover and Medicare behind it: no co-pay help."""
    enrolled(w)
    w.values(coverage_2_kind="medicare", coverage_2_payer="Medicare", coverage_2_member_id="DEMO2")
    w.verify(1, covers=2)


def massachusetts(w: Writer) -> None:
    """Lives in Massachusetts with commercial cover: help with the drug, not with the infusion."""
    enrolled(w)
    w.move_to("MA")
    w.verify(1)
    w.enrol(1, Benefit.DRUG)


def uninsured(w: Writer) -> None:
    """Has no insurance: directed to other help."""
    enrolled(w)
    w.values(coverage_1_kind="uninsured", coverage_1_payer="", coverage_1_member_id="")


def unknown_second(w: Writer) -> None:
    """Has a second cover of which nobody knows the kind."""
    enrolled(w)
    w.values(coverage_2_kind="unknown", coverage_2_payer="Some second plan")
    w.verify(1)


def federal(w: Writer) -> None:
    """Is covered as a federal employee: the programme has not said how that counts."""
    enrolled(w)
    w.values(coverage_1_kind="federal_employee", coverage_1_payer="Federal Employee Plan")


def verified(w: Writer) -> None:
    """Has verified benefits and co-pay help; the first course is to be booked."""
    w.received(8)
    w.welcome(7)
    w.verify(5)
    w.enrol(4, Benefit.DRUG)
    if w.story.values["state"] not in w.world.programme.copay_infusion_excluded_states.value:
        w.enrol(4, Benefit.INFUSION)
    w.add(a.Noted(*w.when(w.day(3)), w.rng.choice(words("note"))))


def preparing(w: Writer) -> None:
    """Goes through the tests before the first course."""
    verified(w)
    w.authorize(3)
    w.clear(2, *READY[: w.rng.randint(3, len(READY))])
    day = w.day(-w.rng.randrange(3))
    due = datetime.combine(day, time(17), w.zone).astimezone(timezone.utc)
    w.add(a.TaskMade(*w.when(w.day(1)), "Ask the office for the missing page", due))


def vaccinated(w: Writer) -> None:
    """Had a vaccine days ago: no week works until six weeks have passed."""
    preparing(w)
    w.cleared_on(w.world.today - timedelta(days=10), K.VACCINATION)


def scheduled(w: Writer) -> None:
    """Has a booked first course some weeks ahead."""
    preparing(w)
    w.clear(4, K.BASELINE_LABS)
    _book(w, w.rng.randint(10, 24))


def stale_labs(w: Writer) -> None:
    """Has a booked first course that the baseline labs will not reach."""
    preparing(w)
    w.clear(13, K.BASELINE_LABS)
    _book(w, 25, taken_over=True)


def crowded(w: Writer) -> None:
    """Has a booked first course at the site with one chair."""
    w.move_to("NJ")
    preparing(w)
    w.clear(4, K.BASELINE_LABS)
    _book(w, 4, FULL, taken_over=True)


def _book(w: Writer, days_ahead: int, code: str = "", *, taken_over: bool = False) -> None:
    wanted = w.world.today + timedelta(days=days_ahead)
    if w.story.live and not taken_over:
        site = w.site(*LIVE)
        w.add(care.Booked(*w.when(w.day(1)), site.id, wanted))
        return
    site = w.site(*([code] if code else OTHERS))
    days = site.run_from(wanted, w.world.programme.course_1_days.value)
    if days is not None:
        w.add(care.Treated(*w.when(w.day(1)), 1, site, tuple(days), w.world.today))


def reported(w: Writer) -> None:
    """Told of an adverse event on the phone."""
    verified(w)
    w.call(1, CallOutcome.REACHED, CallKind.FOLLOW_UP)
    w.add(a.Told(*w.when(w.day(1)), "Rash on both arms since yesterday", w.rng.random() < 0.5))


def held(w: Writer) -> None:
    """Is on hold while the family moves."""
    enrolled(w)
    w.add(a.CaseSet(*w.when(w.day(1)), "On hold: moving house", {"hold_reason": "moving house"}))


def contraindicated(w: Writer) -> None:
    """Has a contraindication on record that only the prescriber can settle."""
    enrolled(w)
    w.add(a.Contraindicated(*w.when(w.day(1)), "active_infection"))


def opted_out(w: Writer) -> None:
    """Asked not to be called again."""
    w.received(4)
    w.call(3, CallOutcome.OPTED_OUT)


def closed(w: Writer) -> None:
    """Went to another treatment."""
    enrolled(w)
    reason = {"closed_reason": "the prescriber chose another treatment"}
    w.add(a.CaseSet(*w.when(w.day(1)), "Closed: another treatment", reason))


def deceased(w: Writer) -> None:
    """Died; never to be called."""
    w.received(8)
    w.add(a.Died(*w.when(w.day(2))))


def referred(w: Writer) -> None:
    """Was referred without a Services Form; never called."""
    w.received(2)
    w.unassigned()
    w.story.referral = True
    w.story.live = False
