"""Columns of a list: which of them fit, how wide each is, and one row as pieces of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeAlias, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from nurse_tui.widgets.text import cells, clean

RowT = TypeVar("RowT")
Piece: TypeAlias = tuple[str, "str | Style"]

GAP = " "
LEAST = 3


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """A column: `width` in cells, the least one when `flex` gives it a share of spare room.

    `most` is the width at which such a column has enough (0: never), so that others get the rest.
    `priority` 0 always stays; of the others the highest goes first when room is short. `render`
    returns rich text, whose style may be a tone: late, due, ok, refused, dim or strong.
    """

    title: str
    width: int
    render: Callable[[RowT], Text]
    flex: int = 0
    priority: int = 0
    most: int = 0


Fitted: TypeAlias = "tuple[tuple[Column[RowT], int], ...]"


def fit(columns: Sequence[Column[RowT]], room: int) -> Fitted[RowT]:
    """Choose the columns that fit into this many cells, with the width of each."""
    kept = list(columns)
    while _spare([column.width for column in kept], room) < 0:
        droppable = [column for column in kept if column.priority]
        if not droppable:
            break
        highest = max(column.priority for column in droppable)
        kept.remove([column for column in droppable if column.priority == highest][-1])
    return tuple(zip(kept, _share(kept, room), strict=True))


def snug(columns: Sequence[Column[RowT]], rows: Sequence[RowT]) -> list[Column[RowT]]:
    """Return the columns of rows that are all held, none wider than its longest words need."""
    return [_snug(column, rows) for column in columns]


def _snug(column: Column[RowT], rows: Sequence[RowT]) -> Column[RowT]:
    words = [column.title, *(clean(column.render(row).plain) for row in rows)]
    needed = max(map(cell_len, words))
    return replace(column, width=min(column.width, needed), most=needed)


def pieces(fitted: Fitted[RowT], row: RowT) -> Iterator[Piece]:
    """Yield a row as texts with their styles, every column padded to its width."""
    for column, width in fitted:
        yield from _cut(column.render(row), width)
        yield GAP, ""


def titles(fitted: Fitted[RowT]) -> str:
    """Return the header line."""
    return "".join(cells(column.title, width) + GAP for column, width in fitted)


def dots(fitted: Fitted[RowT]) -> str:
    """Return the line that stands for a row not read yet."""
    return "".join(cells("." * LEAST, width) + GAP for _, width in fitted)


def strip(parts: Iterable[Piece], base: Style, tones: Mapping[str, Style], width: int) -> Strip:
    """Join pieces to one line of this width over a base style; tones are styles by name."""
    segments: list[Segment] = []
    for words, style in parts:
        look = base + (tones.get(style) or Style.parse(style) if isinstance(style, str) else style)
        if segments and segments[-1].style == look:
            segments[-1] = Segment(segments[-1].text + words, look)
        else:
            segments.append(Segment(words, look))
    return Strip(segments).adjust_cell_length(width, base)


def _spare(widths: Sequence[int], room: int) -> int:
    return room - sum(widths) - len(GAP) * len(widths)


def _share(columns: Sequence[Column[RowT]], room: int) -> list[int]:
    widths = [column.width for column in columns]
    spare = _spare(widths, room)
    while spare < 0 and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
        spare += 1
    while spare > 0 and (growing := _growing(columns, widths)):
        flexes = [columns[index].flex for index in growing]
        for place, index in enumerate(growing):
            extra = spare * flexes[place] // sum(flexes[place:])
            most = columns[index].most
            extra = min(extra, most - widths[index]) if most else extra
            widths[index] += extra
            spare -= extra
    return widths


def _growing(columns: Sequence[Column[RowT]], widths: Sequence[int]) -> list[int]:
    """Return the places of the columns that take a share of spare room and have not enough."""
    return [
        index
        for index, column in enumerate(columns)
        if column.flex and not 0 < column.most <= widths[index]
    ]


def _cut(value: Text, width: int) -> Iterator[Piece]:
    plain = clean(value.plain)
    shown = cells(plain, width)
    if not value.spans:
        yield shown, value.style
        return
    spans = value.spans if plain == value.plain else []
    ends = {0, len(shown), *(min(edge, len(shown)) for span in spans for edge in span[:2])}
    for start, end in pairwise(sorted(ends)):
        inside = [span.style for span in spans if span.start <= start and end <= span.end]
        yield shown[start:end], inside[-1] if inside else value.style
