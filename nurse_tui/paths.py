"""Where the program's own data lies, and where a site's own files are looked for."""

from __future__ import annotations

from pathlib import Path

APPLICATION = "nurse-tui"
PACKAGE = Path(__file__).parent


def data_folder() -> Path:
    """Return the folder of settings, scripts and tables: in the wheel, or of the repository."""
    shipped = PACKAGE / "data"
    return shipped if shipped.is_dir() else PACKAGE.parent / "data"


def site_folder() -> Path:
    """Return the folder of this user's or site's own settings; it need not exist."""
    from platformdirs import user_config_path

    return user_config_path(APPLICATION, appauthor=False)


def settings_copy() -> Path:
    """Return the file in which the last good settings are kept; it need not exist."""
    from platformdirs import user_state_path

    return user_state_path(APPLICATION, appauthor=False) / "settings.json"
