"""Where the program's own data lies, and where a site's own files are looked for."""

from __future__ import annotations

import errno
from collections.abc import Callable
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

    return own_folder(user_config_path)


def settings_copy() -> Path:
    """Return the file in which the last good settings are kept; it need not exist."""
    from platformdirs import user_state_path

    return own_folder(user_state_path) / "settings.json"


def own_folder(place: Callable[..., Path]) -> Path:
    """Return a folder of this user by its kind; raises OSError where the user has no home."""
    try:
        return place(APPLICATION, appauthor=False)
    except RuntimeError:
        raise FileNotFoundError(
            errno.ENOENT, "there is no home folder, so set HOME", "The program's own folder"
        ) from None
