"""Windows over a list too long to hold: read in a thread, a few kept, stale ones never shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from nurse_tui.listing import Known, Row, RowSource

SIZE = 64
KEPT = 24

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Window(Generic[RowT]):
    """The rows of one page, as read."""

    page: int
    rows: Sequence[RowT]


@dataclass(frozen=True)
class Found(Generic[RowT]):
    """Where the wanted row is now, with the windows around it."""

    place: int
    windows: tuple[Window[RowT], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Reading failed, by which error."""

    error: Exception


Answer: TypeAlias = "Window[RowT] | Found[RowT] | Fault"
Job: TypeAlias = "tuple[int | None, Callable[[], Answer[RowT]]]"
"""The page that is read, or None for a search, and how."""


class Windows(Generic[RowT]):
    """One reading of a source: its pages by place, and the thread that reads them.

    All methods belong to the thread of the screen; `deliver` is called in the reading thread. A
    reload makes a new reading, so that answers to an old one are known by their origin.
    """

    def __init__(
        self,
        source: RowSource[RowT],
        deliver: Callable[[Windows[RowT], Answer[RowT]], None],
    ) -> None:
        self.source = source
        self.waiting: set[int] = set()
        self._pages: dict[int, Sequence[RowT]] = {}
        self._deliver = deliver
        self._jobs: list[Job[RowT]] = []
        self._doing: int | None = None
        self._wake = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def row(self, place: int) -> RowT | None:
        """Return the row at a place, or None while its window is not here."""
        page, offset = divmod(place, SIZE)
        rows = self._pages.get(page, ())
        if page < 0:
            offset -= SIZE - len(rows)
        return rows[offset] if 0 <= offset < len(rows) else None

    def holds(self, first: int, last: int) -> bool:
        """Say whether the windows of all places from first to last are here."""
        return all(page in self._pages for page in range(first // SIZE, last // SIZE + 1))

    def want(self, first: int, last: int, ahead: int) -> None:
        """Read what is missing from first to last, then on to `ahead`; forget older wishes."""
        pages = [*range(first // SIZE, last // SIZE + 1)]
        pages += range(last // SIZE + 1, ahead // SIZE + 1)
        pages += range(first // SIZE - 1, ahead // SIZE - 1, -1)
        missing = dict.fromkeys(page for page in pages if page not in self._pages)
        if not self.waiting.issuperset(missing):
            self.waiting = set(missing)
            self._submit([(page, partial(self._read, page)) for page in missing])

    def find(self, ids: Sequence[int], place: int, lines: range, *, refresh: bool) -> None:
        """Look for the first of these rows that is still listed, else take the place itself.

        `lines` are the lines of the view relative to the wanted row's.
        """
        self._submit([(None, partial(self._found, ids, place, lines, refresh))])

    def take(self, window: Window[RowT]) -> None:
        """Keep a window that was read; drop those farthest from it when there are too many."""
        self.waiting.discard(window.page)
        self._pages[window.page] = window.rows
        if len(self._pages) > KEPT:
            del self._pages[max(self._pages, key=lambda page: abs(page - window.page))]

    def known(self) -> Known:
        """Return how many rows are known."""
        return self.source.known()

    @property
    def closed(self) -> bool:
        """Whether nothing is read here any more."""
        return self._closed

    def close(self) -> None:
        """End the reading thread after what it is doing now."""
        with self._wake:
            self._closed = True
            self._jobs.clear()
            self._wake.notify()

    def _submit(self, jobs: list[Job[RowT]]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="windows", daemon=True)
            self._thread.start()
        with self._wake:
            self._jobs = [job for job in jobs if job[0] is None or job[0] != self._doing]
            self._wake.notify()

    def _work(self) -> None:
        while job := self._next_job():
            try:
                answer = job()
            except Exception as error:
                answer = Fault(error)
            if not self._closed:
                self._deliver(self, answer)

    def _next_job(self) -> Callable[[], Answer[RowT]] | None:
        with self._wake:
            self._doing = None
            while not self._jobs and not self._closed:
                self._wake.wait()
            if self._closed:
                return None
            self._doing, job = self._jobs.pop(0)
            return job

    def _read(self, page: int) -> Window[RowT]:
        return Window(page, self.source.rows(page * SIZE, SIZE))

    def _found(self, ids: Sequence[int], place: int, lines: range, refresh: bool) -> Found[RowT]:
        if refresh:
            self.source.refresh()
        places = (self.source.find(row_id) for row_id in ids)
        place = next((found for found in places if found is not None), place)
        first, last = place + lines.start, place + lines.stop - 1
        if place >= 0:
            first = max(0, first)
        else:
            last = min(-1, last)
        pages = range(first // SIZE, last // SIZE + 1)
        return Found(place, tuple(self._read(page) for page in pages))


class ListSource(Generic[RowT]):
    """A short list, all in memory, as a source."""

    def __init__(self, rows: Sequence[RowT]) -> None:
        self._rows = list(rows)

    def rows(self, start: int, count: int) -> Sequence[RowT]:
        """Return the rows at places start to start + count - 1, fewer where the list ends."""
        first = start if start >= 0 else len(self._rows) + start
        return self._rows[max(0, first) : max(0, first + count)]

    def known(self) -> Known:
        """Return the length of the list."""
        return Known(len(self._rows), complete=True)

    def find(self, row_id: int) -> int | None:
        """Return the place of a row, or None when the list does not hold it."""
        places = (place for place, row in enumerate(self._rows) if row.row_id == row_id)
        return next(places, None)

    def refresh(self) -> None:
        """Keep the list: what is in memory is all there is."""

    def listen(self, heard: Callable[[], None] | None) -> None:
        """Call nothing: the length never grows."""

    def close(self) -> None:
        """Nothing runs."""
