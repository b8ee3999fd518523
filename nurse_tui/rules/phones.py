"""Phone numbers as people read them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nurse_tui.rules.facts import PhoneFact

_COUNTRY_1 = re.compile(r"\+1([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})")


def shown_number(number: str) -> str:
    """Return an E.164 number of the country code 1 as `(802) 555-0183`, any other as it is."""
    found = _COUNTRY_1.fullmatch(number)
    return "({}) {}-{}".format(*found.groups()) if found else number


def to_dial(phones: Sequence[PhoneFact]) -> PhoneFact | None:
    """Return the number that a call goes to: the preferred one, else the first, or None."""
    return next((p for p in phones if p.preferred), phones[0] if phones else None)
