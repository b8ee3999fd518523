"""Which script a call reads, and what its text may be filled with."""

from __future__ import annotations

from datetime import date
from functools import cache

from nurse_tui.fields import state_name
from nurse_tui.paths import data_folder
from nurse_tui.rules import deadlines, journey
from nurse_tui.rules.calendar import say
from nurse_tui.rules.courses import booked_days
from nurse_tui.rules.covers import KIND_WORDS
from nurse_tui.rules.facts import CallFact, CaseFacts
from nurse_tui.rules.moments import short
from nurse_tui.rules.programme import Programme
from nurse_tui.scripts import load as scripts
from nurse_tui.scripts.model import Script
from nurse_tui.types import CallKind, CallOutcome, State
from nurse_tui.words import plain

LANGUAGES = {"spanish": "es", "español": "es", "es": "es"}
SCRIPT_OF = {
    CallKind.WELCOME: "welcome",
    CallKind.CALLBACK: "callback",
    CallKind.COPAY: "copay",
    CallKind.SCHEDULING: "scheduling",
    CallKind.ARRIVAL: "arrival",
    CallKind.FOLLOW_UP: "follow_up",
    CallKind.LAB_REMINDER: "follow_up",
    CallKind.INBOUND: "inbound",
    CallKind.OTHER: "inbound",
}
KIND_OF_STATE = {
    State.ENROLLED: CallKind.COPAY,
    State.BENEFITS_IN_PROGRESS: CallKind.COPAY,
    State.BENEFITS_VERIFIED: CallKind.SCHEDULING,
    State.PRETREATMENT: CallKind.SCHEDULING,
    State.SCHEDULED: CallKind.ARRIVAL,
}


def script_for(script_id: str, language: str, version: str = "") -> Script:
    """Return a script in the patient's language, or else in English.

    A version that is still in the data folder is returned as asked, else the newest active one. A
    script is read once: a file that comes while the program runs is seen at its next start.
    """
    return read_once(
        script_id, LANGUAGES.get(language.split("(")[0].strip().lower(), "en"), version
    )


@cache
def read_once(script_id: str, code: str, version: str) -> Script:
    """Return a script in the language of a code; what people type as a language is no key."""
    folder = data_folder() / "scripts"
    kept = scripts.find_version(folder, script_id, code, version) if version else None
    script = kept or scripts.find(folder, script_id, code)
    if script is None:
        raise LookupError(f"no script {script_id}")
    return script


def kind_for(facts: CaseFacts, programme: Programme, today: date) -> CallKind:
    """Return the kind of call that a case needs on a date: the welcome call comes first.

    A call that was promised comes next, then the one before day 1 of any course (D-62).
    """
    if not any(_welcomed(call) for call in facts.calls):
        return CallKind.WELCOME
    if any(callback.done_at is None for callback in facts.callbacks):
        return CallKind.CALLBACK
    if deadlines.arrival_call_wanted(facts, programme, today):
        return CallKind.ARRIVAL
    return KIND_OF_STATE.get(journey.decide(facts, programme).state, CallKind.FOLLOW_UP)


def _welcomed(call: CallFact) -> bool:
    return call.kind is CallKind.WELCOME and call.outcome is CallOutcome.REACHED


def identifier(link_id: str, facts: CaseFacts) -> str:
    """Return what the record says for an identity gate, so that the nurse can compare (D-32)."""
    patient = facts.patient
    name, _, what = link_id.rpartition(".")
    born = short(patient.date_of_birth, date.min) if patient.date_of_birth else "not on file"
    known = {
        "name": f"{patient.first_name} {patient.last_name}".strip(),
        "birth": born,
        "zip": patient.zip or "not on file",
    }
    return known.get(what, "") if name == "gate" else ""


def known(facts: CaseFacts, nurse_name: str, programme: Programme) -> dict[str, str]:
    """Return what a script may fill in; the runner keeps facts back until identification."""
    patient, form, line = facts.patient, facts.form, programme.programme_phone.value
    excluded = programme.copay_infusion_excluded_states.value
    names = {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "nurse_name": nurse_name,
        "callback_number": line,
        "line_number": line,
        "excluded_states": ", ".join(map(state_name, excluded)),
        "state": patient.state,
        "payer": ", ".join(c.payer or KIND_WORDS[c.kind] for c in facts.coverages),
    }
    if form is not None:
        names["prescriber_name"] = form.prescriber_name
        if form.patient_signed_on is not None:
            names["form_signed_on"] = say(form.patient_signed_on)
    days = next((found for c in facts.courses if (found := booked_days(c))), ())
    if days:
        names["course_days"] = ", ".join(say(day.on) for day in days)
        names["day_1"], names["last_day"] = say(days[0].on), say(days[-1].on)
    if facts.rems:
        names["rems_status"] = plain(facts.rems[-1].status)
    return names
