"""Keys in the worklist, memory and idleness, in one session beside one session of the floor."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from bench import looks
from bench.probe import KeyTime, Probe
from bench.table import Goal, Result, Unavailable, percentile
from bench.target import Target

PRESSES = 60
MOVES: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("down", ("down",), 12),
    ("page", ("pagedown",), 16),
    ("jump", ("end", "home"), 25),
)


def press_all(probe: Probe, keys: Sequence[str], times: int) -> list[KeyTime]:
    """Press keys in turn and return the times, up to the one that changes nothing any more."""
    found: list[KeyTime] = []
    for turn in range(times):
        time = probe.key(keys[turn % len(keys)])
        if time is None:
            break
        found.append(time)
    return found


def lines(
    name: str, times: Sequence[KeyTime], floor: Sequence[KeyTime], bound: float
) -> Iterator[Result]:
    """Return the median and the 95th percentile of one kind of key, in ms."""
    if not times:
        yield Result(f"key {name}", note="not available: the key changed nothing")
        return
    note = f"{percentile([t.size for t in times], 0.5):,.0f} bytes, {len(times)} keys"
    for share, label in ((0.5, "p50"), (0.95, "p95")):
        ours = percentile([t.done for t in times], share) * 1000
        base = percentile([t.done for t in floor], share) * 1000
        goal = Goal(bound) if label == "p95" else None
        yield Result(f"key {name} {label}", "ms", ours, base, goal, note if goal else "")


def search(probe: Probe) -> tuple[list[KeyTime], int]:
    """Type every searched text letter by letter; return the times and the most bytes of one."""
    times = []
    for word in looks.SEARCHED:
        probe.press(looks.SEARCH)
        for letter in word:
            time = probe.key(letter)
            times += [time] if time else []
        probe.press(looks.CLEAR)
        probe.settle()
    return times, max((t.size for t in times), default=0)


def widget(target: Target) -> Iterator[Result]:
    """Measure the list widget alone, over made-up rows: what the rows' store adds is the rest."""
    with Probe(target.hello) as hello:
        hello.until(looks.HELLO)
        floor = press_all(hello, ["down"], PRESSES)
    argv = [sys.executable, "-m", "bench.worklist_demo", str(target.cases), "0"]
    with Probe(argv) as probe:
        probe.until(looks.ROWS)
        probe.settle(0.3)
        for name, keys, bound in MOVES:
            times = press_all(probe, keys, PRESSES)
            yield from lines(f"{name}, widget alone", times, floor, bound)


def session(target: Target) -> Iterator[Result]:
    """Measure one session in the worklist of this size."""
    argv = target.app("demo", "--path", str(target.database()))
    with Probe(target.hello) as hello:
        hello.until(looks.HELLO)
        floor = press_all(hello, ["down"], PRESSES)
        floor_memory, floor_idle = hello.memory(), hello.idle()
    with Probe(argv) as probe:
        probe.until(looks.ROWS)
        probe.settle(0.3)
        yield Result("memory at first rows", "MiB", probe.memory(), floor_memory)
        for name, keys, bound in MOVES:
            yield from lines(name, press_all(probe, keys, PRESSES), floor, bound)
        probe.key("home")
        yield Result("held down, lag", "ms", probe.hold("down") * 1000, goal=Goal(33))
        times, size = search(probe)
        yield from lines("search letter", times, floor, 50)
        idle = probe.idle()
        yield Result("idle 5 s", "bytes", idle.size, floor_idle.size, Goal(0))
        yield Result("idle 5 s, CPU", "s", idle.cpu, floor_idle.cpu, Goal(0.02))
        yield Result("memory after all that", "MiB", probe.memory(), floor_memory, Goal(120))
        if size == 0:
            raise Unavailable("search typed nothing visible")
