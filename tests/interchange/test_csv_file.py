"""What a CSV file may be, and what is refused or rejected of it."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

from nurse_tui.drafts import Fault
from nurse_tui.interchange import csv_file
from nurse_tui.interchange.csv_file import ChangedError, CsvFile, open_csv
from nurse_tui.types import Refusal
from tests.interchange.files import refusal

KNOWN = ("a", "b")
NAMES = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip


def made(tmp_path: Path, content: bytes) -> CsvFile | Refusal:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return open_csv(path, KNOWN, ("a",))


def opened(tmp_path: Path, content: bytes) -> CsvFile:
    found = made(tmp_path, content)
    assert isinstance(found, CsvFile), found
    return found


@pytest.mark.parametrize("name", NAMES)
def test_hard_files_parse_to_what_they_must(shared: Path, tmp_path: Path, name: str) -> None:
    folder = shared / "data" / "csv_spectrum"
    content = (folder / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("crlf"):
        # The copies in the shared folder lost the carriage returns that their names promise.
        content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    path = tmp_path / "hard.csv"
    path.write_bytes(content)
    header, *rows = csv_file.read_rows(path)
    expected = json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))
    assert [dict(zip(header, row, strict=True)) for row in rows] == expected


@pytest.mark.parametrize(
    "content",
    [b"a,b\n1,2\n", b"\xef\xbb\xbfa,b\n1,2\n", b"a,b\r\n1,2\r\n", b"b,a\n2,1", b" A ,B\n1,2\n\n\n"],
)
def test_reads_with_and_without_bom_in_any_order(tmp_path: Path, content: bytes) -> None:
    file = opened(tmp_path, content)
    assert [file.values(line) for line in file.lines()] == [{"a": "1", "b": "2"}]
    assert file.rows == 1


def test_a_row_is_named_by_the_physical_line_on_which_it_begins(tmp_path: Path) -> None:
    file = opened(tmp_path, b'a,b\n"1\n1\n1",2\n3,4\n\n5,6\n')
    assert [line.number for line in file.lines()] == [2, 5, 7]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty_file", "empty"),
        (b"\n\n", "empty_file", "empty"),
        (b"a,b\n\xff,2\n", "not_utf8", "line 2"),
        ("a,b\n1,2\n".encode("utf-16"), "not_utf8", "UTF-8"),
        (b"a,b,a\n1,2,3\n", "twice_in_header", "column a more than once"),
        (b"b,c\n1,2\n", "wrong_header", "no column a"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "open_quote", "line 3"),
    ],
)
def test_trouble_of_the_whole_file_is_refused(
    tmp_path: Path, content: bytes, code: str, words: str
) -> None:
    refused = refusal(made(tmp_path, content))
    assert refused.code == code
    assert words in refused.sentence


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refusal(open_csv(tmp_path / "no.csv", KNOWN, ())).code == "no_file"
    assert refusal(open_csv(tmp_path, KNOWN, ())).code == "not_a_file"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (b"1", "", "1 fields and the header 2"),
        (b"1,2,3", "", "3 fields and the header 2"),
        (b"1,\x00", "b", "NUL"),
        (b"\x1b[2J,2", "a", "U+001B"),
        (b"1,\xc2\x9b", "b", "U+009B"),
        (b"1,\xed\xa0\x80", "b", "surrogate"),
        (b"1," + b"x" * 10_001, "b", "10,000"),
    ],
)
def test_a_row_that_no_column_can_hold_is_rejected(
    tmp_path: Path, row: bytes, column: str, words: str
) -> None:
    file = opened(tmp_path, b"a,b\n" + row + b"\n")
    fault = file.values(next(file.lines()))
    assert isinstance(fault, Fault)
    assert fault.column == column
    assert words in fault.reason


def test_a_field_of_the_greatest_length_and_a_formula_are_kept(tmp_path: Path) -> None:
    file = opened(tmp_path, b"a,b\n=1+cmd|' /C calc'!A0," + b"x" * 10_000 + b"\n")
    values = file.values(next(file.lines()))
    assert isinstance(values, dict)
    assert values["a"] == "=1+cmd|' /C calc'!A0"


def test_unknown_and_absent_columns_are_said(tmp_path: Path) -> None:
    file = opened(tmp_path, b"a,colour,reason\n1,2,3\n")
    assert file.warnings == (
        "The column colour is not known and is left out.",
        "The file has no column b; it counts as blank.",
    )


def test_rejects_are_for_the_owner_alone_and_say_the_reason_first(tmp_path: Path) -> None:
    file = opened(tmp_path, b"reason,a,b\nold,1,=2\nold,3\n")
    csv_file.write_rejects(file, [(line, f"no {line.number}") for line in file.lines()])
    path = csv_file.rejects_path(file.path)
    with path.open(newline="", encoding="utf-8") as written:
        assert list(csv.reader(written)) == [
            ["reason", "a", "b"],
            ["no 2", "1", "=2"],
            ["no 3", "3"],
        ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "endless", "line"),
    [(b"", b"x", 1), (b"a,b\n1,2\n", b"x", 3), (b'a,b\n1,2\n3,4\n"', b"abc,def\n", 4)],
)
def test_what_has_no_end_of_a_row_is_refused_with_its_line(
    tmp_path: Path, before: bytes, endless: bytes, line: int
) -> None:
    refused = made(tmp_path, before + endless * (csv_file.LONGEST_ROW // len(endless) + 1))
    assert isinstance(refused, Refusal) and refused.code == "long_row"
    assert f"the row of line {line} is longer" in refused.sentence


def test_many_unknown_columns_are_counted(tmp_path: Path) -> None:
    header = ",".join(["a", "b", *(f"c{n}" for n in range(1000))])
    file = opened(tmp_path, f"{header}\n".encode())
    assert file.warnings[19] == "The column c19 is not known and is left out."
    assert file.warnings[20] == "980 further columns are not known and are left out."


@pytest.mark.parametrize("into", [b"a,b\n1,2\n3,\xff\n", b"a,b\n1,2\n", b"a,b\n3,4\n5,6\n7,8\n"])
def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path: Path, into: bytes) -> None:
    file = opened(tmp_path, b"a,b\n1,2\n3,4\n")
    reading = file.lines()
    assert next(reading).cells == ["1", "2"]
    file.path.write_bytes(into)
    with pytest.raises(ChangedError):
        list(reading)
    with pytest.raises(ChangedError):
        next(file.lines())
