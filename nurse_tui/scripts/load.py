"""Load call scripts from their JSON: one file for each script, language and version."""

from __future__ import annotations

import json
from pathlib import Path

from nurse_tui.scripts import check, parse
from nurse_tui.scripts.model import Fault, Script, ScriptFaults

MAX_BYTES = 4_000_000
"""A script is some 40 kB; a file of this size is something else."""


def _refused(sentence: str) -> ScriptFaults:
    return ScriptFaults((Fault("", sentence),))


def _read(path: Path) -> str | ScriptFaults:
    try:
        if path.stat().st_size > MAX_BYTES:
            return _refused("the file is too large for a call script")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refused(f"the file is not UTF-8 text (byte {error.start})")
    except OSError as error:
        return _refused(f"the file cannot be read: {error.strerror}")


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return _refused(f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}")
    except RecursionError:
        return _refused("the JSON is nested too deeply")
    except ValueError:
        return _refused("the JSON holds a number that is too long")


def load(source: str | Path) -> Script | ScriptFaults:
    """Load a script from a file (a Path) or from JSON text (a str); every fault is named."""
    text = _read(source) if isinstance(source, Path) else source
    if isinstance(text, ScriptFaults):
        return text
    raw = _parse(text)
    if isinstance(raw, ScriptFaults):
        return raw
    if not isinstance(raw, dict):
        return _refused("the JSON is not an object")
    script, reading = parse.questionnaire(raw)
    faults = check.faults(script, reading) if script.items or not reading.faults else ()
    faults = faults or tuple(reading.faults)
    if faults:
        return ScriptFaults(faults, tuple(reading.left_out))
    return script


def _version(script: Script) -> tuple[tuple[int, ...], str]:
    numbers = tuple(int(part) for part in script.version.split(".") if part.isdecimal())
    return numbers, script.date


def _newest(folder: Path, pattern: str) -> dict[tuple[str, str], Script]:
    newest: dict[tuple[str, str], Script] = {}
    for path in sorted(folder.glob(pattern)):
        script = load(path)
        if not isinstance(script, Script) or script.status != "active" or not script.callable:
            continue
        key = script.id, script.language
        if key not in newest or _version(script) > _version(newest[key]):
            newest[key] = script
    return newest


def find_version(folder: Path, script_id: str, language: str, version: str) -> Script | None:
    """Load one version of a script, also one that is retired, or None when its file is gone."""
    if not script_id.replace("_", "").isalnum() or not language.replace("-", "").isalnum():
        return None
    loaded = (load(path) for path in sorted(folder.glob(f"{script_id}.{language}*.json")))
    usable = (s for s in loaded if isinstance(s, Script) and s.callable)
    wanted = (s for s in usable if (s.id, s.language, s.version) == (script_id, language, version))
    return next(wanted, None)


def find(folder: Path, script_id: str, language: str) -> Script | None:
    """Load one script in its newest active version, in English where the language is not there.

    Reads only files named `<id>.<language>*.json`, so that opening a call loads one script.
    """
    if not script_id.replace("_", "").isalnum() or not language.replace("-", "").isalnum():
        return None
    found = _newest(folder, f"{script_id}.{language}*.json").get((script_id, language))
    if found is None and language != "en":
        return find(folder, script_id, "en")
    return found
