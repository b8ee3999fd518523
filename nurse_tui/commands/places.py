"""Where the command line looks for files when it is not told."""

from __future__ import annotations

from pathlib import Path

from nurse_tui.paths import APPLICATION


def log_folder() -> Path:
    """Return the folder of the fault log."""
    from platformdirs import user_state_path

    return user_state_path(APPLICATION, appauthor=False)


def data_file(name: str) -> Path:
    """Return a file of this user's data; it need not exist."""
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False) / name


def config_file() -> Path:
    """Return the configuration file that is read when none is named; it need not exist."""
    from platformdirs import user_config_path

    return user_config_path(APPLICATION, appauthor=False) / "config.toml"
