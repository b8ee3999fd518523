"""Phone numbers as people read them."""

from __future__ import annotations

import pytest

from nurse_tui.rules.facts import PhoneFact
from nurse_tui.rules.phones import shown_number, to_dial
from nurse_tui.types import PhoneKind


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+18025550183", "(802) 555-0183"),
        ("+12022000000", "(202) 200-0000"),
        ("+11025550183", "+11025550183"),
        ("+18021550183", "+18021550183"),
        ("+1802555018", "+1802555018"),
        ("+180255501833", "+180255501833"),
        ("+442079460018", "+442079460018"),
        ("+18025550183\n", "+18025550183\n"),
        ("+1\u0668025550183", "+1\u0668025550183"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_it_is_dialled_at_home(stored: str, shown: str) -> None:
    assert shown_number(stored) == shown


def test_the_preferred_number_is_dialled_else_the_first() -> None:
    home = PhoneFact(1, "+16035550101", PhoneKind.HOME, None, preferred=False)
    mobile = PhoneFact(2, "+16035550102", PhoneKind.MOBILE, None)
    assert to_dial((home, mobile)) is mobile and to_dial((home,)) is home and to_dial(()) is None
