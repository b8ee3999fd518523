"""Health covers as sentences name them."""

from __future__ import annotations

from nurse_tui.rules.facts import CoverageFact
from nurse_tui.types import CoverageKind

KIND_WORDS = {
    CoverageKind.COMMERCIAL: "commercial insurance",
    CoverageKind.EXCHANGE: "an exchange plan",
    CoverageKind.MEDICARE: "Medicare",
    CoverageKind.MEDICARE_ADVANTAGE: "Medicare Advantage",
    CoverageKind.MEDICARE_PART_D: "Medicare Part D",
    CoverageKind.MEDICAID: "Medicaid",
    CoverageKind.MEDIGAP: "Medigap",
    CoverageKind.TRICARE: "TRICARE",
    CoverageKind.VA: "Veterans Affairs cover",
    CoverageKind.DOD: "Department of Defense cover",
    CoverageKind.CHIP: "the Children's Health Insurance Program",
    CoverageKind.IHS: "the Indian Health Service",
    CoverageKind.STATE_PROGRAM: "a state programme",
    CoverageKind.FEDERAL_EMPLOYEE: "federal employee cover",
    CoverageKind.OTHER_GOVERNMENT: "another government programme",
    CoverageKind.UNINSURED: "no insurance",
    CoverageKind.UNKNOWN: "cover of unknown kind",
}


def named(cover: CoverageFact) -> str:
    """Return a cover as it stands within a sentence, with its payer and its order."""
    words = KIND_WORDS[cover.kind]
    return f"{words} ({cover.payer}, cover {cover.order})" if cover.payer else words


def opening(cover: CoverageFact) -> str:
    """Return a cover as a sentence begins."""
    words = named(cover)
    return words[:1].upper() + words[1:]
