"""Who plays in a demo: one of every kind of case first, then as they are met in practice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nurse_tui.demo import plots as p
from nurse_tui.demo import sequels as s
from nurse_tui.demo.acts import History
from nurse_tui.demo.people import form_values
from nurse_tui.demo.writer import World, Writer

Plot = Callable[[Writer], None]

FIRST: tuple[Plot, ...] = (
    p.due_today, p.overdue, p.attempted, p.call_back_later, p.medicare_second, p.massachusetts,
    p.uninsured, p.verified, p.preparing, p.vaccinated, p.scheduled, s.in_course, s.monitored,
    s.labs_missed, p.unsigned, p.child, p.call_back_missed, p.not_reached, p.given_up, p.enrolled,
    s.second_booked, p.seventeen, p.reported, p.deceased, p.unknown_second, p.crowded, p.stale_labs,
    p.held, p.contraindicated, p.opted_out, p.closed, p.referred, p.new_today, p.unlocated,
    p.federal, s.second_given, s.complete,
)  # fmt: skip
"""One of each, the most telling first."""
OFTEN: tuple[tuple[Plot, int], ...] = (
    (p.new_today, 4), (p.due_today, 6), (p.overdue, 2), (p.attempted, 9), (p.call_back_later, 2),
    (p.not_reached, 2), (p.given_up, 2), (p.unsigned, 6), (p.unlocated, 2), (p.child, 1),
    (p.enrolled, 3), (p.medicare_second, 4), (p.uninsured, 2), (p.verified, 10), (p.preparing, 8),
    (p.vaccinated, 3), (p.scheduled, 8), (p.crowded, 2), (s.in_course, 3), (s.monitored, 16),
    (s.labs_missed, 2), (s.second_booked, 4), (s.second_given, 4), (s.complete, 2),
    (p.opted_out, 1), (p.closed, 2), (p.referred, 3), (p.held, 1),
)  # fmt: skip
"""How often each is met among the others."""
LIVE = 12
"""How many histories are acted out by the services, each change at its own time."""


def histories(world: World, patients: int) -> Iterator[History]:
    """Write the histories of so many made-up patients."""
    plots, weights = zip(*OFTEN, strict=True)
    for number in range(1, patients + 1):
        chosen: Plot = (
            FIRST[number - 1] if number <= len(FIRST) else world.rng.choices(plots, weights)[0]
        )
        values = form_values(world.rng, number, world.today)
        writer = Writer(world, values, world.nurses[number % len(world.nurses)])
        writer.story.live = number <= LIVE
        chosen(writer)
        yield writer.finished()
