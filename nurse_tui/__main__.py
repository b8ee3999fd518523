"""Where the program starts: nothing is imported here that a command may not need."""

from __future__ import annotations

import gc
import os
import sys

SELDOM = 100_000
"""Objects made before garbage is looked for: what is imported at the start is none."""


def main() -> int:
    """Run the command line and return its exit status."""
    os.umask(0o077)
    gc.set_threshold(SELDOM)
    from nurse_tui import environment, streams

    streams.fill_gaps()
    environment.strip()
    from nurse_tui.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
