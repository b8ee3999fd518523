"""Which script a call reads, and what its text may be filled with."""

from __future__ import annotations

from functools import cache

from nurse_tui.paths import data_folder
from nurse_tui.rules.calendar import say
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.scripts import load as scripts
from nurse_tui.scripts.model import Script
from nurse_tui.types import CallKind

LANGUAGES = {"spanish": "es", "español": "es", "es": "es"}
SCRIPT_OF = {
    CallKind.WELCOME: "welcome",
    CallKind.CALLBACK: "callback",
    CallKind.COPAY: "copay",
    CallKind.SCHEDULING: "scheduling",
    CallKind.ARRIVAL: "follow_up",
    CallKind.FOLLOW_UP: "follow_up",
    CallKind.LAB_REMINDER: "follow_up",
    CallKind.INBOUND: "inbound",
    CallKind.OTHER: "inbound",
}
PROGRAMME_LINE = "1-855-676-6326"
"""Number of the programme's line (D-21)."""


@cache
def script_for(script_id: str, language: str) -> Script:
    """Return the newest script of an id in the patient's language, or else in English."""
    folder = data_folder() / "scripts"
    code = LANGUAGES.get(language.split("(")[0].strip().lower(), "en")
    script = scripts.find(folder, script_id, code) or scripts.find(folder, script_id, "en")
    if script is None:
        raise LookupError(f"no script {script_id}")
    return script


def known(facts: CaseFacts, nurse_name: str) -> dict[str, str]:
    """Return what a script may fill in; the runner keeps facts back until identification."""
    patient, form = facts.patient, facts.form
    names = {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "nurse_name": nurse_name,
        "callback_number": PROGRAMME_LINE,
        "line_number": PROGRAMME_LINE,
        "state": patient.state,
        "payer": ", ".join(c.payer or c.kind.value for c in facts.coverages),
    }
    if form is not None:
        names["prescriber_name"] = form.prescriber_name
        if form.patient_signed_on is not None:
            names["form_signed_on"] = say(form.patient_signed_on)
    if facts.rems:
        names["rems_status"] = facts.rems[-1].status
    return names
