"""Every theme can be read: text 4.5:1, focus 3:1, on every paper it can stand on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from textual.color import Color
from textual.theme import Theme

from nurse_tui.app import NurseApp
from nurse_tui.widgets.themes import NO_COLOUR, PLAIN, THEMES, after

from .real import app_on, press
from .trial import FakeGateway, TrialApp

PAPERS = ("background", "surface", "panel")
INKS = (
    "foreground", "text", "text-muted", "text-disabled", "text-primary", "text-secondary",
    "text-warning", "text-error", "text-success", "text-accent", "foreground-muted", "link-color",
)  # fmt: skip
PAIRS = [
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-description-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("button-foreground", "surface"),
    ("text", "surface-active"),
    ("text", "block-hover-background"),
]
FOCUS = ("border", "block-cursor-background", "scrollbar-active", "input-cursor-background")


def colours(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate()


def contrast(ink: str, paper: str) -> float:
    first, second = Color.parse(ink), Color.parse(paper)
    assert first.a == second.a == 1, (ink, paper)
    lights = sorted((_light(first), _light(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    shades = colours(theme)
    pairs = [*PAIRS, *((ink, paper) for ink in INKS for paper in PAPERS)]
    weak = {pair: round(contrast(shades[pair[0]], shades[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_focus_can_be_seen(theme: Theme) -> None:
    shades = colours(theme)
    weak = [
        (token, paper)
        for token in FOCUS
        for paper in PAPERS
        if contrast(shades[token], shades[paper]) < 3
    ]
    assert weak == []


def test_the_reference_contrasts_hold() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_themes_go_round() -> None:
    names = [theme.name for theme in THEMES]
    assert [after(name) for name in names] == [*names[1:], names[0]]
    assert after(NO_COLOUR) == names[0]


async def test_no_color_draws_none(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app: NurseApp = TrialApp(gateway)
    async with app.run_test(size=(80, 24)):
        assert app.theme == PLAIN.name
        strips = app.screen._compositor.render_strips()
        drawn = [
            segment.style
            for strip in strips
            for segment in strip.apply_filter(app.get_line_filters()[0], Color(0, 0, 0))
        ]
    coloured = [
        style
        for style in drawn
        if style
        and any(c is not None and c.name != "default" for c in (style.color, style.bgcolor))
    ]
    assert coloured == []


async def test_a_screen_that_is_opened_is_drawn_by_the_styles_of_now_without_parsing_them_again(
    desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "colon", "=theme", "enter")
        assert app.theme == THEMES[1].name
        parsed: list[str] = []
        whole = app.refresh_css
        monkeypatch.setattr(app, "refresh_css", lambda **how: (parsed.append(""), whole(**how)))
        await press(pilot, "4")
        assert app.screen.VIEW_NAME == "infusions" and parsed == []
        papers = {app.screen.styles.background.hex, app.theme_variables["background"].upper()}
        assert len(papers) == 1
