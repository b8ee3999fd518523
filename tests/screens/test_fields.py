"""Form fields and reasons, by keys."""

from __future__ import annotations

from datetime import date

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Input, Select

from nurse_tui.screens.base import JobScreen
from nurse_tui.types import Reason, Refusal, Verdict
from nurse_tui.widgets.field import (
    Choice,
    Field,
    Options,
    choice_field,
    date_field,
    day_of,
    point_out,
    read,
    text_field,
    time_field,
)
from nurse_tui.widgets.hanging import hung
from nurse_tui.widgets.reasons import ReasonList, reason_rows
from nurse_tui.widgets.text import stacked

from .conftest import settle, shown
from .trial import TrialApp


class TrialForm(JobScreen):
    VIEW_NAME = "form"
    VIEW_TITLE = "Form"

    def compose_job(self) -> ComposeResult:
        yield text_field("name", "[b]Name[/", "Ortiz\x1b[31m", limit=20)
        yield date_field("born", "Born", date(1972, 3, 1))
        yield time_field("at", "Call at")
        yield choice_field("kind", "Kind", [("[/red] mobile", "mobile"), ("Home", "home")])
        yield ReasonList(id="reasons")

    def fields(self) -> list[Field]:
        return list(self.query(Field))


async def test_values_are_read_by_name(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        assert read(form.fields()) == {
            "name": "Ortiz^[[31m", "born": "1972-03-01", "at": "", "kind": ""
        }  # fmt: skip
        assert "[b]Name[/" in shown(app)


async def test_tab_goes_through_the_fields_in_order(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        visited = []
        for _ in form.fields():
            visited.append(type(form.focused).__name__)
            await pilot.press("tab")
        assert visited == ["TextInput", "MaskedField", "MaskedField", "Choice"]


async def test_a_date_is_typed_in_digits(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        await pilot.press("tab", "home", *"20260315")
        assert read(form.fields())["born"] == "2026-03-15"


async def test_a_choice_is_made_by_keys(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        form.query_one(Select).focus()
        await pilot.press("enter", "down", "enter")
        await settle(pilot)
        assert read(form.fields())["kind"] == "mobile"


async def test_a_wrong_field_says_so_and_has_the_focus(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        point_out(form.fields(), {"at": "Type an hour and minutes: 16:30."})
        await settle(pilot)
        assert "x Type an hour and minutes: 16:30." in shown(app)
        assert form.focused is form.fields()[2].control
        point_out(form.fields(), {})
        await settle(pilot)
        assert "Type an hour" not in shown(app)


async def test_a_long_paste_is_cut_not_dropped(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        control = form.query_one(Input)
        control.value = ""
        control.post_message(events.Paste("one\ntwo [/red] three four five"))
        await settle(pilot)
        assert control.value == "one two [/red] three"


@pytest.mark.parametrize(
    ("given", "answer"),
    [("2028-02-29", date(2028, 2, 29)), ("", None), ("----", None), ("0001-01-01", date(1, 1, 1))],
)
def test_days_are_read(given: str, answer: date | None) -> None:
    assert day_of(given) == answer


@pytest.mark.parametrize("given", ["2027-02-29", "2027-13-01", "2027-1", "[/red]"])
def test_a_wrong_day_is_one_sentence(given: str) -> None:
    refusal = day_of(given)
    assert isinstance(refusal, Refusal)
    assert given in refusal.sentence


def test_a_decision_shows_verdict_rules_missing_and_way_out() -> None:
    reasons = [Reason("D-41", "Lives in MA [/red].")]
    rows = reason_rows(
        Verdict.INELIGIBLE, reasons, title="INFUSION", missing=["secondary cover"], way_out="Ask."
    )
    content = stacked([hung(row, 40) for row in rows])
    assert content.plain.splitlines() == [
        "INFUSION  x NOT ELIGIBLE",
        "  D-41  Lives in MA [/red].",
        "  ? missing  secondary cover",
        "  way out  Ask.",
    ]


async def test_reasons_are_drawn_literally(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        form.query_one(ReasonList).show_decision(None, [Reason("D-2", "[@click=app.quit]x[/]")])
        await settle(pilot)
        assert "[@click=app.quit]x[/]" in shown(app)


@pytest.mark.parametrize("typed", ["y", "question_mark", "é"])
async def test_a_letter_over_a_chosen_date_changes_nothing(app: TrialApp, typed: str) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        form.fields()[1].focus_control()
        await settle(pilot)
        await pilot.press("home", "shift+end", typed)
        assert form.fields()[1].value == "1972-03-01"
        await pilot.press("home", "shift+end", *"20261123")
        assert form.fields()[1].value == "2026-11-23"


@pytest.mark.parametrize("typed", ["5", "minus", "x", "space"])
async def test_a_key_on_a_separator_of_a_date_goes_behind_it(app: TrialApp, typed: str) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        born = form.fields()[1].control
        born.focus()
        born.value = "    -03-01"
        await settle(pilot)
        born.cursor_position = 4
        await pilot.press(typed)
        assert born.value == ("    -53-01" if typed == "5" else "    -03-01")


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
async def test_a_page_further_in_a_list_that_is_not_laid_out_yet_is_no_fault(
    app: TrialApp, key: str
) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(form := TrialForm())
        await settle(pilot)
        options = form.query_one(Options)
        options._index_to_line.clear()
        {"pagedown": options.action_page_down, "pageup": options.action_page_up}[key]()
        form.query_one(Select).focus()
        await pilot.press("enter", "down", "enter")
        await settle(pilot)
        assert read(form.fields())["kind"] == "mobile"


async def test_a_form_that_is_taken_away_while_it_is_built_is_no_fault(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        await settle(pilot)
        choice = Choice([("Home", "home")], value="home", allow_blank=False)
        choice._setup_options_renderables()
        choice._init_selected_option()
        assert choice.value == "home"


async def test_a_screen_is_left_once_however_often_its_key_was_pressed(app: TrialApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        answers: list[object] = []
        before = len(app.screen_stack)
        app.push_screen(form := TrialForm(), answers.append)
        await settle(pilot)
        form.dismiss("first")
        form.dismiss("second")
        await settle(pilot)
        assert answers == ["first"] and len(app.screen_stack) == before


@pytest.mark.parametrize("pasted", [True, False])
async def test_a_secret_keeps_its_blanks_and_other_words_lose_them(app, pasted: bool) -> None:
    words = "  two  blanks "
    async with app.run_test(size=(80, 40)) as pilot:
        await settle(pilot)
        secret, plain = text_field("one", "Password", secret=True), text_field("two", "Name")
        app.screen.mount(secret, plain)
        await settle(pilot)
        for field in (secret, plain):
            if pasted:
                field.control.post_message(events.Paste(f"{words}\nmore"))
            else:
                field.control.value = words
        await settle(pilot)
        assert secret.value == words
        assert plain.value == ("two blanks more" if pasted else words.strip())
