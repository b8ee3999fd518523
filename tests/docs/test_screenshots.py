"""The pictures of the guide: drawn by keys, the same every time, naming nothing outside."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from docs import screenshots
from docs.scenes import PICTURES, SMALL, Picture, Until
from nurse_tui import clock
from nurse_tui.types import Role

PICTURE = Picture("team", "Everybody", (Until("all keys", anywhere=True),), Role.SUPERVISOR)
IMAGES = sorted(screenshots.FOLDER.glob("*.svg"))
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
OUTSIDE = ("://", "@font-face", "@import", "href=")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with screenshots.still():
        yield screenshots.make_demo(tmp_path_factory.mktemp("demo"), patients=3)


def outside(svg: str) -> list[str]:
    """Name what a picture would fetch from elsewhere."""
    return [mark for mark in OUTSIDE if mark in svg.replace(NAMESPACE, "")]


def words_of(svg: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", svg)).replace("\xa0", " ")


def test_a_picture_shows_the_screen_and_is_the_same_twice(demo: Path, tmp_path: Path) -> None:
    drawn = screenshots.draw(PICTURE, demo, tmp_path)
    assert drawn == screenshots.draw(PICTURE, demo, tmp_path)
    assert "Helen Marchetti · DEMO DATA" in words_of(drawn)
    assert "Mon 23 Nov  11:00" in words_of(drawn)
    assert outside(drawn) == []
    assert list(tmp_path.glob("*.db*")) == []


def test_nobody_is_signed_in_on_the_first_picture(demo: Path, tmp_path: Path) -> None:
    drawn = screenshots.draw(Picture("first", "First", ("d",), role=None), demo, tmp_path)
    assert "Password" in words_of(drawn)


def test_words_that_never_come_are_told(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "MOST_STEPS", 2)
    with pytest.raises(RuntimeError, match="Nobody at all"):
        screenshots.draw(Picture("no", "No", (Until("Nobody at all"),)), demo, tmp_path)


def test_the_clock_runs_again_afterwards() -> None:
    with screenshots.still():
        assert clock.now() == screenshots.NOW
    assert clock.frozen() is None


@pytest.mark.parametrize(
    ("words", "places"),
    [("王, Li", "10.0 34.4 46.6 58.8 71.0"), ("e\u0301a", "10.0 22.2 22.2")],
)
def test_wide_letters_and_marks_keep_the_columns(words: str, places: str) -> None:
    run = f'<text class="r" x="10" y="20" textLength="48.8" clip-path="none">{words}</text>'
    assert f'x="{places}" y="20" clip-path="none">{words}</text>' in screenshots.cleaned(run)


def test_plain_runs_are_left_as_they_are() -> None:
    run = '<text class="r" x="0" y="20" textLength="36.6" clip-path="none">a&#160;b</text>'
    assert screenshots.cleaned(run) == run + "\n"


def test_an_unknown_picture_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert screenshots.main(["nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err


@pytest.mark.parametrize("path", IMAGES, ids=[path.stem for path in IMAGES])
def test_a_kept_picture_names_nothing_outside(path: Path) -> None:
    svg = path.read_text("utf-8")
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own file
    assert outside(svg) == []
    assert "/home/" not in svg and "/tmp/" not in svg
    assert "DEMO DATA" in words_of(svg) or "Sign in" in words_of(svg) or "┌" in words_of(svg)


def test_pictures_are_of_the_two_sizes() -> None:
    assert SMALL == (80, 24)
    assert {picture.size for picture in PICTURES} == {(80, 24), (120, 40)}
