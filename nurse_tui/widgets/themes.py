"""The colour themes: dark, light, high contrast, and one without any colour.

Every colour that text or focus can take is fixed here without transparency, so that the contrast
test can prove each pair.
"""

from __future__ import annotations

from textual.theme import Theme

NO_COLOUR = "plain"

_TEXT = ("primary", "secondary", "warning", "error", "success", "accent")


def _theme(name: str, dark: bool, ink: str, quiet: str, paper: str, tones: dict[str, str]) -> Theme:
    """Build a theme from its ink, its quieter ink, its paper and its tones."""
    raised, focus, on_focus = tones["raised"], tones["focus"], tones["on_focus"]
    return Theme(
        name=name,
        dark=dark,
        primary=focus,
        secondary=tones["secondary"],
        warning=tones["warning"],
        error=tones["error"],
        success=tones["success"],
        accent=tones["accent"],
        foreground=ink,
        background=paper,
        surface=paper,
        panel=raised,
        boost=raised,
        text_alpha=1.0,
        variables={
            "text": ink,
            "text-muted": quiet,
            "text-disabled": quiet,
            **{f"text-{name}": tones.get(f"{name}", focus) for name in _TEXT},
            "foreground-muted": quiet,
            "foreground-disabled": quiet,
            "block-cursor-foreground": on_focus,
            "block-cursor-background": focus,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-foreground": ink,
            "block-cursor-blurred-background": raised,
            "block-hover-background": raised,
            "border": focus,
            "border-blurred": quiet,
            "surface-active": raised,
            "scrollbar": quiet,
            "scrollbar-hover": quiet,
            "scrollbar-active": focus,
            "scrollbar-background": paper,
            "link-color": ink,
            "link-color-hover": ink,
            "footer-foreground": ink,
            "footer-background": raised,
            "footer-key-foreground": tones["accent"],
            "footer-key-background": raised,
            "footer-description-foreground": ink,
            "footer-description-background": raised,
            "input-cursor-background": ink,
            "input-cursor-foreground": paper,
            "input-selection-background": focus,
            "input-selection-foreground": on_focus,
            "button-foreground": ink,
            "button-color-foreground": on_focus,
            "button-focus-text-style": "bold reverse",
        },
    )


DARK = _theme("dark", True, "#e8e8e8", "#a8b0b8", "#14181c", {
    "raised": "#242b32", "focus": "#7fc4ff", "on_focus": "#08121a", "secondary": "#a9c7e8",
    "primary": "#7fc4ff", "warning": "#ffc96b", "error": "#ff9a94", "success": "#8fdc9a",
    "accent": "#ffd479",
})  # fmt: skip
LIGHT = _theme("light", False, "#1a1a1a", "#4a5157", "#ffffff", {
    "raised": "#e9edf0", "focus": "#00508f", "on_focus": "#ffffff", "secondary": "#33506b",
    "primary": "#00508f", "warning": "#7a4b00", "error": "#a4131b", "success": "#0e5c26",
    "accent": "#6a3d00",
})  # fmt: skip
CONTRAST = _theme("high-contrast", True, "#ffffff", "#ffffff", "#000000", {
    "raised": "#000000", "focus": "#ffff00", "on_focus": "#000000", "secondary": "#ffffff",
    "primary": "#ffff00", "warning": "#ffff00", "error": "#ffb0b0", "success": "#a0ffa0",
    "accent": "#ffff00",
})  # fmt: skip
PLAIN = Theme(
    name=NO_COLOUR,
    ansi=True,
    primary="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    variables={
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-text-style": "underline",
        "input-cursor-text-style": "reverse",
        "input-selection-foreground": "ansi_default",
        "button-focus-text-style": "reverse",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)
"""The themes that a person may choose; PLAIN is used under NO_COLOR."""


def after(name: str) -> str:
    """Return the name of the theme after this one, going round."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
