"""Every command of the program: id, key, label, one line of help, roles, danger, where it works.

Bindings, footer, help, the `:` line, the documents' key table and the remapping file are all made
from REGISTRY. Beside the standard library only the shared types are imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nurse_tui.types import Refusal, Role

LISTS = ("caseload", "calls", "copay", "infusions", "reports", "admin")
"""The six screens behind the keys 1 to 6."""
SCREENS = (*LISTS, "case", "call", "copay_case", "schedule", "form", "choose")
"""Every place where commands work once somebody is signed in."""
RECORDS = (*LISTS, "case", "copay_case", "schedule")
"""Screens without a text field or a script under the hand, where digits change the screen."""
EVERYBODY = frozenset(Role)
CARERS = frozenset({Role.NURSE, Role.SUPERVISOR})
LEADERS = frozenset({Role.SUPERVISOR})
STEWARDS = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

_NAMES = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "plus": "+",
    "minus": "-",
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for.

    `key` is what the footer shows, `aliases` also work; an empty key is reached by `:` alone.
    `native` says that the focused widget handles the key itself. `rank` orders the footer, lowest
    first; 0 keeps a command out of it.
    """

    id: str
    key: str
    label: str
    help: str
    screens: tuple[str, ...] = SCREENS
    roles: frozenset[Role] = EVERYBODY
    danger: bool = False
    rank: int = 0
    aliases: tuple[str, ...] = ()
    native: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that runs the command, the shown one first."""
        return (self.key, *self.aliases) if self.key else self.aliases

    @property
    def shown(self) -> str:
        """Return the key as a person reads it."""
        return display(self.key)

    @property
    def method(self) -> str:
        """Return the name of the method that runs it."""
        return "do_" + self.id.replace(".", "_")


def display(key: str) -> str:
    """Return a key's name as a person reads it: `question_mark` as `?`."""
    *before, last = key.split("+") if len(key) > 1 else [key]
    return "+".join([*before, _NAMES.get(last, last)])


class Registry:
    """The commands in order, found by id, screen and role."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._by_id = {command.id: command for command in self.commands}

    def by_id(self, command_id: str) -> Command:
        """Return one command; an unknown id is a KeyError."""
        return self._by_id[command_id]

    def find(self, words: str) -> Command | None:
        """Return the command whose id or label is exactly these words, whatever the case."""
        wanted = words.strip().casefold()
        named = (c for c in self.commands if wanted in (c.id, c.label.casefold()))
        return next(named, None)

    def for_screen(self, screen: str, role: Role | None = None) -> tuple[Command, ...]:
        """Return what works on a screen, for one role or for all, most needed first."""
        here = [
            command
            for command in self.commands
            if screen in command.screens and (role is None or role in command.roles)
        ]
        return tuple(sorted(here, key=lambda command: command.rank or 1000))

    def clash(self) -> Refusal | None:
        """Return a refusal naming two commands that share a key on one screen, or None."""
        for screen in SCREENS:
            taken: dict[str, Command] = {}
            for command in self.for_screen(screen):
                for key in command.keys:
                    other = taken.setdefault(key, command)
                    if other is not command:
                        return _clash(key, other, command, screen)
        return None

    def remapped(self, keys: Mapping[str, str]) -> Registry | Refusal:
        """Return the registry with other keys for some ids, or why that cannot be."""
        for command_id in keys:
            if command_id not in self._by_id:
                return Refusal(
                    "key_unknown_command",
                    f"The key settings name an unknown command: {command_id}.",
                    "`nurse-tui keys` lists the commands.",
                )
        changed = Registry(
            replace(c, key=keys[c.id].strip(), aliases=()) if c.id in keys else c
            for c in self.commands
        )
        return changed.clash() or changed

    def without_single_letters(self) -> Registry:
        """Return the registry with every single-letter key switched off; `:` still reaches all."""
        return Registry(
            replace(
                c,
                key="" if _is_letter(c.key) else c.key,
                aliases=tuple(alias for alias in c.aliases if not _is_letter(alias)),
            )
            for c in self.commands
        )


def _is_letter(key: str) -> bool:
    return len(key) == 1 and key.isalpha()


def _clash(key: str, first: Command, second: Command, screen: str) -> Refusal:
    return Refusal(
        "key_clash",
        f"The key {display(key)} would run both “{first.label}” ({first.id}) and "
        f"“{second.label}” ({second.id}) on the {screen} screen.",
        "Give one of them another key in the [keys] part of the configuration.",
    )


_CASES = ("caseload", "calls", "copay", "infusions", "case", "copay_case", "schedule")
_PICK = ("caseload", "calls", "copay", "infusions", "reports", "admin", "case", "schedule")
_MOVE = (*_PICK, "choose")
_TABS = (*LISTS, "case", "copay_case")

REGISTRY = Registry(
    [
        # lists and records
        Command("open", "enter", "Open", "Open the row under the cursor", _MOVE, rank=10),
        Command("back", "escape", "Back", "Go back one step", SCREENS, rank=90),
        Command("next", "n", "Next call", "Open the next patient who may be called now, and say "
                "why this one", ("caseload", "calls", "case"), CARERS, rank=20),
        Command("call", "c", "Call", "Start the call, or go on with the one that was paused",
                _CASES, CARERS, rank=30),
        Command("call_in", "C", "Incoming call", "Take a call that comes in; who calls is "
                "identified first", _CASES, CARERS, rank=32),
        Command("copay", "p", "Co-pay", "Show the co-pay decision and its reasons",
                _CASES, CARERS, rank=40),
        Command("schedule", "s", "Schedule", "Find infusion weeks that work, and book one",
                ("caseload", "calls", "copay", "infusions", "case", "copay_case"), CARERS, rank=50),
        Command("monitoring", "m", "Monitoring", "Show monitoring and REMS: what is due and done",
                _CASES, CARERS, rank=62),
        Command("note", "w", "Note", "Write a note on the case", (*_CASES, "call"), CARERS,
                rank=64),
        Command("task", "t", "Task", "Make a task with a date", _CASES, CARERS, rank=65),
        Command("edit", "e", "Edit", "Change the facts shown here",
                ("caseload", "copay", "admin", "case"), rank=60),
        Command("flag", "exclamation_mark", "Flag", "Flag the case, or take the flag away",
                _CASES, CARERS, rank=75),
        Command("as_of", "v", "As of", "Look at things as they stood at an earlier instant",
                (*_CASES, "reports"), rank=74),
        Command("search", "slash", "Search", "Keep the rows that hold the words; in the caseload "
                "also phone, birth date, ZIP", LISTS, rank=66),
        Command("filter", "f", "Filter", "Choose which rows are shown",
                (*LISTS, "schedule"), rank=67),
        Command("sort", "S", "Sort", "Choose the order of the rows", LISTS, rank=68),
        Command("mark", "space", "Mark", "Mark or unmark the row", ("caseload",), rank=77),
        Command("mark_range", "shift+down", "Mark range", "Mark rows while moving",
                ("caseload",), native=True, aliases=("shift+up",)),
        Command("move_down", "down", "Down", "Go to the next row", _MOVE,
                native=True, aliases=("j",)),
        Command("move_up", "up", "Up", "Go to the row before", _MOVE, native=True, aliases=("k",)),
        Command("page_down", "pagedown", "Page down", "Go one page down", _MOVE, native=True),
        Command("page_up", "pageup", "Page up", "Go one page up", _MOVE, native=True),
        Command("top", "home", "First row", "Go to the first row", _MOVE, native=True),
        Command("bottom", "end", "Last row", "Go to the last row", _MOVE, native=True),
        Command("tab_next", "right_square_bracket", "Next tab", "Go to the next tab", _TABS,
                rank=80),
        Command("tab_previous", "left_square_bracket", "Previous tab", "Go to the tab before",
                _TABS, rank=81),
        Command("undo", "u", "Undo", "Take back the last change, with a new change", _CASES,
                rank=70),
        Command("redo", "U", "Redo", "Make again the change that was undone", _CASES, rank=71),
        Command("reassign", "R", "Reassign", "Give the marked cases to another nurse",
                ("caseload", "case"), LEADERS, rank=55),
        Command("take", "T", "Take", "Make a case without a nurse your own",
                ("caseload", "calls", "case"), CARERS, rank=78),
        # the facts of a case, reached from the list of changes or by name
        Command("case.hold", "", "Hold", "Put the case on hold, with the reason", ("case",),
                CARERS),
        Command("case.release", "", "Release", "Let a case on hold go on", ("case",), CARERS),
        Command("case.close", "", "Close", "Close the case, with the reason", ("case",), CARERS,
                danger=True),
        Command("case.reopen", "", "Reopen", "Open a closed case again", ("case",), CARERS),
        Command("case.particulars", "", "Particulars", "Correct name, birth, address, language",
                ("case",), CARERS),
        Command("case.form", "", "Form items", "Record what the Services Form lacked",
                ("case",), CARERS),
        Command("case.phone", "", "Phone", "Add a phone number", ("case",), CARERS),
        Command("case.consent", "", "Consent", "Record a consent or its withdrawal", ("case",),
                CARERS),
        Command("case.letter", "", "Letter", "Record the unable-to-reach letter and notice",
                ("case",), CARERS),
        Command("case.kit", "", "Welcome Kit", "Record that the Welcome Kit was sent", ("case",),
                CARERS),
        Command("cover.add", "", "Add cover", "Record a further health cover", ("case",), CARERS),
        Command("cover.verify", "", "Verify cover", "Record that the cover was verified today",
                ("case",), CARERS),
        Command("cover.end", "", "End cover", "Record the last day of the cover", ("case",),
                CARERS),
        Command("clearance.confirm", "", "Confirm", "Confirm something needed before day 1",
                ("case",), CARERS),
        Command("rems.record", "", "REMS status", "Record what a source says of a REMS party",
                ("case",), CARERS),
        Command("case.contraindication", "", "Contraindication", "Record a contraindication, or "
                "lift one", ("case",), CARERS),
        Command("lab.record", "", "Lab draw", "Record a laboratory draw", ("case",), CARERS),
        Command("task.finish", "", "Finish task", "Mark the task under the cursor as done",
                ("case",), CARERS),
        Command("safety.forward", "", "Forward report", "Record that a safety report was forwarded",
                ("case",), CARERS),
        # the script of a call
        Command("call.answer", "1", "Answer", "Digits choose an answer", ("call",), native=True,
                rank=10, aliases=tuple("23456789")),
        Command("call.next", "enter", "Next", "Go to the next question", ("call",), rank=20),
        Command("call.previous", "backspace", "Previous", "Go to the question before", ("call",),
                rank=30),
        Command("call.jump", "slash", "Jump", "Go to any question", ("call",), rank=40),
        Command("call.defer", "d", "Defer", "Leave the question for later", ("call",), rank=45),
        Command("call.outcome", "o", "Outcome", "End the call with its outcome and the next step",
                ("call",), CARERS, rank=50),
        Command("call.no_answer", "x", "No answer", "Log an unanswered call and go to the next one",
                ("call", "calls"), CARERS, rank=48),
        Command("call.callback", "b", "Call back", "Note when the patient asked to be called",
                ("call",), CARERS, rank=60),
        # co-pay
        Command("copay.enrol", "y", "Enrol", "Enrol in a co-pay benefit that allows it",
                ("copay_case",), CARERS, rank=20),
        Command("copay.keep", "K", "Keep verdict", "Keep today's verdict with its reasons",
                ("copay_case",), CARERS, rank=25),
        Command("copay.refer", "r", "Refer", "Note a referral for other assistance; it promises "
                "nothing", ("copay_case",), CARERS, rank=35),
        Command("copay.end", "X", "End enrolment", "End a co-pay enrolment, with the reason",
                ("copay_case",), CARERS, danger=True, rank=45),
        # infusions
        Command("schedule.book", "b", "Book", "Book the days of the week under the cursor",
                ("schedule",), CARERS, rank=15),
        Command("schedule.move", "M", "Move", "Move the booked days to another week",
                ("schedule", "infusions"), CARERS, rank=35),
        Command("schedule.cancel", "X", "Cancel booking", "Cancel the booked days, with the reason",
                ("schedule", "infusions"), CARERS, danger=True, rank=78),
        Command("schedule.site", "i", "Site", "Choose the infusion site",
                ("schedule", "infusions"), CARERS, rank=36),
        Command("schedule.course", "o", "Other course", "Go on with a course that stopped short or "
                "plan the next one", ("schedule",), CARERS, rank=79),
        Command("schedule.day", "g", "Record day", "Record what became of an infusion day",
                ("schedule", "infusions", "case"), CARERS, rank=63),
        Command("schedule.gate", "r", "Readiness", "Show what is still missing before day 1",
                ("schedule", "infusions"), CARERS, rank=38),
        Command("week_next", "greater_than_sign", "Next week", "Show the week after",
                ("schedule", "infusions"), rank=40),
        Command("week_previous", "less_than_sign", "Week before", "Show the week before",
                ("schedule", "infusions"), rank=41),
        # reports and administration
        Command("report.export", "x", "Export", "Write the report to a file", ("reports",),
                LEADERS, rank=30),
        Command("user.add", "A", "Add user", "Add a person who may sign in", ("admin",), ADMINS,
                rank=30),
        Command("user.password", "P", "New password", "Set a new first password", ("admin",),
                ADMINS, rank=40),
        Command("user.disable", "X", "Disable user", "Stop a person from signing in", ("admin",),
                ADMINS, danger=True, rank=50),
        Command("user.enable", "E", "Enable user", "Let a person sign in again", ("admin",), ADMINS,
                rank=51),
        Command("backup.make", "b", "Back up", "Make a checked backup now, in a new file",
                ("admin",), ADMINS, rank=45),
        # forms
        Command("form.submit", "f2", "Done", "Finish the form", ("form",), rank=10),
        # everywhere
        Command("safety", "a", "Adverse event", "Report an adverse event, pregnancy, error or "
                "complaint", SCREENS, CARERS, rank=61, aliases=("f8",)),
        Command("help", "question_mark", "All keys", "Show every key that works here", SCREENS,
                rank=95, aliases=("f9",)),
        Command("command_line", "colon", "Command", "Type a command by name", SCREENS, rank=96,
                aliases=("ctrl+p",)),
        Command("lock", "L", "Lock", "Lock the screen now", SCREENS, rank=97),
        Command("quit", "ctrl+q", "Quit", "Leave the program; asks when work is open",
                (*SCREENS, "sign_in", "lock")),
        Command("again", "f5", "Read again", "Read again what is shown, also after a fault",
                RECORDS),
        Command("theme", "", "Theme", "Use the next colour theme: dark, light, high contrast"),
        Command("go.caseload", "1", "Caseload", "Go to the caseload", RECORDS, CARERS),
        Command("go.calls", "2", "Calls", "Go to today's calls", RECORDS, CARERS),
        Command("go.copay", "3", "Co-pay list", "Go to the co-pay enrolments", RECORDS, CARERS),
        Command("go.infusions", "4", "Infusions", "Go to the infusion weeks", RECORDS, CARERS),
        Command("go.reports", "5", "Reports", "Go to the reports", RECORDS, LEADERS),
        Command("go.admin", "6", "Admin", "Go to users, sites and settings", RECORDS, STEWARDS),
    ]
)  # fmt: skip


def by_id(command_id: str) -> Command:
    """Return one command of the registry; an unknown id is a KeyError."""
    return REGISTRY.by_id(command_id)


def for_screen(screen: str, role: Role | None = None) -> tuple[Command, ...]:
    """Return what works on a screen, for one role or for all, most needed first."""
    return REGISTRY.for_screen(screen, role)


def configured(keys: object) -> Registry | Refusal:
    """Return the registry as the configuration's [keys] part wants it, or why that cannot be.

    The part maps command ids to keys; `single_letters = false` switches single-letter keys off.
    """
    if not isinstance(keys, Mapping):
        return _not_keys("keys", "a part of commands and their keys", 'note = "W" under [keys]')
    single = keys.get("single_letters", True)
    if not isinstance(single, bool):
        return _not_keys("single_letters", "true or false", "single_letters = false, unquoted")
    asked = {name: key for name, key in keys.items() if name != "single_letters"}
    for name, key in asked.items():
        if not isinstance(key, str):
            return _not_keys(name, "one key in quotes", f'{name} = "W"')
    base = REGISTRY if single else REGISTRY.without_single_letters()
    return base.remapped(asked)


def _not_keys(name: str, what: str, example: str) -> Refusal:
    return Refusal("keys_wrong", f"In the configuration {name} is not {what}.", f"Write {example}.")
