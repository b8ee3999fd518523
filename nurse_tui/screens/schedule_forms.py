"""The form of what became of an infusion day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from nurse_tui.rules.calendar import say
from nurse_tui.rules.facts import DayFact
from nurse_tui.screens.record_form import Given, Job, RecordForm
from nurse_tui.screens.schedule_words import DAY_LOOKS
from nurse_tui.types import DayStatus
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import Field, choice_field, text_field
from nurse_tui.words import label

RECORDED = (DayStatus.GIVEN, DayStatus.MISSED, DayStatus.INTERRUPTED)


class DayForm(RecordForm):
    """Records what became of an infusion day (D-58): of the one in hand, or one of a course."""

    NAME: ClassVar[str] = "infusion_day"
    TITLE_WORDS: ClassVar[str] = "What became of an infusion day"
    SAID: ClassVar[str] = "The day is recorded. u undoes it."

    def __init__(self, case: CaseView, days: Sequence[DayFact], today: date) -> None:
        super().__init__(case)
        self.days = days
        self.today = today

    def row_in_hand(self) -> str:
        return f"/{'day' if len(self.days) == 1 else 'days'}:{self.days[0].id}"

    def fields(self) -> Iterable[Field]:
        kinds = [(label(status.value), status.value) for status in RECORDED]
        what = "What became of it"
        if len(self.days) == 1:
            what = f"What became of {self._words(self.days[0])}"
        else:
            days = [(self._words(day), str(day.id)) for day in self.days]
            open_days = [day for day in self.days if day.status is DayStatus.SCHEDULED]
            yield choice_field("day", "Day", days, str((open_days or self.days)[0].id))
        yield choice_field("status", what, kinds, DayStatus.GIVEN.value)
        yield text_field("reason", "Why, if it was not given, or given with something missing")

    def typed(self) -> dict[str, str]:
        """Keep the day beside what was typed of it: another may be offered first next time."""
        kept = super().typed()
        return {"day": self._values()["day"], **kept} if kept and len(self.days) > 1 else kept

    def _words(self, day: DayFact) -> str:
        shown = DAY_LOOKS[day.status][0]
        return f"day {day.number}, {say(day.on, self.today)}  {shown}"

    def check(self, given: Given) -> Job:
        day_id = int(given.values.get("day", self.days[0].id))
        status = given.choice("status", DayStatus)
        wanted = "" if status is DayStatus.GIVEN else "Say why it was not given."
        reason = given.words("reason", wanted)
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.infusions.record_day(case_id, day_id, status, reason, seen)
