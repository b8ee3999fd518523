"""Who may be treated under the programme: indication, age and contraindications (D-1, D-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from nurse_tui.rules.calendar import age_on, birthday, say
from nurse_tui.rules.facts import CaseFacts, FormFact
from nurse_tui.rules.programme import Programme
from nurse_tui.rules.verdicts import Finding, conclude
from nurse_tui.types import MsType, Reason, Refusal, Verdict
from nurse_tui.words import plain

ASK_OFFICE = "Ask the prescriber's office."
CONTRAINDICATIONS = ("hypersensitivity", "hiv", "active_infection")
"""What stands against treatment by its label (D-2)."""
MS_WORDS = {
    MsType.RRMS: "relapsing-remitting MS",
    MsType.SPMS_ACTIVE: "active secondary progressive MS",
    MsType.CIS: "clinically isolated syndrome",
    MsType.PPMS: "primary progressive MS",
    MsType.OTHER: "another type of MS",
}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether the patient may be treated, why, what is missing, and what only warns."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    warnings: tuple[Reason, ...]
    way_out: str = ""


def decide(facts: CaseFacts, programme: Programme, today: date) -> Eligibility:
    """Decide on a date whether the patient may be treated (D-1, D-2)."""
    findings = [_age(facts, programme, today), *_form(facts, programme)]
    findings += [_contraindication(name) for name in facts.contraindications]
    if facts.patient.deceased_on:
        findings = [_deceased(facts.patient.deceased_on)]
    found = conclude(findings)
    warnings = tuple(_warnings(facts, programme, today))
    return Eligibility(found.verdict, found.reasons, found.missing, warnings, found.way_out)


def _deceased(on: date) -> Finding:
    reason = Reason("D-29", f"The patient died on {say(on)}.", {"deceased_on": str(on)})
    return Finding(Verdict.INELIGIBLE, reason, way_out="Close the case.")


def _age(facts: CaseFacts, programme: Programme, today: date) -> Finding:
    born = facts.patient.date_of_birth
    if born is None:
        reason = Reason("D-1", "The date of birth is not known, so neither is the age.")
        return Finding(Verdict.UNDETERMINED, reason, "date of birth", ASK_OFFICE)
    if born > today:
        sentence = f"The date of birth, {say(born)}, is after today, {say(today)}."
        reason = Reason("D-1", sentence, {"date_of_birth": str(born)})
        return Finding(Verdict.UNDETERMINED, reason, "a correct date of birth", ASK_OFFICE)
    return _known_age(born, facts.form, programme, today)


def _known_age(born: date, form: FormFact | None, programme: Programme, today: date) -> Finding:
    least, adult = programme.minimum_age_years, programme.adult_age_years
    age = age_on(born, today)
    who = f"Born {say(born)}, {age} years old on {say(today)}"
    known = {"date_of_birth": str(born), "age": str(age)}
    if age < least.value:
        sentence = f"{who}: under {least.value}, where safety is not known{least.note}."
        way_out = f"{_not_before(born, form, least.value)}; check the date of birth."
        return Finding(Verdict.INELIGIBLE, Reason("D-1", sentence, known), way_out=way_out)
    if age >= adult.value:
        return Finding(Verdict.ELIGIBLE, Reason("D-1", f"{who}: an adult.", known))
    if _confirmed(form, today):
        sentence = f"{who}: not an adult, and the prescriber confirmed the treatment{least.note}."
        return Finding(Verdict.ELIGIBLE, Reason("D-1", sentence, known))
    sentence = f"{who}: not an adult, and the prescriber has not confirmed it{least.note}."
    missing = f"the prescriber's confirmation of treatment at {age}"
    way_out = f"{ASK_OFFICE} From {say(birthday(born, adult.value))} none is needed."
    return Finding(Verdict.UNDETERMINED, Reason("D-1", sentence, known), missing, way_out)


def _not_before(born: date, form: FormFact | None, least: int) -> str:
    """Say from when a patient is old enough; the age is that on the day of the form (D-1)."""
    words = f"Not before {say(birthday(born, least))}"
    return f"{words}, and with a new form from then, not with this one" if form else words


def _confirmed(form: FormFact | None, today: date) -> bool:
    on = form.age_confirmed_on if form else None
    return on is not None and on <= today


def _form(facts: CaseFacts, programme: Programme) -> Iterator[Finding]:
    if facts.form is None:
        reason = Reason("D-23", "There is no Services Form, so the type of MS is not known.")
        yield Finding(Verdict.UNDETERMINED, reason, "Services Form", ASK_OFFICE)
    else:
        yield _ms_type(facts.form.ms_type, programme)


def _ms_type(ms_type: MsType | None, programme: Programme) -> Finding:
    indicated = programme.indicated_ms_types
    if ms_type is None or ms_type is MsType.OTHER:
        says = "does not name the type of MS" if ms_type is None else "names another type of MS"
        return Finding(
            Verdict.UNDETERMINED, Reason("D-1", f"The form {says}."), "type of MS", ASK_OFFICE
        )
    known = {"ms_type": ms_type.value}
    sentence = f"The form names {MS_WORDS[ms_type]}"
    if ms_type in indicated.value:
        reason = Reason("D-1", f"{sentence}, a type the label names{indicated.note}.", known)
        return Finding(Verdict.ELIGIBLE, reason)
    if ms_type in programme.discouraged_ms_types.value:
        return Finding(Verdict.ELIGIBLE, Reason("D-1", f"{sentence}.", known))
    reason = Reason("D-1", f"{sentence}; the label names relapsing forms{indicated.note}.", known)
    way_out = "The prescriber's office corrects the form if the type is wrong."
    return Finding(Verdict.INELIGIBLE, reason, way_out=way_out)


def _contraindication(name: str) -> Finding:
    sentence = f"A contraindication is on file: {plain(name)}."
    reason = Reason("D-2", sentence, {"contraindication": name})
    return Finding(Verdict.INELIGIBLE, reason, way_out="Only the prescriber can settle it: notify.")


def refuse_contraindication(held: Collection[str], name: str, stands: bool) -> Refusal | None:
    """Refuse to record what is no contraindication or stands already, or to lift what does not.

    What is on record may always be lifted, whatever it is called (D-2).
    """
    if not stands:
        nothing = f"No such contraindication is on record: {plain(name)}."
        way_out = "The overview says which ones are."
        return None if name in held else Refusal("not_recorded", nothing, way_out, "D-2")
    if name not in CONTRAINDICATIONS:
        known = ", ".join(map(plain, CONTRAINDICATIONS))
        sentence = f"The label knows no such contraindication: {plain(name)}."
        return Refusal("unknown", sentence, f"Choose one of: {known}.", "D-2")
    already = f"It is on record already: {plain(name)}."
    way_out = "Nothing more is needed here; tell the prescriber."
    return Refusal("recorded", already, way_out, "D-2") if name in held else None


def _warnings(facts: CaseFacts, programme: Programme, today: date) -> Iterator[Reason]:
    expected = programme.prior_therapies_expected
    count = len(facts.prior_therapies)
    if count < expected.value:
        sentence = f"{count} earlier MS medicines on file; generally {expected.value} come first"
        yield Reason("D-1", f"{sentence}{expected.note}.", {"prior_therapies": str(count)})
    ms_type = facts.form.ms_type if facts.form else None
    if ms_type is not None and ms_type in programme.discouraged_ms_types.value:
        note = programme.discouraged_ms_types.note
        sentence = f"Not recommended in {MS_WORDS[ms_type]}{note}: the prescriber decides."
        yield Reason("D-1", sentence, {"ms_type": ms_type.value})
    born = facts.patient.date_of_birth
    if born is not None and born <= today:
        yield from _age_warning(age_on(born, today), programme)


def _age_warning(age: int, programme: Programme) -> Iterator[Reason]:
    least, adult = programme.minimum_age_years, programme.adult_age_years
    if least.value <= age < adult.value:
        sentence = f"{age} years old: the label speaks of adults, and the sources disagree"
        yield Reason("D-1", f"{sentence}{least.note}.", {"age": str(age)})
