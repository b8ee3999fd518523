"""The frame by keys only: commands, refusals, asking, faults, lock, sign-in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from nurse_tui import clock
from nurse_tui.asking import TOO_LATE
from nurse_tui.keys import REGISTRY
from nurse_tui.rules.programme import TAGS
from nurse_tui.screens.command_line import CommandLineScreen
from nurse_tui.screens.confirm import ConfirmScreen
from nurse_tui.screens.fault import FaultScreen
from nurse_tui.screens.help import HelpScreen, key_row
from nurse_tui.screens.lock import LockScreen
from nurse_tui.screens.sign_in import SignInScreen
from nurse_tui.types import ClosedError, Refusal, Role
from nurse_tui.widgets.frame import KeyFooter
from nurse_tui.widgets.hanging import hung

from .conftest import settle, shown
from .trial import PASSWORD, AdminScreen, FakeGateway, ListScreen, TrialApp

SIZE = (80, 24)


class OpenWork(ListScreen):
    """A screen that is not to be left without a word."""

    def open_work(self) -> str:
        return "A call is open here."


async def test_a_key_runs_its_command(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, ListScreen)
        assert app.screen.noted == ["note"]


async def test_a_blocked_key_answers_with_the_way_out(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("t")
        await pilot.pause()
        assert "There is no case under the cursor. Choose a row first." in shown(app)
        await pilot.press("w")
        await pilot.pause()
        assert "There is no case" not in shown(app)


async def test_a_key_without_effect_here_says_so(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("m")
        assert "does nothing on this screen" in app.last_said


async def test_the_role_is_named_when_it_may_not(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        assert "for the role supervisor" in app.last_said


async def test_digits_change_the_screen_and_come_back(tmp_path: Path) -> None:
    app = TrialApp(FakeGateway(tmp_path, Role.SUPERVISOR))
    async with app.run_test(size=SIZE) as pilot:
        first = app.screen
        await pilot.press("6")
        assert isinstance(app.screen, AdminScreen)
        await pilot.press("1")
        assert app.screen is first


async def test_header_names_screen_person_and_time(app: TrialApp) -> None:
    clock.freeze(datetime(2026, 11, 23, 10, 42, tzinfo=clock.UTC))
    app.gateway.demo = True
    async with app.run_test(size=SIZE):
        top = shown(app).splitlines()[0]
        assert "Caseload" in top and "Dana Whitfield RN" in top and "DEMO DATA" in top
        assert "Mon 23 Nov" in top


async def test_the_time_moves_with_keys_only(app: TrialApp) -> None:
    clock.freeze(datetime(2026, 11, 23, 10, 42, tzinfo=clock.UTC))
    async with app.run_test(size=SIZE) as pilot:
        clock.freeze(datetime(2026, 11, 23, 10, 43, tzinfo=clock.UTC))
        await pilot.pause()
        assert ":42" in shown(app).splitlines()[0]
        await pilot.press("down")
        await pilot.pause()
        assert ":43" in shown(app).splitlines()[0]


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (160, 50)])
async def test_footer_clips_nothing_and_keeps_help(app: TrialApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size):
        rows = [row.rstrip() for row in shown(app).splitlines()]
        foot = [row for row in rows if "? all keys" in row]
        assert foot and "enter open" in shown(app)
        assert foot[-1].endswith("? all keys")


@pytest.mark.parametrize("size", [(39, 24), (80, 11), (1, 1)])
async def test_a_tiny_terminal_shows_one_line(app: TrialApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        assert "Ortiz" not in shown(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Ortiz" in shown(app)


async def test_help_lists_every_key_of_the_screen(app: TrialApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        assert "Write a note on the case" in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ListScreen)


async def test_help_wraps_beside_the_keys_and_offers_only_what_works(app: TrialApp) -> None:
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.press("question_mark")
        assert "f2 done" not in shown(app)
    key, words = key_row(next(c for c in REGISTRY.for_screen("caseload") if c.id == "note"))
    for wrapped in hung((key, words), 40).plain.splitlines()[1:]:
        assert wrapped.startswith(" " * key.cell_length)
        assert wrapped[key.cell_length] != " "


async def test_the_command_line_says_at_once_that_no_name_fits(app: TrialApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", *"zzz")
        assert "No command has this name. Esc goes back." in shown(app)


async def test_the_command_line_completes_and_runs(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon")
        assert isinstance(app.screen, CommandLineScreen)
        await pilot.press("n", "o", "t", "tab")
        assert app.screen.query_one("#words", Input).value == "note"
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ListScreen)
        assert app.screen.noted == ["note"]


async def test_ctrl_p_is_the_command_line_too(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandLineScreen)
        await pilot.press("z", "z", "enter")
        await pilot.pause()
        assert "No command has this name" in shown(app)


async def test_letters_type_in_a_field_and_f_keys_work(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.open_view("form")
        await pilot.pause()
        app.screen.query_one("#first").focus()
        await pilot.press("L", "colon", "question_mark", "1")
        assert app.screen.query_one("#first", Input).value == "L:?1"
        assert not app.locked
        await pilot.press("f9")
        assert isinstance(app.screen, HelpScreen)


async def test_a_read_comes_back_and_a_refusal_is_said(app: TrialApp) -> None:
    got: list[object] = []
    async with app.run_test(size=SIZE) as pilot:
        app.ask(len, got.append)
        app.ask(lambda _: Refusal("no", "Not now.", "Later."), got.append, write=True)
        await settle(pilot)
        assert got == [0]
        assert app.last_said == "Not now. Later."


async def test_of_a_group_of_reads_only_the_newest_answers(app: TrialApp) -> None:
    got: list[int] = []
    async with app.run_test(size=SIZE) as pilot:
        for number in range(20):
            app.ask(lambda _, n=number: n, got.append, group="search")
        await settle(pilot)
        assert got[-1] == 19
        assert got == sorted(got)


async def test_every_write_answers(app: TrialApp) -> None:
    got: list[int] = []
    async with app.run_test(size=SIZE) as pilot:
        for number in range(20):
            app.ask(lambda _, n=number: n, got.append, write=True, group="save")
        await settle(pilot)
        assert got == list(range(20))


async def test_an_answer_to_a_closed_screen_is_dropped(app: TrialApp) -> None:
    got: list[object] = []
    async with app.run_test(size=SIZE) as pilot:
        app.open_view("form")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, ListScreen)
        await pilot.press("escape")
        await pilot.pause()
        form.ask(len, got.append)
        await settle(pilot)
        assert got == []


async def test_a_fault_shows_a_number_and_no_value(app: TrialApp, gateway: FakeGateway) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(app.screen, FaultScreen)
        logged = (gateway.log_folder / "faults.log").read_text()
        assert "RuntimeError" in logged and "Ortiz" not in logged and "000-00" not in logged
        assert logged.split("incident ")[1][:10] in shown(app)
        await pilot.press("escape", "w")
        assert isinstance(app.screen, ListScreen)
        assert app.screen.noted == ["note"]


async def test_a_fault_in_a_thread_is_shown_too(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.ask(lambda _: 1 // 0, print, write=True)
        await settle(pilot)
        assert isinstance(app.screen, FaultScreen)


async def test_the_lock_blanks_and_the_password_opens(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("L")
        await settle(pilot)
        assert isinstance(app.screen, LockScreen)
        assert "Ortiz" not in shown(app)
        await pilot.press(*"wrong", "enter")
        await settle(pilot)
        assert "Name or password is wrong" in shown(app)
        await pilot.press(*PASSWORD.replace(" ", "\t").split("\t")[0])
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ListScreen)


async def test_the_demo_unlocks_by_enter(app: TrialApp) -> None:
    app.gateway.demo = True
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("L")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ListScreen)


@pytest.mark.parametrize("typed", ["", "half a note"])
async def test_a_locked_program_can_be_left(
    app: TrialApp, gateway: FakeGateway, typed: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, ListScreen)
        app.screen.draft = typed
        await pilot.press("L")
        await settle(pilot)
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert app.return_code == 0
    assert gateway.kept == ([typed] if typed else [])


async def test_the_program_can_be_left_before_signing_in(tmp_path: Path) -> None:
    app = TrialApp(FakeGateway(tmp_path, None))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert app.return_code == 0


@pytest.mark.parametrize(("seconds", "locked"), [(299, False), (300, True), (10_000, True)])
async def test_idle_locks_at_the_programmes_minutes(
    app: TrialApp, seconds: float, locked: bool
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app._last_key, app.seconds = 0.0, lambda: seconds
        await pilot.press("w")
        await settle(pilot)
        assert app.locked is locked


async def test_answers_wait_while_locked(app: TrialApp) -> None:
    got: list[object] = []
    app.gateway.demo = True
    async with app.run_test(size=SIZE) as pilot:
        app.ask(len, got.append)
        app.lock()
        await settle(pilot)
        assert got == []
        await pilot.press("enter")
        await settle(pilot)
        assert got == [0]


async def test_what_the_lock_closed_under_a_read_is_told_and_is_no_fault(app: TrialApp) -> None:
    def closed(services: object) -> object:
        raise ClosedError("the case database was closed")

    async with app.run_test(size=SIZE) as pilot:
        app.ask(closed, print)
        await settle(pilot)
        assert not isinstance(app.screen, FaultScreen)
        assert app.last_said == str(TOO_LATE)


async def test_the_lock_keeps_a_draft(app: TrialApp, gateway: FakeGateway) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, ListScreen)
        app.screen.draft = "half a note"
        await pilot.press("L")
        await settle(pilot)
        assert gateway.kept == ["half a note"]


async def test_quit_asks_when_work_is_open(app: TrialApp, gateway: FakeGateway) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, ListScreen)
        app.screen.draft = "half a note"
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, ListScreen)
        await pilot.press("ctrl+q", "f2")
        await pilot.pause()
    app.jobs.close()
    assert gateway.kept == ["half a note"]
    assert app.return_code == 0


async def test_quit_without_open_work_just_ends(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"quit", "enter")
        await pilot.pause()
    assert app.return_code == 0


async def test_danger_wants_a_reason_and_another_key(app: TrialApp) -> None:
    reasons: list[str] = []
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, ListScreen)
        app.screen.confirm("End it?", reasons.append, patient="[/red] Ortiz", reason=True)
        await pilot.pause()
        assert "[/red] Ortiz" in shown(app)
        await pilot.press("f2")
        assert "A reason is needed" in app.last_said
        await pilot.press(*"moved", "f2")
        await pilot.pause()
        assert reasons == ["moved"]


async def test_sign_in_by_keys(tmp_path: Path) -> None:
    app = TrialApp(FakeGateway(tmp_path, role=None))
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, SignInScreen)
        await pilot.press(*"Dana Whitfield RN", "enter", *"nonsense", "enter")
        await settle(pilot)
        assert "Name or password is wrong" in shown(app)
        await pilot.press(*PASSWORD, "enter")
        await settle(pilot)
        assert isinstance(app.screen, ListScreen)


WRONG_SETTINGS = Refusal("settings_wrong", "programme.toml, line 3: no number.", "Correct it.")


async def test_settings_that_are_wrong_are_told_on_the_first_screen(tmp_path: Path) -> None:
    door = FakeGateway(tmp_path)
    door.trouble = WRONG_SETTINGS
    app = TrialApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "programme.toml, line 3: no number. Correct it." in shown(app)


async def test_without_any_settings_the_program_ends_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door = FakeGateway(tmp_path)
    door.trouble, door.idle_lock_minutes = WRONG_SETTINGS, None
    app = TrialApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
    assert app.return_code == 1
    assert "programme.toml, line 3" in capsys.readouterr().err


async def test_the_four_looks(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, ListScreen)
        looks = [
            (lambda: screen.show_empty("No cases", "Press / to search"), "Press / to search"),
            (lambda: screen.show_refused(Refusal("r", "Not yours.", "Ask.", "D-25")), "D-25"),
            (lambda: screen.show_fault("20261123-abc"), "Incident 20261123-abc"),
            (screen.show_full, "Ortiz"),
        ]
        for show, words in looks:
            show()
            await pilot.pause()
            assert words in shown(app)


async def test_the_theme_goes_round(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        names = [app.theme]
        for _ in range(3):
            await pilot.press("colon", *"theme", "enter")
            await settle(pilot)
            names.append(app.theme)
        assert names == ["dark", "light", "high-contrast", "dark"]


@pytest.mark.parametrize("key", ["x", "o", "b", "f2"])
async def test_a_key_of_another_screen_is_answered(app: TrialApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert f"“{key}” does nothing on this screen" in shown(app)
        assert "? lists the keys that work here." in " ".join(app.last_said.split())


async def test_a_key_says_what_it_is_on_other_screens(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("x")
        assert "“No answer” on a call and the calls list" in app.last_said
        assert "Export" not in app.last_said, "only supervisors export"
        await pilot.press("z")
        assert "it is" not in app.last_said


async def test_a_key_is_answered_in_a_dialog_too(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark", "x")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "“x” does nothing on this screen" in shown(app)


async def test_a_key_that_types_moves_or_runs_is_not_answered(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w", "down", "f", "x", "tab")
        assert app.last_said == ""


async def test_a_digit_leaves_what_is_open_over_its_own_list(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        first = app.screen
        app.push_screen(ListScreen())
        app.push_screen(ListScreen())
        await pilot.pause()
        await pilot.press("1")
        await pilot.pause()
        assert app.screen is first and app.screen_stack == [first]
        await pilot.press("1")
        assert "already" in app.last_said


async def test_a_digit_leaves_no_open_work_behind(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(OpenWork())
        app.push_screen(over := ListScreen())
        await pilot.pause()
        await pilot.press("1")
        assert app.screen is over
        assert "A call is open here." in app.last_said


async def test_quitting_asks_while_work_is_open(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(OpenWork())
        await pilot.pause()
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, ConfirmScreen)
        assert "A call is open here. Leave the program?" in " ".join(shown(app).split())
        await pilot.press("escape")
        assert isinstance(app.screen, OpenWork)


async def test_help_says_what_the_tags_of_settings_mean(app: TrialApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark", "end")
        await pilot.pause()
        seen = shown(app)
        for tag, words in TAGS.items():
            assert words in seen, tag
        assert "[GK]" in seen and "[A]" in seen and "[P]" in seen


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (160, 50)])
async def test_a_long_dialog_keeps_its_keys_in_sight(app: TrialApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        box = app.screen.query_one("#box").content_region
        footer = app.screen.query_one(KeyFooter)
        assert footer.region.bottom <= box.bottom and footer.region.height == footer.size.height
        assert shown(app).count("? all keys") == 2 or size[1] == 12


async def test_unlocking_that_faults_says_so_and_stays_locked(app: TrialApp, monkeypatch) -> None:
    def broken(name: str, password: str) -> None:
        raise OSError(name)

    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("L")
        await settle(pilot)
        monkeypatch.setattr(app.gateway, "sign_in", broken)
        await pilot.press("enter")
        await settle(pilot)
        assert app.locked and isinstance(app.screen, LockScreen)
        assert "Signing in did not work." in shown(app)
