"""The refusal of whatever would be arranged for a case that may not go on."""

from __future__ import annotations

from datetime import date

from nurse_tui.rules import standing
from nurse_tui.rules.facts import CaseFacts
from nurse_tui.rules.programme import Programme
from nurse_tui.types import Refusal


def refuse_standing(facts: CaseFacts, programme: Programme, today: date) -> Refusal | None:
    """Return why nothing more may be arranged for a case, or None (D-1, D-2, D-29)."""
    stop = standing.may_go_on(facts, programme, today)
    if stop is None:
        return None
    return Refusal("not_going_on", stop.reason.sentence, stop.way_out, stop.reason.rule)
