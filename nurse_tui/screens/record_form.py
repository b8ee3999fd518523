"""The form behind every small job of a case: fields, one sentence where wrong, a draft kept.

F2 saves. Esc leaves, and what was typed is kept for the next time the form is opened. It is also
kept while it is typed, because a killed program or a lost machine leaves no time for it.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, TypeAlias, TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import Input, Select, Static, TextArea

from nurse_tui.screens.base import JobModal
from nurse_tui.types import Refusal
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import Field, day_of, point_out, read
from nurse_tui.widgets.text import line
from nurse_tui.widgets.words_area import too_long

E = TypeVar("E", bound=StrEnum)
Job: TypeAlias = Callable[[Any], object]
KEEP_SECONDS = 1.0
"""Seconds after a key within which what was typed is kept."""

ALREADY_DONE = "already_done"
"""Code of the answer to a write whose failure was told although it took place."""
SAVING = Refusal("saving", "It is being saved.", "Wait a moment.")
STAYS = "What you typed stands here still: make room and press esc again. Twice esc drops it."


@dataclass(frozen=True, slots=True)
class Done:
    """How a form ended: a sentence to say, and whether the case was changed."""

    sentence: str
    changed: bool = True


@dataclass
class Given:
    """What was typed, read field by field; each fault is kept beside the name of its field."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def words(self, name: str, wanted: str = "") -> str:
        """Return a text; where `wanted` says so it may not be blank."""
        if wanted and not self.values[name]:
            self.errors[name] = wanted
        return self.values[name]

    def day(self, name: str, wanted: str = "") -> date | None:
        """Return a date or None; where `wanted` says so one is needed."""
        found = day_of(self.values[name])
        if isinstance(found, Refusal):
            self.errors[name] = str(found)
            return None
        if found is None and wanted:
            self.errors[name] = wanted
        return found

    def needed_day(self, name: str, wanted: str = "A date is needed.") -> date:
        """Return a date that must be there; a fault stands in its place as the first of all."""
        return self.day(name, wanted) or date.min

    def clock(self, name: str) -> time:
        """Return a time of day, midnight with a fault where it is none."""
        try:
            return time.fromisoformat(self.values[name])
        except ValueError:
            self.errors[name] = "Type hours and minutes: 16:30."
            return time.min

    def choice(self, name: str, kinds: type[E], wanted: str = "Choose one.") -> E:
        """Return a member of an enumeration, the first with a fault where none was chosen."""
        if not self.values[name]:
            self.errors[name] = wanted
            return next(iter(kinds))
        return kinds(self.values[name])


class RecordForm(JobModal[Done]):
    """A form about one case; subclasses give `fields` and `check`."""

    VIEW_NAME: ClassVar[str] = "form"
    CSS_PATH = "record_form.tcss"
    NAME: ClassVar[str] = ""
    """Name under which drafts of this form are kept."""
    TITLE_WORDS: ClassVar[str] = ""
    SAID: ClassVar[str] = "Saved."
    """What is said once it is saved."""

    def __init__(self, case: CaseView) -> None:
        super().__init__()
        self.case = case
        self.seen = case.version
        self._began: dict[str, str] = {}
        self._sent = False
        self._stored = False
        """Whether the writer has stored it: no draft may come behind."""
        self._had_draft = False
        self._keeping: Timer | None = None
        self._unkept = False

    @abstractmethod
    def fields(self) -> Iterable[Field]:
        """Return the fields in the order in which tab goes through them."""

    @abstractmethod
    def check(self, given: Given) -> Job:
        """Read what was typed and return the job that saves it, which runs if nothing is wrong."""

    def compose_job(self) -> ComposeResult:
        yield Static(line((self.TITLE_WORDS, "bold"), f"  {self.whose()}"), id="title")
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.fields()

    def whose(self) -> str:
        """Return the name that stands in the title beside what the form is."""
        return self.case.patient_name or self.case.number

    def on_mount(self) -> None:
        self._began = self._values()
        first = next(iter(self.query(Field)))
        first.focus_control()
        subject = self._subject
        self.ask(
            lambda services: services.drafts.load(self.NAME, subject), self._put_back, hold=True
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what was typed into a line."""
        self._keep_soon()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep what was typed into several lines."""
        self._keep_soon()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Keep what was chosen."""
        self._keep_soon()

    def do_form_submit(self) -> None:
        """Check what was typed; save it, or point at what is wrong."""
        given = Given(self._values())
        job = self.check(given)
        fields = list(self.query(Field))
        given.errors |= too_long(fields)
        point_out(fields, given.errors)
        if not (given.errors or self._sent):
            self._sent = True
            self.ask(partial(self._save, job), self._saved, write=True, refused=self._refused)

    def do_back(self) -> Refusal | None:
        """Close the form once what was typed is kept; where it cannot be, a second esc drops it."""
        if self._sent:
            return SAVING
        job = self.draft_job()
        if job is None or self._unkept:
            self.dismiss(Done("What you typed is not kept.", changed=False) if job else None)
        elif not self._dirty:
            self.nurse_app.ask(job, _nothing, write=True)
            self.dismiss(None)
        else:
            self.ask(job, self._left, write=True, refused=self._not_kept, hold=True)
        return None

    def _left(self, answer: object) -> None:
        self.dismiss(Done("What you typed is kept for later.", changed=False))

    def _not_kept(self, refusal: Refusal) -> None:
        self._unkept = True
        self.say(Refusal(refusal.code, refusal.sentence, STAYS))

    def draft_job(self) -> Job | None:
        if not self.is_mounted or not (self._dirty or self._had_draft):
            return None
        typed = self.typed()
        return partial(self._keep, json.dumps(typed) if typed else "")

    def _keep(self, content: str, services: Any) -> Refusal | None:
        """Keep a draft, on the writer thread, unless a save before it has stored the words."""
        if self._stored:
            return None
        refused: Refusal | None = services.drafts.save(self.NAME, self._subject, content)
        return refused

    def typed(self) -> dict[str, str]:
        """Return what a draft keeps, by field.

        What was left as it was is not kept: others may have changed it when it comes back.
        """
        values = self._values().items()
        return {name: value for name, value in values if value != self._began.get(name)}

    def _keep_soon(self) -> None:
        self._unkept = False
        if self._keeping is None:
            self._keeping = self.set_timer(KEEP_SECONDS, self._keep_now)

    def _keep_now(self) -> None:
        self._keeping = None
        job = self.draft_job()
        if job is not None:
            self._had_draft = True
            self.ask(job, _nothing, write=True)

    @property
    def _subject(self) -> str:
        """Whose draft it is: of the case, and of the row in hand where there is one."""
        return f"case:{self.case.case_id}{self.row_in_hand()}"

    def row_in_hand(self) -> str:
        """Return what tells this form's row from others of the case, such as `/cover:7`."""
        return ""

    @property
    def _dirty(self) -> bool:
        return self._values() != self._began

    def _values(self) -> dict[str, str]:
        return read(self.query(Field))

    def _put_back(self, content: str) -> None:
        if not content or self._dirty:
            return
        self._had_draft = True
        self.put_back(json.loads(content))
        self.say("What you typed before is here again.")

    def put_back(self, kept: dict[str, str]) -> None:
        """Put what a draft kept into its fields."""
        for each in self.query(Field):
            if each.field_name in kept:
                put(each, kept[each.field_name])

    def _save(self, job: Job, services: Any) -> object:
        try:
            answer = job(services)
        except Exception:
            self._sent = False
            raise
        if isinstance(answer, Refusal) and answer.code != ALREADY_DONE:
            return answer
        self._stored = True
        services.drafts.drop(self.NAME, self._subject)
        return None if isinstance(answer, Refusal) else answer

    def _saved(self, answer: object) -> None:
        self.dismiss(Done(self.said(answer)))

    def said(self, answer: object) -> str:
        """Return what is said once the job has answered."""
        return self.SAID

    def _refused(self, refusal: Refusal) -> None:
        """Say why it was not saved; after another's change, go by the newer version next time."""
        self._sent = False
        self.say(refusal)
        if refusal.code == "stale":
            case_id = self.case.case_id
            self.ask(lambda services: services.cases.view(case_id), self._newer)

    def _newer(self, view: CaseView) -> None:
        self.seen = view.version


def put(into: Field, value: str) -> None:
    """Put a value into a field's control, unless a list does not offer it."""
    control: Any = into.control
    if not isinstance(control, Select) or value in [option for _, option in control._options]:
        control.value = value


def _nothing(answer: object) -> None:
    """Take an answer that nobody waits for."""
