"""The only way by which people's text reaches the screen: cleaned, and never read as markup.

Textual reads a plain str as markup (`[/red]` in a name would end the program) and passes escape
bytes on to the terminal. Other modules of screens and widgets therefore build every label here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

from nurse_tui.types import Verdict

MARKS_PER_LETTER = 4
"""Combining marks kept on one letter; more would climb over the neighbouring lines."""
ELLIPSIS = "..."
_KEPT_FORMAT = "\u200c"
_BLANK = " "

GLYPHS = {
    "overdue": ("!", "$text-error"),
    "due": ("*", "$text-warning"),
    "later": ("+", "$text"),
    "refused": ("x", "$text-error"),
    "done": ("=", "$text-success"),
    "open": ("?", "$text-warning"),
}
"""Glyph and colour token of each state; the word always stands beside them."""
VERDICTS = {
    Verdict.ELIGIBLE: ("done", "ELIGIBLE"),
    Verdict.INELIGIBLE: ("refused", "NOT ELIGIBLE"),
    Verdict.UNDETERMINED: ("open", "UNDETERMINED"),
}


def clean(given: str, limit: int | None = None, *, lines: bool = False) -> str:
    """Return text without control, bidi or invisible characters; each leaves a visible mark.

    `limit` cuts to that many characters, with an ellipsis; `lines` keeps line breaks.
    """
    if not (given.isascii() and given.isprintable()):
        given = _visible(given.replace("\r\n", "\n") if lines else given, lines)
    if limit is not None and len(given) > limit:
        kept = max(limit - len(ELLIPSIS), 0)
        given = (given[:kept] + ELLIPSIS)[:limit]
    return given


@lru_cache(maxsize=2048)
def _visible(given: str, lines: bool) -> str:
    out: list[str] = []
    marks = 0
    for letter in given:
        category = unicodedata.category(letter)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= MARKS_PER_LETTER:
                out.append(letter if out and out[-1] != "\n" else _BLANK + letter)
            continue
        marks = 0
        out.append(letter if lines and letter == "\n" else _shown(letter, category))
    return "".join(out)


def _shown(letter: str, category: str) -> str:
    code = ord(letter)
    if letter == "\t":
        return _BLANK
    if code < 0x20:
        return "^" + chr(code + 0x40)
    if category == "Cs" or (code & 0xFFFE) == 0xFFFE:
        return "\ufffd"
    if category in ("Cc", "Zl", "Zp") or (category == "Cf" and letter != _KEPT_FORMAT):
        return f"<{code:02X}>"
    return letter


def text(given: str, limit: int | None = None, *, lines: bool = False) -> Content:
    """Return people's text as Textual content: literal, cleaned, without any style."""
    return Content(clean(given, limit, lines=lines))


def rich_text(given: str, limit: int | None = None, style: str = "") -> Text:
    """Return people's text as rich Text, which the stock table and tree need."""
    return Text(clean(given, limit), style=style, end="")


def styled(given: str, style: str, limit: int | None = None) -> Content:
    """Return cleaned text in a style such as `$text-muted` or `bold`."""
    return Content.styled(clean(given, limit), style)


def line(*parts: str | Content | tuple[str, str]) -> Content:
    """Join parts to one content; a str is cleaned, a pair is (text, style)."""
    return Content.assemble(*[_part(part) for part in parts])


def _part(part: str | Content | tuple[str, str]) -> Content:
    if isinstance(part, tuple):
        return styled(*part)
    return text(part, lines=True) if isinstance(part, str) else part


def stacked(rows: list[Content]) -> Content:
    """Return rows under each other as one content."""
    return Content("\n").join(rows)


def state(kind: str, words: str) -> Content:
    """Return a state as glyph, word and colour: `! OVERDUE 2d`; kinds are the keys of GLYPHS."""
    glyph, colour = GLYPHS[kind]
    return styled(f"{glyph} {words}", f"bold {colour}")


def verdict(answer: Verdict) -> Content:
    """Return a rule's answer as glyph, word and colour."""
    return state(*VERDICTS[answer])


def cells(given: str, width: int, *, right: bool = False) -> str:
    """Fit cleaned text to exactly `width` terminal cells, cut with an ellipsis or padded.

    The result is a str for a line widget's segments; wrap it in `text()` for any other widget.
    """
    shown = clean(given)
    need = cell_len(shown)
    if need > width:
        dots = ELLIPSIS[: max(width - 1, 0)] if width <= len(ELLIPSIS) else ELLIPSIS
        return set_cell_size(shown, width - len(dots)) + dots
    pad = _BLANK * (width - need)
    return pad + shown if right else shown + pad
