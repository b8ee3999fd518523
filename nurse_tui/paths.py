"""Where the program's own data lies."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def data_folder() -> Path:
    """Return the folder of settings, scripts and tables: in the wheel, or of the repository."""
    shipped = PACKAGE / "data"
    return shipped if shipped.is_dir() else PACKAGE.parent / "data"
