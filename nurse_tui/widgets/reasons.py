"""A decision that explains itself: the verdict and its reasons with their rules."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from nurse_tui.types import Reason, Verdict
from nurse_tui.widgets.hanging import Hanging, Row
from nurse_tui.widgets.text import line, styled, text, verdict


class ReasonList(Hanging):
    """Shows what was decided, why, what is missing and the way out."""

    def show_decision(
        self,
        answer: Verdict | None,
        reasons: Sequence[Reason],
        *,
        title: str = "",
        missing: Sequence[str] = (),
        way_out: str = "",
    ) -> None:
        """Show a decision; without a verdict only its reasons."""
        self.show(reason_rows(answer, reasons, title=title, missing=missing, way_out=way_out))


def reason_rows(
    answer: Verdict | None,
    reasons: Sequence[Reason],
    *,
    title: str = "",
    missing: Sequence[str] = (),
    way_out: str = "",
) -> list[Row]:
    """Return a decision as rows: verdict, each reason, what is missing, the way out."""
    rows: list[Row] = []
    if title or answer is not None:
        mark = verdict(answer) if answer is not None else styled("", "")
        rows.append(line((f"{title}  " if title else "", "bold"), mark))
    rows += [reason_row(reason) for reason in reasons]
    rows += [(line("  ", ("? missing  ", "bold $text-warning")), text(what)) for what in missing]
    if way_out:
        rows.append((line("  ", ("way out  ", "bold")), text(way_out)))
    return rows


def reason_row(reason: Reason) -> tuple[Content, Content]:
    """Return one reason as the lead and the sentence that wraps beside it."""
    return line("  ", (f"{reason.rule:<5}", "bold $text-accent"), " "), text(reason.sentence)
