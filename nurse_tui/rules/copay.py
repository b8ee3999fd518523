"""The two co-pay benefits, drug and infusion costs, decided separately (D-38 to D-45, D-53, D-54).

A cover counts when it is active on the day asked, in whatever order; both its ends are inclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from nurse_tui.rules import enrolments
from nurse_tui.rules.calendar import age_on, birthday, say
from nurse_tui.rules.covers import KIND_WORDS, named, opening
from nurse_tui.rules.facts import CaseFacts, CoverageFact, PatientFact
from nurse_tui.rules.programme import Programme
from nurse_tui.rules.verdicts import Finding, conclude
from nurse_tui.types import Benefit, CoverageKind, Reason, Verdict

RECORD_COMMERCIAL = "Commercial cover has to be on file and active."
# Postal areas of the territories and the military: such a ZIP alone shows no state.
_AREAS = "006 007 008 009 090 091 092 093 094 095 096 097 098 340 962 963 964 965 966 96799 969"
_NO_STATE_ZIP = tuple(_AREAS.split())


@dataclass(frozen=True, slots=True)
class BenefitVerdict:
    """The answer for one benefit: of a "no" the causes, of "not known" what is missing."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    way_out: str


@dataclass(frozen=True, slots=True)
class CopayDecision:
    """The answers for both benefits, and where else to look for help (D-54)."""

    benefits: dict[Benefit, BenefitVerdict]
    directed_to: tuple[str, ...]


def decide(facts: CaseFacts, programme: Programme, today: date) -> CopayDecision:
    """Decide both benefits on a date, citing the version of the terms (D-53)."""
    common = [
        *_cover(facts.coverages, programme, today),
        _residence(facts.patient, programme),
        _age(facts.patient, programme, today),
    ]
    terms = _terms(programme, today)
    drug = _verdict(common, terms)
    infusion = _verdict([*common, _infusion_state(facts.patient, programme)], terms)
    refused = Verdict.INELIGIBLE in (drug.verdict, infusion.verdict)
    elsewhere = programme.assistance_directions.value if refused else ()
    return CopayDecision({Benefit.DRUG: drug, Benefit.INFUSION: infusion}, elsewhere)


def _verdict(findings: Sequence[Finding], terms: Reason) -> BenefitVerdict:
    found = conclude(findings)
    return BenefitVerdict(found.verdict, (*found.reasons, terms), found.missing, found.way_out)


def _terms(programme: Programme, today: date) -> Reason:
    terms = programme.copay_terms_version
    sentence = f"Decided for {say(today)} under the terms “{terms.value}”, held since"
    known = {"terms_version": terms.value, "settings_version": programme.version}
    return Reason("D-53", f"{sentence} {say(terms.since)}{terms.note}.", known)


def _cover(covers: Sequence[CoverageFact], programme: Programme, today: date) -> Iterator[Finding]:
    now = sorted((c for c in covers if c.holds_on(today)), key=lambda c: c.order)
    government = [c for c in now if c.kind in programme.copay_government_kinds.value]
    commercial = [c for c in now if c.kind in programme.copay_commercial_kinds.value]
    uninsured = [c for c in now if c.kind is CoverageKind.UNINSURED]
    unsettled = [c for c in now if c not in government + commercial + uninsured]
    if government:
        for cover in government:
            yield _government(cover, programme, alone=not commercial)
    elif uninsured:
        yield _uninsured([*commercial, *unsettled], programme)
    elif unsettled:
        yield from (_unsettled(cover, programme) for cover in unsettled)
    elif commercial:
        yield _commercial(commercial, programme)
        yield from _no_government(covers, programme, today)
    else:
        yield _no_cover(covers, today)


def _facts(cover: CoverageFact) -> dict[str, str]:
    return {
        "kind": cover.kind.value,
        "payer": cover.payer,
        "order": str(cover.order),
        "starts_on": str(cover.starts_on or "open"),
        "ends_on": str(cover.ends_on or "open"),
    }


def _government(cover: CoverageFact, programme: Programme, alone: bool) -> Finding:
    paid = programme.copay_government_kinds
    if cover.kind in programme.copay_named_payers.value:
        paid = programme.copay_named_payers
    sentence = f"{opening(cover)} is active; cover paid in part or in full by government"
    reason = Reason("D-39", f"{sentence} ends both benefits{paid.note}.", _facts(cover))
    way_out = f"Only after {KIND_WORDS[cover.kind]} has ended."
    if alone:
        way_out = f"{way_out} {RECORD_COMMERCIAL}"
    return Finding(Verdict.INELIGIBLE, reason, way_out=way_out)


def _uninsured(others: Sequence[CoverageFact], programme: Programme) -> Finding:
    if others:
        names = ", ".join(named(cover) for cover in others)
        reason = Reason("D-43", f"The case says both “no insurance” and {names}.")
        way_out = "Ask the patient and end the cover that does not hold."
        return Finding(Verdict.UNDETERMINED, reason, "which cover holds", way_out)
    note = programme.copay_commercial_kinds.note
    reason = Reason("D-43", f"No insurance; commercial insurance is needed{note}.")
    return Finding(Verdict.INELIGIBLE, reason, way_out=RECORD_COMMERCIAL)


def _unsettled(cover: CoverageFact, programme: Programme) -> Finding:
    if cover.kind is CoverageKind.UNKNOWN:
        sentence = f"{opening(cover)}: whether government pays for it is not known."
        missing = f"kind of cover {cover.order}"
        way_out = "Ask the patient for the insurance card."
        return Finding(
            Verdict.UNDETERMINED, Reason("D-39", sentence, _facts(cover)), missing, way_out
        )
    note = programme.copay_unsettled_kinds.note
    sentence = f"How the programme treats {named(cover)} is not decided{note}."
    missing = f"the programme's decision on {KIND_WORDS[cover.kind]}"
    way_out = "Ask the programme owner."
    return Finding(Verdict.UNDETERMINED, Reason("D-39", sentence, _facts(cover)), missing, way_out)


def _commercial(covers: Sequence[CoverageFact], programme: Programme) -> Finding:
    best = covers[0]
    rule = "D-44" if best.kind is CoverageKind.EXCHANGE else "D-43"
    sentence = f"{opening(best)} is active and counts as commercial"
    note = programme.copay_commercial_kinds.note
    return Finding(Verdict.ELIGIBLE, Reason(rule, f"{sentence}{note}.", _facts(best)))


def _no_government(
    covers: Sequence[CoverageFact], programme: Programme, today: date
) -> Iterator[Finding]:
    reason = Reason("D-39", "No active cover is paid in part or in full by government.")
    yield Finding(Verdict.ELIGIBLE, reason)
    coming = enrolments.limit(today, covers, programme.copay_government_kinds.value)
    if coming is not None:
        sentence = f"{coming.sentence}: the last eligible day is {say(coming.last_day)}."
        reason = Reason("D-51", sentence, _facts(coming.cover))
        yield Finding(Verdict.ELIGIBLE, reason)


def _no_cover(covers: Sequence[CoverageFact], today: date) -> Finding:
    if not covers:
        reason = Reason("D-43", "No coverage is on file.")
        return Finding(Verdict.UNDETERMINED, reason, "coverage", "Ask the patient.")
    sentence = f"None of the {len(covers)} covers on file is active on {say(today)}."
    reason = Reason("D-43", sentence)
    return Finding(Verdict.UNDETERMINED, reason, "current coverage", "Ask the patient.")


def _residence(patient: PatientFact, programme: Programme) -> Finding:
    """US residence (D-43); without a state, a ZIP of one of the states shows it."""
    state, known = patient.state.strip().upper(), {"state": patient.state, "zip": patient.zip}
    note = programme.copay_resident_places.note
    if state in programme.copay_resident_places.value:
        return Finding(Verdict.ELIGIBLE, Reason("D-43", f"Lives in {state}, US{note}.", known))
    if not state and _shows_a_state(patient.zip):
        sentence = f"The state is not on file, but ZIP {patient.zip} is a US address{note}."
        return Finding(Verdict.ELIGIBLE, Reason("D-43", sentence, known))
    if state in programme.copay_unsettled_places.value:
        note = programme.copay_unsettled_places.note
        sentence = f"Whether {state} counts as US residence is not decided{note}."
        missing = f"the programme's decision on residents of {state}"
        reason = Reason("D-43", sentence, known)
        return Finding(Verdict.UNDETERMINED, reason, missing, "Ask the programme owner.")
    says = f"“{patient.state}” is not the code of a US state" if state else "No US address on file"
    reason = Reason("D-43", f"{says}; a US resident is needed{note}.", known)
    return Finding(Verdict.UNDETERMINED, reason, "state of residence", "Ask for the home address.")


def _shows_a_state(zip_code: str) -> bool:
    code = zip_code.strip()[:5]
    usable = code.isascii() and code.isdigit() and len(code) == 5 and code != "00000"
    return usable and not code.startswith(_NO_STATE_ZIP)


def _infusion_state(patient: PatientFact, programme: Programme) -> Finding:
    """Infusion costs by the state of residence, wherever the infusion is (D-41, D-42)."""
    state, known = patient.state.strip().upper(), {"state": patient.state}
    excluded, test = programme.copay_infusion_excluded_states, programme.copay_state_test
    listed = ", ".join(excluded.value) or "no state"
    where = f"the residence counts, not the infusion site{test.note}"
    if state in excluded.value:
        sentence = f"Lives in {state}; infusion costs are not reimbursed in {listed}{excluded.note}"
        way_out = "The drug benefit is decided by itself. If the patient moved, correct the state."
        reason = Reason("D-41", f"{sentence}; {where}.", known)
        return Finding(Verdict.INELIGIBLE, reason, way_out=way_out)
    places = programme.copay_resident_places.value + programme.copay_unsettled_places.value
    if state in places:
        reason = Reason("D-41", f"Lives in {state}, not in {listed}; {where}.", known)
        return Finding(Verdict.ELIGIBLE, reason)
    sentence = f"The state of residence is not known; in {listed} infusion costs are not reimbursed"
    reason = Reason("D-41", f"{sentence}{excluded.note}.", known)
    return Finding(Verdict.UNDETERMINED, reason, "state of residence", "Ask for the home address.")


def _age(patient: PatientFact, programme: Programme, today: date) -> Finding:
    least, born = programme.copay_minimum_age_years, patient.date_of_birth
    if patient.has_adult_representative:
        reason = Reason("D-45", f"An adult representative is on file{least.note}.")
        return Finding(Verdict.ELIGIBLE, reason)
    if born is None or born > today:
        sentence = f"The age is not known; under {least.value} an adult representative is needed"
        reason = Reason("D-45", f"{sentence}{least.note}.")
        way_out = "Ask for the date of birth."
        return Finding(Verdict.UNDETERMINED, reason, "date of birth", way_out)
    age, of_age = age_on(born, today), birthday(born, least.value)
    known = {"date_of_birth": str(born), "age": str(age)}
    who = f"{age} years old on {say(today)}"
    if age >= least.value:
        sentence = f"{who}, at least {least.value}{least.note}."
        return Finding(Verdict.ELIGIBLE, Reason("D-45", sentence, known))
    sentence = f"{who}, under {least.value}, and no adult representative is on file{least.note}."
    way_out = f"Record an adult representative, or wait until {say(of_age)}."
    return Finding(Verdict.INELIGIBLE, Reason("D-45", sentence, known), way_out=way_out)
