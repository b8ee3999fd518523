"""Every screen of the program can do what the registry promises there."""

from __future__ import annotations

import pytest

from nurse_tui import keys
from nurse_tui.app import NurseApp


@pytest.mark.parametrize("view", sorted(NurseApp.VIEWS))
def test_every_command_of_a_screen_has_its_method(view: str) -> None:
    screen = NurseApp.view_class(NurseApp, view)  # type: ignore[arg-type]
    assert view == screen.VIEW_NAME
    missing = [
        command.id
        for command in keys.for_screen(view)
        if not (command.native or command.id.startswith("go."))
        and not hasattr(screen, command.method)
        and not hasattr(NurseApp, command.method)
    ]
    assert missing == []


@pytest.mark.parametrize("view", sorted(NurseApp.VIEWS))
def test_a_screen_has_a_title(view: str) -> None:
    screen = NurseApp.view_class(NurseApp, view)  # type: ignore[arg-type]
    assert screen.VIEW_TITLE


def test_views_are_named_as_in_the_registry() -> None:
    assert set(NurseApp.VIEWS) <= set(keys.SCREENS)
