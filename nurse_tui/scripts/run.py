"""Run a call script: a pure state machine over frozen values.

Every step returns a new `Run` or a `Refusal`. Nothing that is not marked open can be reached before
two identifiers match (D-32): not by answering, jumping, searching, rendering or exporting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from nurse_tui.scripts import values as reading
from nurse_tui.scripts.model import (
    EARLIER_ANSWER,
    IDENTIFIERS_NEEDED,
    OPEN_PLACEHOLDERS,
    PLACEHOLDER,
    Action,
    Answer,
    Effect,
    EffectKind,
    Guard,
    Item,
    ItemType,
    Script,
)
from nurse_tui.types import Refusal
from nurse_tui.words import plain


@dataclass(frozen=True, slots=True)
class Run:
    """A call under way: the answers so far and the item it stands at (None: nothing is left).

    `unread` are stored answers that the script, in this version, does not understand; `trial`
    shows everything without identification, for a supervisor who tries a script without a patient.
    """

    script: Script
    answers: Mapping[str, Answer]
    position: str | None
    deferred: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[Answer, ...] = ()
    trial: bool = False
    now: datetime | None = None
    """The patient's wall clock, by which dates lie in the past or the future; None judges none."""


@dataclass(frozen=True, slots=True)
class _View:
    items: tuple[Item, ...]
    identified: bool
    failed: bool


def _holds(guard: Guard, script: Script, given: Mapping[str, tuple[str, ...]]) -> bool:
    found = [
        reading.holds(c, script.by_id[c.question].type, given.get(c.question, ()))
        for c in guard.conditions
    ]
    return reading.passes(guard, found)


def _shown(run: Run, only_open: bool) -> tuple[Item, ...]:
    """Return items whose conditions hold; answers of hidden items do not count.

    A group's guard is shared by its items and asks only what comes before all of them, so it is
    evaluated once.
    """
    given: dict[str, tuple[str, ...]] = {}
    judged: dict[int, bool] = {}
    shown: list[Item] = []
    for item in run.script.items:
        if only_open and not item.open:
            continue
        for guard in item.guards:
            if id(guard) not in judged:
                judged[id(guard)] = _holds(guard, run.script, given)
            if not judged[id(guard)]:
                break
        else:
            shown.append(item)
            if item.link_id in run.answers:
                given[item.link_id] = run.answers[item.link_id].values
    return tuple(shown)


def _view(run: Run) -> _View:
    before = _shown(run, only_open=True)
    gates = [i for i in before if i.gate]
    answered = [i for i in gates if i.link_id in run.answers]
    matched = [i for i in answered if run.answers[i.link_id].values == (i.gate,)]
    possible = len(matched) + len(gates) - len(answered)
    failed = len(matched) < len(answered) and possible < IDENTIFIERS_NEEDED
    if failed and not run.trial:
        kept = (i for i in before if i.ends or i.link_id in run.answers)
        return _View(tuple(kept), False, True)
    identified = len(matched) >= IDENTIFIERS_NEEDED
    items = _shown(run, only_open=False) if identified or run.trial else before
    return _View(tuple(i for i in items if not i.ends), identified, False)


def visible(run: Run) -> tuple[Item, ...]:
    """Return the items of the call as the answers stand, in order; none needs identification."""
    return _view(run).items


def identified(run: Run) -> bool:
    """Say whether two identifiers match (D-32)."""
    return _view(run).identified


def failed(run: Run) -> bool:
    """Say whether identification has failed: the call ends and nothing is disclosed (D-32)."""
    return _view(run).failed


def current(run: Run) -> Item | None:
    """Return the item the call stands at, or None when nothing is left."""
    return next((i for i in visible(run) if i.link_id == run.position), None)


def _next(run: Run, after: str | None) -> str | None:
    """Choose the next unanswered item: first those ahead, then those behind, deferred ones last."""
    items = visible(run)
    ids = [i.link_id for i in items]
    start = ids.index(after) + 1 if after in ids else _place(run, after, ids)
    turned = ids[start:] + ids[:start]
    left = [link for link in turned if link not in run.answers]
    fresh = [link for link in left if link not in run.deferred]
    return next(iter(fresh or left), None)


def _place(run: Run, after: str | None, ids: Sequence[str]) -> int:
    if after not in run.script.by_id:
        return 0
    passed = set()
    for item in run.script.items:
        passed.add(item.link_id)
        if item.link_id == after:
            break
    return sum(link in passed for link in ids)


def start(
    script: Script,
    known: Mapping[str, str],
    answers: Iterable[Answer] = (),
    deferred: Iterable[str] = (),
    trial: bool = False,
    now: datetime | None = None,
) -> Run:
    """Begin a call, or resume it from its stored answers, at the first item not yet answered.

    `now` is the patient's wall clock, naive; answers that are stored already are not judged by it.
    """
    kept: dict[str, Answer] = {}
    unread: list[Answer] = []
    for answer_ in answers:
        item = script.by_id.get(answer_.link_id)
        if item is not None and reading.is_stored(item, answer_.values):
            kept[item.link_id] = answer_
        else:
            unread.append(answer_)
    put_off = frozenset(d for d in deferred if d in script.by_id) - kept.keys()
    run = Run(script, kept, None, put_off, dict(known), tuple(unread), trial, now)
    return replace(run, position=_next(run, None))


def answer(run: Run, value: str | Sequence[str] = "") -> Run | Refusal:
    """Answer the current item as typed (an option's digit, code or words; a date; text).

    Text that is read out takes any value; an empty value passes over an optional question, or
    takes the item's initial value.
    """
    item = current(run)
    if item is None:
        return Refusal("script.finished", "Nothing is left to ask.", "Jump to a question with /.")
    values = reading.values_of(item, value)
    if isinstance(values, Refusal):
        return values
    if run.now is not None:
        wrong = (reading.refuse_day(item, value, run.now) for value in values)
        refused = next((refusal for refusal in wrong if refusal is not None), None)
        if refused is not None:
            return refused
    answers = {**run.answers, item.link_id: Answer(item.link_id, values)}
    after = replace(run, answers=answers, deferred=run.deferred - {item.link_id})
    return replace(after, position=_next(after, item.link_id))


def back(run: Run) -> Run:
    """Go to the item before the current one; the first stays."""
    ids = [i.link_id for i in visible(run)]
    if not ids:
        return run
    place = ids.index(run.position) if run.position in ids else len(ids)
    return replace(run, position=ids[max(place - 1, 0)])


def jump(run: Run, link_id: str) -> Run | Refusal:
    """Go to an item by name; refused for hidden ones and, before identification, for the rest."""
    view = _view(run)
    if any(i.link_id == link_id for i in view.items):
        return replace(run, position=link_id)
    if not view.identified and not run.trial:
        return Refusal(
            "script.not_identified",
            "Two identifiers must match before the call goes on.",
            "Ask for the full name and the date of birth.",
            "D-32",
        )
    if link_id in run.script.by_id:
        return Refusal("script.hidden", "The answers so far leave that question out.")
    return Refusal("script.unknown", "This script has no such question.", "Search with /.")


def defer(run: Run) -> Run | Refusal:
    """Put the current question off: it comes again when nothing else is left."""
    item = current(run)
    if item is None:
        return Refusal("script.finished", "Nothing is left to put off.")
    if item.gate and not run.trial:
        return Refusal(
            "script.gate", "An identifier cannot be put off.", "Answer it or end the call.", "D-32"
        )
    answers = {k: v for k, v in run.answers.items() if k != item.link_id}
    after = replace(run, answers=answers, deferred=run.deferred | {item.link_id})
    return replace(after, position=_next(after, item.link_id))


def progress(run: Run) -> tuple[int, int]:
    """Return how many required questions are answered, and how many there are as things stand."""
    required = [i for i in visible(run) if i.required]
    return sum(i.link_id in run.answers for i in required), len(required)


def done(run: Run) -> bool:
    """Say whether every required question that shows is answered and no item waits."""
    answered, total = progress(run)
    return answered == total and _next(run, None) is None


def _title(run: Run, action: Action) -> str:
    """Return an action's title with the words of the earlier answers that it names."""

    def fill(found: re.Match[str]) -> str:
        item, given = run.script.by_id.get(found[1]), run.answers.get(found[1])
        if item is None or given is None:
            return "-"
        return ", ".join(item.label(value) for value in given.values) or "-"

    return EARLIER_ANSWER.sub(fill, action.title)


def _concerns(item: Item, link_id: str) -> bool:
    """Say whether an answer changes what an item sets going: its own, or one that a title names."""
    named = (EARLIER_ANSWER.findall(action.title) for action in item.actions)
    return item.link_id == link_id or any(link_id in names for names in named)


def _effect(run: Run, item: Item, action: Action, given: Answer) -> Effect | None:
    if action.when and action.when not in given.values:
        return None
    words = ", ".join(given.values)
    default = (
        "true" if action.kind is EffectKind.CONSENT and words not in ("true", "false") else words
    )
    value = action.value or default
    return Effect(action.kind, item.link_id, action.what, value, _title(run, action))


def effects(run: Run, link_id: str | None = None) -> tuple[Effect, ...]:
    """Return what the counted answers set going, in order: all, or what one item's answer changes.

    An answer that the title of a later action names sets that action going again.
    """
    found: list[Effect] = []
    for item in visible(run):
        given = run.answers.get(item.link_id)
        if given is None or (link_id is not None and not _concerns(item, link_id)):
            continue
        if not given.values and item.type is not ItemType.DISPLAY:
            continue
        every = (_effect(run, item, action, given) for action in item.actions)
        found += [effect for effect in every if effect is not None]
    return tuple(found)


def outcome(run: Run) -> str:
    """Return the call's outcome that the answers propose, empty while they propose none."""
    proposed = (e.what for e in effects(run) if e.kind is EffectKind.OUTCOME)
    return next(proposed, "")


def render(item: Item, known: Mapping[str, str], identified: bool = False) -> str:
    """Fill an item's text; without identification only open text, and no fact of the case."""
    if not (identified or item.open):
        return ""

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if not identified and name not in OPEN_PLACEHOLDERS:
            return "[after identification]"
        return known.get(name) or f"[{plain(name)} not known]"

    return PLACEHOLDER.sub(fill, item.text)


def words(run: Run, item: Item | None = None) -> str:
    """Return the text of the current item, or of another, as it may be shown now."""
    shown = item or current(run)
    return "" if shown is None else render(shown, run.known, identified(run) or run.trial)


def search(run: Run, wanted: str) -> tuple[Item, ...]:
    """Find visible items that hold every word in their text, section, name or options."""
    asked = wanted.casefold().split()
    found: list[Item] = []
    for item in visible(run):
        texts = (words(run, item), item.section, item.link_id, *(o.label for o in item.options))
        hay = " ".join(texts).casefold()
        if all(word in hay for word in asked):
            found.append(item)
    return tuple(found)
