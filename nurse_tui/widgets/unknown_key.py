"""The answer to a key that nothing on a screen takes: so, and what the key is elsewhere."""

from __future__ import annotations

from textual.keys import key_to_character

from nurse_tui.keys import Command, Registry, display
from nurse_tui.types import Refusal, Role

PLACES = {
    "caseload": "the caseload",
    "calls": "the calls list",
    "copay": "the co-pay list",
    "infusions": "the infusions",
    "reports": "the reports",
    "admin": "Admin",
    "case": "a case",
    "call": "a call",
    "copay_case": "the co-pay of a case",
    "schedule": "a schedule",
    "form": "a form",
    "choose": "a list of choices",
}
"""Where a command works, in words, by the names of `keys.SCREENS`."""
MOST_PLACES = 3
"""So many places are named; of more, the last one stands for the rest."""


def answers(key: str) -> bool:
    """Say whether a key wants an answer: it types a character, or is a function key."""
    character = key_to_character(key)
    printable = character is not None and character.isprintable()
    return printable or (key[0] == "f" and key[1:].isdigit())


def no_command(registry: Registry, key: str, screen: str, role: Role | None) -> Refusal:
    """Return what is said of a key that does nothing on a screen.

    In a call it is not said what the key is elsewhere: nothing may be disclosed there (D-32).
    """
    elsewhere = "" if screen == "call" else _elsewhere(registry, key, role)
    known = f"; {elsewhere}" if elsewhere else ""
    listed = next((c for c in registry.for_screen(screen, role) if c.id == "help" and c.key), None)
    way_out = f"{listed.shown} lists the keys that work here." if listed else ""
    return Refusal("no_key", f"“{_shown(key)}” does nothing on this screen{known}.", way_out)


def _shown(key: str) -> str:
    character = key_to_character(key)
    return display(key) if character is None or character.isspace() else character


def _elsewhere(registry: Registry, key: str, role: Role | None) -> str:
    """Say what a key is on other screens, for commands that the role can ever run."""
    found = [
        f"“{command.label}” on {places(command)}"
        for command in registry.commands
        if key in command.keys and not command.native and (role is None or role in command.roles)
    ]
    return f"it is {' and '.join(found)}" if found else ""


def places(command: Command) -> str:
    """Say on which screens a command works."""
    named = [PLACES[screen] for screen in command.screens if screen in PLACES]
    if len(named) > MOST_PLACES:
        named[MOST_PLACES - 1 :] = ["other screens"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
