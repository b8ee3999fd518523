"""Checks that no Questionnaire library makes: order, reachability, and the identity gate (D-32)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nurse_tui.scripts.fields import Reading
from nurse_tui.scripts.model import (
    EARLIER_ANSWER,
    FACT_PLACEHOLDERS,
    IDENTIFIERS_NEEDED,
    OPEN_PLACEHOLDERS,
    PLACEHOLDER,
    Condition,
    EffectKind,
    Fault,
    Item,
    ItemType,
    Script,
)
from nurse_tui.scripts.reach import impossible
from nurse_tui.scripts.values import CHOICES, ORDERED, is_stored, read
from nurse_tui.types import Refusal

DISCLOSING = re.compile(
    r"lemtrada|alemtuzumab|aubagio|sclerosis|esclerosis|one to one|genzyme|sanofi|infusi[oóö]n"
    r"|neurolog|\brems\b|\bMS\b|\bEM\b|medicine|medication|medicina|medicamento|\bdrug\b"
    r"|f[aá]rmaco|treatment|tratamiento|prescri|\bco-?pay|copago|diagnos",
    re.IGNORECASE,
)
"""Words that tell a listener the drug, the disease or the programme (D-32, D-33)."""
BEFORE_IDENTITY = frozenset({EffectKind.OUTCOME, EffectKind.TASK, EffectKind.CALLBACK})
"""What an answer may set going while nobody knows who gave it."""
_KINDS = {
    ItemType.BOOLEAN: {"Boolean"},
    ItemType.CHOICE: {"Coding", "String", "Integer", "Date", "Time"},
    ItemType.OPEN_CHOICE: {"Coding", "String", "Integer", "Date", "Time"},
    ItemType.DATE: {"Date"},
    ItemType.DATE_TIME: {"DateTime", "Date"},
    ItemType.TIME: {"Time"},
    ItemType.INTEGER: {"Integer"},
    ItemType.DECIMAL: {"Decimal", "Integer"},
}

Faults = Iterator[tuple[str, str]]


def _condition_faults(item: Item, condition: Condition, known: Item) -> Faults:
    asked = f"enableWhen compares {condition.question!r}"
    if known.type is ItemType.DISPLAY:
        yield item.link_id, f"{asked}, which is text and has no answer"
    elif condition.operator != "exists":
        allowed = _KINDS.get(known.type, {"String"})
        if condition.kind not in allowed:
            yield item.link_id, f"{asked} with a {condition.kind}, but it is a {known.type}"
        elif condition.operator not in ("=", "!=") and known.type not in ORDERED:
            yield item.link_id, f"{asked} by {condition.operator}, but a {known.type} has no order"
        elif known.type in ORDERED and isinstance(read(known, condition.value), Refusal):
            yield item.link_id, f"{asked} with {condition.value!r}, which is no {known.type}"


def _conditions(reading: Reading) -> Faults:
    earlier: dict[str, Item] = {}
    everything = {i.link_id for i in reading.items}
    for item in reading.items:
        for condition in item.conditions:
            question = condition.question
            if question in earlier:
                yield from _condition_faults(item, condition, earlier[question])
            elif question in reading.groups:
                yield item.link_id, f"enableWhen asks {question!r}, a group, which has no answer"
            elif question in reading.skipped:
                yield item.link_id, f"enableWhen asks {question!r}, which is left out"
            elif question in everything:
                yield item.link_id, f"enableWhen asks {question!r}, which comes later or is itself"
            else:
                yield item.link_id, f"enableWhen asks {question!r}, which does not exist"
        earlier[item.link_id] = item


def _has_time(item: Item) -> bool:
    return item.type is ItemType.DATE_TIME or item.format == "date_time"


def _titles(reading: Reading) -> Faults:
    """Look for titles of actions that name what is no earlier question."""
    earlier: dict[str, Item] = {}
    for item in reading.items:
        named = (n for action in item.actions for n in EARLIER_ANSWER.findall(action.title))
        for name in dict.fromkeys(named):
            known = earlier.get(name)
            if known is None or known.type is ItemType.DISPLAY:
                yield item.link_id, f"the title of an action names {name!r}, no earlier question"
        earlier[item.link_id] = item


def _shapes(reading: Reading) -> Faults:
    for item in reading.items:
        codes = {o.code for o in item.options}
        if item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE) and not item.options:
            yield item.link_id, "a choice without options"
        if item.type not in CHOICES and item.options and reading.extended:
            yield item.link_id, f"a {item.type} item takes no options"
        if reading.extended and not item.text:
            yield item.link_id, "the item has no text"
        if item.initial and not is_stored(item, item.initial):
            yield item.link_id, "the initial value does not fit the item"
        if item.lies_in and item.type is not ItemType.DATE and not _has_time(item):
            yield item.link_id, f"lies-in is for dates, and this is a {item.type}"
        for action in item.actions:
            if item.type is ItemType.DISPLAY and action.when:
                yield item.link_id, "an on-answer action waits for an answer that text cannot have"
            elif item.type in CHOICES and action.when and action.when not in codes:
                yield item.link_id, f"an on-answer action waits for {action.when!r}: no such answer"
        if item.initial and any(a.kind is EffectKind.SAFETY_REPORT for a in item.actions):
            yield item.link_id, "a safety question may not be answered beforehand (D-37)"


def _placeholders(item: Item) -> Faults:
    texts = (item.text, item.section, *(o.label for o in item.options))
    for name in dict.fromkeys(n for text in texts for n in PLACEHOLDER.findall(text)):
        if name in FACT_PLACEHOLDERS:
            if item.open:
                yield item.link_id, f"{{{name}}} would be shown before identification (D-32)"
        elif name not in OPEN_PLACEHOLDERS:
            yield item.link_id, f"unknown placeholder {{{name}}}"


def _open_words(item: Item) -> Faults:
    texts = (item.text, item.section, *(o.label for o in item.options))
    for text in texts:
        if found := DISCLOSING.search(text):
            yield item.link_id, f"says {found[0]!r} before identification (D-32, D-33)"
    for action in item.actions:
        if action.kind not in BEFORE_IDENTITY:
            yield item.link_id, f"{action.kind} may not be set before identification (D-32)"


def _gate_item(item: Item, by_id: dict[str, Item]) -> Faults:
    codes = {o.code for o in item.options}
    if item.type not in (ItemType.CHOICE, ItemType.BOOLEAN) or item.repeats:
        yield item.link_id, "an identity gate must be a choice of one answer, or yes and no"
    elif item.gate not in codes:
        yield item.link_id, f"the identity gate's answer {item.gate!r} is not among its options"
    elif len(codes) < 2:
        yield item.link_id, "the identity gate can be bypassed: there is no other answer"
    if not item.required:
        yield item.link_id, "the identity gate can be bypassed: it is not required"
    if item.initial:
        yield item.link_id, "the identity gate can be bypassed: it is answered beforehand"
    for condition in item.conditions:
        asked = by_id.get(condition.question)
        if asked is not None and not asked.open:
            yield item.link_id, f"the gate waits for {asked.link_id!r}, which waits for the gate"


def _gate(script: Script, reading: Reading) -> Faults:
    gates = script.gates
    by_id = dict(script.by_id)
    for item in gates:
        yield from _gate_item(item, by_id)
    if all(item.open for item in script.items):
        return
    if len(gates) < IDENTIFIERS_NEEDED:
        hidden = next(i for i in script.items if not i.open)
        yield (
            hidden.link_id,
            f"the gate can be bypassed: {len(gates)} of {IDENTIFIERS_NEEDED} identity gates",
        )
    if not any(item.ends for item in script.items):
        yield "", "no item ends the call when identification fails (mark one `end`)"


def _open_chain(script: Script) -> Faults:
    for item in script.items:
        if not item.open or item.gate:
            continue
        for condition in item.conditions:
            asked = script.by_id.get(condition.question)
            if asked is not None and not asked.open:
                yield item.link_id, f"is open but waits for {asked.link_id!r}, which is not"


def _names(script: Script) -> Faults:
    for name in ("id", "version", "title", "date"):
        if not getattr(script, name):
            yield "", f"a call script needs a {name}"
    if found := DISCLOSING.search(script.title):
        yield "", f"the title says {found[0]!r} before identification (D-32)"


def faults(script: Script, reading: Reading) -> tuple[Fault, ...]:
    """Return every fault of a script in the order of its items; none means it may be used."""
    found = [*_conditions(reading), *_shapes(reading), *_titles(reading)]
    if not script.items:
        found.append(("", "every item is left out" if reading.skipped else "there is no item"))
    if reading.extended:
        found += [*_names(script), *_gate(script, reading), *_open_chain(script)]
        for item in script.items:
            found += _placeholders(item)
            found += _open_words(item) if item.open else ()
    if not found and not reading.faults:
        found += [(link, "no answers can ever lead to this item") for link in impossible(script)]
    rank = {item.link_id: n for n, item in reversed(list(enumerate(script.items)))}
    ordered = sorted(found, key=lambda f: rank.get(f[0], -1))
    return (*reading.faults, *(Fault(*f) for f in dict.fromkeys(ordered)))
