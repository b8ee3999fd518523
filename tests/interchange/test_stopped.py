"""An import that something stops in its middle says what of the file is in, and what is not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from nurse_tui.interchange import forms as importer
from nurse_tui.interchange.fhir import import_fhir
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.importing import SLICE, UNSURE
from nurse_tui.store.database import Database
from nurse_tui.types import Refusal
from tests.databases import SYSTEM, count
from tests.interchange.files import forms, report

FORMS = 5 * SLICE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return forms(tmp_path / "f.csv", *({"form_id": f"SF-{n}"} for n in range(FORMS)))


def refuse_commits(db: Database, after: int, words: str = "database or disk is full") -> list[int]:
    """Let the disk take so many commits and no more; returns the list that counts them."""
    dialect, taken = db.engine.dialect, []
    real = dialect.do_commit

    def do_commit(connection) -> None:
        if len(taken) >= after:
            raise dbapi2.OperationalError(words)
        taken.append(1)
        real(connection)

    dialect.do_commit = do_commit
    return taken


def stopped(answer) -> str:
    assert isinstance(answer, Refusal) and answer.way_out
    assert "nothing was saved" not in str(answer)
    return str(answer)


def test_a_disk_that_fills_says_how_many_rows_are_in_and_the_file_goes_on(db, file) -> None:
    real = db.engine.dialect.do_commit
    refuse_commits(db, 2)
    said = stopped(import_forms(db, SYSTEM, file))
    saved = count(db, "case")
    assert saved == 2 * SLICE
    assert said.startswith(f"The disk is full. {saved} rows of f.csv were saved before that, and")
    db.engine.dialect.do_commit = real
    found = report(import_forms(db, SYSTEM, file))
    assert (found.imported, found.unchanged) == (FORMS - saved, saved)


def test_a_disk_that_is_full_from_the_first_row_saved_nothing(db, file) -> None:
    refuse_commits(db, 0)
    refused = import_forms(db, SYSTEM, file)
    assert isinstance(refused, Refusal) and "The disk is full, so nothing was saved." in str(
        refused
    )
    assert count(db, "case") == 0


def test_a_fault_while_reading_counts_the_slice_that_was_being_saved(db, file, monkeypatch) -> None:
    real, read = importer._sort_out, []

    def third_fails(run, seen, rows):
        read.append(1)
        if len(read) == 3:
            raise dbapi2.OperationalError("disk I/O error")
        return real(run, seen, rows)

    monkeypatch.setattr(importer, "_sort_out", third_fails)
    said = stopped(import_forms(db, SYSTEM, file))
    assert f" {2 * SLICE} rows of f.csv were saved" in said and count(db, "case") == 2 * SLICE


def test_a_fault_that_nobody_expects_is_still_one(db, file, monkeypatch) -> None:
    def wrong(*_arguments):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(importer, "_sort_out", wrong)
    with pytest.raises(RuntimeError, match="a mistake"):
        import_forms(db, SYSTEM, file)


def test_a_log_of_the_moment_that_is_cut_promises_nothing(db, file) -> None:
    log = db.path.with_name(db.path.name + "-wal")
    cut: list[int] = []

    def cut_once(done: int, _whole: int) -> None:
        if done >= 2 * SLICE and not cut:
            cut.append(done)
            os.truncate(log, log.stat().st_size // 2)

    answer = import_forms(db, SYSTEM, file, progress=cut_once)
    assert cut and isinstance(answer, Refusal) and answer.code in UNSURE
    assert "rows of f.csv were saved before that, and may be damaged too" in str(answer)
    assert "nothing was saved" not in str(answer) and "where it stopped" not in str(answer)


def bundle(path: Path, kinds: Callable[[int], str], size: int) -> Path:
    entries = [
        {"resource": {"resourceType": kinds(n), "id": f"r{n}", "name": _name(kinds(n), n)}}
        for n in range(size)
    ]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def _name(kind: str, number: int) -> object:
    name = {"family": f"Test{number}", "given": ["Ann"]}
    return f"Centre {number}" if kind == "Location" else [name]


def test_a_bundle_that_the_disk_does_not_take_says_what_is_in(db, tmp_path) -> None:
    path = bundle(tmp_path / "b.json", lambda n: "Location" if n < 3 else "Patient", 6)
    refuse_commits(db, 1)
    said = stopped(import_fhir(db, SYSTEM, path))
    assert "The disk is full. 3 resources of b.json were saved before that" in said
    assert (count(db, "infusion_site"), count(db, "case")) == (3, 0)
