"""In the evening the day is already the next one in UTC: the programme's own day is meant."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from nurse_tui import clock, drafts
from nurse_tui.gateway import FileGateway, Place
from nurse_tui.screens.admin import AdminScreen
from nurse_tui.screens.reports import ReportsScreen
from tests.databases import SYSTEM, fresh_database
from tests.interchange.files import FORM
from tests.screens.trial import FakeGateway, TrialApp

ZONE = clock.PROGRAMME_ZONE
TODAY = date(2027, 1, 4)
MIDNIGHT = datetime(2027, 1, 5, 5, 0, tzinfo=timezone.utc)
"""The first instant of the next day in New York."""
LATE = "the form came in after today"
EARLY = "the signature is dated after the form came in"


@pytest.mark.parametrize(
    ("received", "signed", "warnings"),
    [
        ("2027-01-05T01:30:00Z", "2027-01-04", []),
        ("2027-01-05T01:30:00Z", "2027-01-05", [f"patient_signed_on: {EARLY}"]),
        ("2027-01-05T04:59:59Z", "2027-01-04", []),
        ("2027-01-05T05:00:00Z", "2027-01-05", [f"received_at: {LATE}"]),
    ],
)
def test_a_form_came_in_on_the_programmes_day(received, signed, warnings):
    row = {**FORM, "received_at": received, "patient_signed_on": signed}
    edge = drafts.Edge(TODAY, ZONE)
    assert isinstance(drafts.validate(drafts.FormDraft, row, edge), drafts.FormDraft)
    assert edge.warnings == warnings


@pytest.mark.parametrize(("seconds", "day"), [(-1, TODAY), (0, TODAY + timedelta(days=1))])
def test_the_idle_lock_asks_the_settings_of_the_programmes_day(tmp_path, seconds, day):
    asked = []

    def on(wanted: date) -> SimpleNamespace:
        asked.append(wanted)
        return SimpleNamespace(idle_lock_minutes=SimpleNamespace(value=5))

    clock.freeze(MIDNIGHT + timedelta(seconds=seconds))
    door = FileGateway(Place(tmp_path / "cases.db", tmp_path), SimpleNamespace(on=on))
    assert door.idle_lock_minutes == 5
    assert asked == [day]


@pytest.mark.parametrize("kind", [AdminScreen, ReportsScreen])
async def test_a_screen_begins_with_the_programmes_day(tmp_path, kind):
    app = TrialApp(FakeGateway(tmp_path))
    async with app.run_test():
        clock.freeze(MIDNIGHT - timedelta(seconds=1))
        assert kind().today == TODAY


def test_a_write_at_midnight_has_the_day_of_its_instant(tmp_path, monkeypatch):
    db = fresh_database(tmp_path)
    ticks = (MIDNIGHT + timedelta(seconds=n) for n in range(-1, 60))
    monkeypatch.setattr(clock, "now", lambda: next(ticks))
    at, today = db.write(SYSTEM, "raw", lambda tx: (tx.at, tx.today))
    db.close()
    assert today == clock.local_date(at, ZONE)
