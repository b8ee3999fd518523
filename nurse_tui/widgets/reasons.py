"""A decision that explains itself: the verdict and its reasons with their rules."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from nurse_tui.types import Reason, Verdict
from nurse_tui.widgets.text import line, stacked, styled, text, verdict

_INDENT = "    "


class ReasonList(Static):
    """Shows what was decided, why, what is missing and the way out."""

    def show(
        self,
        answer: Verdict | None,
        reasons: Sequence[Reason],
        *,
        title: str = "",
        missing: Sequence[str] = (),
        way_out: str = "",
    ) -> None:
        """Show a decision; without a verdict only its reasons."""
        self.update(reason_lines(answer, reasons, title=title, missing=missing, way_out=way_out))


def reason_lines(
    answer: Verdict | None,
    reasons: Sequence[Reason],
    *,
    title: str = "",
    missing: Sequence[str] = (),
    way_out: str = "",
) -> Content:
    """Return a decision as lines: verdict, one line per reason, what is missing, the way out."""
    rows: list[Content] = []
    if title or answer is not None:
        mark = verdict(answer) if answer is not None else styled("", "")
        rows.append(line((f"{title}  " if title else "", "bold"), mark))
    rows += [reason_line(reason) for reason in reasons]
    rows += [line("  ", ("? missing  ", "bold $text-warning"), what) for what in missing]
    if way_out:
        rows.append(line("  ", ("way out  ", "bold"), way_out))
    return stacked(rows)


def reason_line(reason: Reason) -> Content:
    """Return one reason: its rule's number, then its sentence."""
    return line(*reason_row(reason))


def reason_row(reason: Reason) -> tuple[Content, Content]:
    """Return one reason as the lead and the sentence that wraps beside it."""
    return line("  ", (f"{reason.rule:<5}", "bold $text-accent"), " "), text(reason.sentence)
