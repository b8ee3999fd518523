"""A progress bar on standard error: on a terminal only, nothing on a pipe."""

from __future__ import annotations

import sys

WIDTH = 30


class Bar:
    """Draws how far a long job is; is called with what is done and how much there is."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._shown = ""

    def __call__(self, done: int, total: int) -> None:
        """Draw the bar anew where it changed."""
        if not sys.stderr.isatty():
            return
        share = min(done / total, 1.0) if total > 0 else 1.0
        full = round(share * WIDTH)
        line = f"{self.label} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}"
        if line != self._shown:
            self._shown = line
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r" + " " * len(self._shown) + "\r")
            sys.stderr.flush()
            self._shown = ""

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
