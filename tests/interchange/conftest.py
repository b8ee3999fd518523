"""A database of its own for every test of imports, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nurse_tui.store.database import Database
from tests.databases import fresh_database, stand_still


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    stand_still()
    database = fresh_database(tmp_path)
    yield database
    database.close()
