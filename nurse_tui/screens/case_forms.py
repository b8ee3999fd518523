"""The forms of a case that any screen may open: note, task, flag, hold, safety report, as-of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from nurse_tui.rules.moments import instant_of
from nurse_tui.screens.base import JobModal
from nurse_tui.screens.record_form import Given, Job, RecordForm
from nurse_tui.screens.words import pairs
from nurse_tui.types import Refusal, SafetyKind
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import (
    Field,
    choice_field,
    date_field,
    point_out,
    read,
    text_field,
    time_field,
)
from nurse_tui.widgets.text import line
from nurse_tui.widgets.words_area import words_field

REPORTERS = ("patient", "caregiver", "prescriber's office", "infusion site", "other")


class NoteForm(RecordForm):
    """Writes a note."""

    NAME: ClassVar[str] = "note"
    TITLE_WORDS: ClassVar[str] = "Note"
    SAID: ClassVar[str] = "The note is written. Notes stay; correct one with another."

    def fields(self) -> Iterable[Field]:
        return [words_field("text", "What happened, what was agreed")]

    def check(self, given: Given) -> Job:
        text, case_id = given.words("text", "Write some words first."), self.case.case_id
        return lambda services: services.work.add_note(case_id, text)


class TaskForm(RecordForm):
    """Makes a task."""

    NAME: ClassVar[str] = "task"
    TITLE_WORDS: ClassVar[str] = "Task"
    SAID: ClassVar[str] = "The task is made. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [text_field("title", "What is to be done"), date_field("due", "Until")]

    def check(self, given: Given) -> Job:
        title = given.words("title", "Write what is to be done.")
        due, case_id = given.day("due"), self.case.case_id
        return lambda services: services.work.add_task_on(case_id, title, due)


class FlagForm(RecordForm):
    """Flags a case with the reason that everybody sees."""

    NAME: ClassVar[str] = "flag"
    TITLE_WORDS: ClassVar[str] = "Flag"
    SAID: ClassVar[str] = "The case is flagged. ! takes the flag away, u undoes it."

    def fields(self) -> Iterable[Field]:
        return [text_field("flag", "Why it is flagged", limit=80)]

    def check(self, given: Given) -> Job:
        flag = given.words("flag", "Say in a word or two why.")
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.cases.set_case(
            case_id, seen, f"Flagged: {flag}", flag=flag
        )


class HoldForm(RecordForm):
    """Puts a case on hold."""

    NAME: ClassVar[str] = "hold"
    TITLE_WORDS: ClassVar[str] = "Hold"
    SAID: ClassVar[str] = "The case is on hold. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [text_field("reason", "Why it is on hold")]

    def check(self, given: Given) -> Job:
        reason = given.words("reason", "A hold needs its reason.")
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.cases.set_case(
            case_id, seen, f"On hold: {reason}", hold_reason=reason
        )


class SafetyForm(RecordForm):
    """Reports an adverse event, pregnancy, complaint or error; it can never be deleted (D-35)."""

    NAME: ClassVar[str] = "safety"
    TITLE_WORDS: ClassVar[str] = "Safety report: day 0 is now, and it can never be deleted (D-35)"
    SAID: ClassVar[str] = "The safety report is made. Forward it to safety in time."

    def __init__(self, case: CaseView, call_id: int | None = None) -> None:
        super().__init__(case)
        self.call_id = call_id

    def do_safety(self) -> Refusal:
        """Open no second report over this one."""
        return Refusal("open", "This is the safety report.", "F2 makes it, esc leaves it.")

    def fields(self) -> Iterable[Field]:
        return [
            words_field("event", "What happened, in the reporter's words"),
            choice_field("kind", "What it is", pairs(SafetyKind), SafetyKind.ADVERSE_EVENT.value),
            choice_field("reporter", "Who told it", [(r.capitalize(), r) for r in REPORTERS],
                         REPORTERS[0]),
        ]  # fmt: skip

    def check(self, given: Given) -> Job:
        kind = given.choice("kind", SafetyKind)
        event = given.words("event", "Say what happened; a few words are enough.")
        reporter, case_id, call_id = given.words("reporter"), self.case.case_id, self.call_id
        return lambda services: services.work.report_safety(case_id, kind, event, reporter, call_id)


class AsOfForm(JobModal[datetime]):
    """Asks for an earlier instant by the programme's clock; answers with it in UTC."""

    VIEW_NAME: ClassVar[str] = "form"
    CSS_PATH = "record_form.tcss"

    def __init__(self, today: date, zone: str) -> None:
        super().__init__()
        self._today = today
        self._zone = zone

    def compose_job(self) -> ComposeResult:
        yield Static(line(("As of", "bold"), "  how things stood at an earlier time"), id="title")
        with VerticalScroll(id="fields", can_focus=False):
            yield date_field("day", "Day", self._today)
            yield time_field("at", "Time, Eastern", "00:00")

    def on_mount(self) -> None:
        self.query(Field).first().focus_control()

    def do_form_submit(self) -> None:
        """Answer with the instant, or point at what is wrong."""
        fields = list(self.query(Field))
        given = Given(read(fields))
        day, at = given.needed_day("day"), given.clock("at")
        if "day" not in given.errors and day > self._today:
            given.errors["day"] = "That day has not come yet."
        point_out(fields, given.errors)
        if not given.errors:
            self.dismiss(instant_of(day, at, self._zone))
