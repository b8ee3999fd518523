from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as holiday_library
import pytest

from nurse_tui import paths, settings
from nurse_tui.paths import data_folder
from nurse_tui.rules.programme import Programme, Setting
from nurse_tui.settings_file import SettingsFault, read_holidays
from nurse_tui.settings_values import KINDS
from nurse_tui.types import Refusal

SHIPPED = data_folder() / "settings"
DAY = date(2027, 7, 6)
Edit = Callable[[str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped settings that a test may spoil."""
    copy = tmp_path / "settings"
    copy.mkdir()
    for name in (settings.PROGRAMME, settings.HOLIDAYS):
        (copy / name).write_text((SHIPPED / name).read_text("utf-8"), "utf-8")
    return copy


def put(folder: Path, text: str) -> int:
    """Add text to the end of the settings file and return the line on which it begins."""
    path = folder / settings.PROGRAMME
    before = path.read_text("utf-8")
    path.write_text(before + text, "utf-8")
    return before.count("\n") + 1


def swap(folder: Path, old: str, new: str) -> None:
    path = folder / settings.PROGRAMME
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def entry(name: str, value: str, since: str = "2028-01-01", **over: str) -> str:
    keys = {"value": value, "since": since, "tag": '"P"', "rule": '"D-1"', "source": '"us"'} | over
    rows = "\n".join(f"{key} = {text}" for key, text in keys.items() if text)
    return f"[[{name}]]\n{rows}\n"


def test_the_shipped_settings_hold_every_name_and_are_right() -> None:
    assert settings.check(SHIPPED) == ()
    shipped = settings.load()
    assert set(shipped.entries) == set(KINDS)
    assert len(KINDS) == len(fields(Programme)) - 3  # version, on, holidays
    programme = shipped.on(DAY)
    assert (programme.on, programme.version) == (DAY, shipped.version)
    assert isinstance(programme.call_from.value, time)
    assert shipped.on(DAY) is programme


def test_every_shipped_value_has_a_tag_a_rule_and_a_source() -> None:
    values = [value for entries in settings.load().entries.values() for value in entries]
    assert {value.tag for value in values} == {"n", "A", "GK", "P"}
    assert [value.name for value in values if not (value.rule and value.source)] == []


@pytest.mark.parametrize(
    ("tag", "text", "note"),
    [("n", "42 (fact)", ""), ("GK", "42 (programme setting [GK])", " (programme setting [GK])")],
)
def test_a_setting_says_what_it_is(tag: str, text: str, note: str) -> None:
    setting = Setting("x", 42, tag, "D-1", "1", DAY)
    assert (str(setting), setting.note) == (text, note)


def test_the_newest_entry_that_has_begun_holds(folder: Path) -> None:
    put(folder, entry("vaccine_days_before", "56", "2028-01-01"))
    put(folder, entry("vaccine_days_before", "49", "2027-06-01"))
    loaded = settings.load(folder)
    assert isinstance(loaded, settings.Settings)
    held = {
        day: loaded.on(date.fromisoformat(day)).vaccine_days_before.value
        for day in ("1999-01-01", "2020-10-01", "2027-05-31", "2027-06-01", "2027-12-31")
    }
    assert list(held.values()) == [42, 42, 42, 49, 49]
    assert loaded.on(date(2028, 1, 1)).vaccine_days_before.value == 56


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        (entry("vacine_days_before", "42"), 0, "is vaccine_days_before meant?"),
        (entry("zzz", "42"), 0, "there is no setting 'zzz'"),
        (entry("vaccine_days_before", '"42"'), 1, "must be a whole number, not '42'"),
        (entry("vaccine_days_before", "true"), 1, "must be a whole number, not True"),
        (entry("vaccine_days_before", "42.5"), 1, "must be a whole number"),
        (entry("vaccine_days_before", "-1"), 1, "-1 is impossible here: from 0 to 366"),
        (entry("vaccine_days_before", "367"), 1, "367 is impossible here"),
        (entry("chair_hours", "25"), 1, "from 1 to 24"),
        (entry("chair_hours", "0"), 1, "from 1 to 24"),
        (entry("labs_valid_days", "30", "2020-10-01"), 0, "another entry since 2020-10-01"),
        (entry("labs_valid_days", "30", '"2028-01-01"'), 2, "since must be a date"),
        (entry("labs_valid_days", "30", "2028-01-01T00:00:00"), 2, "since must be a date"),
        (entry("labs_valid_days", "30", tag='"Q"'), 3, "tag must be one of n, A, GK, P"),
        (entry("labs_valid_days", "30", tag="[1]"), 3, "tag must be one of"),
        (entry("labs_valid_days", "30", rule='" "'), 4, "rule must be a text"),
        (entry("labs_valid_days", "30", source='""'), 5, "source must be a text"),
        (entry("labs_valid_days", "30", source="7"), 5, "source must be a text"),
        (entry("labs_valid_days", "30", source=""), 0, "source is missing"),
        (entry("labs_valid_days", ""), 0, "value is missing"),
        (entry("labs_valid_days", "30", sorce='"1"'), 6, "an entry has no 'sorce'"),
        ("[labs_valid_days]\nvalue = 3\n", 0, "write [[labs_valid_days]] in double brackets"),
        (entry("call_from", "8"), 1, 'must be a time like "08:00"'),
        (entry("call_from", '"8:00"'), 1, 'must be a time like "08:00"'),
        (entry("call_from", '"24:00"'), 1, "from 00:00 to 23:59"),
        (entry("call_from", '"21:00"'), 0, "call_from must be earlier than call_until"),
        (entry("call_until", "08:00:00"), None, "call_from must be earlier than call_until"),
        (entry("programme_zone", '"Mars/Olympus"'), 1, "not the name of a time zone"),
        (entry("programme_zone", '"America"'), 1, "not the name of a time zone"),
        (entry("programme_zone", '"../etc"'), 1, "not the name of a time zone"),
        (entry("programme_zone", '"America/Chicago"'), 1, "works in America/New_York alone"),
        (entry("programme_zone", '""'), 1, "must be a text in quotes"),
        (entry("copay_state_test", '"site"'), 1, "not a known way to test the state"),
        (entry("copay_commercial_kinds", '["comercial"]'), 1, "not a known kind of cover"),
        (entry("copay_commercial_kinds", '["uninsured"]'), 1, "not a known kind of cover"),
        (entry("copay_commercial_kinds", '["exchange", 7]'), 1, "must be a text in quotes, not 7"),
        (entry("copay_commercial_kinds", '"exchange"'), 1, "must be a list in [brackets]"),
        (entry("copay_commercial_kinds", "[]"), 1, "the list must not be empty"),
        (entry("copay_commercial_kinds", '["exchange", "exchange"]'), 1, "in the list twice"),
        (entry("copay_commercial_kinds", '["exchange", "va"]'), 0, "va stands in"),
        (entry("copay_government_kinds", '["medicare"]'), 0, "government pays for it"),
        (entry("copay_named_payers", '["exchange"]'), 0, "must stand in copay_government_kinds"),
        (entry("copay_infusion_excluded_states", '["MA", "XX"]'), 1, "'XX' is not a known state"),
        (entry("copay_unsettled_places", '["PR", "NH"]'), 0, "NH stands in copay_resident_places"),
        (entry("discouraged_ms_types", '["rrms"]'), 0, "rrms stands in indicated_ms_types"),
        (entry("indicated_ms_types", '["ms"]'), 1, "not a known type of MS"),
        (entry("follow_up_days_after", "[1, -1]"), 1, "-1 is impossible here"),
        (entry("follow_up_days_after", '[1, "3"]'), 1, "must be a whole number"),
        (entry("minimum_age_years", "19"), 0, "must not be above adult_age_years"),
        ("[[labs_valid_days]\n", 0, "not TOML"),
        ("x = 08:00\n", 0, "not TOML"),
        ('x = "never closed', 0, "not TOML"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_line(
    folder: Path, text: str, offset: int | None, reason: str
) -> None:
    if text.startswith("[labs"):
        swap(folder, "[[labs_valid_days]]", "[[labs_valid_days_]]")
    line = put(folder, text)
    faults = settings.check(folder)
    found = [fault for fault in faults if reason in fault.reason]
    assert len(found) == 1, [str(fault) for fault in faults]
    if offset is not None:
        assert (found[0].path.name, found[0].line) == (settings.PROGRAMME, line + offset)


def test_every_fault_is_found_at_once_and_the_file_is_refused(folder: Path) -> None:
    first = put(folder, entry("chair_hours", "99"))
    second = put(folder, entry("chair_hours", "8", tag='"X"', source=""))
    assert [fault.line for fault in settings.check(folder)] == [first + 1, second, second + 3]
    refused = settings.load(folder)
    assert isinstance(refused, Refusal)
    assert f"{settings.PROGRAMME} line {first + 1}: chair_hours: 99 is imp" in refused.sentence
    assert f"{settings.PROGRAMME} line {second + 3}: chair_hours: tag must be" in refused.sentence


def test_a_refusal_stays_readable(folder: Path) -> None:
    for _ in range(8):
        put(folder, entry("chair_hours", "99"))
    refused = settings.load(folder)
    assert isinstance(refused, Refusal)
    assert refused.sentence.endswith("; and 3 more.")


def test_a_missing_name_is_refused(folder: Path) -> None:
    swap(folder, "[[chair_hours]]", "[[chair_hour]]")
    assert any("chair_hour" in fault.reason for fault in settings.check(folder))
    text = (folder / settings.PROGRAMME).read_text("utf-8")
    start = text.index("[[chair_hour]]")
    end = text.index("[[reschedule_reasons]]")
    (folder / settings.PROGRAMME).write_text(text[:start] + text[end:], "utf-8")
    assert [f.reason for f in settings.check(folder)] == ["the setting chair_hours is missing"]


def test_a_version_is_needed_and_is_a_text(folder: Path) -> None:
    version = f'version = "{settings.load().version}"'
    swap(folder, version, "")
    assert [f.reason for f in settings.check(folder)] == ["the version of the settings is missing"]
    path = folder / settings.PROGRAMME
    path.write_text("# one\nversion = 7\n" + path.read_text("utf-8"), "utf-8")
    faults = settings.check(folder)
    assert [(f.line, f.reason) for f in faults] == [(2, "version must be a text in quotes")]


def test_lines_are_found_behind_comments_and_long_texts(folder: Path) -> None:
    put(folder, "# [[chair_hours]]\n")
    put(folder, entry("chair_hours", "9", source='"""\n[[chair_hours]] # no entry\nvalue = 1\n"""'))
    line = put(folder, entry("chair_hours", "99", "2029-01-01", source="'# not a comment'"))
    assert [fault.line for fault in settings.check(folder)] == [line + 1]


def test_windows_line_ends_and_a_byte_order_mark_are_read(folder: Path) -> None:
    line = put(folder, entry("chair_hours", "99"))
    path = folder / settings.PROGRAMME
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [fault.line for fault in settings.check(folder)] == [line + 1]


@pytest.mark.parametrize(
    ("spoil", "line", "reason"),
    [
        (lambda path: path.unlink(), 1, "cannot be read: No such file"),
        (lambda path: (path.unlink(), path.mkdir()), 1, "cannot be read: Is a directory"),
        (lambda path: path.write_bytes(b"# one\n# \xff\n"), 2, "not UTF-8"),
        (lambda path: path.write_bytes(b"#" * 1_000_001), 1, "too large"),
    ],
)
def test_an_unreadable_file_is_refused(
    folder: Path, spoil: Callable[[Path], object], line: int, reason: str
) -> None:
    spoil(folder / settings.PROGRAMME)
    faults = settings.check(folder)
    assert [fault.line for fault in faults] == [line]
    assert reason in faults[0].reason


def test_wrong_shipped_settings_are_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, entry("chair_hours", "99"))
    monkeypatch.setattr(settings, "data_folder", lambda: folder.parent)
    with pytest.raises(ValueError, match="99 is impossible"):
        settings.load()


def test_a_site_changes_only_what_it_names(folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    assert isinstance(settings.load(folder, site), settings.Settings)
    (site / settings.PROGRAMME).write_text(entry("chair_hours", "7", "2020-01-01"), "utf-8")
    (site / settings.HOLIDAYS).write_text("2027-07-06 Our own day\n", "utf-8")
    loaded = settings.load(folder, site)
    assert isinstance(loaded, settings.Settings)
    programme = loaded.on(DAY)
    assert (programme.chair_hours.value, programme.vaccine_days_before.value) == (7, 42)
    assert (programme.version, programme.holidays) == (settings.load().version, frozenset({DAY}))


def test_a_fault_names_the_site_file(folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / settings.PROGRAMME).write_text('\nversion = "x"\n' + entry("chair_hours", "99"))
    assert [(f.path, f.line) for f in settings.check(folder, site)] == [
        (site / settings.PROGRAMME, 4)
    ]


# --- the last good copy


def test_good_settings_are_kept_privately(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "settings.json"
    loaded, refusal = settings.load_last_good(folder, cache)
    assert loaded is not None
    assert refusal is None
    assert cache.stat().st_mode & 0o777 == 0o600
    assert json.loads(cache.read_text("utf-8"))["sha256"] == loaded.digest
    assert [path.name for path in cache.parent.iterdir()] == ["settings.json"]


def test_unchanged_settings_write_nothing(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "settings.json"
    settings.load_last_good(folder, cache)
    before = (cache.stat().st_ino, cache.stat().st_mtime_ns)
    settings.load_last_good(folder, cache)
    assert (cache.stat().st_ino, cache.stat().st_mtime_ns) == before


def test_wrong_settings_start_on_the_last_good_ones(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "settings.json"
    put(folder, entry("chair_hours", "7", "2026-06-01"))
    good, _ = settings.load_last_good(folder, cache)
    line = put(folder, entry("chair_hours", "99"))
    again, refusal = settings.load_last_good(folder, cache)
    assert good is not None
    assert again is not None
    assert again.digest == good.digest
    assert again.on(DAY).chair_hours.value == 7
    assert refusal is not None
    assert f"line {line + 1}" in refusal.sentence
    assert "the last good settings are used" in refusal.way_out


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("[[chair_hours]]", "[[chair_minutes]]"),
        lambda text: text[:100],
        lambda _: "[]",
        lambda _: '{"sha256": 1, "sources": [[1, 2]]}',
        lambda _: "\udcff",
    ],
)
def test_a_damaged_copy_is_not_used(folder: Path, tmp_path: Path, spoil: Edit) -> None:
    cache = tmp_path / "settings.json"
    settings.load_last_good(folder, cache)
    cache.write_text(spoil(cache.read_text("utf-8")), "utf-8", "surrogateescape")
    put(folder, entry("chair_hours", "99"))
    loaded, refusal = settings.load_last_good(folder, cache)
    assert loaded is None
    assert refusal is not None
    assert refusal.way_out == "Correct the file and start again."


def test_a_damaged_copy_is_written_again(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "settings.json"
    cache.write_bytes(b"\xff")
    loaded, refusal = settings.load_last_good(folder, cache)
    assert refusal is None
    assert loaded is not None
    assert json.loads(cache.read_text("utf-8"))["sha256"] == loaded.digest


def test_a_wrong_site_file_without_a_copy_leaves_the_shipped_settings(
    folder: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / settings.PROGRAMME).write_text(entry("chair_hours", "99"), "utf-8")
    loaded, refusal = settings.load_last_good(folder, tmp_path / "none.json", site)
    assert loaded is not None
    assert loaded.on(DAY).chair_hours.value == 8
    assert refusal is not None
    assert "the shipped settings are used" in refusal.way_out


def test_a_copy_that_cannot_be_kept_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    loaded, refusal = settings.load_last_good(folder, tmp_path / "file" / "settings.json")
    assert loaded is not None
    assert refusal is not None
    assert refusal.code == "settings_not_kept"


def test_the_settings_to_start_with_come_from_the_places_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "site_folder", lambda: tmp_path / "config")
    monkeypatch.setattr(settings, "settings_copy", lambda: tmp_path / "state" / "settings.json")
    shipped, refusal = settings.current()
    assert refusal is None
    assert shipped is not None
    assert shipped.digest == settings.load().digest
    site = tmp_path / "site"
    site.mkdir()
    (site / settings.PROGRAMME).write_text(entry("chair_hours", "7", "2020-01-01"), "utf-8")
    own, refusal = settings.current(site)
    assert refusal is None
    assert own is not None
    assert own.on(DAY).chair_hours.value == 7
    assert (tmp_path / "state" / "settings.json").exists()


def test_data_lies_in_the_wheel_if_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nurse_tui"
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert paths.data_folder() == tmp_path / "data"
    (package / "data").mkdir(parents=True)
    assert paths.data_folder() == package / "data"


def test_the_places_of_this_machine_bear_the_name_of_the_program() -> None:
    assert paths.site_folder().name == "nurse-tui"
    assert paths.settings_copy().parent.name == "nurse-tui"


# --- holidays


def test_the_holidays_are_those_of_the_library() -> None:
    known = holiday_library.country_holidays("US", years=range(2010, 2076))
    named = {day: name for day, name in known.items() if 2010 <= day.year <= 2075}
    rows = [f"{day} {name}" for day, name in sorted(named.items())]
    file = (SHIPPED / settings.HOLIDAYS).read_text("utf-8").splitlines()
    assert [row for row in file if not row.startswith("#")] == rows, "\n".join(rows)
    assert settings.load().holidays == frozenset(named)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("# none\n", 1, "no holiday in the file"),
        ("2027-07-05 A\n\n2027-07-05 B\n", 3, "2027-07-05 stands here twice"),
        ("2027-07-05 A\n20270706 B\n", 2, "not a date like"),
        ("2027-02-29 A\n", 1, "not a date like"),
        ("2027-07-05  # nothing\n", 1, "the name of the holiday is missing"),
    ],
)
def test_a_wrong_holiday_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    path = Path("holidays.txt")
    _, faults = read_holidays(path, text)
    assert [(fault.path, fault.line) for fault in faults] == [(path, line)]
    assert reason in faults[0].reason


def test_a_wrong_holiday_file_is_refused(folder: Path) -> None:
    (folder / settings.HOLIDAYS).write_text("tomorrow\n", "utf-8")
    assert settings.check(folder) == (
        SettingsFault(folder / settings.HOLIDAYS, 1, "'tomorrow' is not a date like 2027-07-05"),
    )


def test_memorial_day_and_independence_day_observed_are_there() -> None:
    days = settings.load().holidays
    assert date(2027, 5, 31) in days
    assert date(2027, 7, 5) in days
    assert date(2027, 6, 1) not in days


def test_importing_settings_is_cheap() -> None:
    code = (
        "import sys, nurse_tui.settings\n"
        "heavy = 'pydantic sqlmodel sqlalchemy textual rich holidays cryptography platformdirs'\n"
        "print([name for name in heavy.split() if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_the_programme_zone_is_a_zone() -> None:
    assert ZoneInfo(settings.load().on(DAY).programme_zone.value).key == "America/New_York"
