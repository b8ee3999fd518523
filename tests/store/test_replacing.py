"""Restored databases that wait for their place: two programs at once, and one that is gone."""

from __future__ import annotations

import os

import pytest

from nurse_tui.store import replacing


def waiting(monkeypatch, target, number):
    monkeypatch.setattr(os, "getpid", lambda: number)
    staged = replacing.staging(target)
    for end in ("", "-wal", ".keys", ".before-20270104T150000Z"):
        staged.with_name(staged.name + end).write_text(f"made by {number}")
    return staged


def test_two_programs_that_restore_at_once_leave_each_others_database(tmp_path, monkeypatch):
    target = tmp_path / "cases.db"
    lives = os.getppid()
    other = waiting(monkeypatch, target, lives)
    own = waiting(monkeypatch, target, int(f"{lives}8"))
    longer = other.with_name(f"{other.name}7")
    longer.write_text("made by a program with a longer number")
    assert own != other
    replacing.clear(own)
    assert other.read_text() == f"made by {lives}"
    monkeypatch.setattr(os, "getpid", lambda: lives)
    replacing.clear(other)
    assert list(tmp_path.iterdir()) == [longer]


def test_without_a_restored_database_the_one_in_place_is_not_moved(tmp_path):
    target = tmp_path / "cases.db"
    target.write_text("in use")
    with pytest.raises(FileNotFoundError):
        replacing.put(replacing.staging(target), target)
    assert target.read_text() == "in use"
    assert list(tmp_path.iterdir()) == [target]
