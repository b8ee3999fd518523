"""The terminal made safe; and a contract that fails when Textual changes what is overridden."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver

from nurse_tui import environment, terminal
from nurse_tui.terminal import PASTE_LIMIT, PasteRefused, SafeParser, Scrub, pastable

ROOT = Path(__file__).parents[2]
START, END = "\x1b[200~", "\x1b[201~"


def heard(*chunks: str) -> list[Any]:
    parser = SafeParser()
    return [message for chunk in chunks for message in parser.feed(chunk)]


def pasted(messages: list[Any]) -> list[str]:
    return [m.text for m in messages if isinstance(m, events.Paste)]


def keys(messages: list[Any]) -> list[str]:
    return [m.key for m in messages if isinstance(m, events.Key)]


@pytest.mark.parametrize(
    "hostile", ["\x1b[31m\r", "\x11", "\x1b", "\x1b[200~", "\x03\x1a\x1b[A\r\n"]
)
def test_a_paste_never_presses_a_key(hostile: str) -> None:
    messages = heard(START + "a" + hostile + "b" + END + "x")
    assert keys(messages) == ["x"]
    assert len(pasted(messages)) == 1


@given(st.text(st.sampled_from("ab\x1b[2019~\r\x11"), max_size=30), st.integers(1, 9))
def test_a_paste_survives_any_split(inner: str, size: int) -> None:
    if END in inner:
        return
    stream = "q" + START + inner + END + "z"
    end = stream.index(END, len(START) + 1)
    expected = pastable(stream[1 + len(START) : end])
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    messages = heard(*chunks)
    assert pasted(messages) == [expected]
    assert keys(messages)[0] == "q"


@pytest.mark.parametrize(("letters", "taken"), [(PASTE_LIMIT, True), (PASTE_LIMIT + 1, False)])
def test_a_paste_has_a_limit(letters: int, taken: bool) -> None:
    messages = heard(START, "a" * letters, END)
    assert bool(pasted(messages)) is taken
    assert any(isinstance(m, PasteRefused) for m in messages) is not taken


def test_a_paste_that_never_ends_gives_the_keys_back(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr("nurse_tui.terminal.time.monotonic", lambda: at[0])
    parser = SafeParser()
    assert list(parser.feed(START + "half")) == []
    at[0] = terminal.PASTE_PATIENCE + 0.1
    assert pasted(list(parser.tick())) == ["half"]
    assert keys(list(parser.feed("x"))) == ["x"]


WORDS = "The patient asked about parking.\r" * 3
"""More than anybody types while the program looks away."""


def flooded(monkeypatch: pytest.MonkeyPatch, *chunks: str, pause: float = 0.0) -> list[Any]:
    """Return what is heard of data that comes in reads of its own, and of the quiet after it."""
    at = [0.0]
    monkeypatch.setattr("nurse_tui.terminal.time.monotonic", lambda: at[0])
    parser = SafeParser()
    messages: list[Any] = []
    for chunk in (*chunks, ""):
        messages += [*(parser.feed(chunk) if chunk else ()), *parser.tick()]
        at[0] += pause if chunk != chunks[-1] else terminal.FLOOD_PATIENCE + 0.1
    return [*messages, *parser.tick()]


@pytest.mark.parametrize(
    "chunks",
    [
        (WORDS + "\x1bOQ" + WORDS,),
        (WORDS, "\x1bOQ", ":quit\r"),
        ("\x1b[12~" + WORDS, "\x11", WORDS),
        (WORDS + "\x1b", "OQ" + WORDS),
    ],
)
def test_what_is_pasted_without_brackets_presses_no_key(
    monkeypatch: pytest.MonkeyPatch, chunks: tuple[str, ...]
) -> None:
    messages = flooded(monkeypatch, *chunks, pause=0.1)
    assert keys(messages) == []
    (text,) = pasted(messages)
    assert text.startswith("The patient asked about parking.\n") and "\x1b" not in text
    assert "OQ" not in text and "[12~" not in text


def test_after_such_a_paste_keys_work_again(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr("nurse_tui.terminal.time.monotonic", lambda: at[0])
    parser = SafeParser()
    assert list(parser.feed(WORDS)) == [] and list(parser.tick()) == []
    at[0] = terminal.FLOOD_PATIENCE + 0.01
    assert len(pasted(list(parser.tick()))) == 1
    assert keys(list(parser.feed("\x11"))) == ["ctrl+q"]


def test_a_bracketed_paste_right_behind_it_is_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages = flooded(monkeypatch, WORDS, START + "inner" + END)
    assert keys(messages) == []
    assert [len(text) for text in pasted(messages)] == [len(WORDS), 5]


def test_a_megabyte_without_brackets_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "w:quit\r\x1bOQ0123456789" * 50_000
    messages = flooded(monkeypatch, *(whole[at : at + 4096] for at in range(0, len(whole), 4096)))
    assert len(messages) == 1 and isinstance(messages[0], PasteRefused)


@pytest.mark.parametrize(
    "typed",
    [
        "j" * 300,
        "\x1b[B" * 300,
        "\x1b[B" * 100 + "\r",
        ":reassign to somebody\r",
        "\x1b[48;24;80;480;800t" * 20 + "\x1b[?2026;2$y" + "j",
    ],
)
def test_what_somebody_types_ahead_or_holds_down_is_keys(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    messages = flooded(monkeypatch, typed)
    assert pasted(messages) == []
    assert [m for m in messages if isinstance(m, events.Key)]


@pytest.mark.parametrize(("more", "flood"), [(0, False), (1, True)])
def test_where_typing_ends_and_pasting_begins(more: int, flood: bool) -> None:
    text = ("abc" * terminal.FLOOD_KEYS)[: terminal.FLOOD_KEYS + more]
    assert terminal.floods(text) is flood
    assert terminal.floods("ab" * (terminal.FLOOD_HELD // 2) + "a" * more) is flood


def test_keys_are_heard_as_before() -> None:
    plain = [m.key for m in XTermParser().feed("aé\x1b[A\r") if isinstance(m, events.Key)]
    assert keys(heard("aé\x1b[A\r")) == plain


@pytest.mark.parametrize("code", [55296, 1114112, 9999999999])
def test_a_key_that_names_no_character_is_left_out(code: int) -> None:
    assert keys(heard(f"\x1b[{code};1;{code}u", "x")) == ["x"]


def test_scrub_takes_out_control_and_bidi() -> None:
    drawn = [Segment("a\x1b[31mb\u202e\x9b"), Segment("plain")]
    cleaned = Scrub().apply(drawn, Color(0, 0, 0))
    assert [segment.text for segment in cleaned] == ["a[31mb", "plain"]


@pytest.mark.parametrize(("colours", "stays"), [("truecolor", True), ("zz", False), ("", False)])
def test_colours_that_textual_does_not_know_are_taken_away(
    monkeypatch: pytest.MonkeyPatch, colours: str, stays: bool
) -> None:
    monkeypatch.setenv("TEXTUAL_COLOR_SYSTEM", colours)
    environment.strip()
    assert ("TEXTUAL_COLOR_SYSTEM" in os.environ) is stays


def test_the_environment_is_stripped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "LOG", "SCREENSHOT", "PRESS", "DEVTOOLS_HOST", "FILTERS", "DRIVER"):
        monkeypatch.setenv(f"TEXTUAL_{name}", "1")
    monkeypatch.setenv("TEXTUAL", "debug,devtools")
    environment.strip()
    left = [name for name in os.environ if name.startswith("TEXTUAL")]
    assert [name for name in left if not name.startswith(environment.KEPT)] == []


HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "alembic", "phonenumbers", "cryptography")


def test_painting_imports_no_heavy_library(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys, pathlib\n"
        "from tests.screens.trial import FakeGateway, TrialApp\n"
        "async def main():\n"
        "    for role in ('nurse', None):\n"
        "        app = TrialApp(FakeGateway(pathlib.Path(sys.argv[1]), role))\n"
        "        async with app.run_test() as pilot: await pilot.pause()\n"
        "asyncio.run(main())\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert not set(ran.stdout.split()) & set(HEAVY)


CONTRACT = [
    (LinuxDriver.run_input_thread, ("selector", "utf8_decoder", "exit_event", "XTermParser")),
    (LinuxDriver.stop_application_mode, ("_disable_bracketed_paste", "disable_input", "write")),
    (LinuxDriver.__init__, ("self._file = sys.__stderr__",)),
    (XTermParser.parse, ("bracketed_paste = True", "paste_buffer[:-1]", "events.Paste")),
    (XTermParser._sequence_to_key_events, ("_parse_extended_key", "yield events.Key")),
    (App._handle_exception, ("_return_code = 1", "_exception_event", "_fatal_error")),
    (App.panic, ("_exit_renderables", "_close_messages_no_wait")),
    (App._print_error_renderables, ("_exit_renderables[0]",)),
    (App.get_line_filters, ("_filters",)),
    (App._on_resize, ("self._resize_event = event", "set_timer(1 / 120, self._check_resize)")),
    (App.copy_to_clipboard, ("_clipboard",)),
    (App.__init__, ("_current_mode: str = self.DEFAULT_MODE",)),
    (App._init_mode, ("self._modes", "_screen_stacks")),
    (BindingsMap.merge, ("key_to_bindings",)),
]


@pytest.mark.parametrize(("overridden", "expected"), CONTRACT)
def test_textual_still_works_as_it_did(overridden: Any, expected: tuple[str, ...]) -> None:
    source = inspect.getsource(overridden)
    assert [words for words in expected if words not in source] == []


@pytest.fixture
def probe(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(shared / "tools"))
    return pytest.importorskip("tuiprobe").Probe


@pytest.fixture
def running(probe: Any, tmp_path: Path) -> Iterator[Any]:
    argv = [sys.executable, "-m", "tests.screens.trial", str(tmp_path)]
    with probe(argv, rows=24, cols=80, cwd=str(ROOT)) as terminal_probe:
        terminal_probe.wait_text("? all keys")
        yield terminal_probe


@pytest.mark.parametrize("number", [1, 2, 3, 15])
def test_a_signal_keeps_the_draft_and_restores_the_terminal(
    running: Any, tmp_path: Path, number: int
) -> None:
    running.send("f")
    running.wait_text("f2 done")
    running.send("=half a note")
    running.wait_text("half a note")
    assert running.terminate(signal.Signals(number), timeout=10) == 128 + number
    assert running.left_dirty() == []
    assert (tmp_path / "kept").read_text() == "half a note"


def test_bytes_that_are_no_text_do_not_end_the_program(running: Any) -> None:
    running._write(b"\xff\xfe\xc3")
    running.send("t")
    running.wait_text("There is no case")
    assert running.quit("ctrl+q") == 0
    assert running.left_dirty() == []


def test_a_hostile_paste_does_nothing_and_a_long_one_is_refused(running: Any) -> None:
    running._write(b"\x1b[200~a\x1b[31m\r\x11b\x1b[201~")
    running._write(b"\x1b[200~" + b"\x11\r" * 100_000 + b"\x1b[201~")
    running.wait_text("longer than 64 kB")
    assert running.quit("ctrl+q") == 0


def test_a_fault_in_a_handler_ends_without_any_value(running: Any, tmp_path: Path) -> None:
    drawn: list[bytes] = []
    feed = running.term.feed
    running.term.feed = lambda data: (drawn.append(data), feed(data))[1]
    running.send("S")
    assert running.wait_exit(10) == terminal.EXIT_FAULT
    assert running.left_dirty() == []
    said = b"".join(drawn)
    assert b"Incident" in said
    logged = next(tmp_path.rglob("faults.log")).read_bytes()
    assert b"ValueError" in logged
    for canary in (b"Marisol", b"1972"):
        assert canary not in said.split(b"?1049l")[-1]
        assert canary not in logged


def test_idle_writes_nothing(running: Any) -> None:
    assert running.idle_cpu(2)["bytes"] == 0


@pytest.mark.parametrize("ignore_hangup", [False, True])
def test_the_program_ends_when_the_terminal_goes(tmp_path: Path, ignore_hangup: bool) -> None:
    master, slave = os.openpty()
    before = signal.getsignal(signal.SIGHUP)
    if ignore_hangup:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.screens.trial", str(tmp_path)],
            cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGHUP, before)
    os.close(slave)
    with closing(os.fdopen(master, "rb", buffering=0)) as terminal_end:
        seen = b""
        while b"keys" not in seen:
            seen += terminal_end.read(4096)
    assert child.wait(timeout=20) in (128 + signal.SIGHUP, -signal.SIGHUP)
