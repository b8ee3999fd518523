"""People's text: literal, cleaned, fitted; whatever is put in."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nurse_tui.widgets.text import MARKS_PER_LETTER, cells, clean, line, rich_text, text

ANY = st.text(st.characters(blacklist_categories=()), max_size=200) | st.text(
    st.sampled_from("[]/@=()click\x1b\x9b\x00\u202e\u0301 a好\ud800"), max_size=60
)


def holds_no_control(shown: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)


@given(ANY)
def test_plain_is_the_cleaned_input(hostile: str) -> None:
    assert text(hostile).plain == clean(hostile)
    assert rich_text(hostile).plain == clean(hostile)
    assert holds_no_control(clean(hostile))


@given(ANY)
def test_cleaning_twice_changes_nothing(hostile: str) -> None:
    assert clean(clean(hostile)) == clean(hostile)


@given(ANY, st.integers(0, 40))
def test_cells_fill_exactly_their_width(hostile: str, width: int) -> None:
    assert cell_len(cells(hostile, width)) == width
    assert cell_len(cells(hostile, width, right=True)) == width


@given(ANY)
def test_lines_keep_only_line_breaks(hostile: str) -> None:
    assert holds_no_control(clean(hostile, lines=True).replace("\n", ""))


def test_every_naughty_string_is_literal(shared: Path) -> None:
    strings = json.loads((shared / "data/naughty/blns.json").read_text("utf-8"))
    assert len(strings) > 400
    for hostile in strings:
        assert text(hostile).plain == clean(hostile)
        assert holds_no_control(clean(hostile))
        assert cell_len(cells(hostile, 20)) == 20


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("[/red]", "[/red]"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("\x1b]52;c;eA==\x07", "^[]52;c;eA==^G"),
        ("a\x9b31m", "a<9B>31m"),
        ("a\x7fb", "a<7F>b"),
        ("Lee\u202egro", "Lee<202E>gro"),
        ("a\u200bb", "a<200B>b"),
        ("one\ntwo", "one^Jtwo"),
        ("a\tb", "a b"),
        ("\ud800x", "\ufffdx"),
        ("José", "José"),
        ("O'Neil, Seán", "O'Neil, Seán"),
    ],
)
def test_marks_are_visible(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


def test_a_flood_of_marks_is_capped() -> None:
    assert clean("e" + "\u0301" * 2000) == "e" + "\u0301" * MARKS_PER_LETTER


@pytest.mark.parametrize(("limit", "shown"), [(10, "Nightingal"), (9, "Nighti..."), (2, "..")])
def test_a_limit_cuts_with_an_ellipsis(limit: int, shown: str) -> None:
    assert clean("Nightingal", limit) == shown


@pytest.mark.parametrize(
    ("given_text", "width", "shown"),
    [
        ("Ortiz", 7, "Ortiz  "),
        ("Ortiz", 5, "Ortiz"),
        ("Ortizo", 5, "Or..."),
        ("好好好", 5, "好..."),
    ],
)
def test_cells_cut_and_pad(given_text: str, width: int, shown: str) -> None:
    assert cells(given_text, width) == shown


def test_parts_join_to_one_line() -> None:
    assert line("a[b]", (" ok", "bold"), text("\x1b")).plain == "a[b] ok^["
