"""The last good copy of the settings: one private file with the texts and their SHA-256."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from nurse_tui.files import read_whole
from nurse_tui.settings_file import MAX_BYTES, SettingsFault, Source
from nurse_tui.types import Refusal

LARGEST = 8 * MAX_BYTES


def keep(
    cache_file: Path, digest: str, sources: Sequence[Source | SettingsFault]
) -> Refusal | None:
    """Write the copy, mode 0600, unless it is there; a refusal says that it could not be kept."""
    texts = [[str(s.path), s.text] for s in sources if isinstance(s, Source)]
    wanted = json.dumps({"sha256": digest, "sources": texts})
    try:
        if not cache_file.exists() or read_whole(cache_file, LARGEST) != wanted.encode():
            _write(cache_file, wanted)
    except OSError as error:
        return Refusal(
            "settings_not_kept",
            f"The settings are right, but no copy of them could be kept at {cache_file}: "
            f"{error.strerror}.",
            "Make room or give the program access to that folder.",
        )
    return None


def _write(cache_file: Path, text: str) -> None:
    cache_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = cache_file.with_name(f"{cache_file.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(private, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(cache_file)
    finally:
        fresh.unlink(missing_ok=True)


def kept(cache_file: Path) -> list[Source | SettingsFault]:
    """Return the texts of the copy; none if there is no copy or it was damaged or changed."""
    try:
        found = json.loads(read_whole(cache_file, LARGEST))
        sources = [Source(Path(path), text) for path, text in found["sources"]]
        intact = sha256("\0".join(s.text for s in sources).encode()).hexdigest() == found["sha256"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return list(sources) if intact else []
