"""Whether some answers lead to each item: conditions that contradict each other are found here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from nurse_tui.scripts.model import Condition, Item, ItemType, Script
from nurse_tui.scripts.values import holds

MAX_WAYS = 300
"""Above so many alternatives an item is taken to be reachable: a check may not be slow."""

Way = frozenset[Condition]


def _asks_answer(condition: Condition) -> bool:
    """Say whether the condition needs its question to be answered."""
    return condition.operator != "!=" and (condition.operator, condition.value) != (
        "exists",
        "false",
    )


def _numbers(wanted: list[Condition]) -> Iterator[str]:
    for condition in wanted:
        value = float(condition.value)
        for near in (value - 1, value, value + 1):
            yield str(int(near)) if near == int(near) else str(near)


def _candidates(item: Item, wanted: list[Condition]) -> Iterator[str]:
    yield from (o.code for o in item.options)
    if item.type in (ItemType.CHOICE, ItemType.BOOLEAN):
        return
    compared = [c for c in wanted if c.operator != "exists"]
    yield from (c.value for c in compared)
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        yield from _numbers(compared)
    if not compared or item.type in (ItemType.STRING, ItemType.TEXT, ItemType.OPEN_CHOICE):
        yield "another answer"
    for low in compared:
        yield low.value + "~"
        yield "" + low.value[:-1]


def _question_fits(item: Item, wanted: list[Condition]) -> bool:
    if all(not _asks_answer(c) for c in wanted):
        return True
    values = list(_candidates(item, wanted))
    if not item.repeats:
        return any(all(holds(c, item.type, (v,)) for c in wanted) for v in values)
    barred = [c for c in wanted if not _asks_answer(c)]
    usable = [v for v in values if all(holds(c, item.type, (v,)) for c in barred)]
    return all(any(holds(c, item.type, (v,)) for v in usable) for c in wanted)


def _fits(way: Way, script: Script) -> bool:
    questions = {c.question for c in way}
    return all(
        _question_fits(script.by_id[q], [c for c in way if c.question == q]) for q in questions
    )


def _guard_ways(item: Item) -> list[Way]:
    choices = [
        [frozenset({c}) for c in guard.conditions]
        if guard.any_of
        else [frozenset(guard.conditions)]
        for guard in item.guards
    ]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_WAYS:
        return []
    return [frozenset().union(*combined) for combined in product(*choices)]


def _with_questions(way: Way, ways: dict[str, list[Way]]) -> list[Way]:
    needed = [ways[c.question] for c in way if _asks_answer(c) and ways[c.question]]
    total = 1
    for choice in needed:
        total *= len(choice)
    if total > MAX_WAYS:
        return [way]
    return [way.union(*combined) for combined in product(*needed)]


def _every_way(guarded: list[Way], ways: dict[str, list[Way]]) -> list[Way] | None:
    """Return all alternatives with those of the questions asked, or None when they are too many."""
    every: dict[Way, None] = {}
    for way in guarded:
        every |= dict.fromkeys(_with_questions(way, ways))
        if len(every) > MAX_WAYS:
            return None
    return list(every)


def impossible(script: Script) -> tuple[str, ...]:
    """Return the linkIds of items that no answers can make visible; conditions must be sound."""
    ways: dict[str, list[Way]] = {}
    dead: set[str] = set()
    judged: dict[Way, bool] = {}
    for item in script.items:
        guarded = _guard_ways(item)
        alive = [w for w in guarded if not any(_asks_answer(c) and c.question in dead for c in w)]
        every = _every_way(alive, ways)
        for way in every or ():
            if way not in judged:
                judged[way] = _fits(way, script)
        possible = [way for way in every or () if judged[way]]
        if guarded and every is not None and not possible:
            dead.add(item.link_id)
        ways[item.link_id] = possible
    return tuple(item.link_id for item in script.items if item.link_id in dead)
