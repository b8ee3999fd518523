"""`nurse-tui explain`: what the rules say of a case, with the reasons the screens show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nurse_tui.commands import explained, instants
from nurse_tui.commands.common import (
    Call,
    Who,
    accepted,
    answer_format,
    as_whom,
    say,
    say_json,
    wrong,
)
from nurse_tui.commands.opening import Opened, opened
from nurse_tui.rules.calendar import local_date
from nurse_tui.types import Refusal

if TYPE_CHECKING:
    from nurse_tui.views import CaseView

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def explain() -> None:
    """Explain a decision about a case.

    CASE is a case number (XXX-XXX-XXX) or a form id.
    """


def _options(command: F) -> F:
    for option in (
        click.argument("case"),
        click.option(
            "--as-of",
            metavar="WHEN",
            help="A date or an instant, past or future; without a time the end of that day.",
        ),
        answer_format("text", "json"),
    ):
        command = option(command)
    return as_whom(command)


@explain.command()
@_options
@click.pass_obj
def copay(call: Call, who: Who, case: str, as_of: str | None, form: str) -> None:
    """Say for both co-pay benefits whether the patient is eligible, and why."""
    with opened(call, who) as found:
        view, at = _view(found, case, as_of)
    _answer(explained.copay(view, at), partial(explained.copay_lines, view), form)


@explain.command()
@_options
@click.option("--course", type=click.IntRange(1, 99), metavar="N", help="Which course to plan.")
@click.option("--site", metavar="CODE", help="At which infusion site.")
@click.option("--from", "first", metavar="DATE", help="The first day to look at.")
@click.option("--to", "last", metavar="DATE", help="The last day to look at.")
@click.pass_obj
def weeks(
    call: Call, who: Who, case: str, as_of: str | None, form: str,
    course: int | None, site: str | None, first: str | None, last: str | None,
) -> None:  # fmt: skip
    """Say which weeks a course may be given in, why not in the others, and what would help."""
    begin, end = _day(first), _day(last)
    if begin and end and end < begin:
        wrong("--to is before --from.")
    with opened(call, who) as found:
        view, _ = _view(found, case, as_of)
        proposal = accepted(
            found.services.infusions.propose(
                view.case_id, course, _site(found, site), begin, end, view.as_of
            )
        )
    _answer(explained.weeks(view, proposal), explained.week_lines, form)


@explain.command()
@_options
@click.pass_obj
def deadlines(call: Call, who: Who, case: str, as_of: str | None, form: str) -> None:
    """List what is due, done and overdue, with the rule and the arithmetic.

    Of a series, such as monthly laboratories, every occurrence is listed.
    """
    from nurse_tui.rules import deadlines as rule

    with opened(call, who) as found:
        view, at = _view(found, case, as_of)
        programme = found.services.desk.settings.on(local_date(at, view.zone))
    every = rule.deadlines(view.facts, programme, full=True)
    _answer(explained.deadlines(view, every, at), partial(explained.deadline_lines, every), form)


@explain.command()
@_options
@click.pass_obj
def state(call: Call, who: Who, case: str, as_of: str | None, form: str) -> None:
    """Say where the case stands, what it lacks and what is next."""
    with opened(call, who) as found:
        view, _ = _view(found, case, as_of)
    _answer(explained.state(view), explained.state_lines, form)


@explain.command()
@_options
@click.pass_obj
def calls(call: Call, who: Who, case: str, as_of: str | None, form: str) -> None:
    """Say whether the patient may be called, why, and when calling opens."""
    with opened(call, who) as found:
        view, at = _view(found, case, as_of)
    _answer(explained.calls(view, at), partial(explained.call_lines, view), form)


def _view(found: Opened, case: str, as_of: str | None) -> tuple[CaseView, datetime]:
    """Return the case as of an instant, and that instant; without one, as it stands now."""
    from nurse_tui import clock

    at: datetime | None = None
    if as_of:
        read = instants.instant(as_of)
        if isinstance(read, Refusal):
            wrong(f"--as-of: {read}")
        at = read
    case_id = accepted(found.services.cases.find(case))
    return accepted(found.services.cases.view(case_id, at)), at or clock.now()


def _day(text: str | None) -> date | None:
    if not text:
        return None
    found = instants.day(text)
    if isinstance(found, Refusal):
        wrong(str(found))
    return found


def _site(found: Opened, code: str | None) -> int | None:
    if code is None:
        return None
    sites = accepted(found.services.infusions.sites())
    site = next((s for s in sites if s.code.casefold() == code.strip().casefold()), None)
    return accepted(
        site.site_id
        if site is not None
        else Refusal(
            "no_site", f"There is no infusion site {code}.", _known([s.code for s in sites])
        )
    )


def _known(codes: list[str]) -> str:
    if not codes:
        return "Import some with nurse-tui import sites."
    return f"Known are {', '.join(codes[:20])}{' and others' if len(codes) > 20 else ''}."


def _answer(
    answer: dict[str, Any], lines: Callable[[dict[str, Any]], list[str]], form: str
) -> None:
    if form == "json":
        say_json(answer)
    else:
        for line in lines(answer):
            say(line)
