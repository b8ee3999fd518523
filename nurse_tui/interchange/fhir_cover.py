"""From FHIR Coverage to the kinds of cover that the rules know (D-39, D-40); nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nurse_tui.interchange.fhir_map import Json, objects, span, text
from nurse_tui.types import CoverageKind

C = CoverageKind
_WORDS: tuple[tuple[str, tuple[CoverageKind, ...]], ...] = (
    (r"dual.?eligible", (C.MEDICARE, C.MEDICAID)),
    (r"no.?insurance|uninsured|self.?pay", (C.UNINSURED,)),
    (r"medicare (advantage|part c)|medicare.*\b(hmo|ppo)\b", (C.MEDICARE_ADVANTAGE,)),
    (r"medicare part d|medicare.*\bdrug\b", (C.MEDICARE_PART_D,)),
    (r"medigap|medicare supplement", (C.MEDIGAP,)),
    (r"medicare", (C.MEDICARE,)),
    (r"medicaid|medi-cal|masshealth", (C.MEDICAID,)),
    (r"\bs?chip\b|children'?s health insurance", (C.CHIP,)),
    (r"tricare|champus", (C.TRICARE,)),
    (r"champva|veteran|\bva\b", (C.VA,)),
    (r"department of defense|\bdod\b|military", (C.DOD,)),
    (r"indian health|\bihs\b", (C.IHS,)),
    (r"federal employee|\bfehb\b", (C.FEDERAL_EMPLOYEE,)),
    (r"exchange|marketplace", (C.EXCHANGE,)),
    (r"state program|state.funded", (C.STATE_PROGRAM,)),
    (r"government|public healthcare", (C.OTHER_GOVERNMENT,)),
    (r"private|commercial|employer|employee healthcare", (C.COMMERCIAL,)),
)
_PATTERNS = tuple((re.compile(pattern), kinds) for pattern, kinds in _WORDS)
_SOPT = {
    "1": C.MEDICARE, "11": C.MEDICARE_ADVANTAGE, "111": C.MEDICARE_ADVANTAGE,
    "112": C.MEDICARE_ADVANTAGE, "113": C.MEDICARE_ADVANTAGE, "12": C.MEDICARE,
    "121": C.MEDICARE, "122": C.MEDICARE_PART_D, "123": C.MEDIGAP, "2": C.MEDICAID,
    "23": C.CHIP, "31": C.DOD, "311": C.TRICARE, "32": C.VA, "33": C.IHS, "3": C.OTHER_GOVERNMENT,
    "34": C.STATE_PROGRAM, "5": C.COMMERCIAL, "51": C.COMMERCIAL, "52": C.COMMERCIAL,
    "6": C.COMMERCIAL, "81": C.UNINSURED,
}  # fmt: skip
"""Source of payment typology: the part of its codes that says who pays."""
_ACT = {"PUBLICPOL": C.OTHER_GOVERNMENT, "EHCPOL": C.COMMERCIAL, "pay": C.UNINSURED}
NOT_IN_FORCE = frozenset({"cancelled", "draft", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Cover:
    """A Coverage; a patient with two payers in one resource has two kinds."""

    patient: str
    kinds: tuple[CoverageKind, ...]
    payer: str
    member_id: str
    starts_on: date | None
    ends_on: date | None


def reference(value: Json) -> str:
    """Return the id that a reference points to: its last part."""
    return text(value, "reference").rsplit("/", 1)[-1].removeprefix("urn:uuid:")


def coverage(resource: Json, organizations: Mapping[str, str], warnings: list[str]) -> Cover | None:
    """Return a cover, or None when its status says that it is not in force."""
    if resource.get("status") in NOT_IN_FORCE:
        return None
    starts_on, ends_on = span(next(iter(objects(resource, "period")), {}), "Coverage", warnings)
    payer = _payer(resource, organizations)
    return Cover(
        patient=reference(next(iter(objects(resource, "beneficiary")), {})),
        kinds=_kinds(resource, payer),
        payer=payer,
        member_id=text(resource, "subscriberId") or _member_number(resource),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _payer(resource: Json, organizations: Mapping[str, str]) -> str:
    payor = next(iter(objects(resource, "payor")), {})
    return text(payor, "display") or organizations.get(reference(payor), "")


def _member_number(resource: Json) -> str:
    for identifier in objects(resource, "identifier"):
        kind = next(iter(objects(identifier, "type")), {})
        if any(c.get("code") == "MB" for c in objects(kind, "coding")):
            return text(identifier, "value")
    return ""


def _kinds(resource: Json, payer: str) -> tuple[CoverageKind, ...]:
    kind = next(iter(objects(resource, "type")), {})
    codings = objects(kind, "coding")
    for coding in codings:
        code, system = text(coding, "code"), text(coding, "system")
        known = _payment_source(code) if "sopt" in system else _ACT.get(code)
        if known is not None:
            return (known,)
    said = [text(kind, "text"), *(text(c, "display") for c in codings), payer]
    for words in said:
        found = next((kinds for p, kinds in _PATTERNS if p.search(words.lower())), None)
        if found is not None:
            return found
    return (C.UNKNOWN,)


def _payment_source(code: str) -> CoverageKind | None:
    """Return who pays by the longest part of the code that says so."""
    parts = (code[:size] for size in range(len(code), 0, -1))
    return next((_SOPT[part] for part in parts if part in _SOPT), None)
