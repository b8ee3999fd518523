"""Where the command line looks for files when it is not told."""

from __future__ import annotations

from pathlib import Path

from nurse_tui.paths import own_folder


def log_folder() -> Path:
    """Return the folder of the fault log."""
    from platformdirs import user_state_path

    return own_folder(user_state_path)


def data_file(name: str) -> Path:
    """Return a file of this user's data; it need not exist."""
    from platformdirs import user_data_path

    return own_folder(user_data_path) / name


def config_file() -> Path:
    """Return the configuration file that is read when none is named; it need not exist."""
    from platformdirs import user_config_path

    return own_folder(user_config_path) / "config.toml"
