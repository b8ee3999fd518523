"""The bench itself: it must understand a terminal and judge a goal rightly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench import forms, looks
from bench.screen import Screen, answers, key_bytes
from bench.table import Goal, Result, Unavailable, percentile, table

COLUMNS = (
    "form_id, received_at, patient_signed_on, provider_signed_on, first_name, last_name,"
    " date_of_birth, sex, phone, phone_kind, voicemail_ok, email, address, city, state, zip,"
    " language, prescriber_name, prescriber_npi, prescriber_phone, ms_type, prior_therapies,"
    " coverage_1_kind, coverage_1_payer, coverage_1_member_id, coverage_2_kind, coverage_2_payer,"
    " coverage_2_member_id, consent_services, consent_calls, consent_text, consent_email,"
    " rems_patient_enrolled_on, preferred_site"
)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (b"\x1b[c", b"\x1b[?62;22c"),
        (b"\x1b[?u", b"\x1b[?0u"),
        (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
        (b"text \x1b[6n", b"\x1b[1;1R"),
        (b"\x1b[?25h\x1b[1;1H", b""),
    ],
)
def test_queries_are_answered(query: bytes, answer: bytes) -> None:
    assert answers(query) == answer


def test_a_sequence_cut_in_two_is_shown_whole() -> None:
    screen = Screen(2, 20)
    for part in (b"\x1b[>25uab\x1b[3", b"1mc\x1b", b"[0md\x1b[<u"):
        screen.feed(part)
    assert screen.text().splitlines()[0] == "abcd"


@pytest.mark.parametrize(
    ("output", "changed"),
    [
        (b"\x1b[Hsame", True),
        (b"\x1b[Hother", True),
        (b"\x1b[1;1H\x1b[7msame\x1b[0m\x1b[1;5H", True),
        (b"\x1b[1;1Hsame", False),
        (b"\x1b[2;1H", True),
        (b"\x1b[?25l", False),
    ],
)
def test_only_a_visible_difference_counts_as_change(output: bytes, changed: bool) -> None:
    screen = Screen(3, 20)
    if output != b"\x1b[Hsame":
        screen.feed(b"\x1b[1;1Hsame")
        assert screen.changed()
    screen.feed(output)
    assert screen.changed() is changed
    assert screen.changed() is False


def test_keys_are_sent_as_a_terminal_sends_them() -> None:
    assert (key_bytes("down"), key_bytes("smith")) == (b"\x1b[B", b"smith")


@pytest.mark.parametrize(
    ("goal", "ours", "floor", "ok"),
    [
        (Goal(12), 12, None, True),
        (Goal(12), 12.1, None, False),
        (Goal(1000, at_least=True), 999, None, False),
        (Goal(1.15, of="ratio"), 115, 100, True),
        (Goal(1.15, of="ratio"), 116, 100, False),
        (Goal(1.15, of="ratio"), 116, None, None),
    ],
)
def test_goals(goal: Goal, ours: float, floor: float | None, ok: bool | None) -> None:
    assert Result("x", "ms", ours, floor, goal).ok is ok


def test_a_broken_measurement_is_never_ok() -> None:
    assert Result("x", failed=True).ok is False
    assert "NO" in table([Result("x", failed=True)])


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 50), (0.95, 95), (1, 100)])
def test_percentiles_by_nearest_rank(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value


def test_no_values_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        percentile([], 0.5)


def test_forms_have_the_columns_of_the_import(tmp_path: Path) -> None:
    file = forms.write(tmp_path / "forms.csv", 3, seed=1)
    with file.open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert list(rows[0]) == COLUMNS.split(", ")
    assert len({row["form_id"] for row in rows}) == 3
    assert file.read_bytes() == forms.write(tmp_path / "again.csv", 3, seed=1).read_bytes()


@pytest.mark.parametrize(
    ("screen", "found"),
    [
        ("   DUE    PATIENT\n > ! 2d late    Ortiz, Marisol", True),
        ("   + 25 Nov     Lindqvist, Per", True),
        ("   DUE          PATIENT                STATE", False),
        (" 142 open · 9 due today · ! 3 overdue", False),
    ],
)
def test_worklist_rows_are_recognised(screen: str, found: bool) -> None:
    assert bool(looks.ROWS.search(screen)) is found


@pytest.mark.parametrize(
    ("count", "share", "found"),
    [(1, 0.95, 1), (2, 0.5, 1), (3, 0.5, 2), (20, 0.95, 19), (21, 0.95, 20), (60, 0.95, 57),
     (60, 1.0, 60), (60, 0.0, 1)],
)  # fmt: skip
def test_a_percentile_is_the_value_of_the_nearest_rank(count, share, found) -> None:
    assert percentile([float(n) for n in range(count, 0, -1)], share) == found
