"""What a call screen shows of a script: the item at hand, what was answered, how far it is.

Everything here goes through `scripts.run`, which keeps back what two identifiers must open (D-32).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.content import Content

from nurse_tui.scripts import run as runner
from nurse_tui.scripts.model import Item, ItemType, TextRole
from nurse_tui.scripts.run import Run
from nurse_tui.types import Refusal
from nurse_tui.widgets.text import cells, line, stacked, state, styled, text

if TYPE_CHECKING:
    from nurse_tui.services.call_view import CallView

ROLES = {
    TextRole.SAY: ("SAY", "bold $text-success"),
    TextRole.ASK: ("ASK", "bold $text-accent"),
    TextRole.NOTE: ("NOTE", "bold $text-muted"),
}
LOOKS = {TextRole.SAY: "bold", TextRole.ASK: "bold", TextRole.NOTE: "italic"}
TYPED = {
    ItemType.DATE: "Type the day, such as 2027-03-01 or 3/1/2027, then enter.",
    ItemType.DATE_TIME: "Type day and time by the patient's own clock: 2027-03-01 14:30. Enter.",
    ItemType.TIME: "Type the time, such as 14:30, then enter.",
    ItemType.INTEGER: "Type a whole number, then enter.",
    ItemType.DECIMAL: "Type a number, then enter.",
}
"""What to type, by the item's type; other items that are typed take words."""
ANSWER_SHARE = 3
"""The answer's part of a line above: one of this many."""


def is_typed(item: Item) -> bool:
    """Say whether an item's answer is typed."""
    return item.type is not ItemType.DISPLAY and not item.options


def digit(number: int) -> str:
    """Return the key of an option by its number from 1; the tenth has 0."""
    return str(number % 10)


def hint(item: Item) -> str:
    """Return what the nurse does with an item."""
    if item.type is ItemType.DISPLAY:
        return "Enter goes on."
    if item.repeats:
        return "Digits mark and unmark, enter goes on."
    if item.options:
        last = digit(len(item.options))
        return f"Press 1 to {last}." if item.required else f"Press 1 to {last}; enter passes over."
    words = TYPED.get(item.type, "Type the answer, then enter.")
    return words if item.required else f"{words} Empty passes over."


def item_lines(view: CallView, item: Item, marked: Collection[str]) -> Content:
    """Return the item at hand: what to do with the text, the text, its options, what is wanted."""
    role, look = ROLES[item.role]
    later = "  put off, asked again now" if item.link_id in view.run.deferred else ""
    aside = "  not read out" if item.role is TextRole.NOTE else ""
    rows = [line((role, look), (aside, "$text-muted"), (later, "$text-warning"))]
    rows.append(styled(runner.words(view.run, item), LOOKS[item.role]))
    if view.compare:
        rows.append(line(("Compare, never read out:  ", "$text-muted"), (view.compare, "bold")))
    if item.options:
        rows += [text(""), *_options(item, marked)]
    rows.append(styled(hint(item), "$text-muted"))
    return stacked(rows)


def _options(item: Item, marked: Collection[str]) -> list[Content]:
    return [
        line(
            ("> " if option.code in marked else "  ", "bold"),
            (digit(number), "bold $text-accent"),
            (f"  {option.label}", "bold" if option.code in marked else ""),
        )
        for number, option in enumerate(item.options, 1)
    ]


def answer_words(run: Run, item: Item) -> str:
    """Return an item's answer as people read it."""
    values = run.answers[item.link_id].values
    if item.type is ItemType.DISPLAY:
        return "done"
    return ", ".join(item.label(value) for value in values) or "passed over"


def answered(run: Run) -> list[Item]:
    """Return what was answered before the item at hand, in the order of the call."""
    items = runner.visible(run)
    ids = [item.link_id for item in items]
    end = ids.index(run.position) if run.position in ids else len(ids)
    return [item for item in items[:end] if item.link_id in run.answers]


def past_line(run: Run, item: Item, width: int) -> Content:
    """Return an answered item on one line: its text, and the answer at the right."""
    room = max(8, width // ANSWER_SHARE)
    return line(
        (cells(runner.words(run, item), max(width - room - 2, 8)), "$text-muted"),
        ("  " + cells(answer_words(run, item), room), "$text-muted bold"),
    )


def status(view: CallView) -> Content:
    """Return how far the call is, and before identification that nothing may be disclosed."""
    run = view.run
    if runner.failed(run):
        return state("refused", "END THE CALL, disclose nothing")
    done, needed = runner.progress(run)
    item = runner.current(run)
    section = item.section if item is not None else "The script is done"
    if runner.identified(run):
        return line((section, "bold"), f"  {done} of {needed} required")
    # What comes after identification does not count yet, so that the number grows with it.
    parts = line((section, "bold"), f"  {done} of {needed} to identify")
    return line(parts, "  ", state("open", "NOT IDENTIFIED, disclose nothing"))


def unread_words(run: Run) -> str:
    """Return which answers this version of the script lacks; named once identified (D-32)."""
    if not run.unread:
        return ""
    names = ", ".join(given.link_id for given in run.unread) if runner.identified(run) else ""
    return f" Answers that this version of the script lacks: {names or len(run.unread)}."


def held_lines(held: Refusal) -> Content:
    """Return why a call that was left may not go on now, and the way out."""
    words = line(("x REFUSED  ", "bold $text-error"), held.sentence)
    return stacked([words, text(held.way_out), styled(held.rule, "$text-muted")])


def end_lines(view: CallView) -> Content:
    """Return what is left when no item is."""
    words = "Nothing is left to ask."
    if runner.failed(view.run):
        words = "End the call. Nothing may be disclosed."
    return stacked([styled(words, "bold"), text("Press o to record the outcome.")])
