"""A desk of its own for each test: a real encrypted file, a nurse, a case of hers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nurse_tui import clock, settings
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.types import Role
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, add_user, fresh_database


@pytest.fixture
def desk(tmp_path):
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    nurse = add_user(db, "dana")
    boss = add_user(db, "boss", Role.SUPERVISOR)
    shipped = settings.load()
    made = SimpleNamespace(
        db=db,
        nurse=nurse,
        mine=Services(Desk(db, nurse, shipped)),
        other=Services(Desk(db, add_user(db, "kim"), shipped)),
        boss=Services(Desk(db, boss, shipped)),
        case=add_case(db, SYSTEM, nurse_id=nurse.user_id),
        site=add_site(db, SYSTEM),
        shipped=shipped,
    )
    yield made
    db.close()
