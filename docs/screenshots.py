"""Draws the pictures of the user guide: `python -m docs.screenshots [NAME …]`.

A small demo is built in a temporary folder with a clock that stands still; the program itself is
driven by its keys and each picture is written to docs/img/ as SVG. The same code gives the same
files on every machine: nothing of the machine, and no outside host, is named in them.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from html import unescape
from itertools import accumulate
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from docs.scenes import PICTURES, Picture, Until
from nurse_tui import clock, settings
from nurse_tui.app import NurseApp
from nurse_tui.demo.build import build
from nurse_tui.demo_gateway import DemoGateway
from nurse_tui.gateway import FileGateway, Place
from nurse_tui.store import card
from nurse_tui.types import Refusal
from nurse_tui.widgets.worklist import Worklist

FOLDER = Path(__file__).with_name("img")
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
"""A Monday, 11:00 in New York."""
ZONE = "America/New_York"
PATIENTS, SEED = 150, 7
MOST_STEPS = 60
"""Rows that are walked in search of one before a picture is given up."""
_REMOTE_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_RUN = re.compile(r'x="([\d.]+)"( y="[\d.]+") textLength="[\d.]+"( [^>]*>)([^<]*)</text>')
_CELL = 12.2
"""Width of a character of the pictures, in their own units."""
_FONTS = "Fira Code, monospace"
_COMMON_FONTS = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@contextmanager
def still() -> Iterator[None]:
    """Hold the clock and the machine's zone still while pictures are drawn."""
    zone, before = os.environ.get("TZ"), clock.frozen()
    clock.freeze(NOW)
    _set_zone(ZONE)
    try:
        yield
    finally:
        _set_zone(zone)
        clock.freeze(before)


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


def make_demo(folder: Path, patients: int = PATIENTS) -> Path:
    """Build the demo of the pictures in a folder; RuntimeError when it cannot be."""
    answer = build(folder / "demo.db", patients=patients, seed=SEED, settings=settings.load())
    if isinstance(answer, Refusal):
        raise RuntimeError(str(answer))
    return answer


def draw(picture: Picture, demo: Path, folder: Path) -> str:
    """Return a picture as SVG, drawn on a copy of a demo in a folder for scratch files."""
    copy = folder / f"{picture.name}.db"
    shutil.copyfile(demo, copy)
    copy.chmod(0o600)
    app = NurseApp(_door(picture, copy, folder))
    try:
        return cleaned(asyncio.run(_drive(app, picture)))
    finally:
        app.jobs.close()
        app.gateway.close()
        copy.unlink()


def _door(picture: Picture, copy: Path, folder: Path) -> FileGateway:
    place = Place(copy, folder / "log")
    if picture.role is None:
        return FileGateway(place)
    actor = card.demo_actor(copy, picture.role)
    if isinstance(actor, Refusal):
        raise RuntimeError(str(actor))
    return DemoGateway(place, actor)


async def _drive(app: NurseApp, picture: Picture) -> str:
    async with app.run_test(size=picture.size) as pilot:
        await _calm(pilot)
        for step in picture.steps:
            if isinstance(step, Until):
                await _until(pilot, step)
            else:
                await pilot.press(step)
                await _calm(pilot)
        return app.export_screenshot(title=picture.title)


async def _calm(pilot: Any) -> None:
    """Wait until every answer came and every list that is shown is read and drawn."""
    for _ in range(2):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        for rows in pilot.app.screen.query(Worklist):
            if rows.display and rows.parent is not None and rows.parent.display:
                await rows.settled()
    await pilot.pause()


async def _until(pilot: Any, step: Until) -> None:
    """Press a key until the words stand on the row under the cursor, or anywhere if so asked."""
    for _ in range(MOST_STEPS):
        if any(step.words in line for line in _lines(pilot.app, step)):
            return
        await pilot.press(step.key)
        await _calm(pilot)
    raise RuntimeError(f"“{step.words}” was not found with {step.key}")


def _lines(app: NurseApp, step: Until) -> list[str]:
    lines = [strip.text for strip in app.screen._compositor.render_strips()]
    return lines if step.anywhere else [line for line in lines if line.startswith(" > ")]


def cleaned(svg: str) -> str:
    """Return a picture without remote fonts and comments, its columns straight (wide letters)."""
    local = _COMMENT.sub("", _REMOTE_FONTS.sub("", svg)).replace(_FONTS, _COMMON_FONTS)
    local = _RUN.sub(_placed, local)
    return "\n".join(line.rstrip() for line in local.splitlines() if line.strip()) + "\n"


def _placed(run: re.Match[str]) -> str:
    """Give each character of a run its own column where the exporter counts them wrongly.

    It takes a wide letter, or a mark on a letter, for one cell; and what a font makes of them
    differs between machines.
    """
    words = unescape(run[4])
    if cell_len(words) == len(words):
        return run[0]
    cells = accumulate((cell_len(letter) for letter in words[:-1]), initial=0)
    places = " ".join(f"{float(run[1]) + _CELL * cell:.1f}" for cell in cells)
    return f'x="{places}"{run[2]}{run[3]}{run[4]}</text>'


def main(names: Sequence[str]) -> int:
    """Draw the pictures of these names, or all of them and remove those that are none any more."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        sys.stderr.write(f"No such picture: {', '.join(sorted(unknown))}.\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with still(), tempfile.TemporaryDirectory() as scratch:
        demo = make_demo(Path(scratch))
        for picture in PICTURES:
            if not names or picture.name in names:
                svg = draw(picture, demo, Path(scratch))
                FOLDER.joinpath(f"{picture.name}.svg").write_text(svg, "utf-8")
    kept = {f"{picture.name}.svg" for picture in PICTURES}
    for old in () if names else [path for path in FOLDER.glob("*.svg") if path.name not in kept]:
        old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
