"""Logging that nobody was reached: one letter, from a call or from the list of calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nurse_tui.screens.base import JobScreen
from nurse_tui.screens.call_forms import UnansweredScreen, hand_drafts_to_case
from nurse_tui.types import CallOutcome, Refusal
from nurse_tui.words import label

if TYPE_CHECKING:
    from nurse_tui.services.call_queue import Voicemail


def log_unanswered(
    screen: JobScreen, case_id: int, then: Callable[[str], object], patient: str = ""
) -> None:
    """Ask how nobody was reached and log it; `then` is given the sentence to say."""

    def chosen(outcome: CallOutcome | None) -> None:
        if outcome is not None:
            said = f"{label(outcome.value)} is logged."
            screen.ask(partial(_log, case_id, outcome), lambda _: then(said), write=True, hold=True)

    def ask(voicemail: Voicemail) -> None:
        screen.app.push_screen(UnansweredScreen(patient, voicemail), chosen)

    screen.ask(
        lambda services: services.calls.voicemail(case_id), ask, group="voicemail", hold=True
    )


def _log(case_id: int, outcome: CallOutcome, services: Any) -> object:
    running = services.calls.running(case_id)
    logged = services.calls.log_unanswered(case_id, outcome)
    if running is not None and not isinstance(logged, Refusal):
        hand_drafts_to_case(services, running, case_id)
    return logged
