"""Writes the key table of the user guide from the key registry: `python -m docs.keys`.

With `--check` nothing is written, and the status is 1 when the table is not the registry's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from nurse_tui.keys import CARERS, EVERYBODY, REGISTRY, SCREENS, Command, display

GUIDE = Path(__file__).with_name("guide.md")
BEGIN = "<!-- keys: written by python -m docs.keys -->"
END = "<!-- end of keys -->"
GROUPS = {
    "everywhere": "Everywhere",
    "go": "The six screens",
    "lists": "Lists and cases",
    "call": "In a call",
    "copay": "Co-pay of a case",
    "schedule": "Infusions",
    "reports": "Reports",
    "admin": "Admin",
    "form": "Forms",
    "name": "By name only, after `:`",
}
"""Every part of the table by its key, in order."""
_PART_OF = {"week_next": "schedule", "week_previous": "schedule"}


def part_of(command: Command) -> str:
    """Return the part of the table in which a command stands."""
    if not command.keys:
        return "name"
    if set(command.screens) >= set(SCREENS):
        return "everywhere"
    if command.screens in (("reports",), ("admin",)):
        return command.screens[0]
    begin = command.id.split(".")[0]
    known = begin if begin in GROUPS and "." in command.id else "lists"
    return _PART_OF.get(command.id, known)


def table() -> str:
    """Return the whole table in Markdown."""
    parts = [part for part in GROUPS if any(part_of(c) == part for c in REGISTRY.commands)]
    return "\n".join(line for part in parts for line in _part(part))


def _part(part: str) -> Iterator[str]:
    yield from ("", f"**{GROUPS[part]}**", "")
    yield from ("| key | command | what it does |", "|---|---|---|")
    for command in REGISTRY.commands:
        if part_of(command) == part:
            yield f"| {_keys(command)} | {command.label} | {command.help}{_roles(command)} |"


def _keys(command: Command) -> str:
    shown = [f"`{display(key)}`" for key in command.keys] or [f"`:{command.id}`"]
    return " ".join(shown).replace("|", "\\|")


def _roles(command: Command) -> str:
    """Name the roles where they are not everybody, or not those who look after patients."""
    if command.roles in (EVERYBODY, CARERS):
        return ""
    return f" ({', '.join(sorted(role.value for role in command.roles))})"


def with_table(guide: str) -> str:
    """Return the guide with the table between its marks; ValueError when it has none."""
    before, _, rest = guide.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{GUIDE.name} has no place for the keys")
    return f"{before}{BEGIN}\n{table()}\n\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Write the table into the guide, or with --check compare; returns the exit status."""
    guide = GUIDE.read_text("utf-8")
    wanted = with_table(guide)
    if guide == wanted:
        return 0
    if "--check" in arguments:
        sys.stderr.write("The key table of docs/guide.md is stale: run python -m docs.keys.\n")
        return 1
    GUIDE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
