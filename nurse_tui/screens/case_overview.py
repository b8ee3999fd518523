"""The overview of a case: where it stands and why, what is missing and how to get it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nurse_tui.rules.calendar import local_date
from nurse_tui.rules.eligibility import MS_WORDS
from nurse_tui.rules.phones import shown_number
from nurse_tui.screens.case_words import call_words, due_mark, moment, today_of
from nurse_tui.screens.words import day_words
from nurse_tui.types import ConsentKind, Reason
from nurse_tui.views import CaseView
from nurse_tui.widgets.text import line, stacked, state, text, verdict
from nurse_tui.words import plain

SECTIONS = (
    "STANDING",
    "NEXT",
    "MISSING",
    "CALL NOW",
    "TREATMENT",
    "CO-PAY",
    "PATIENT",
    "FORM",
    "CONSENTS",
)
OFFICE = "ask the prescriber's office"
PATIENT = "ask the patient"
HOW = {
    "patient signature": (f"{PATIENT} to sign with the provider", "Form items"),
    "provider signature": (OFFICE, "Form items"),
    "prescriber": (OFFICE, "Form items"),
    "type of MS": (OFFICE, "Form items"),
    "prescriber's confirmation of age": (OFFICE, "Form items"),
    "first name": (OFFICE, "Particulars"),
    "last name": (OFFICE, "Particulars"),
    "date of birth": (OFFICE, "Particulars"),
    "state": (OFFICE, "Particulars"),
    "ZIP code": (OFFICE, "Particulars"),
    "phone number": (OFFICE, "Phone"),
    "coverage": (OFFICE, "Add cover on the tab Coverage"),
    "consent to services": (OFFICE, "Consent"),
}
"""Of each missing item whom to ask, and what to choose behind `e` once it is known."""


class Overview(VerticalScroll, can_focus=True):
    """The sections of the overview, scrolled by keys."""

    def compose(self) -> ComposeResult:
        """Yield a label and a value for each section."""
        for place, name in enumerate(SECTIONS):
            with Horizontal(id=f"section-{place}", classes="section"):
                yield Static(text(name), classes="name")
                yield Static(classes="value")

    def show(self, case: CaseView) -> None:
        """Show a case; a section without words is left out."""
        found = sections(case)
        for place, name in enumerate(SECTIONS):
            rows = found[name]
            part = self.query_one(f"#section-{place}")
            part.display = bool(rows)
            part.query_one(".value", Static).update(stacked(rows))


def sections(case: CaseView) -> dict[str, list[Content]]:
    """Return the lines of each section."""
    return {
        "STANDING": [_reason(r) for r in case.journey.reasons],
        "NEXT": _next(case),
        "MISSING": [_missing(item) for item in case.journey.missing],
        "CALL NOW": _call(case),
        "TREATMENT": _treatment(case),
        "CO-PAY": _copay(case),
        "PATIENT": _patient(case),
        "FORM": _form(case),
        "CONSENTS": _consents(case),
    }


def _reason(reason: Reason) -> Content:
    return line((f"{reason.rule:<5}", "bold $text-accent"), reason.sentence)


def _next(case: CaseView) -> list[Content]:
    due = case.journey.next
    if due is None:
        return [text("Nothing is due.")]
    mark = due_mark(due.due_at, moment(case), case.zone)
    why = line((f"{due.rule:<5}", "bold $text-accent"), due.arithmetic)
    return [line(mark, "  ", due.title), why]


def _missing(item: str) -> Content:
    how, where = HOW[item]
    return line(("? ", "bold $text-warning"), (item, "bold"), f": {how}, then e, {where}")


def _call(case: CaseView) -> list[Content]:
    may = case.may_call
    mark = state("done", "MAY BE CALLED") if may.may else state("refused", "NOT NOW")
    rows = [line(mark, "  ", call_words(case))]
    if not may.may:
        rows += [_reason(reason) for reason in may.reasons]
        rows += [line(("way out  ", "bold"), may.way_out)] if may.way_out else []
    return rows


def _treatment(case: CaseView) -> list[Content]:
    found = case.eligibility
    rows = [verdict(found.verdict), *[_reason(reason) for reason in found.reasons]]
    rows += [line(("! ", "bold $text-warning"), _reason(warning)) for warning in found.warnings]
    rows += [line(("? missing  ", "bold $text-warning"), item) for item in found.missing]
    return [*rows, *([line(("way out  ", "bold"), found.way_out)] if found.way_out else [])]


def _copay(case: CaseView) -> list[Content]:
    return [
        line((f"{benefit.value.upper():<9}", "bold"), verdict(found.verdict))
        for benefit, found in case.copay.benefits.items()
    ]


def _patient(case: CaseView) -> list[Content]:
    who, facts = case.facts.patient, case.facts
    born = day_words(who.date_of_birth, today_of(case), "not known")
    street = ", ".join(part for part in (who.address, who.city, f"{who.state} {who.zip}") if part)
    rows = [line(f"born {born}  {street}")]
    rows += [
        line(f"{shown_number(p.number)} {p.kind.value}{_voicemail(p.voicemail_ok)}")
        for p in facts.phones
    ]
    before = ", ".join(facts.prior_therapies) or "none on file"
    return [*rows, line(f"MS medicines before: {before}")]


def _voicemail(allowed: bool | None) -> str:
    if allowed is None:
        return ", leaving a message was not asked"
    return ", a message may be left" if allowed else ", leave no message"


def _form(case: CaseView) -> list[Content]:
    form = case.facts.form
    if form is None:
        return [text("No Services Form: a referral is never called.")]
    today = today_of(case)
    received = day_words(local_date(form.received_at, case.zone), today)
    signed = (
        f"patient signed {day_words(form.patient_signed_on, today, 'not yet')}, "
        f"provider {day_words(form.provider_signed_on, today, 'not yet')}"
    )
    doctor = form.prescriber_name or "no prescriber"
    kind = MS_WORDS[form.ms_type] if form.ms_type else "type of MS not known"
    return [line(f"{form.form_id} received {received}; {signed}"), line(f"{doctor}; {kind}")]


def _consents(case: CaseView) -> list[Content]:
    answers = {kind: case.facts.consent(kind) for kind in ConsentKind}
    words = [
        f"{plain(kind.value)} {'yes' if answer else 'no'}"
        for kind, answer in answers.items()
        if answer is not None
    ]
    return [line(", ".join(words) or "none on file")]
