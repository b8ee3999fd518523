"""Reading a CSV file row by row, after its encoding, quoting and header were checked whole."""

from __future__ import annotations

import csv
import filecmp
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import IO

from nurse_tui.drafts import Fault
from nurse_tui.types import Refusal

LONGEST_FIELD = 10_000
LONGEST_ROW = 2_000_000
"""Characters of a row beyond which it is none: what has no line breaks is never read whole."""
REASON = "reason"
"""Column that a rejects file has besides; a mended one may keep it."""
_NAMED = 20
"""Unknown columns that are named one by one."""
_END = "\x1f end of file \x1f\n"
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BOMS = (b"\xff\xfe", b"\xfe\xff")


class LongRowError(ValueError):
    """A row is longer than any row can be."""

    def __init__(self, line: int) -> None:
        super().__init__(f"the row of line {line} is too long")
        self.line = line


class ChangedError(Exception):
    """A file is no longer what it was when it was checked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the physical line on which it begins, from 1, and its cells as they stand."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose encoding, quoting and header are in order."""

    path: Path
    header: tuple[str, ...]
    rows: int
    warnings: tuple[str, ...]
    stamp: tuple[int, ...] = ()
    """Number, size and time of the file when it was checked."""

    def lines(self) -> Iterator[Line]:
        """Read the rows after the header, blank lines left out; raises OSError, ChangedError."""
        self._refuse_changed()
        try:
            yield from islice(_lines(self.path), 1, None)
        except (UnicodeDecodeError, csv.Error, LongRowError):
            raise ChangedError from None
        self._refuse_changed()

    def _refuse_changed(self) -> None:
        if self.stamp != _stamp(self.path):
            raise ChangedError

    def values(self, line: Line) -> dict[str, str] | Fault:
        """Return a row's cells by column, or what is wrong with them as text."""
        cells, wide = line.cells, len(self.header)
        if len(cells) != wide:
            return Fault("", f"The row has {len(cells)} fields and the header {wide}.")
        if _UNFIT.search("".join(cells)) or len(max(cells, key=len)) > LONGEST_FIELD:
            return next(_unfit(name, cell) for name, cell in self._cells(cells) if _odd(cell))
        return dict(self._cells(cells))

    def _cells(self, cells: list[str]) -> Iterable[tuple[str, str]]:
        return zip(self.header, cells, strict=True)


def _odd(cell: str) -> bool:
    return len(cell) > LONGEST_FIELD or _UNFIT.search(cell) is not None


def _unfit(column: str, cell: str) -> Fault:
    if len(cell) > LONGEST_FIELD:
        return Fault(column, f"{column} is longer than {LONGEST_FIELD:,} characters.")
    found = _UNFIT.search(cell)
    code = ord(found.group()) if found else 0
    if code == 0:
        what = "a NUL byte"
    elif code >= 0xD800:
        what = "half of a character (a lone surrogate)"
    else:
        what = f"a control character (U+{code:04X})"
    return Fault(column, f"{column} holds {what}.")


def read_rows(path: Path) -> list[list[str]]:
    """Return every row of a CSV file, the header first; raises OSError and UnicodeDecodeError."""
    return [line.cells for line in _lines(path)]


def _lines(path: Path, *, to_end: bool = False) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_ROW)
    with path.open(encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
        whole = _bounded(file)
        reader = csv.reader(chain(whole, (_END,)) if to_end else whole)
        number = 1
        while True:
            try:
                cells = next(reader, None)
            except (csv.Error, LongRowError):
                raise LongRowError(number) from None
            if cells is None:
                return
            if cells:
                yield Line(number, cells)
            number = reader.line_num + 1


def _bounded(file: IO[str]) -> Iterator[str]:
    while text := file.readline(LONGEST_ROW + 1):
        if len(text) > LONGEST_ROW:
            raise LongRowError(0)
        yield text


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def open_csv(path: Path, known: Sequence[str], needed: Sequence[str]) -> CsvFile | Refusal:
    """Check a whole file and return it ready to read, or refuse it in one sentence."""
    refused = refuse_path(path)
    if refused is not None:
        return refused
    try:
        stamp = _stamp(path)
        header, rows, open_quote = _survey(path)
    except UnicodeDecodeError:
        return _not_utf8(path)
    except LongRowError as fault:
        return _too_long(path, fault.line)
    except OSError as fault:
        return _unreadable(path, fault)
    if not header:
        return Refusal("empty_file", f"{path.name} is empty.", "Give a file with a header line.")
    if open_quote is not None:
        return Refusal(
            "open_quote",
            f"{path.name}: the quote that opens in the row of line {open_quote} is never closed.",
            "Close it and import the file again; nothing was imported.",
        )
    names = tuple(name.strip().lower() for name in header)
    refused = _refuse_header(path, names, needed)
    return refused or CsvFile(path, names, rows, tuple(_header_warnings(names, known)), stamp)


def _survey(path: Path) -> tuple[list[str], int, int | None]:
    """Return header, number of rows, and the line of a row whose quote is never closed."""
    header: list[str] = []
    count = 0
    last = Line(1, [])
    for line in _lines(path, to_end=True):
        header = header or line.cells
        count, last = count + 1, line
    if last.cells == [_END.rstrip("\n")]:
        return ([] if count == 1 else header), count - 2, None
    return header, count - 1, last.number


def refuse_path(path: Path) -> Refusal | None:
    """Say why a path cannot be imported as a file, or None."""
    if not path.exists():
        return Refusal("no_file", f"There is no file {path}.", "Check the path.")
    if not path.is_file():
        return Refusal("not_a_file", f"{path} is not a file.", "Give the path of a file.")
    try:
        with path.open("rb") as file:
            begin = file.read(2)
    except OSError as fault:
        return _unreadable(path, fault)
    return _not_utf8(path) if begin in _BOMS else None


def _unreadable(path: Path, fault: OSError) -> Refusal:
    why = os.strerror(fault.errno) if fault.errno else "the system refused it"
    return Refusal("unreadable", f"{path} cannot be read: {why}.", "Check its permissions.")


def _not_utf8(path: Path) -> Refusal:
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(LONGEST_ROW), b"")
        line = next((n for n, raw in enumerate(lines, 1) if not _decodes(raw)), 1)
    return Refusal(
        "not_utf8",
        f"{path.name} is not UTF-8 text (line {line}).",
        "Save it as CSV UTF-8 and import it again; nothing was imported.",
    )


def _too_long(path: Path, line: int) -> Refusal:
    return Refusal(
        "long_row",
        f"{path.name}: the row of line {line} is longer than {LONGEST_ROW:,} characters, "
        "or a quote in it is never closed.",
        "Give a CSV file with one row a line; nothing was imported.",
    )


def _decodes(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_header(path: Path, names: Sequence[str], needed: Sequence[str]) -> Refusal | None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return Refusal(
            "twice_in_header",
            f"{path.name} has the column {twice[0] or 'without a name'} more than once.",
            "Name each column once and import the file again.",
        )
    absent = [name for name in needed if name not in names]
    if absent:
        return Refusal(
            "wrong_header",
            f"{path.name} has no column {', '.join(absent)} in its first line.",
            "Add the header line that the documentation gives, or choose another kind of import.",
        )
    return None


def _header_warnings(names: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    unknown = [name for name in names if name not in known and name != REASON]
    for name in unknown[:_NAMED]:
        shown = _UNFIT.sub("?", name[:40]) or "without a name"
        yield f"The column {shown} is not known and is left out."
    if len(unknown) > _NAMED:
        yield f"{len(unknown) - _NAMED:,} further columns are not known and are left out."
    absent = [name for name in known if name not in names]
    if absent:
        yield f"The file has no column {', '.join(absent)}; it counts as blank."


def rejects_path(path: Path) -> Path:
    """Return where the rejected rows of a file are written."""
    return path.with_name(f"{path.name}.rejected.csv")


def write_rejects(file: CsvFile, rows: Iterable[tuple[Line, str]]) -> Path:
    """Write rejected rows beside their file, each after its reason, at once and for us alone.

    Returns where: a file with other content, which somebody may be mending, is never replaced.

    The reason stands first, so that a row with too few or too many fields still shows it.
    """
    kept = [n for n, name in enumerate(file.header) if name != REASON]
    dropped = file.header.index(REASON) if REASON in file.header else None
    target = rejects_path(file.path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".rejected-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([REASON, *(file.header[n] for n in kept)])
            for line, reason in rows:
                cells = [cell for n, cell in enumerate(line.cells) if n != dropped]
                writer.writerow([reason, *cells])
            out.flush()
            os.fsync(out.fileno())
        return _put(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)


def _put(written: Path, target: Path) -> Path:
    """Give a file the first name that is free or holds the same already."""
    names = (target.with_name(f"{target.stem}-{n}{target.suffix}") for n in count(2))
    for name in chain((target,), names):
        if not os.path.lexists(name):
            return written.replace(name)
        if _same(written, name):
            return name
    raise AssertionError("numbers do not end")


def _same(written: Path, other: Path) -> bool:
    """Tell whether a file holds the same; one that cannot be read, or a dangling link, does not."""
    try:
        return filecmp.cmp(written, other, shallow=False)
    except OSError:
        return False
