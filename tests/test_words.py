"""Identifiers in plain words, and that no layer makes its own."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

import nurse_tui
from nurse_tui import types
from nurse_tui.rules.due import KINDS
from nurse_tui.words import label, plain

PACKAGE = Path(nurse_tui.__file__).parent
ENUMS = [
    kind for kind in vars(types).values() if isinstance(kind, type) and issubclass(kind, StrEnum)
]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prior_authorization", "prior authorization"),
        ("medicare_part_d", "medicare part d"),
        ("va", "VA"),
        ("hpv_screen", "HPV screen"),
        ("spms_active", "SPMS active"),
        ("", ""),
    ],
)
def test_an_identifier_in_plain_words(name: str, words: str) -> None:
    assert plain(name) == words
    assert label(name) == words[:1].upper() + words[1:]


def test_no_kind_shows_an_underscore() -> None:
    names = [member.value for kind in ENUMS for member in kind] + list(KINDS)
    assert len(names) > 100
    assert [name for name in names if "_" in plain(name) + label(name)] == []


def test_nobody_makes_plain_words_by_hand() -> None:
    by_hand = re.compile(r"""replace\(["']_["'], ["'] ["']\)""")
    allowed = {"words.py", "rules/moments.py"}
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if by_hand.search(path.read_text("utf-8"))
    }
    assert found == allowed, "use nurse_tui.words; only the name of a time zone is another matter"
