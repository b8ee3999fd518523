"""The tabs of a case as rows of a list: what stands in each line, and the lines below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from rich.text import Text
from textual.content import Content

from nurse_tui.rules.calendar import local_date
from nurse_tui.rules.clearance import REMS_AUTHORIZED
from nurse_tui.rules.deadlines import Deadline
from nurse_tui.rules.facts import CoverageFact, TaskFact
from nurse_tui.rules.moments import at_words, lateness, short
from nurse_tui.screens.case_timeline import timeline_rows
from nurse_tui.screens.case_words import moment, today_of
from nurse_tui.screens.tab_row import TabRow
from nurse_tui.screens.words import day_words
from nurse_tui.types import DayStatus
from nurse_tui.views import CaseView
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import GLYPHS, line, rich_text, stacked
from nurse_tui.words import label, plain

if TYPE_CHECKING:
    from nurse_tui.services.readiness import Readiness

TONES = {"overdue": "late", "due": "due", "done": "ok", "refused": "refused", "open": "due"}
GOOD_STATUSES = REMS_AUTHORIZED | {"patient_status", "infusion_checklist"}
"""REMS statuses that let treatment go on, and forms that came in."""
LONGEST_DETAIL = 2000
"""Characters of a note shown below the list; enter shows all of it."""


@dataclass(frozen=True, slots=True)
class CaseTab:
    """One tab: its name, columns as (title, width, flex, priority), its rows, words for none."""

    id: str
    title: str
    columns: tuple[tuple[str, int, int, int], ...]
    rows: Callable[[CaseView, Readiness | None], Iterator[TabRow]]
    empty: str

    def made_columns(self) -> list[Column[TabRow]]:
        """Return the columns of the list."""
        return [
            Column[TabRow](title, width, _cell(place), flex, priority)
            for place, (title, width, flex, priority) in enumerate(self.columns)
        ]


def _cell(place: int) -> Callable[[TabRow], Text]:
    return lambda row: row.cells[place]


def _mark(kind: str, words: str) -> Text:
    return rich_text(f"{GLYPHS[kind][0]} {words}", style=TONES.get(kind, ""))


def _row_id(*parts: object) -> int:
    """Return a number by which the focus finds a row again after reading anew."""
    return crc32(repr(parts).encode("utf-8", "surrogatepass"))


def _dim(words: str) -> Text:
    return rich_text(words, style="dim")


# what is due


def due_rows(case: CaseView, _: Readiness | None) -> Iterator[TabRow]:
    """Yield what is open, overdue first, then what is done."""
    for due in sorted(case.deadlines, key=lambda d: (d.done_at is not None, d.due_at)):
        mark = _due_mark(case, due)
        cells = (mark, rich_text(due.title), rich_text(due.rule))
        yield TabRow(_row_id(due.kind, due.title, due.due_on), cells, _due_detail(case, due), due)


def _due_mark(case: CaseView, due: Deadline) -> Text:
    if due.done_at is not None:
        done = local_date(due.done_at, case.zone)
        return _mark("done", f"done {short(done, today_of(case))}")
    found = lateness(due.due_at, moment(case), case.zone)
    return _mark(found.kind, found.words)


def _due_detail(case: CaseView, due: Deadline) -> Content:
    return stacked([
        line((due.title, "bold"), f"  due {day_words(due.due_on, today_of(case))}"),
        line((f"{due.rule:<5}", "bold $text-accent"), due.arithmetic),
    ])  # fmt: skip


# cover and co-pay


def coverage_rows(case: CaseView, _: Readiness | None) -> Iterator[TabRow]:
    """Yield the covers by order, the co-pay verdicts, then the enrolments."""
    today = today_of(case)
    for cover in sorted(case.facts.coverages, key=lambda c: c.order):
        cells = (_verified(cover, today), rich_text(f"{cover.order}. {label(cover.kind.value)}"),
                 rich_text(f"{cover.payer} {cover.member_id}".strip()))  # fmt: skip
        yield TabRow(cover.id, cells, _cover_detail(cover, today), cover)
    for benefit, found in case.copay.benefits.items():
        kind, word = _VERDICTS[found.verdict.value]
        cells = (_mark(kind, word), rich_text(f"Co-pay {benefit.value}"),
                 rich_text(found.reasons[0].sentence if found.reasons else ""))  # fmt: skip
        detail = [line((f"{r.rule:<5}", "bold $text-accent"), r.sentence) for r in found.reasons]
        detail += [line(("way out  ", "bold"), found.way_out)] if found.way_out else []
        yield TabRow(_row_id("verdict", benefit), cells, stacked(detail), found)
    for enrolment in case.facts.enrollments:
        open_end = enrolment.ends_on is None or enrolment.ends_on > today
        mark = _mark("done", "enrolled") if open_end else _mark("refused", "ended")
        since = f"{day_words(enrolment.enrolled_on, today)} - {day_words(enrolment.ends_on, today)}"
        if enrolment.ends_on is not None and enrolment.ends_on < enrolment.enrolled_on:
            since = "never held: government cover came before it"
        cells = (mark, rich_text(f"Co-pay {enrolment.benefit.value}"), rich_text(since))
        detail_line = line(f"Terms {enrolment.terms_version}. p opens the co-pay decision.")
        key = _row_id("enrolment", enrolment.benefit, enrolment.enrolled_on)
        yield TabRow(key, cells, detail_line, enrolment)


_VERDICTS = {"eligible": ("done", "eligible"), "ineligible": ("refused", "not eligible"),
             "undetermined": ("open", "not decided")}  # fmt: skip


def _verified(cover: CoverageFact, today: date) -> Text:
    if cover.ends_on is not None and cover.ends_on < today:
        return _dim(f"x ended {short(cover.ends_on, today)}")
    if cover.verified_on is None:
        return _mark("open", "not verified")
    return _mark("done", f"verified {short(cover.verified_on, today)}")


def _cover_detail(cover: CoverageFact, today: date) -> Content:
    begins = f"from {day_words(cover.starts_on, today)}" if cover.starts_on else "no first day said"
    ends = f"until {day_words(cover.ends_on, today)}" if cover.ends_on else "no last day said"
    named = f"{label(cover.kind.value)} {cover.payer}".strip()
    member = f"  member {cover.member_id}" if cover.member_id else ""
    return stacked([
        line((named, "bold"), member),
        line(f"{begins}, {ends}"),
        line(("e verifies it, ends it or adds another", "$text-muted")),
    ])  # fmt: skip


# courses


def course_rows(case: CaseView, ready: Readiness | None) -> Iterator[TabRow]:
    """Yield what holds the next course, then the days of every course, then what is confirmed."""
    if ready is not None:
        yield from _blockers(ready, today_of(case))
    names = ready.site_names if ready else {}
    for course in case.facts.courses:
        for day in course.days:
            kind, word = _DAYS[day.status]
            site = names.get(day.site_id, "")
            cells = (_mark(kind, word), rich_text(f"Course {course.number} day {day.number}"),
                     rich_text(f"{day_words(day.on, today_of(case))}  {site}"))  # fmt: skip
            detail = line(f"{site} {day.reason}  ", ("g records what became of it", "$text-muted"))
            yield TabRow(day.id, cells, detail, day)
    for cleared in case.facts.clearances:
        done, named = day_words(cleared.done_on, today_of(case)), label(cleared.kind.value)
        words = f"{named}, {done} {cleared.confirmed_by}"
        cells = (_mark("done", "confirmed"), rich_text("On file"), rich_text(words))
        until = day_words(cleared.valid_until, today_of(case), "no end said")
        on_file = "result on file" if cleared.result_on_file else "no result on file"
        detail = line((named, "bold"), f"  done {done}, valid until: {until}, {on_file}. "
                      f"Confirmed by {cleared.confirmed_by or 'nobody named'}")  # fmt: skip
        yield TabRow(_row_id(cleared.kind, cleared.done_on), cells, detail, cleared)


_DAYS = {
    DayStatus.SCHEDULED: ("later", "booked"),
    DayStatus.GIVEN: ("done", "given"),
    DayStatus.MISSED: ("refused", "missed"),
    DayStatus.INTERRUPTED: ("open", "interrupted"),
    DayStatus.CANCELLED: ("refused", "cancelled"),
}


def _blockers(ready: Readiness, today: date) -> Iterator[TabRow]:
    day1 = f", day 1 {day_words(ready.day1, today)}" if ready.day1 else ""
    for blocker in ready.blockers:
        who = "office only" if blocker.prescriber_only else "to do"
        cells = (_mark("open", who), rich_text(f"Before course {ready.course}"),
                 rich_text(blocker.sentence))  # fmt: skip
        detail = stacked([
            line((f"{blocker.rule:<5}", "bold $text-accent"), blocker.sentence, f" ({who}{day1})"),
            line(("way out  ", "bold"), blocker.way_out),
        ])  # fmt: skip
        yield TabRow(_row_id("gate", blocker.what), cells, detail, blocker)


# monitoring and REMS


def monitoring_rows(case: CaseView, _: Readiness | None) -> Iterator[TabRow]:
    """Yield the mirrored REMS statuses, newest first, then the laboratory draws."""
    today = today_of(case)
    for rems in sorted(case.facts.rems, key=lambda r: r.on, reverse=True):
        good = rems.status.strip().lower() in GOOD_STATUSES
        cells = (_mark("done" if good else "open", plain(rems.status)),
                 rich_text(f"REMS {rems.party.value}"),
                 rich_text(f"{day_words(rems.on, today)}  says {rems.source}"))  # fmt: skip
        words = f"{rems.source} said on {day_words(rems.on, today)}: {plain(rems.status)}."
        detail = line(words, ("  A mirror, never the REMS record (D-22).", "$text-muted"))
        yield TabRow(_row_id("rems", rems.party, rems.on, rems.status), cells, detail, rems)
    for lab in sorted(case.facts.labs, key=lambda d: d.drawn_on, reverse=True):
        received = day_words(lab.received_on, today, "not yet")
        mark = _mark("done", "received") if lab.received_on else _mark("open", "drawn")
        drawn = day_words(lab.drawn_on, today)
        cells = (mark, rich_text(f"Lab {plain(lab.test)}"), rich_text(drawn))
        detail = line(f"{label(lab.test)} drawn {drawn}, result received: {received}.")
        yield TabRow(_row_id("lab", lab.test, lab.drawn_on), cells, detail, lab)


# notes, tasks and safety reports


def work_rows(case: CaseView, _: Readiness | None) -> Iterator[TabRow]:
    """Yield safety reports not forwarded, open tasks, notes, then what is done."""
    done: list[TabRow] = []
    for report in case.facts.safety:
        row = _safety_row(case, report)
        if report.forwarded_at is None:
            yield row
        else:
            done.append(row)
    for task in sorted(
        case.facts.tasks, key=lambda t: (t.due_at is None, t.due_at or moment(case))
    ):
        if task.done_at is None:
            yield _task_row(case, task)
        else:
            done.append(_task_row(case, task))
    for note in case.notes:
        when = at_words(note.at, moment(case), case.zone)
        cells = (_dim("note"), rich_text(" ".join(note.text.split()), 300), rich_text(note.author))
        body = line((f"{when} ET, {note.author}\n", "$text-muted"), note.text[:LONGEST_DETAIL])
        yield TabRow(_row_id("note", note.at, note.text), cells, body, note)
    yield from done


def _safety_row(case: CaseView, report: Any) -> TabRow:
    aware = at_words(report.aware_at, moment(case), case.zone)
    sent: datetime | None = report.forwarded_at
    words = f"forwarded {at_words(sent, moment(case), case.zone)}" if sent else "not forwarded yet"
    mark = _mark("done", "forwarded") if sent else _mark("overdue", "forward it")
    cells = (mark, rich_text(f"Safety report: {plain(report.kind.value)}"), rich_text(aware))
    detail = line(f"{label(report.kind.value)}, known since {aware} ET, {words}.")
    return TabRow(report.id, cells, detail, report)


def _task_row(case: CaseView, task: TaskFact) -> TabRow:
    if task.done_at is not None:
        mark = _mark("done", "done")
    elif task.due_at is None:
        mark = _mark("later", "no date")
    else:
        found = lateness(task.due_at, moment(case), case.zone)
        mark = _mark(found.kind, found.words)
    detail = line(("Task  ", "bold"), task.title, ("  e finishes it", "$text-muted"))
    return TabRow(task.id, (mark, rich_text(task.title), rich_text("")), detail, task)


TABS: Sequence[CaseTab] = (
    CaseTab("timeline", "Timeline", (("WHEN", 17, 0, 0), ("WHO", 18, 0, 1), ("WHAT", 20, 1, 0)),
        timeline_rows, "Nothing has happened yet."),
    CaseTab("due", "Due", (("DUE", 18, 0, 0), ("WHAT", 24, 1, 0), ("RULE", 5, 0, 1)),
        due_rows, "Nothing is due. t makes a task."),
    CaseTab("coverage", "Coverage",
        (("STATE", 18, 0, 0), ("COVER", 20, 1, 0), ("DETAIL", 16, 2, 1)),
        coverage_rows, "No cover is on file. e adds one."),
    CaseTab("courses", "Courses", (("STATE", 13, 0, 0), ("WHAT", 16, 0, 1), ("DETAIL", 20, 1, 0)),
        course_rows, "No course yet. s finds weeks, e confirms what is needed before day 1."),
    CaseTab("monitoring", "Monitoring",
        (("STATE", 14, 0, 0), ("WHAT", 18, 1, 0), ("DETAIL", 20, 2, 1)),
        monitoring_rows, "Nothing is recorded. e records a REMS status or a lab draw."),
    CaseTab("work", "Notes & tasks", (("DUE", 15, 0, 0), ("WHAT", 24, 2, 0), ("DETAIL", 20, 1, 1)),
        work_rows, "No notes, no tasks. w writes a note, t makes a task."),
)  # fmt: skip
"""The tabs after the overview."""
