"""Why co-pay is denied or not known: what was decided in a span of days, by the rule behind it."""

from __future__ import annotations

import json
from collections import Counter

from nurse_tui.reports.base import Ask, Column, Found, Report
from nurse_tui.rules.covers import KIND_WORDS
from nurse_tui.store import report_queries as queries
from nurse_tui.types import CoverageKind, Verdict
from nurse_tui.words import plain

ABOUT = {"D-39": "cover", "D-43": "cover", "D-41": "state of residence", "D-45": "age"}
"""What a rule asks about, where the reason that was kept names neither cover nor state."""


def run(session: queries.Session, ask: Ask) -> Found:
    """Count the cases whose newest verdict on a benefit, kept in the span, is no or not known."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    totals: Counter[Verdict] = Counter()
    for benefit, verdict, reasons in session.execute(queries.copay_refusals(*ask.span)):
        counts[(benefit.value, plain(verdict.value), *_cause(reasons))] += 1
        totals[verdict] += 1
    found = Found()
    for row, cases in sorted(counts.items(), key=lambda each: (each[0][:2], -each[1], each[0])):
        found.add((*row, cases))
    for verdict in (Verdict.INELIGIBLE, Verdict.UNDETERMINED):
        found.totals[verdict.value] = totals[verdict]
    found.notes.append(
        "The first reason of each newest verdict that was kept in the span; closed cases count."
    )
    return found


def _cause(reasons: str) -> tuple[str, str]:
    """Return the rule of the first reason, and the cover or the state that it is about."""
    first: dict[str, object] = next(iter(json.loads(reasons)), {})
    rule, facts = str(first.get("rule", "")), first.get("facts")
    known = facts if isinstance(facts, dict) else {}
    if known.get("kind") in set(CoverageKind):
        return rule, KIND_WORDS[CoverageKind(known["kind"])]
    if "state" in known:
        return rule, f"lives in {known['state']}" if known["state"] else "state of residence"
    return rule, ABOUT.get(rule, "the case")


REPORT = Report(
    name="copay-reasons",
    title="Co-pay, denied and open",
    help="Cases whose verdict on co-pay is no or not known, by rule and what it is about.",
    takes=("since", "until"),
    columns=(
        Column("benefit", "Benefit", "text"),
        Column("verdict", "Verdict", "text"),
        Column("rule", "Rule", "text"),
        Column("about", "What it is about", "text"),
        Column("cases", "Cases"),
    ),
    run=run,
    days=(-30, 0),
)
