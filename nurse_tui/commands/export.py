"""`nurse-tui export`: the supervisor's exports, the same as on the screen."""

from __future__ import annotations

import click


@click.command()
def export() -> None:
    """Show a export."""
