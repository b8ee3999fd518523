"""How single findings add up to one verdict: one "no" decides, then one "not known", then yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nurse_tui.types import Reason, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """Answer of one check; `missing` names a fact to ask for, `way_out` the cheapest change."""

    verdict: Verdict
    reason: Reason
    missing: str = ""
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Verdict of several findings with only what decided it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    way_out: str


def conclude(findings: Sequence[Finding]) -> Conclusion:
    """Add findings up: the reasons are those that decided, so of a "no" only its causes."""
    verdicts = [finding.verdict for finding in findings]
    order = (Verdict.INELIGIBLE, Verdict.UNDETERMINED)
    verdict = next((v for v in order if v in verdicts), Verdict.ELIGIBLE)
    deciding = [finding for finding in findings if finding.verdict is verdict]
    return Conclusion(
        verdict,
        tuple(finding.reason for finding in deciding),
        tuple(dict.fromkeys(f.missing for f in deciding if f.missing)),
        " ".join(dict.fromkeys(f.way_out for f in deciding if f.way_out)),
    )
