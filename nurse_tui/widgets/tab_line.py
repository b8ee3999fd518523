"""The line of tabs, `[>Overview  Due ]`; where room is short, those near the shown one."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from nurse_tui.widgets.text import line


def tab_line(titles: Sequence[str], at: int, width: int) -> Content:
    """Return the tabs in this many cells; the one at place `at` is shown."""
    if not titles:
        return line()
    marks = [f">{title} " if n == at else f" {title} " for n, title in enumerate(titles)]
    looks = ["bold reverse" if n == at else "$text-muted" for n in range(len(titles))]
    pairs = list(zip(marks, looks, strict=True))
    if sum(map(len, marks)) + len("[]") <= width:
        return line("[", *pairs, "]")
    where = f"]  {at + 1} of {len(titles)}, ] next"
    first, stop = _near(marks, at, width - len("[") - len(where))
    return line("[", *pairs[first:stop], (where, "$text-muted"))


def _near(marks: Sequence[str], at: int, room: int) -> tuple[int, int]:
    """Return the first and the end of the tabs around one that fit, later ones before earlier."""
    first, stop = at, at + 1
    while stop < len(marks) and sum(map(len, marks[first : stop + 1])) <= room:
        stop += 1
    while first > 0 and sum(map(len, marks[first - 1 : stop])) <= room:
        first -= 1
    return first, stop
