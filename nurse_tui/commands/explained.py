"""The answers of `explain`: each as the JSON of the contract, and as lines of text made from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from nurse_tui.rules.calendar import say
from nurse_tui.rules.moments import stamp
from nurse_tui.types import Benefit, Reason
from nurse_tui.words import plain

if TYPE_CHECKING:
    from nurse_tui.rules.deadlines import Deadline
    from nurse_tui.services.infusions import Proposal
    from nurse_tui.views import CaseView

Answer = dict[str, Any]


def copay(view: CaseView, at: datetime) -> Answer:
    """Return the verdicts on both benefits."""
    return {
        "case": view.number,
        "as_of": stamp(at),
        "benefits": {
            benefit.value: {
                "verdict": found.verdict.value,
                "reasons": _reasons(found.reasons),
                "missing": list(found.missing),
            }
            for benefit, found in view.copay.benefits.items()
        },
        "directed_to": list(view.copay.directed_to),
    }


def copay_lines(view: CaseView, answer: Answer) -> list[str]:
    """Return the verdicts as text, each "no" with its way out."""
    lines = [f"Case {answer['case']}, co-pay as of {answer['as_of']}"]
    for benefit, found in answer["benefits"].items():
        lines += [f"{benefit}: {found['verdict']}", *_reason_lines(found["reasons"])]
        lines += [f"  missing: {what}" for what in found["missing"]]
        lines += _way_out(view.copay.benefits[Benefit(benefit)].way_out)
    return lines + [f"directed to: {where}" for where in answer["directed_to"]]


def weeks(view: CaseView, proposal: Proposal) -> Answer:
    """Return the weeks of a site for a course."""
    return {
        "case": view.number,
        "course": proposal.course,
        "site": proposal.site.code,
        "weeks": [
            {
                "start": week.start.isoformat(),
                "days": [day.isoformat() for day in week.days],
                "possible": week.possible,
                "reasons": _reasons(week.reasons),
                "way_out": week.way_out,
            }
            for week in proposal.weeks
        ],
    }


def week_lines(answer: Answer) -> list[str]:
    """Return the weeks as text."""
    lines = [f"Case {answer['case']}, course {answer['course']} at {answer['site']}"]
    for week in answer["weeks"]:
        verdict = "possible" if week["possible"] else "not possible"
        lines.append(f"week of {_say(week['start'])}: {verdict}")
        lines += _reason_lines(week["reasons"])
        lines += _way_out(week["way_out"])
    return lines


def deadlines(view: CaseView, every: Sequence[Deadline], at: datetime) -> Answer:
    """Return what is due and what was done."""
    return {
        "case": view.number,
        "as_of": stamp(at),
        "deadlines": [
            {
                "kind": found.kind,
                "due": found.due_on.isoformat(),
                "state": _state_of(found, at),
                "rule": found.rule,
                "arithmetic": found.arithmetic,
            }
            for found in every
        ],
    }


def _state_of(found: Deadline, at: datetime) -> str:
    if found.done_at is not None:
        return "done"
    return "overdue" if found.due_at < at else "open"


def deadline_lines(every: Sequence[Deadline], answer: Answer) -> list[str]:
    """Return what is due as text, each by its title, which tells apart what is of one kind."""
    lines = [f"Case {answer['case']}, as of {answer['as_of']}"]
    for found, due in zip(answer["deadlines"], every, strict=True):
        lines.append(f"{found['state']:<8} {_say(found['due'])}  {due.title}")
        lines.append(f"  {found['rule']}: {found['arithmetic']}")
    return lines if answer["deadlines"] else [*lines, "Nothing is due."]


def state(view: CaseView) -> Answer:
    """Return where a case stands."""
    due = view.journey.next
    return {
        "case": view.number,
        "state": view.journey.state.value,
        "missing": list(view.journey.missing),
        "next": due and {"what": due.title, "due": due.due_on.isoformat(), "rule": due.rule},
    }


def state_lines(answer: Answer) -> list[str]:
    """Return where a case stands as text."""
    due = answer["next"]
    return [
        f"Case {answer['case']}: {plain(answer['state'])}",
        *(f"missing: {what}" for what in answer["missing"]),
        f"next: {due['what']}, {_say(due['due'])} ({due['rule']})" if due else "next: nothing",
    ]


def calls(view: CaseView, at: datetime) -> Answer:
    """Return whether the patient may be called."""
    found = view.may_call
    return {
        "case": view.number,
        "at": stamp(at),
        "may_call": found.may,
        "reasons": _reasons(found.reasons),
        "warnings": _reasons(found.warnings),
        "opens_at": stamp(found.opens_at) if found.opens_at else None,
    }


def call_lines(view: CaseView, answer: Answer) -> list[str]:
    """Return whether the patient may be called as text, a "no" with its way out."""
    may = "may be called" if answer["may_call"] else "may not be called"
    opens = [f"opens at: {answer['opens_at']}"] if answer["opens_at"] else []
    lines = [f"Case {answer['case']} {may} at {answer['at']}", *_reason_lines(answer["reasons"])]
    lines += _reason_lines(answer["warnings"])
    return lines if answer["may_call"] else lines + _way_out(view.may_call.way_out) + opens


def _reasons(found: Iterable[Reason]) -> list[dict[str, object]]:
    return [reason.as_json() for reason in found]


def _reason_lines(reasons: list[Answer]) -> list[str]:
    return [f"  {reason['rule']}: {reason['sentence']}" for reason in reasons]


def _way_out(words: str) -> list[str]:
    return [f"  way out: {words}"] if words else []


def _say(day: str) -> str:
    return say(date.fromisoformat(day))
