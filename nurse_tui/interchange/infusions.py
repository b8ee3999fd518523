"""Importing infusion days: they make courses and say what became of each day (D-4, D-56, D-58)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from nurse_tui import models as m
from nurse_tui.drafts import Fault, InfusionDraft
from nurse_tui.interchange.clearance import unknown_form
from nurse_tui.interchange.importing import Kind, Row, Run, run
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.rules import clearance
from nurse_tui.rules import infusions as rules
from nurse_tui.rules.calendar import say
from nurse_tui.rules.intake import ended
from nurse_tui.store import facts as facts_of
from nurse_tui.store import intake
from nurse_tui.store.database import Database, Tx
from nurse_tui.types import CHAIR_TAKING, Actor, DayStatus, Refusal

NEEDED = ("form_id", "course", "day", "date", "site_id", "status")
"""Columns without which a file is not one of infusions."""
DayRow = Row[InfusionDraft]
Values = dict[str, Any]
Chairs = dict[tuple[int, date, int], bool]
"""Chairs of a site on a day that earlier cases of a dry run took (True) or freed."""


def import_infusions(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport | Refusal:
    """Import a CSV file of infusion days of cases by their form id and site code.

    A scheduled day may become given, missed, interrupted or cancelled; nothing goes back. A Refusal
    is a trouble of the whole file.
    """
    kind = Kind(InfusionDraft, NEEDED, partial(_save, {}))
    return run(db, actor, path, kind, dry_run=dry_run, progress=progress)


def _save(chairs: Chairs, run: Run, rows: Sequence[DayRow]) -> Refusal | None:
    with run.db.read() as session:
        cases = intake.forms_on_file(session, {row.draft.form_id for row in rows})
        codes = {row.draft.site_id for row in rows}
        sites = intake.by(intake.rows_of(session, "infusion_site", "code", codes), "code")
    known = [row for row in rows if _is_known(run, row, cases, sites)]
    known.sort(key=lambda row: row.draft.form_id)
    for form_id, own in groupby(known, key=lambda row: row.draft.form_id):
        ordered = sorted(own, key=lambda row: row.line.number)
        stopped = _save_case(run, chairs, cases[form_id].case_id, sites, ordered)
        if stopped is not None:
            return stopped
    return None


def _is_known(
    run: Run,
    row: DayRow,
    cases: dict[str, intake.FormOnFile],
    sites: Any,
) -> bool:
    draft = row.draft
    if draft.form_id not in cases:
        run.reject(row.line, [unknown_form(draft.form_id)])
        return False
    if draft.site_id not in sites:
        reason = f"There is no site {draft.site_id}; import the sites first."
        run.reject(row.line, [Fault("site_id", reason)])
        return False
    first, later = run.programme.course_1_days.value, run.programme.later_course_days.value
    most = first if draft.course == 1 else later
    if draft.day > most:
        reason = f"Course {draft.course} has {most} days (D-4)."
        run.reject(row.line, [Fault("day", reason)])
        return False
    return True


@dataclass(slots=True)
class _Answer:
    """What became of the rows of one case."""

    imported: int
    unchanged: int
    rejected: list[tuple[DayRow, Fault]]
    warned: list[tuple[DayRow, str]]


def _save_case(
    run: Run, chairs: Chairs, case_id: int, sites: Any, rows: Sequence[DayRow]
) -> Refusal | None:
    """Write the days of one case; a dry run does the same, takes it back and keeps the chairs."""
    found: list[_Answer] = []
    moved: Chairs = {}

    def job(tx: Tx) -> int | Refusal:
        case = _Case(tx, case_id, sites, chairs)
        found[:] = [case.apply(rows)]
        moved.clear()
        moved.update(case.moved)
        tx.say(f"Infusion days imported from {run.note}.")
        return _DRY if run.dry_run or not found[0].imported else found[0].imported

    answer = run.write("import.infusions", job)
    if isinstance(answer, Refusal) and answer is not _DRY:
        return answer
    if run.dry_run:
        chairs.update(moved)
    _count(run, found[0])
    return None


_DRY = Refusal("dry_run", "Nothing was written.")


def _count(run: Run, answer: _Answer) -> None:
    run.tally.imported += answer.imported
    run.tally.unchanged += answer.unchanged
    for row, fault in answer.rejected:
        run.reject(row.line, [fault])
    for row, sentence in answer.warned:
        run.tally.warn(sentence, row.line.number)


class _Case:
    """The courses and days of one case while rows are applied to them."""

    def __init__(self, tx: Tx, case_id: int, sites: Any, chairs: Chairs) -> None:
        self.tx, self.case_id, self.sites, self.chairs = tx, case_id, sites, chairs
        self.moved: Chairs = {}
        held = facts_of.load_rows(tx.session, case_id)
        self.facts = facts_of.from_rows(held)
        self.over = ended(self.facts)
        self.courses: dict[int, int] = {
            c["number"]: c["id"] for c in held["course"] if c["cancelled_at"] is None
        }
        self.days = [tx.get(m.InfusionDay, day["id"]) for day in held["infusion_day"]]
        self.warned: list[tuple[DayRow, str]] = []

    def apply(self, rows: Sequence[DayRow]) -> _Answer:
        """Apply rows in the order of the file."""
        self._judge(rows)
        self._judge_given(rows)
        answer = _Answer(0, 0, [], self.warned)
        for row in rows:
            done = self._apply(row)
            if isinstance(done, Fault):
                answer.rejected.append((row, done))
            elif done:
                answer.imported += 1
            else:
                answer.unchanged += 1
        return answer

    def _judge(self, rows: Sequence[DayRow]) -> None:
        """Warn of what the rules say against a whole new course that is only scheduled."""
        for number, own in groupby(rows, key=lambda row: row.draft.course):
            listed = list(own)
            planned = all(row.draft.status is DayStatus.SCHEDULED for row in listed)
            if number in self.courses or not planned or self.over:
                continue
            site = facts_of.site_from_row(self.sites[listed[0].draft.site_id], {})
            days = [row.draft.date for row in listed]
            programme, today = self.tx.programme, self.tx.today
            for reason in rules.check_days(self.facts, number, days, site, programme, today):
                self.warned.append((listed[0], f"{reason.rule}: {reason.sentence}"))

    def _judge_given(self, rows: Sequence[DayRow]) -> None:
        """Warn of what was missing before the first given day of each course (D-61)."""
        given = sorted(
            (row for row in rows if row.draft.status is DayStatus.GIVEN),
            key=lambda row: (row.draft.course, row.draft.date),
        )
        programme, today = self.tx.programme, self.tx.today
        for number, own in groupby(given, key=lambda row: row.draft.course):
            row = next(own)
            site = facts_of.site_from_row(self.sites[row.draft.site_id], {})
            on = row.draft.date
            held = clearance.before_day(self.facts, number, on, site, programme, today)
            if held:
                sentence = f"D-61: {len(held)} missing before {say(on)}: {held[0].sentence}"
                self.warned.append((row, sentence))

    def _apply(self, row: DayRow) -> bool | Fault:
        """Make or advance one day; False when it is on file already."""
        draft = row.draft
        site = self.sites[draft.site_id]
        course_id = self.courses.get(draft.course)
        own = [d for d in self.days if d.course_id == course_id and d.number == draft.day]
        same = [d for d in own if d.on_date == draft.date and d.site_id == site["id"]]
        if any(d.status is draft.status for d in same):
            return False
        settled = next((d for d in own if d.status in CHAIR_TAKING), None)
        if settled is not None:
            return self._advance(settled, draft, same)
        fault = self._refuse_day(draft.date, draft.status) if draft.status in CHAIR_TAKING else None
        return fault or self._book(row, site)

    def _refuse_day(self, day: date, status: DayStatus) -> Fault | None:
        if self.over and status is DayStatus.SCHEDULED:
            sentence = self.over.sentence.rstrip(".")
            return Fault("status", f"{sentence} ({self.over.rule}), so no day is booked.")
        if any(d.on_date == day and d.status in CHAIR_TAKING for d in self.days):
            return Fault("date", f"The patient already has an infusion on {say(day)} (D-58).")
        return None

    def _book(self, row: DayRow, site: Values) -> bool | Fault:
        draft = row.draft
        chair = self._chair(row, site)
        if isinstance(chair, Fault):
            return chair
        day = m.InfusionDay(
            case_id=self.case_id,
            course_id=self._course(draft.course, site["id"]),
            number=draft.day,
            on_date=draft.date,
            site_id=site["id"],
            chair=self._place(chair, site["id"], draft.date),
            status=draft.status,
        )
        self.days.append(self.tx.add(day))
        self.tx.session.flush()
        self._note(day, chair)
        return True

    def _note(self, day: m.InfusionDay, chair: int) -> None:
        self.moved[day.site_id, day.on_date, chair] = day.status in CHAIR_TAKING

    def _place(self, chair: int, site_id: int, day: date) -> int:
        """Return a chair's number, or where a dry run only freed it, one that nobody has."""
        held = self._held(site_id, day) if (site_id, day, chair) in self.chairs else set()
        return max(held) + 1 if chair in held else chair

    def _held(self, site_id: int, day: date) -> set[int]:
        return {d["chair"] for d in intake.live_days(self.tx.session, site_id, day)}

    def _advance(
        self, day: m.InfusionDay, draft: InfusionDraft, same: Sequence[m.InfusionDay]
    ) -> bool | Fault:
        done = _advance(day, draft, same)
        if done is True:
            self._note(day, day.chair)
        return done

    def _course(self, number: int, site_id: int) -> int:
        if number not in self.courses:
            course = self.tx.add(m.Course(case_id=self.case_id, number=number, site_id=site_id))
            self.tx.session.flush()
            self.courses[number] = course.id
        return self.courses[number]

    def _chair(self, row: DayRow, site: Values) -> int | Fault:
        """Return the first free chair (D-59); what was given took one, however many there are."""
        if row.draft.status not in CHAIR_TAKING:
            return 1
        day = row.draft.date
        taken = self._held(site["id"], day)
        earlier = {c: t for (at, on, c), t in self.chairs.items() if (at, on) == (site["id"], day)}
        taken = {c for c in taken if earlier.get(c, True)} | {c for c, t in earlier.items() if t}
        free = next(n for n in range(1, len(taken) + 2) if n not in taken)
        if free <= site["chairs"]:
            return free
        sentence = f"{site['name']} has no free chair on {say(day)} (D-59)"
        if row.draft.status is DayStatus.SCHEDULED:
            return Fault("date", f"{sentence}.")
        self.warned.append((row, f"{sentence}, but the day is over and is kept."))
        return free


def _advance(
    day: m.InfusionDay, draft: InfusionDraft, same: Sequence[m.InfusionDay]
) -> bool | Fault:
    if day not in same:
        held = f"Day {day.number} of course {draft.course} is on {say(day.on_date)} already"
        return Fault("date", f"{held}; move it in the program, or cancel it first.")
    if day.status is not DayStatus.SCHEDULED:
        return Fault("status", f"The day is {day.status.value} already, which stays.")
    day.status = draft.status
    return True
