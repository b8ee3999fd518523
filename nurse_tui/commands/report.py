"""`nurse-tui report`: the supervisor's reports, the same as on the screen."""

from __future__ import annotations

import click


@click.command()
def report() -> None:
    """Show a report."""
