"""What an import did, row by row: the same report on screen, in JSON and in the rejects file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nurse_tui.drafts import Fault

Progress = Callable[[int, int], None]
"""Is called with the rows done and all rows of the file."""
_LINES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that did not go in: the line it begins on, the column, one plain sentence."""

    line: int
    column: str
    reason: str

    def as_json(self) -> dict[str, object]:
        """Shape of one rejected row in the command line's JSON."""
        return {"line": self.line, "column": self.column, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with a dry run would do."""

    file: str
    read: int
    imported: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Shape of `import …` of the command line's JSON."""
        return {
            "file": self.file,
            "read": self.read,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "rejected": [row.as_json() for row in self.rejected],
            "warnings": list(self.warnings),
        }


@dataclass(slots=True)
class Tally:
    """Counts while an import runs; one sentence said of many lines becomes one warning."""

    path: Path
    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    _warned: dict[str, list[int]] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Rows whose fate is settled."""
        return self.imported + self.unchanged + len(self.rejected)

    def reject(self, line: int, faults: list[Fault]) -> Rejected:
        """Note a row that does not go in, with everything that is wrong with it."""
        reason = " ".join(_sentence(fault.reason) for fault in faults)
        row = Rejected(line, faults[0].column, reason)
        self.rejected.append(row)
        return row

    def warn(self, sentence: str, line: int | None = None) -> None:
        """Note something odd that was kept, said of one line or of the whole file."""
        lines = self._warned.setdefault(sentence, [])
        if line is not None:
            lines.append(line)

    def report(self) -> ImportReport:
        """Return the finished report; rejected rows in the order of the file."""
        return ImportReport(
            str(self.path),
            self.read,
            self.imported,
            self.unchanged,
            tuple(sorted(self.rejected, key=lambda row: row.line)),
            tuple(_warning(sentence, lines) for sentence, lines in self._warned.items()),
        )


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _warning(sentence: str, lines: list[int]) -> str:
    if not lines:
        return sentence
    named = ", ".join(str(line) for line in lines[:_LINES_NAMED])
    if len(lines) > _LINES_NAMED:
        return f"{sentence} ({len(lines)} lines: {named}, …)"
    return f"{sentence} ({'line' if len(lines) == 1 else 'lines'} {named})"
