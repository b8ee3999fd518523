from __future__ import annotations

from nurse_tui.rules.verdicts import Finding, conclude
from nurse_tui.types import Reason, Verdict

YES = Finding(Verdict.ELIGIBLE, Reason("D-1", "yes"))
NO = Finding(Verdict.INELIGIBLE, Reason("D-2", "no"), way_out="Change it.")
UNKNOWN = Finding(Verdict.UNDETERMINED, Reason("D-3", "unknown"), "a fact", "Ask.")


def test_a_no_decides_and_only_its_causes_are_reasons() -> None:
    found = conclude([YES, UNKNOWN, NO, NO])
    assert found.verdict is Verdict.INELIGIBLE
    assert [reason.sentence for reason in found.reasons] == ["no", "no"]
    assert found.missing == ()
    assert found.way_out == "Change it."


def test_not_known_decides_over_yes_and_asks_for_each_fact_once() -> None:
    found = conclude([YES, UNKNOWN, UNKNOWN])
    assert found.verdict is Verdict.UNDETERMINED
    assert found.missing == ("a fact",)
    assert found.way_out == "Ask."


def test_yes_gives_every_reason() -> None:
    found = conclude([YES, YES])
    assert (found.verdict, len(found.reasons), found.way_out) == (Verdict.ELIGIBLE, 2, "")
