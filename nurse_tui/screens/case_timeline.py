"""The timeline of a case: one line a change, and one line a call with all that was done in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content

from nurse_tui.rules.moments import at_words
from nurse_tui.screens.case_words import moment
from nurse_tui.screens.tab_row import TabRow
from nurse_tui.views import CaseView, FieldChange, GivenAnswer, TimelineEntry
from nurse_tui.widgets.text import line, rich_text, stacked, styled, text
from nurse_tui.words import label, plain

if TYPE_CHECKING:
    from nurse_tui.rules.facts import CallFact
    from nurse_tui.services.readiness import Readiness

BEGUN, ANSWERED, ENDED = "call.start", "call.answer", "call.finish"
ASIDE = ("call.take_over", "call.identify_again")
"""What is told of a call beside its answers."""


@dataclass(frozen=True, slots=True)
class CallEntry:
    """The changes of one call, oldest first; `seq` is that of the first one."""

    changes: tuple[TimelineEntry, ...]
    call: CallFact | None = None
    reports: int = 0
    """How many safety reports were made on the call, by its answers or by the nurse."""

    @property
    def seq(self) -> int:
        """Number by which the focus finds the call again while it goes on."""
        return self.changes[0].seq

    @property
    def answers(self) -> int:
        """How many answers were given, corrections too."""
        return sum(change.command == ANSWERED for change in self.changes)


def timeline_rows(case: CaseView, _: Readiness | None) -> Iterator[TabRow]:
    """Yield every change, newest first; undone ones are marked, those of one call are one row."""
    for entry in grouped(case):
        last = entry.changes[-1] if isinstance(entry, CallEntry) else entry
        when = at_words(last.at, moment(case), case.zone)
        if isinstance(entry, CallEntry):
            words, detail = rich_text(call_words(entry)), _call_detail(case, entry)
        else:
            words, detail = _sentence(entry), _entry_detail(entry, when)
        cells = (rich_text(when), rich_text(last.who, style="dim"), words)
        yield TabRow(entry.seq, cells, detail, entry)


def grouped(case: CaseView) -> list[TimelineEntry | CallEntry]:
    """Return the timeline, newest first, with the changes of each call put together.

    A case has one call open at a time. A call stands where its last change stands.
    """
    calls: dict[int, list[TimelineEntry]] = {}
    begun = 0
    for entry in reversed(case.timeline):
        if not entry.command.startswith("call."):
            continue
        if entry.command == BEGUN or begun not in calls:
            begun = entry.seq
        calls.setdefault(begun, []).append(entry)
    ends = {changes[-1].seq: changes for changes in calls.values()}
    facts = {call.started_at: call for call in case.facts.calls}
    found: list[TimelineEntry | CallEntry] = []
    for entry in case.timeline:
        changes = ends.get(entry.seq)
        if changes is not None:
            call = facts.get(changes[0].at)
            told = sum(call is not None and r.call_id == call.id for r in case.facts.safety)
            found.append(CallEntry(tuple(changes), call, told))
        elif not entry.command.startswith("call."):
            found.append(entry)
    return found


def call_words(entry: CallEntry) -> str:
    """Return a call in one line: its kind, how it ended, its answers and safety reports."""
    call, last = entry.call, entry.changes[-1]
    name = f"{label(call.kind.value)} call" if call is not None else "Call"
    if last.command != ENDED:
        ended = "not ended"
    elif call is not None and call.outcome is not None:
        ended = plain(call.outcome.value)
    else:
        ended = last.sentence
    return (
        f"{name}: {ended}{_count(entry.answers, 'answer')}{_count(entry.reports, 'safety report')}"
    )


def _count(number: int, what: str) -> str:
    return f" · {number} {what}{'' if number == 1 else 's'}" if number else ""


def _call_detail(case: CaseView, entry: CallEntry) -> Content:
    first, last = entry.changes[0], entry.changes[-1]
    begun, until = (at_words(each.at, moment(case), case.zone) for each in (first, last))
    span = f"{begun} ET, {last.who}" if begun == until else f"{begun} until {until} ET, {last.who}"
    return stacked([
        line(call_words(entry)),
        line((span, "$text-muted")),
    ])  # fmt: skip


def _sentence(entry: TimelineEntry) -> Text:
    if entry.undone:
        return rich_text(f"x UNDONE {entry.sentence}", style="dim")
    return rich_text(entry.sentence)


def _entry_detail(entry: TimelineEntry, when: str) -> Content:
    undone = styled("x UNDONE  ", "$text-error") if entry.undone else text("")
    by = line((f"{when} ET, {entry.who}, {entry.command}", "$text-muted"))
    return stacked([line(undone, entry.sentence), by])


# all of a row


def field_lines(fields: Iterable[FieldChange]) -> list[Content]:
    """Return every field that a change set."""
    return [
        line((each.what, "bold"), f"  {each.before or 'nothing'} -> {each.after or 'nothing'}")
        for each in fields
    ]


def answer_lines(entry: CallEntry, answers: Sequence[GivenAnswer]) -> list[Content]:
    """Return what was answered in a call, in the order in which it was given."""
    told = [line((e.sentence, "$text-muted")) for e in entry.changes if e.command in ASIDE]
    given = [line(a.question, "  ", (a.answer, "bold")) for a in answers]
    return [*told, *(given or [text("No question was answered in this call.")])]
