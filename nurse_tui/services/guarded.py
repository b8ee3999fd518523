"""A list that is open already: each window asks again whether its reader may still read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from nurse_tui.listing import Known, Row, RowSource
from nurse_tui.types import Refusal

RowT = TypeVar("RowT", bound=Row)


class Guarded(Generic[RowT]):
    """A source that is empty from the moment at which its reader is refused."""

    def __init__(self, source: RowSource[RowT], refuse: Callable[[], Refusal | None]) -> None:
        self._source, self._refuse = source, refuse
        self._shut = False

    def rows(self, start: int, count: int) -> Sequence[RowT]:
        """Return the rows of a window, none to a reader who is refused."""
        return () if self._refused() else self._source.rows(start, count)

    def known(self) -> Known:
        """Return how many rows are known, none once the reader was refused."""
        return Known(0, complete=True) if self._shut else self._source.known()

    def find(self, row_id: int) -> int | None:
        """Return the place of a row, None to a reader who is refused."""
        return None if self._refused() else self._source.find(row_id)

    def refresh(self) -> None:
        """Forget what was read."""
        self._source.refresh()

    def listen(self, heard: Callable[[], None] | None) -> None:
        """Call `heard` whenever `known` has grown."""
        self._source.listen(heard)

    def close(self) -> None:
        """Stop counting."""
        self._source.close()

    def _refused(self) -> bool:
        self._shut = self._refuse() is not None
        return self._shut
