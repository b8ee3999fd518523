"""Tables on their way out: no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timezone

import pytest

from nurse_tui.interchange.tables import csv_cell, csv_text


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "=cmd|' /C calc'!A0",
        " =1",
        "＝1",
        "＋1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_quoted(hostile):
    assert csv_cell(hostile) == f"'{hostile}"


@pytest.mark.parametrize("harmless", ["Ortiz, Marisol", "a=b", "1-2", "", "'quoted", "O'Neil"])
def test_other_text_stays(harmless):
    assert csv_cell(harmless) == harmless


def test_numbers_dates_and_instants_keep_their_kind():
    assert csv_cell(-5) == -5 and csv_cell(None) == "" and csv_cell(1.5) == 1.5
    assert csv_cell(date(2027, 2, 28)) == "2027-02-28"
    assert csv_cell(datetime(2027, 2, 28, 15, tzinfo=timezone.utc)) == "2027-02-28T15:00:00Z"


def test_nul_does_not_reach_the_file():
    assert "\x00" not in csv_text(["a"], [["x\x00y"]])


def test_csv_reads_back():
    rows = [["a, b", 'say "x"', "two\nlines"], ["=1", 2, ""]]
    back = list(csv.reader(io.StringIO(csv_text(["x", "y", "z"], rows), newline="")))
    assert back == [["x", "y", "z"], ["a, b", 'say "x"', "two\nlines"], ["'=1", "2", ""]]
