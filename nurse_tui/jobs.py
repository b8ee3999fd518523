"""Where work runs: reads on two threads, writes one after the other on a single one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

READERS = 2
GRACE = 2.0
"""Seconds that closing the services waits for work under way."""

OFTEN = (700, 10, 10)
"""How often garbage is looked for: the interpreter's own measure, small pieces at a time."""

SWITCH = 0.001
"""Longest time in seconds that a reading thread keeps the interpreter from drawing."""


def hurry() -> None:
    """Let nothing delay the first screen, and no thread delay the drawing."""
    gc.disable()
    sys.setswitchinterval(SWITCH)


def keep_what_is_loaded() -> None:
    """Collect garbage from now on, but not among what is loaded: looking there delays keys."""
    gc.freeze()
    gc.set_threshold(*OFTEN)
    gc.enable()


class Jobs:
    """The program's threads. A write that was begun is never cancelled."""

    def __init__(self) -> None:
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reads: set[Future[Any]] = set()
        self._writes: set[Future[Any]] = set()
        self._newest: dict[str, Future[Any]] = {}
        self._naming = Lock()

    @property
    def writes_open(self) -> bool:
        """Whether a write was asked for and has not ended."""
        return any(not future.done() for future in self._writes)

    def read(self, job: Callable[[], T], group: str = "") -> Future[T]:
        """Queue a job on the reader threads; of a named group only the newest need run."""
        future = self._readers.submit(job)
        self._reads = _alive(self._reads) | {future}
        if group:
            with self._naming:
                before = self._newest.get(group)
                self._newest[group] = future
            if before is not None:
                before.cancel()
            future.add_done_callback(partial(self._forget, group))
        return future

    def _forget(self, group: str, future: Future[Any]) -> None:
        """Keep nothing of a read that has ended: its result holds patients."""
        with self._naming:
            if self._newest.get(group) is future:
                del self._newest[group]

    def write(self, job: Callable[[], T]) -> Future[T]:
        """Queue a job on the writer thread."""
        future = self._writer.submit(job)
        self._writes = _alive(self._writes) | {future}
        return future

    def after_reads(self, job: Callable[[], object]) -> Future[object]:
        """Queue a job behind the writes and the reads that are under way."""
        reads = _alive(self._reads)

        def run() -> object:
            wait(reads, GRACE)
            return job()

        return self.write(run)

    def wait_writes(self) -> None:
        """Wait shortly for the writes that are under way."""
        wait(_alive(self._writes), GRACE)

    def close(self) -> None:
        """Let the writer finish what was queued, and drop reads that have not begun."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=True)


def _alive(futures: set[Future[Any]]) -> set[Future[Any]]:
    return {future for future in futures if not future.done()}
