"""The floor itself: what the smallest program in the same Textual takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import median

from bench import looks
from bench.keys import PRESSES, press_all
from bench.probe import Probe
from bench.start import race
from bench.table import Goal, Result, percentile
from bench.target import Target


def hello(target: Target) -> Iterator[Result]:
    """Measure hello beside bare Python, and beside itself: the noise of this machine."""
    bare = [sys.executable, "-c", "print('ready')"]
    first, second = race(target, target.hello, looks.HELLO)
    _, python = race(target, bare, "ready")
    times = median(first) * 1000
    yield Result("hello beside Python alone", "ms", times, median(python) * 1000)
    note = "the same program twice: its distance from 1 is the noise"
    goal = Goal(1.15, of="ratio")
    yield Result("hello beside itself", "ms", median(second) * 1000, times, goal, note)
    with Probe(target.hello) as probe:
        probe.until(looks.HELLO)
        pressed = press_all(probe, ["down"], PRESSES)
        p95 = percentile([key.done for key in pressed], 0.95) * 1000
        yield Result("hello, key p95", "ms", p95, note=f"{len(pressed)} keys")
        yield Result("hello, memory", "MiB", probe.memory())
        idle = probe.idle(2)
        yield Result("hello, idle 2 s", "bytes", idle.size, goal=Goal(0))
        probe.finish("q")
