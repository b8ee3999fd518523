"""Lists of any length by keyset: no place is reached by counting from the start.

Anchors, the keys of every thousandth row, are found one after another in a thread, each by one
short walk in an index. A window is then at most a thousand index entries from its anchor, and the
last anchor tells the length. The end is read by walking the index backwards, so it needs no anchor.

Cost: an anchor costs STRIDE index entries, a window STRIDE + its rows, whatever the length. The
walk after a key is split in two arms, because SQLite cannot start in the middle of equal sort
values: the rows of the same sort value with a higher id, and those of a higher value.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from nurse_tui.listing import Known, Row

STRIDE = 1000
RowT = TypeVar("RowT", bound=Row)
Key: TypeAlias = tuple[Any, ...]
"""Sort values of a row and, last, its id."""


@dataclass(frozen=True)
class Keyset:
    """An order in which rows are walked: conditions, sort columns (NOT NULL), then the id.

    `parts` are conditions of which every row meets exactly one. Each part is walked along its index
    by itself, and the walks are merged; so rows of two owners come in one order.
    """

    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    sort: tuple[ColumnElement[Any], ...]
    id: ColumnElement[int]
    parts: tuple[ColumnElement[bool], ...] = ()

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """The sort columns and the id, named k0, k1 and on."""
        return [c.label(f"k{place}") for place, c in enumerate((*self.sort, self.id))]

    def given(self, prefix: str = "k") -> list[ColumnElement[Any]]:
        """Return parameters for a key, named like the columns."""
        columns = (*self.sort, self.id)
        return [bindparam(f"{prefix}{n}", type_=c.type) for n, c in enumerate(columns)]

    def same(self, key: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        """Return the condition that the sort values are those of a key."""
        pairs = zip(self.sort, key, strict=False)
        return and_(*[sort == value for sort, value in pairs])

    def later(self, key: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        """Return the condition that the sort values are beyond those of a key."""
        values = key[: len(self.sort)]
        return tuple_(*self.sort) > tuple_(*values) if len(values) > 1 else self.sort[0] > values[0]

    def picked(self, *conditions: ColumnElement[bool]) -> Any:
        """Select keys that meet the conditions, in no order yet."""
        return select(*self.columns).select_from(self.source).where(*self.where, *conditions)

    def _arms(self, *conditions: ColumnElement[bool]) -> list[Any]:
        if not self.parts:
            return [self.picked(*conditions)]
        return [self.picked(part, *conditions) for part in self.parts]

    def _counts(self, *conditions: ColumnElement[bool]) -> list[Any]:
        if not self.parts:
            return [self.counted(*conditions)]
        return [self.counted(part, *conditions) for part in self.parts]

    def counted(self, *conditions: ColumnElement[bool]) -> Any:
        """Count the rows that meet the conditions."""
        return select(func.count()).select_from(self.source).where(*self.where, *conditions)

    def walk(self) -> Any:
        """Select the keys from a key on (k0, k1 ...), `n` of them after leaving out `skip`."""
        key = self.given()
        here = self.id >= key[-1]
        if not self.sort:
            return _sliced(self.picked(here).order_by(self.id))
        arms = union_all(*self._arms(self.same(key), here), *self._arms(self.later(key)))
        return _sliced(arms.order_by(*[c.name for c in self.columns]))

    def first(self) -> Any:
        """Select `n` keys from the start."""
        if not self.parts:
            return _sliced(self.picked().order_by(*self.sort, self.id))
        return _sliced(union_all(*self._arms()).order_by(*[c.name for c in self.columns]))

    def last(self) -> Any:
        """Select `n` keys backwards from the end, after leaving out `skip`."""
        if not self.parts:
            backwards = [c.desc() for c in (*self.sort, self.id)]
            return _sliced(self.picked().order_by(*backwards))
        named: list[ColumnElement[Any]] = [column(c.name).desc() for c in self.columns]
        return _sliced(union_all(*self._arms()).order_by(*named))

    def find(self) -> Any:
        """Select the key of the row `row_id`."""
        found = self.id == bindparam("row_id")
        return self.picked(found, or_(*self.parts)) if self.parts else self.picked(found)

    def between(self) -> list[tuple[bool, Any]]:
        """Count the rows from key k to before key e, in parts.

        A part that is True holds when both keys share their sort values, one that is False when
        they do not.
        """
        key, end = self.given(), self.given("e")
        from_here, to_there = self.id >= key[-1], self.id < end[-1]
        if not self.sort:
            return [(True, query) for query in self._counts(from_here, to_there)]
        within = self._counts(self.same(key), from_here, to_there)
        apart = [
            *self._counts(self.same(key), from_here),
            *self._counts(self.later(key), self._before(end)),
            *self._counts(self.same(end), to_there),
        ]
        return [*[(True, query) for query in within], *[(False, query) for query in apart]]

    def _before(self, key: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        values = key[: len(self.sort)]
        return tuple_(*self.sort) < tuple_(*values) if len(values) > 1 else self.sort[0] < values[0]


def _sliced(query: Any) -> Any:
    return query.limit(bindparam("n")).offset(bindparam("skip"))


@dataclass
class _Scan:
    """What was found of the list's length; a refresh begins a new one."""

    places: list[int] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    known: Known = field(default_factory=lambda: Known(0, complete=False))
    thread: threading.Thread | None = None
    fault: Exception | None = None


class KeysetList(Generic[RowT]):
    """A RowSource over a keyset; `read` gives the rows of some ids, by id.

    Every method may be called from any thread. A fault of the counting thread is raised by the
    next call.
    """

    def __init__(
        self,
        engine: Engine,
        keyset: Keyset,
        read: Callable[[Connection, Sequence[int]], Mapping[int, RowT]],
    ) -> None:
        self._engine = engine
        self._read = read
        self._walk, self._first, self._last = keyset.walk(), keyset.first(), keyset.last()
        self._find, self._between = keyset.find(), keyset.between()
        self._lock = threading.Lock()
        self._scan = _Scan()
        self._heard: Callable[[], None] | None = None
        self._closed = False

    def rows(self, start: int, count: int) -> Sequence[RowT]:
        """Return the rows at places start to start + count - 1, fewer where the list ends.

        A start below 0 counts from the end: the last row is at place -1.
        """
        known = self.known()
        if start < 0 and known.complete:
            end = max(0, start + count + known.count)
            start = max(0, start + known.count)
            count = min(count, end - start)
        with self._engine.connect() as connection:
            keys = self._keys(connection, start, count)
            found = self._read(connection, [key[-1] for key in keys])
        self._learn(start, count, keys)
        return [found[key[-1]] for key in keys if key[-1] in found]

    def known(self) -> Known:
        """Return how many rows were counted so far."""
        with self._lock:
            if self._scan.fault:
                raise self._scan.fault
            return self._scan.known

    def find(self, row_id: int) -> int | None:
        """Return the place of a row, or None when the list does not hold it."""
        scan = self._scan
        with self._engine.connect() as connection:
            found = connection.execute(self._find, {"row_id": row_id}).first()
            if found is None:
                return None
            key = tuple(found)
            place = self._place(connection, scan, key)
        with self._lock:
            if not scan.known.complete:
                scan.known = Known(max(scan.known.count, place + 1), complete=False)
        return place

    def refresh(self) -> None:
        """Forget what was counted; counting begins again with the next rows."""
        with self._lock:
            self._scan = _Scan()

    def listen(self, heard: Callable[[], None] | None) -> None:
        """Call `heard` in the counting thread as the count doubles, and when it is complete."""
        self._heard = heard

    def close(self) -> None:
        """Stop counting."""
        self._closed = True
        self._heard = None

    # windows

    def _keys(self, connection: Connection, start: int, count: int) -> list[Key]:
        if start < 0:
            skip = max(0, -(start + count))
            found = connection.execute(self._last, {"n": count, "skip": skip})
            return [tuple(row) for row in found][::-1]
        place, anchor = self._anchor(start)
        if anchor is None:
            found = connection.execute(self._first, {"n": count, "skip": start})
        else:
            found = connection.execute(self._walk, _at(anchor, count, start - place))
        return [tuple(row) for row in found]

    def _anchor(self, place: int) -> tuple[int, Key | None]:
        with self._lock:
            scan = self._scan
            at = bisect_right(scan.places, place) - 1
            return (scan.places[at], scan.keys[at]) if at >= 0 else (0, None)

    def _learn(self, start: int, count: int, keys: list[Key]) -> None:
        """Count what a window has shown, and begin to count the rest."""
        with self._lock:
            scan = self._scan
            if scan.known.complete:
                return
            if start >= 0:
                ended = len(keys) < count and (start == 0 or bool(keys))
                seen = start + len(keys) if keys else 0
                scan.known = Known(max(scan.known.count, seen), ended)
            if not scan.known.complete and scan.thread is None and not self._closed:
                scan.thread = threading.Thread(
                    target=self._count, args=(scan,), name="anchors", daemon=True
                )
                scan.thread.start()

    def _place(self, connection: Connection, scan: _Scan, key: Key) -> int:
        """Count from the last anchor before a key; anchors are in order, so is the search."""
        with self._lock:
            at = _last_before(scan.keys, key) if scan is self._scan else -1
            place, anchor = (scan.places[at], scan.keys[at]) if at >= 0 else (0, None)
        if anchor is None:
            row = connection.execute(self._first, {"n": 1, "skip": 0}).one()
            anchor = tuple(row)
        same = anchor[:-1] == key[:-1]
        ends = {f"e{n}": value for n, value in enumerate(key)}
        parts = [query for when, query in self._between if when is same]
        given = _key(anchor) | ends
        return place + sum(int(connection.execute(part, given).scalar_one()) for part in parts)

    # counting

    def _count(self, scan: _Scan) -> None:
        try:
            with self._engine.connect() as connection:
                self._scan_all(connection, scan)
        except Exception as fault:
            if not self._closed:
                scan.fault = fault
                self._tell()

    def _scan_all(self, connection: Connection, scan: _Scan) -> None:
        """Find every anchor, then count what follows the last one."""
        row = connection.execute(self._first, {"n": 1, "skip": 0}).first()
        place, told = 0, 1
        while row is not None and self._wanted(scan):
            anchor = tuple(row)
            with self._lock:
                scan.places.append(place)
                scan.keys.append(anchor)
                scan.known = Known(max(scan.known.count, place + 1), complete=False)
            if place + 1 >= 2 * told:
                told = place + 1
                self._tell()
            row = connection.execute(self._walk, _at(anchor, 1, STRIDE)).first()
            place += STRIDE
        if self._wanted(scan):
            rest = self._rest(connection, scan)
            with self._lock:
                scan.known = Known(rest, complete=True)
            self._tell()

    def _rest(self, connection: Connection, scan: _Scan) -> int:
        if not scan.keys:
            return 0
        rest = connection.execute(self._walk, _at(scan.keys[-1], STRIDE, 0)).all()
        return scan.places[-1] + len(rest)

    def _wanted(self, scan: _Scan) -> bool:
        return scan is self._scan and not self._closed

    def _tell(self) -> None:
        if heard := self._heard:
            heard()


def _key(key: Key) -> dict[str, Any]:
    return {f"k{n}": value for n, value in enumerate(key)}


def _at(anchor: Key, count: int, skip: int) -> dict[str, Any]:
    return {**_key(anchor), "n": count, "skip": skip}


def _last_before(keys: list[Key], key: Key) -> int:
    return bisect_right(keys, key) - 1
