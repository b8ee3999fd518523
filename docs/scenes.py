"""What the pictures of the user guide show: who sits there, and the keys that lead to it."""

from __future__ import annotations

from dataclasses import dataclass

from nurse_tui.types import Role

SMALL, LARGE = (80, 24), (120, 40)
"""Columns and lines of the two terminals that are drawn."""


@dataclass(frozen=True, slots=True)
class Until:
    """Press a key until the row under the cursor, or anything on the screen, shows these words."""

    words: str
    key: str = "down"
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file's name and title, what is pressed, who looks (None: nobody yet)."""

    name: str
    title: str
    steps: tuple[str | Until, ...] = ()
    role: Role | None = Role.NURSE
    size: tuple[int, int] = SMALL


WELCOME = (Until("Welcome call"),)
IDENTIFIED = (*WELCOME, "c", "enter", "1", "1", "1", "1")
FIRST_COURSE = (Until("Book the first course"), "s")
AN_EARLIER_DAY = ("v", "backspace", "backspace", "2", "0", "f2")
TEAM = Role.SUPERVISOR

PICTURES = (
    Picture("sign-in", "Sign in", tuple("dana"), role=None),
    Picture("caseload", "Caseload"),
    Picture("case", "Case", (*WELCOME, "enter")),
    Picture("calls", "Today's calls", ("2",)),
    Picture("call-gate", "Call, before identification", (*WELCOME, "c", "enter", "1")),
    Picture("call", "Call by script", IDENTIFIED),
    Picture("outcome", "The end of a call", (*IDENTIFIED, "o")),
    Picture("adverse-event", "A safety report", (*IDENTIFIED, "a")),
    Picture("copay", "Co-pay", (Until("Quintanilla, Bea"), "p")),
    Picture("weeks", "Infusion weeks", FIRST_COURSE),
    Picture("readiness", "What is missing before day 1", (*FIRST_COURSE, "r")),
    Picture("infusions", "The week of a site", ("4",)),
    Picture("as-of", "The case as of an earlier day", ("enter", *AN_EARLIER_DAY)),
    Picture("team", "Everybody's caseload", ("down", "space", "down", "space"), TEAM),
    Picture("reassign", "Reassign", ("down", "space", "down", "space", "R"), TEAM),
    Picture("reports", "Reports", ("5",), TEAM),
    Picture("admin", "Admin", (), Role.ADMIN),
    Picture("all-keys", "All keys of a screen", ("question_mark",)),
    Picture("caseload-wide", "Caseload", size=LARGE),
    Picture("weeks-wide", "Infusion weeks", FIRST_COURSE, size=LARGE),
    Picture("reports-wide", "Reports", ("5",), TEAM, LARGE),
)
"""Every picture of the guide."""
