"""The desk of the services' tests, for hostile ones too."""

from __future__ import annotations

from tests.services.conftest import desk as desk
