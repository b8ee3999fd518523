"""What a call script is, frozen: items, their conditions and actions, answers and effects.

A script is the documented subset of a FHIR R4 Questionnaire (docs/scripts.md). Values of answers
are canonical text: an option's code, `true` or `false`, an ISO date, a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

IDENTIFIERS_NEEDED = 2
"""Identifiers that must match before anything is disclosed (D-32)."""

OPEN_PLACEHOLDERS = frozenset({"first_name", "last_name", "nurse_name", "callback_number"})
"""Placeholders that may be filled before identification (D-32, D-33)."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""In the text of an item: the name of what is filled in for a call."""

EARLIER_ANSWER = re.compile(r"\{([^{}]+)\}")
"""In the title of an action: the linkId of an earlier question, whose answer stands there."""

FACT_PLACEHOLDERS = frozenset(
    {
        "prescriber_name",
        "state",
        "payer",
        "rems_status",
        "form_signed_on",
        "course_days",
        "day_1",
        "last_day",
        "line_number",
        "excluded_states",
    }
)
"""Placeholders that show something of the case; each is filled, and only after identification."""


class ItemType(StrEnum):
    """Item types of the subset, as FHIR names them; a group is a section, not an item."""

    DISPLAY = "display"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    INTEGER = "integer"
    DECIMAL = "decimal"


class TextRole(StrEnum):
    """What the nurse does with an item's text."""

    SAY = "say"
    ASK = "ask"
    NOTE = "note"


class EffectKind(StrEnum):
    """What an answer sets going; services do it."""

    SAFETY_REPORT = "safety_report"
    CONSENT = "consent"
    TASK = "task"
    CALLBACK = "callback"
    COVERAGE = "coverage"
    LANGUAGE = "language"
    VOICEMAIL = "voicemail"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer: the stored code and the words shown."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One enableWhen: `operator` is exists, =, !=, >, <, >= or <=; `kind` is the answer's type."""

    question: str
    operator: str
    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Conditions of one item or one of its groups: all of them, or any when `any_of` is true."""

    conditions: tuple[Condition, ...]
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What to do on an answer; an empty `when` means on any answer."""

    kind: EffectKind
    when: str = ""
    what: str = ""
    value: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """An action that an answer set going.

    `what` is the kind of consent, safety report, task or outcome; `value` the value to set (`true`
    or `false` for a consent), or the answer itself; `title` a sentence for a task or callback.
    """

    kind: EffectKind
    link_id: str
    what: str
    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One step of the call, with the groups it stands in flattened away.

    `open` may be shown before identification (D-32); `gate` is the answer that confirms an
    identifier, empty for other items; `ends` is shown only when identification has failed.
    `lies_in` is past or future where a date must lie there (today counts as both), else empty.
    """

    link_id: str
    type: ItemType
    text: str
    role: TextRole
    section: str = ""
    path: tuple[tuple[str, str], ...] = ()
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    initial: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    format: str = ""
    lies_in: str = ""
    open: bool = False
    gate: str = ""
    ends: bool = False
    actions: tuple[Action, ...] = ()
    rule: str = ""
    tag: str = ""
    max_length: int = 0

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the item and of the groups around it."""
        return tuple(c for guard in self.guards for c in guard.conditions)

    def label(self, code: str) -> str:
        """Return the words of an option's code, or the value itself where it is no option."""
        return next((o.label for o in self.options if o.code == code), code)


@dataclass(frozen=True, slots=True)
class Script:
    """A checked script: items in the order of the call; `left_out` names what was not read."""

    id: str
    version: str
    language: str
    title: str
    status: str
    date: str
    items: tuple[Item, ...]
    left_out: tuple[str, ...] = ()
    url: str = ""
    by_id: Mapping[str, Item] = field(default_factory=dict, compare=False, repr=False)

    @property
    def gates(self) -> tuple[Item, ...]:
        """Items that confirm an identifier."""
        return tuple(i for i in self.items if i.gate)

    @property
    def callable(self) -> bool:
        """Say whether it may be used on a call: it has a gate, or nothing that needs one (D-32)."""
        return bool(self.gates) or all(i.open for i in self.items)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a script; an empty `link_id` means the file as a whole."""

    link_id: str
    fault: str


@dataclass(frozen=True, slots=True)
class ScriptFaults:
    """The answer of the loader to a script that may not be used."""

    faults: tuple[Fault, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: no value for text that was read out or a question that was passed over."""

    link_id: str
    values: tuple[str, ...] = ()
