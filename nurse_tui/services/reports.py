"""The reports, for those who may open them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nurse_tui import clock
from nurse_tui.reports.base import Ask, Report, ReportResult
from nurse_tui.reports.registry import REPORTS
from nurse_tui.services.base import Service
from nurse_tui.store import report_queries as queries
from nurse_tui.store.database import PROGRAMME_ZONE
from nurse_tui.types import Refusal

if TYPE_CHECKING:
    from nurse_tui.interchange.export import Exported

UNASSIGNED = "unassigned"


class ReportService(Service):
    """Runs reports; each is one consistent read."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all reports."""
        return tuple(REPORTS)

    def about(self) -> tuple[Report, ...]:
        """Return every report with its title, its help and the parameters that it takes."""
        return tuple(REPORTS.values())

    def run(
        self,
        name: str,
        *,
        as_of: datetime | None = None,
        since: date | None = None,
        until: date | None = None,
        nurse: str | int | None = None,
    ) -> ReportResult | Refusal:
        """Run a report; `as_of` is an aware instant, now or later.

        `nurse` is a sign-in name, a user's id, or "unassigned" (0). Dates are the programme's.
        """
        refused = self.refuse("report.view")
        if refused is not None:
            return refused
        report = REPORTS.get(name)
        if report is None:
            return Refusal(
                "no_report",
                f"There is no report {name}.",
                f"Choose one of: {', '.join(REPORTS)}.",
            )
        refused = _refuse_unused(report, since, until, nurse)
        if refused is not None:
            return refused
        now = clock.now()
        if as_of is not None and as_of < now:
            return Refusal(
                "past_report",
                "Reports show the present or a later time, not the past.",
                "Leave the time out; the history of one case is on its timeline.",
            )
        return self._run(report, as_of or now, since, until, nurse)

    def export(
        self, result: ReportResult, target: Path, text: str | None = None
    ) -> Exported | Refusal:
        """Write a finished report to a new private file, as CSV or as the text given; logs it."""
        from nurse_tui.interchange.export import export_report

        return export_report(self.desk, result, target, text)

    def _run(
        self,
        report: Report,
        as_of: datetime,
        since: date | None,
        until: date | None,
        nurse: str | int | None,
    ) -> ReportResult | Refusal:
        today = clock.local_date(as_of, PROGRAMME_ZONE)
        first = since or today + timedelta(days=report.days[0])
        last = until or today + timedelta(days=report.days[1])
        if last < first:
            return Refusal("dates", "The span ends before it begins.", "Correct the dates.")
        with self.db.read() as session:
            nurse_id = _nurse_id(session, nurse)
            if isinstance(nurse_id, Refusal):
                return nurse_id
            programme = self.desk.settings.on(today)
            said = "" if nurse is None else str(nurse)
            return report.result(session, Ask(programme, as_of, first, last, nurse_id, said))


def _refuse_unused(
    report: Report, since: date | None, until: date | None, nurse: str | int | None
) -> Refusal | None:
    given = {"since": since, "until": until, "nurse": nurse}
    unused = [key for key, value in given.items() if value is not None and key not in report.takes]
    if not unused:
        return None
    takes = f"It takes: {', '.join(report.takes)}." if report.takes else "It takes none."
    return Refusal("not_taken", f"The report {report.name} takes no {unused[0]}.", takes)


def _nurse_id(session: queries.Session, nurse: str | int | None) -> int | Refusal | None:
    if nurse is None or isinstance(nurse, int):
        return nurse
    if nurse == UNASSIGNED:
        return 0
    found = queries.user_id(session, nurse)
    if found is None:
        return Refusal("no_user", f"There is no user {nurse}.", "Give a sign-in name.")
    return found
