"""Administration by keys alone, on a real encrypted file with key slots."""

from __future__ import annotations

import pytest

from nurse_tui import clock, settings
from nurse_tui.app import NurseApp
from nurse_tui.gateway import FileGateway, Place
from nurse_tui.rules.programme import TAGS
from nurse_tui.screens.admin import AdminScreen
from nurse_tui.screens.admin_forms import PasswordForm, UserForm
from nurse_tui.screens.reading import ReadingScreen
from nurse_tui.screens.reports_forms import FileForm
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.services.founding import found
from nurse_tui.store import keyslots
from nurse_tui.types import Actor, Refusal, Role
from nurse_tui.widgets.field import Field
from tests.cases import NOW, add_case, add_site
from tests.databases import SYSTEM, add_user, count

from .conftest import shown
from .real import HOSTILE, app_on, calm, press

SIZE = (80, 24)
keyslots_kdf = keyslots.Kdf
PASSWORD = "a kettle of green herons"
OTHER = "seven slow brown badgers"


@pytest.fixture
def door(tmp_path, monkeypatch):
    """An encrypted database, its administrator signed in."""
    cheap = keyslots.Kdf(memory_kib=64, passes=1, lanes=1)
    monkeypatch.setattr(keyslots, "Kdf", lambda **cost: keyslots_kdf(**cost) if cost else cheap)
    clock.freeze(NOW)
    path = tmp_path / "cases.db"
    shipped = settings.load()
    made = found(path, "root", "Rita Root", PASSWORD, shipped)
    assert not isinstance(made, Refusal), made
    gateway = FileGateway(Place(path, tmp_path / "log"), shipped)
    assert isinstance(gateway.sign_in("root", PASSWORD), Actor)
    yield gateway
    gateway.close()


@pytest.fixture
def rooted(desk):
    """The services of an administrator of the desk."""
    desk.root = Services(Desk(desk.db, add_user(desk.db, "root", Role.ADMIN), desk.shipped))
    return desk


def user_of(gateway, name):
    return next(user for user in gateway.services.admin.users() if user.name == name)


async def test_a_new_user_gets_a_row_and_a_key_slot(door) -> None:
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        assert isinstance(app.screen, AdminScreen)
        assert "1 user · 1 active" in shown(app) and "Rita Root" in shown(app)
        await press(pilot, "A")
        assert isinstance(app.screen, UserForm)
        await press(pilot, "=Dana", "f2")
        assert "A password is needed." in shown(app)
        await press(pilot, f"={OTHER}", "tab", "=wrong", "f2")
        assert "The two are not the same." in shown(app)
        await press(pilot, *["backspace"] * 5, f"={OTHER}", "f2")
        assert "small letters" in shown(app), "what was typed stays, the name is pointed at"
        await press(pilot, *["backspace"] * 4, "=dana", "f2")
        assert app.last_said == "dana may sign in as nurse."
        assert "2 users · 2 active" in shown(app)
        assert OTHER not in shown(app)
    assert user_of(door, "dana").role is Role.NURSE
    assert not isinstance(keyslots.open_slot(door.place.database, "dana", OTHER), Refusal)


async def test_a_user_is_switched_off_after_asking_and_on_with_a_new_password(door) -> None:
    ring = door.keyring
    door.services.admin.add_user("dana", "Dana Whitfield", Role.NURSE)
    ring.give("dana", OTHER)
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=dana", "enter", "X")
        assert "Dana Whitfield" in shown(app) and "Stop dana from signing in?" in shown(app)
        await press(pilot, "enter", "escape")
        assert user_of(door, "dana").active
        await press(pilot, "X", "f2")
        assert app.last_said == "dana can no longer sign in." and "x switched off" in shown(app)
        assert not user_of(door, "dana").active
        assert isinstance(keyslots.open_slot(door.place.database, "dana", OTHER), Refusal)
        await press(pilot, "X")
        assert "switched off already" in app.last_said
        await press(pilot, "E")
        assert isinstance(app.screen, PasswordForm)
        await press(pilot, f"={OTHER}", "tab", f"={OTHER}", "f2")
        assert app.last_said == "dana has a new password and may sign in again."
        assert user_of(door, "dana").active
        assert not isinstance(keyslots.open_slot(door.place.database, "dana", OTHER), Refusal)


async def test_a_role_is_changed_and_the_last_administrator_stays_one(door) -> None:
    door.services.admin.add_user("dana", "Dana Whitfield", Role.NURSE)
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "home", "e", "home", "enter")
        assert "Somebody must stay administrator." in app.last_said
        await press(pilot, "slash", "=dana", "enter", "e", "down", "enter")
        assert app.last_said == "dana is supervisor from the next sign-in on."
        assert user_of(door, "dana").role is Role.SUPERVISOR


async def test_a_backup_is_made_checked_and_logged(door, tmp_path) -> None:
    target = tmp_path / "copy.db"
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "left_square_bracket")
        assert "No backup was made here yet." in shown(app)
        await press(pilot, "b", "ctrl+u", f"={target}", "f2")
        assert app.last_said == f"Wrote {target}. It was checked."
        assert "Backed up to copy.db" in shown(app)
        await press(pilot, "b", "ctrl+u", f"={target}", "f2")
        assert "is there already" in app.last_said
    assert target.stat().st_mode & 0o777 == 0o600
    assert not isinstance(keyslots.open_slot(target, "root", PASSWORD), Refusal)


async def test_the_tabs_show_sites_settings_scripts_and_the_log(rooted) -> None:
    add_site(rooted.db, SYSTEM, code="S2", name="Lakeside", rems_expires_on=None,
             closures="2026-12-08")  # fmt: skip
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "right_square_bracket")
        assert "= Sun 31 Dec 2028" in shown(app) and "? not known" in shown(app)
        await press(pilot, "down")
        assert "Closed on: Tue 8 Dec." in shown(app)
        await press(pilot, "right_square_bracket", "slash", "=labs_valid", "enter")
        assert "labs_valid_days" in shown(app) and "D-17" in shown(app)
        assert "Source:" in shown(app) and "Settings 2026" in shown(app)
        assert any(words in shown(app) for words in TAGS.values())
        assert "n fact with source · A another programme's" in shown(app)
        await press(pilot, "right_square_bracket", "f", "down", "down", "enter")
        assert "welcome        es" in shown(app) and "welcome        en" not in shown(app)
        await press(pilot, "end", "enter")
        assert isinstance(app.screen, ReadingScreen) and "( )" in shown(app)
        await press(pilot, "enter", "right_square_bracket")
        assert "user.add" in shown(app) or "site.add" in shown(app)
        assert "Ortiz" not in shown(app)


async def test_a_wrong_settings_file_is_named_with_its_fault(door, tmp_path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "programme.toml").write_text("[[labs_valid_days]]\nvalue = 'many'\n")
    door.place = Place(door.place.database, door.place.log_folder, own)
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "x FILE REFUSED" in shown(app)


async def test_a_supervisor_sees_but_does_not_change_users(desk) -> None:
    app = app_on(desk, Role.SUPERVISOR)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "6")
        assert isinstance(app.screen, AdminScreen) and "dana" in shown(app)
        await press(pilot, "A", "X", "e")
        assert isinstance(app.screen, AdminScreen)
        assert "Only an administrator may manage users." in app.last_said
        assert count(desk.db, "user", "active = 0") == 0


async def test_an_administrator_reaches_no_case(rooted) -> None:
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "1", "4", "5")
        assert isinstance(app.screen, AdminScreen)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_names_are_shown_literally(rooted, text) -> None:
    rooted.root.admin.add_user("eve", text, Role.NURSE)
    add_site(rooted.db, SYSTEM, code="S0", name=text, city=text, phone=text, zone=text)
    add_case(rooted.db, SYSTEM, form_id="SF-9", last_name=text)
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "end", "enter", "escape", "X", "escape")
        for _ in range(6):
            await press(pilot, "right_square_bracket", "enter", "escape")
            assert "\x1b" not in shown(app) and "\u202e" not in shown(app)
        assert isinstance(app.screen, AdminScreen)


async def test_it_works_in_a_small_terminal(rooted) -> None:
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=(40, 12)) as pilot:
        await calm(pilot)
        assert "dana" in shown(app) and "[>Users " in shown(app)


async def test_keys_of_users_are_shown_only_where_users_are(door) -> None:
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        for tab in ("Users", "Sites", "Settings", "Scripts", "Change log", "Backup"):
            seen = shown(app)
            assert f">{tab} " in seen
            for words in ("A add user", "P new password", "X disable user", "E enable user"):
                assert (words in seen) is (tab == "Users"), (tab, words)
            assert "b back up" in seen
            await press(pilot, "right_square_bracket")


async def test_the_time_of_a_change_is_never_cut(door) -> None:
    clock.freeze(NOW.replace(year=NOW.year + 1))
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "18 Nov 2026 11:00 " in shown(app)
        assert "Wed 18 Nov 2026 11:00 Eastern" in shown(app)


@pytest.mark.parametrize(
    ("role", "said", "other"),
    [
        (Role.ADMIN, "b makes a backup now", "An administrator makes backups."),
        (Role.SUPERVISOR, "An administrator makes backups.", "b makes"),
    ],
)
async def test_the_backup_tab_says_who_can_make_one(desk, role, said, other) -> None:
    services = Services(Desk(desk.db, add_user(desk.db, "steward", role), desk.shipped))
    app = app_on(desk, services=services)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        app.open_view("admin")
        await calm(pilot)
        await press(pilot, "left_square_bracket")
        assert "Database:" in shown(app)
        assert said in shown(app) and other not in shown(app)


async def test_the_form_of_a_backup_is_as_high_as_its_field(door) -> None:
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "b")
        assert isinstance(app.screen, FileForm)
        assert app.screen.query_one("#box").size.height <= 6


async def tab_order(app, pilot) -> list[str]:
    names = []
    for _ in app.screen.query(Field):
        inside = app.screen.focused
        names.append(next(n.field_name for n in inside.ancestors_with_self if isinstance(n, Field)))
        await press(pilot, "tab")
    return names


async def test_tab_goes_through_the_forms_of_users_from_top_to_bottom(door) -> None:
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "A")
        assert await tab_order(app, pilot) == ["name", "full_name", "role", "password", "again"]
        await press(pilot, "escape", "P")
        assert await tab_order(app, pilot) == ["password", "again"]
        await press(pilot, "escape", "b")
        assert await tab_order(app, pilot) == ["file"]


async def test_a_search_that_finds_nothing_says_so(rooted) -> None:
    app = app_on(rooted, services=rooted.root)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        await press(pilot, "slash", "=nobody", "enter")
        assert "No row is like this." in shown(app) and "There are no users" not in shown(app)


async def test_a_first_password_with_blanks_at_its_ends_opens_the_file(door) -> None:
    words = f" {OTHER} "
    app = NurseApp(door)
    async with app.run_test(size=SIZE) as pilot:
        await calm(pilot)
        typed = ("=dana", "tab", "tab", "tab", f"={words}", "tab", f"={words}", "f2")
        await press(pilot, "A", *typed)
        assert app.last_said == "dana may sign in as nurse."
    assert not isinstance(keyslots.open_slot(door.place.database, "dana", words), Refusal)
