"""Words of long lists: a source read by place, the worklist's rows, filters and orders.

Imports the standard library and `types` only, so that screens can name them before the database
libraries are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from nurse_tui.types import CaseId, State, UserId


class Row(Protocol):
    """One line of a long list; its id stays the same while the list changes around it."""

    @property
    def row_id(self) -> int:
        """Identity by which focus and marks follow the row."""
        ...


RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


@dataclass(frozen=True, slots=True)
class Known:
    """How many rows of a list were counted so far, and whether that is all of them."""

    count: int
    complete: bool


class RowSource(Protocol[RowT_co]):
    """A list too long to hold, read by place in windows.

    `rows`, `find` and `refresh` may take a while and are called from a thread; the others answer
    at once from any thread. Place 0 is the first row. Places below 0 count from the end, so that
    the end can be read before all rows are counted: -1 is the last row.
    """

    def rows(self, start: int, count: int) -> Sequence[RowT_co]:
        """Return the rows at places start to start + count - 1, fewer where the list ends.

        With a start below 0 the last row returned is the one at place start + count - 1.
        """
        ...

    def known(self) -> Known:
        """Return how many rows are known; grows while they are counted."""
        ...

    def find(self, row_id: int) -> int | None:
        """Return the place of a row, or None when the list does not hold it."""
        ...

    def refresh(self) -> None:
        """Forget what was read: the data behind the list changed."""
        ...

    def listen(self, heard: Callable[[], None] | None) -> None:
        """Call `heard`, from any thread, whenever `known` has grown."""
        ...

    def close(self) -> None:
        """Stop whatever still counts rows; the source is not read again."""
        ...


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """What the worklist shows of a case; `due_at` is an aware UTC instant or None."""

    case_id: CaseId
    number: str
    patient: str
    us_state: str
    language: str
    state: State
    due_at: datetime | None
    due_kind: str
    why: str
    nurse: str
    flags: frozenset[str]
    is_open: bool
    version: int

    @property
    def row_id(self) -> int:
        """The case, by which focus and marks follow the row."""
        return self.case_id


class WorklistSort(StrEnum):
    """In which order the worklist stands."""

    DUE = "due"
    NAME = "name"
    STATE = "state"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """Which cases the worklist shows: every condition given must hold.

    `nurse` is a user's id, 0 for cases without a nurse, None for everybody's; with a user's id,
    `or_nobodys` adds the cases without a nurse. `due_before` is an
    aware UTC instant: with the present one, the list holds what is overdue. With a `kind` of
    deadline, a case is wanted when one of that kind is open, before `due_before` where it is given.
    """

    nurse: UserId | None = None
    is_open: bool = True
    state: State | None = None
    due_before: datetime | None = None
    sort: WorklistSort = WorklistSort.DUE
    search: str = ""
    or_nobodys: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of a worklist: all, those due before the day ends, those overdue of them."""

    all: int
    due_today: int
    overdue: int
