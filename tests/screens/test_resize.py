"""A terminal whose size changes, once or in a storm: the last size counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Size

from nurse_tui.app import RESIZE_SOON, RESIZE_STEP

from .test_terminal import probe as probe
from .test_terminal import running as running
from .trial import FakeGateway, TrialApp


async def resize(pilot: Any, width: int, height: int) -> None:
    size = Size(width, height)
    pilot.app.post_message(events.Resize(size, size))
    await pilot.pause()


async def test_one_size_is_drawn_soon_and_a_storm_in_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = TrialApp(FakeGateway(tmp_path))
    waits: list[float] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        at = [app.seconds() + 60]
        app.seconds = lambda: at[0]
        real = app.set_timer

        def set_timer(delay: float, *args: Any, **options: Any) -> Any:
            waits.append(delay)
            return real(60, *args, **options)

        monkeypatch.setattr(app, "set_timer", set_timer)
        await resize(pilot, 100, 30)
        assert waits == [RESIZE_SOON]
        for width in (90, 1, 0, 70):
            await resize(pilot, width, width)
        assert waits == [RESIZE_SOON]
        app._check_resize()
        await pilot.pause()
        assert app.screen.size == (70, 70)
        await resize(pilot, 60, 20)
        assert waits == [RESIZE_SOON, RESIZE_STEP]
        app._check_resize()
        at[0] += 2 * RESIZE_STEP
        await resize(pilot, 61, 20)
        assert waits == [RESIZE_SOON, RESIZE_STEP, RESIZE_SOON]


@pytest.mark.parametrize("by_report", [True, False])
def test_a_storm_of_sizes_ends_with_the_last(running: Any, by_report: bool) -> None:
    for number in range(400):
        rows, columns = ((0, 0), (1, 1), (60, 200), (number % 50, number % 170))[number % 4]
        running._set_size(rows, columns)
        if by_report:
            running._write(f"\x1b[48;{rows};{columns};{rows * 20};{columns * 10}t".encode())
        running._read(0)
    running.resize(20, 70)
    running.wait_text("f filter")
    running.wait_text("Ortiz, Marisol")
    assert running.quit("ctrl+q") == 0
    assert running.left_dirty() == []
