"""A killed import leaves whole slices, and the same file imported again completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from nurse_tui import settings
from nurse_tui.interchange.forms import import_forms
from nurse_tui.interchange.importing import SLICE
from nurse_tui.store.database import open_database
from tests.databases import KEY, SYSTEM, count, fresh_database
from tests.interchange.files import forms, report

FORMS = 5 * SLICE
KILLED_AFTER = 3 * SLICE
SCRIPT = """
import os, signal, sys
from pathlib import Path
from nurse_tui import settings
from nurse_tui.interchange.forms import import_forms
from nurse_tui.store.database import open_database
from tests.databases import KEY, SYSTEM

def die(done, whole):
    if done >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

db = open_database(Path(sys.argv[1]), KEY, settings.load().on)
import_forms(db, SYSTEM, Path(sys.argv[2]), progress=die)
"""


def test_a_killed_import_is_whole_and_goes_on(tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    path = forms(tmp_path / "f.csv", *({"form_id": f"SF-{n}"} for n in range(FORMS)))
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "cases.db"), str(path), str(KILLED_AFTER)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    db = open_database(tmp_path / "cases.db", KEY, settings.load().on)
    saved = count(db, "case")
    assert 0 < saved < FORMS
    assert saved % SLICE == 0
    for table in ("patient", "services_form", "rems_status"):
        assert count(db, table) == saved
    assert count(db, "change", "subject LIKE 'case:%'") == saved
    assert count(db, "case_search", "search_text LIKE '%sf%'") == saved
    found = report(import_forms(db, SYSTEM, path))
    assert (found.imported, found.unchanged) == (FORMS - saved, saved)
    assert count(db, "case") == FORMS
    db.close()
