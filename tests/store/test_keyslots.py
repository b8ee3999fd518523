"""Slots of an encrypted file: passwords, delays, damage, and writing that is all or nothing."""

from __future__ import annotations

import json
import os
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from nurse_tui import clock
from nurse_tui.store import keyslots
from nurse_tui.store.keyslots import Kdf
from nurse_tui.types import Refusal
from tests.cases import NOW
from tests.hostile.forks import faults, spawn

CHEAP = Kdf(memory_kib=64, passes=1, lanes=1)
PASSWORD = "heron lantern Übung 42"
KEY = bytes(range(32))


@pytest.fixture
def database(tmp_path):
    clock.freeze(NOW)
    path = tmp_path / "cases.db"
    assert keyslots.add_slot(path, "dana", PASSWORD, KEY, CHEAP) is None
    return path


def code(answer) -> str:
    return answer.code if isinstance(answer, Refusal) else "opened"


def test_a_slot_gives_the_key_to_its_password_alone(database):
    assert keyslots.open_slot(database, "dana", PASSWORD) == KEY
    assert keyslots.open_slot(database, "dana", PASSWORD + "x") == keyslots.WRONG
    assert keyslots.open_slot(database, "dana", "") == keyslots.WRONG
    assert keyslots.open_slot(database, "Dana", PASSWORD) == keyslots.WRONG


def test_the_same_password_typed_in_another_normal_form_opens(database):
    forms = {unicodedata.normalize(form, PASSWORD) for form in ("NFC", "NFD")}
    assert len(forms) == 2
    assert all(keyslots.open_slot(database, "dana", typed) == KEY for typed in forms)


def test_an_unknown_name_gets_the_same_sentence_at_the_same_cost(database, monkeypatch):
    costs = []
    real = keyslots._cipher

    def counting(password, salt, cost):
        costs.append(cost)
        return real(password, salt, cost)

    monkeypatch.setattr(keyslots, "_cipher", counting)
    known = keyslots.open_slot(database, "dana", "wrong")
    unknown = keyslots.open_slot(database, "nobody", "wrong")
    assert known == unknown == keyslots.WRONG
    assert costs == [CHEAP, CHEAP]


def test_a_delay_grows_survives_a_restart_and_ends(database):
    waits: list[int] = []
    wrong = 0
    while wrong < 16:
        answer = keyslots.open_slot(database, "dana", "wrong")
        assert isinstance(answer, Refusal)
        if answer.code == "wait":
            assert code(keyslots.open_slot(database, "dana", PASSWORD)) == "wait"
            waits.append(int(answer.sentence.split()[-2]))
            clock.freeze(clock.now() + timedelta(seconds=waits[-1]))
        else:
            wrong += 1
    assert len(waits) == wrong - keyslots.FREE_FAILURES
    clock.freeze(clock.now() + keyslots.LONGEST_DELAY)
    assert waits == sorted(waits) and waits[0] <= 3
    assert waits[-1] <= keyslots.LONGEST_DELAY.total_seconds() + 1
    assert keyslots.open_slot(database, "dana", PASSWORD) == KEY


@pytest.mark.parametrize("shift", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_set_wrong_never_locks_out_for_ever(database, shift):
    for _ in range(keyslots.FREE_FAILURES):
        keyslots.open_slot(database, "dana", "wrong")
    clock.freeze(clock.now() + shift)
    assert keyslots.open_slot(database, "dana", PASSWORD) == KEY


@pytest.mark.parametrize(
    "password",
    [
        "short of it",
        "12345678901234",
        "passwordpassword",
        "Password1234567",
        "PASSWORD!!!!!!!!",
        "abcdefghijklmnop",
        "abcdeabcdeabcdeabcde",
        "qwertyuiop123456",
        "nurse-tui-nurse-tui",
        "lemtrada2026lemtrada",
        "dana.wright2026",
        "dana.wrightdana.wright",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "letmein letmein!",
    ],
)
def test_weak_passwords_are_refused_in_one_sentence(password):
    refused = keyslots.refuse_password(password, "dana.wright")
    assert isinstance(refused, Refusal)
    assert password not in str(refused)


@pytest.mark.parametrize(
    "password",
    [
        "heron lantern 42 quilt",
        "mjölk och kaffe på torsdag",
        "correct horse battery staple",
        "正确的马电池订书钉一二三四五六七八",
        "x9$Lq2!vTz7#mWb4",
        "w" * 3 + "heron lantern quilt" * 4,
    ],
)
def test_long_unlike_passwords_will_do(password):
    assert keyslots.refuse_password(password, "dana.wright") is None


def test_a_removed_slot_opens_no_more_and_others_stay(database):
    keyslots.add_slot(database, "kim", PASSWORD, KEY, CHEAP)
    assert keyslots.remove_slot(database, "dana") is None
    assert keyslots.open_slot(database, "dana", PASSWORD) == keyslots.WRONG
    assert keyslots.open_slot(database, "kim", PASSWORD) == KEY


def test_a_new_password_takes_the_place_of_the_old(database):
    keyslots.add_slot(database, "dana", "another heron lantern", KEY, CHEAP)
    assert keyslots.open_slot(database, "dana", PASSWORD) == keyslots.WRONG
    assert keyslots.open_slot(database, "dana", "another heron lantern") == KEY


def damaged(text: str) -> list[bytes]:
    whole = json.loads(text)
    without = {name: v for name, v in whole["dana"].items() if name != "salt"}
    return [
        b"",
        text.encode()[: len(text) // 2],
        b"\xff\xfe" + text.encode(),
        b"[]",
        b'{"dana": 7}',
        json.dumps({"dana": without}).encode(),
        json.dumps({"dana": {**whole["dana"], "salt": "@@@"}}).encode(),
        json.dumps({"dana": {**whole["dana"], "nonce": "AA=="}}).encode(),
        json.dumps({"dana": {**whole["dana"], "passes": "many"}}).encode(),
        json.dumps({"dana": {**whole["dana"], "memory_kib": 2**40}}).encode(),
        json.dumps({"dana": {**whole["dana"], "lanes": 0}}).encode(),
        json.dumps({"dana": {**whole["dana"], "failures": None}}).encode(),
        json.dumps({"dana": {**whole["dana"], "failures": 9, "failed_at": "then"}}).encode(),
        json.dumps({"dana": {**whole["dana"], "failures": 9, "failed_at": None}}).encode(),
    ]


@pytest.mark.parametrize("number", range(14))
def test_a_damaged_file_of_keys_is_one_clear_refusal(database, number):
    path = keyslots.slots_path(database)
    broken = damaged(path.read_text("utf-8"))[number]
    path.write_bytes(broken)
    answer = keyslots.open_slot(database, "dana", PASSWORD)
    assert code(answer) == "damaged_keys"
    assert path.name in answer.sentence and "backup" in answer.way_out
    assert code(keyslots.add_slot(database, "kim", PASSWORD, KEY, CHEAP)) == "damaged_keys"
    assert code(keyslots.remove_slot(database, "dana")) == "damaged_keys"
    assert path.read_bytes() == broken


def test_a_garbled_seal_is_a_wrong_password(database):
    path = keyslots.slots_path(database)
    slots = json.loads(path.read_text())
    slots["dana"]["sealed"] = slots["dana"]["salt"]
    path.write_text(json.dumps(slots))
    assert keyslots.open_slot(database, "dana", PASSWORD) == keyslots.WRONG


def put(path, kind: str) -> None:
    """Put something else in the place of a file of keys."""
    whole = path.read_bytes()
    path.unlink()
    if kind == "link":
        other = path.with_name("other.keys")
        other.write_bytes(whole)
        other.chmod(0o600)
        path.symlink_to(other)
    elif kind == "dangling":
        path.symlink_to(path.with_name("nowhere"))
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.write_text("{}")
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(keyslots.LARGEST + 1)
    if path.is_file() and not path.is_symlink():
        path.chmod(0o600)


def state(folder) -> list:
    """Return the name, time and rights of everything in a folder."""
    found = ((path.name, path.lstat()) for path in folder.iterdir())
    return sorted((name, at.st_mtime_ns, at.st_mode) for name, at in found)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("missing", "no_keys"),
        ("empty", "no_slots"),
        ("link", "link"),
        ("dangling", "link"),
        ("folder", "not_a_file"),
        ("huge", "unreadable_keys"),
    ],
)
def test_an_odd_file_of_keys_is_a_clear_refusal_and_stays_as_it_is(database, kind, why):
    path = keyslots.slots_path(database)
    put(path, kind)
    before = state(path.parent)
    answer = keyslots.open_slot(database, "dana", PASSWORD)
    assert code(answer) == why and path.name in answer.sentence and answer.way_out
    assert keyslots.refuse_slots(database) == answer
    after = state(path.parent)
    assert after == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_keys_of_somebody_else_is_refused(database):
    os.chown(keyslots.slots_path(database), 65534, 65534)
    assert code(keyslots.open_slot(database, "dana", PASSWORD)) == "foreign_file"


def test_the_file_is_private_under_any_umask_and_stays_whole_when_writing_fails(
    database, monkeypatch
):
    path = keyslots.slots_path(database)
    old = os.umask(0)
    try:
        keyslots.add_slot(database, "kim", PASSWORD, KEY, CHEAP)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        keyslots.add_slot(database, "lee", PASSWORD, KEY, CHEAP)
    assert path.read_bytes() == before
    assert keyslots.open_slot(database, "dana", PASSWORD) == KEY
    assert keyslots.open_slot(database, "dana", "wrong") == keyslots.WRONG


def test_the_folder_is_on_the_disk_after_the_new_file_has_its_name(database, monkeypatch):
    synced = []

    def noted(descriptor):
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    keyslots.add_slot(database, "lee", PASSWORD, KEY, CHEAP)
    assert synced[-1] == database.parent.resolve() and len(synced) == 2


def test_a_link_in_the_place_of_the_new_file_is_not_followed(database, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    slots = keyslots.slots_path(database)
    slots.with_name(f"{slots.name}.{os.getpid()}.new").symlink_to(victim)
    keyslots.add_slot(database, "kim", PASSWORD, KEY, CHEAP)
    assert victim.read_text() == "precious"
    assert keyslots.open_slot(database, "kim", PASSWORD) == KEY


def test_a_readable_file_of_keys_is_made_private(database):
    path = keyslots.slots_path(database)
    path.chmod(0o644)
    assert code(keyslots.close_to_others(database)) == "keys_were_open"
    assert path.stat().st_mode & 0o777 == 0o600
    assert keyslots.close_to_others(database) is None
    path.chmod(0o640)
    assert keyslots.open_slot(database, "dana", PASSWORD) == KEY
    assert path.stat().st_mode & 0o777 == 0o600


def test_processes_that_add_slots_at_once_lose_none(database):
    def adder(mark: int):
        return lambda _say: [
            keyslots.add_slot(database, f"user{mark}-{n}", PASSWORD, KEY, CHEAP) for n in range(10)
        ]

    children = [spawn(adder(mark)) for mark in range(4)]
    assert [child.join() for child in children] == [0] * 4, [faults(c) for c in children]
    slots = json.loads(keyslots.slots_path(database).read_text())
    assert len(slots) == 41
