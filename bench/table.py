"""What a measurement says, and the one table that shows them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil


class Unavailable(Exception):
    """Something to be measured is not there; the text says what and why."""


@dataclass(frozen=True)
class Goal:
    """A bound on our figure, or on its ratio to the floor."""

    bound: float
    of: str = "ours"
    at_least: bool = False

    def holds(self, ours: float, floor: float | None) -> bool | None:
        """Tell whether the goal is met; None when the ratio cannot be formed."""
        if self.of == "ours":
            value = ours
        elif floor:
            value = ours / floor
        else:
            return None
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{sign} {number(self.bound)}{'x' if self.of == 'ratio' else ''}"


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    unit: str = ""
    ours: float | None = None
    floor: float | None = None
    goal: Goal | None = None
    note: str = ""
    failed: bool = False

    @property
    def ratio(self) -> float | None:
        """Return ours over the floor, None when one is missing."""
        return self.ours / self.floor if self.ours is not None and self.floor else None

    @property
    def ok(self) -> bool | None:
        """Tell whether the goal is met; None without a goal or a figure."""
        if self.failed:
            return False
        if self.ours is None or self.goal is None:
            return None
        return self.goal.holds(self.ours, self.floor)

    def as_json(self) -> dict[str, object]:
        """Return the line as plain values."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": self.ours,
            "floor": self.floor,
            "ratio": self.ratio,
            "goal": str(self.goal) if self.goal else None,
            "ok": self.ok,
            "note": self.note,
        }


def number(value: float | None) -> str:
    """Write a figure with three meaningful digits, a dash when there is none."""
    if value is None:
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share (0 to 1) of the values lies, by nearest rank."""
    if not values:
        raise Unavailable("no value was measured")
    ranked = sorted(values)
    return ranked[max(0, ceil(round(share * len(ranked), 6)) - 1)]


HEAD = ("what", "unit", "floor", "ours", "ratio", "goal", "ok", "note")
VERDICT = {True: "ok", False: "NO", None: "-"}


def cells(result: Result) -> tuple[str, ...]:
    """Return a result as the texts of its row."""
    return (
        result.name,
        result.unit,
        number(result.floor),
        number(result.ours),
        number(result.ratio),
        str(result.goal) if result.goal else "-",
        VERDICT[result.ok],
        result.note,
    )


def table(results: Iterable[Result]) -> str:
    """Draw the results as one table, columns aligned."""
    rows = [HEAD, *map(cells, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    left = {0, 1, 6}

    def line(row: tuple[str, ...]) -> str:
        padded = (
            row[i].ljust(width) if i in left else row[i].rjust(width)
            for i, width in enumerate(widths)
        )
        return "  ".join((*padded, row[-1])).rstrip()

    rule = "-" * (sum(widths) + 2 * len(widths))
    return "\n".join([line(rows[0]), rule, *map(line, rows[1:])])
