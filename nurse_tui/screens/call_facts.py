"""The facts beside a running call, for the nurse's eyes once two identifiers match (D-32)."""

from __future__ import annotations

from textual.content import Content

from nurse_tui.screens.case_words import facts_words, name_of, upcoming, who_words
from nurse_tui.screens.words import state_words
from nurse_tui.views import CaseView
from nurse_tui.widgets.text import clean, line, stacked, styled, text, verdict
from nurse_tui.words import label, plain

DEADLINES_SHOWN = 5
LONGEST_NAME = 80
HIDDEN = "What is known of the case shows here once two identifiers match."


def fact_lines(case: CaseView) -> Content:
    """Return who the patient is, where the case stands, what is due, cover and co-pay."""
    due = upcoming(case, DEADLINES_SHOWN) or [styled("nothing is due", "$text-muted")]
    rows = [line((clean(name_of(case), LONGEST_NAME), "bold")), *_person(case), text("")]
    rows += [line((state_words(case.journey.state), "bold $text-accent")), *due, text("")]
    return stacked([*rows, *_cover(case)])


def _person(case: CaseView) -> list[Content]:
    patient, form = case.facts.patient, case.facts.form
    place = ", ".join(part for part in (patient.city, patient.state) if part)
    rows = [text(who_words(case)), text(place or "no address"), text(facts_words(case))]
    if form is not None:
        rows.append(text(f"Prescriber {form.prescriber_name or 'not known'}"))
    return rows


def _cover(case: CaseView) -> list[Content]:
    covers = [
        text(f"{cover.order} {cover.payer or label(cover.kind.value)}, {plain(cover.kind.value)}")
        for cover in case.facts.coverages
    ]
    rows = [line(("COVER", "bold")), *(covers or [styled("none on file", "$text-muted")])]
    for benefit, found in case.copay.benefits.items():
        rows.append(line(f"Co-pay, {benefit.value}: ", verdict(found.verdict)))
    return rows
