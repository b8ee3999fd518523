"""Phone numbers as people read them."""

from __future__ import annotations

import re

_COUNTRY_1 = re.compile(r"\+1([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})")


def shown_number(number: str) -> str:
    """Return an E.164 number of the country code 1 as `(802) 555-0183`, any other as it is."""
    found = _COUNTRY_1.fullmatch(number)
    return "({}) {}-{}".format(*found.groups()) if found else number
