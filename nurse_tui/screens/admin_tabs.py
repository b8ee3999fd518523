"""The tabs of administration: what each reads, its columns, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from textual.content import Content

from nurse_tui.clock import PROGRAMME_ZONE
from nurse_tui.rules.calendar import say
from nurse_tui.rules.programme import TAGS
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.text import line, rich_text, stacked, state, text
from nurse_tui.words import label

if TYPE_CHECKING:
    from nurse_tui.rules.programme import Setting
    from nurse_tui.services.upkeep import (
        BackupState,
        LoggedChange,
        ScriptSheet,
        SettingsSheet,
        SiteDetail,
    )
    from nurse_tui.views import UserView

TAG_LINE = "n fact with source · A another programme's · GK to be confirmed · P proposed"
ZONE = ZoneInfo(PROGRAMME_ZONE)
MEGABYTE = 1_000_000
NONE_LIKE_IT = "No row is like this. esc shows them all again."


@dataclass(frozen=True, slots=True)
class AdminRow:
    """One row: its cells, the tone of the first that is a state, what more there is to say."""

    row_id: int
    values: tuple[str, ...]
    detail: Content
    tone: str = ""
    fact: Any = None


@dataclass(frozen=True, slots=True)
class Section:
    """One tab; `columns` are (title, cells, flex, priority), `group` the column `f` chooses by."""

    id: str
    title: str
    columns: tuple[tuple[str, int, int, int], ...]
    group: int
    empty: str
    read: Callable[[Any, Any], Any]
    rows: Callable[[Any, date], Sequence[AdminRow]]
    note: Callable[[Any, date], Content]

    def made_columns(self) -> list[Column[AdminRow]]:
        """Return the columns of the list."""
        return [
            Column(title, width, partial(_cell, place), flex=flex, priority=priority)
            for place, (title, width, flex, priority) in enumerate(self.columns)
        ]


def _cell(place: int, row: AdminRow) -> Any:
    value = row.values[place]
    return rich_text(value, style=row.tone if value[:2] in STATES else "")


STATES = ("= ", "x ", "! ", "? ", "* ")
"""How a cell begins that is a state: its row's tone is for it."""


def _count(found: Sequence[Any], one: str, many: str) -> Content:
    return text(f"1 {one}" if len(found) == 1 else f"{len(found):,} {many}")


# -- users


def user_rows(users: Sequence[UserView], today: date) -> list[AdminRow]:
    """Return the users."""
    return [_user(user) for user in users]


def _user(user: UserView) -> AdminRow:
    values = (
        user.name,
        user.full_name,
        user.role.value,
        "= active" if user.active else "x switched off",
        f"{user.open_cases:>6,}",
    )
    standing = state("done", "ACTIVE") if user.active else state("refused", "SWITCHED OFF")
    detail = stacked(
        [
            line((user.full_name or user.name, "bold"), "  ", standing),
            text(
                f"Signs in as {user.name}. Role: {user.role.value}. Open cases: {user.open_cases}."
            ),
        ]
    )
    return AdminRow(user.user_id, values, detail, "ok" if user.active else "refused", user)


def _users_note(users: Sequence[UserView], today: date) -> Content:
    active = sum(user.active for user in users)
    return line(_count(users, "user", "users"), f" · {active:,} active")


# -- sites


def site_rows(sites: Sequence[SiteDetail], today: date) -> list[AdminRow]:
    """Return the sites."""
    return [_site(site, today) for site in sites]


def _site(site: SiteDetail, today: date) -> AdminRow:
    coming = [day for day in site.closures if day >= today]
    rems, tone = _rems(site, today)
    values = (site.name, site.code, f"{site.chairs:>6}", site.open_days, rems, f"{len(coming):>5}")
    closed = ", ".join(say(day, today) for day in coming) or "none"
    rows = [
        line((site.name, "bold"), f"  {site.address}"),
        text(f"{site.phone} · {site.zone}".strip(" ·")),
        text(f"{site.chairs} chairs, {site.open_days}. Closed on: {closed}."),
        text("An import of sites changes chairs, days and closures: nurse-tui import sites FILE."),
    ]
    return AdminRow(site.site_id, values, stacked(rows), tone, site)


def _rems(site: SiteDetail, today: date) -> tuple[str, str]:
    if site.rems_until is None:
        return "? not known", "due"
    if site.rems_until < today:
        return f"x EXPIRED {say(site.rems_until, today)}", "refused"
    return f"= {say(site.rems_until, today)}", "ok"


def _sites_note(sites: Sequence[SiteDetail], today: date) -> Content:
    return _count(sites, "infusion site", "infusion sites")


# -- settings


def setting_rows(sheet: SettingsSheet, today: date) -> list[AdminRow]:
    """Return every setting with its value, tag, source and date."""
    return [_setting(n, setting, today) for n, setting in enumerate(sheet.values)]


def _setting(number: int, setting: Setting[object], today: date) -> AdminRow:
    value = _value(setting.value)
    since = say(setting.since, today)
    values = (setting.name, value, setting.tag, setting.rule, since)
    kind = TAGS.get(setting.tag, "An unknown tag.")
    rows = [
        line((setting.name, "bold"), "  ", value),
        text(f"{setting.rule} · since {since} · tag {setting.tag}"),
        text(kind),
        text(f"Source: {setting.source}"),
    ]
    return AdminRow(number, values, stacked(rows), fact=setting)


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _settings_note(sheet: SettingsSheet, today: date) -> Content:
    where = f"Settings {sheet.version} · shipped: {sheet.shipped} · the site's own: {sheet.own}"
    rows = [text(where)]
    if sheet.faults:
        wrong = line(
            state("refused", "FILE REFUSED"),
            f"  {sheet.faults[0]}. The last good settings are used.",
        )
        rows.append(wrong)
    else:
        rows.append(line((TAG_LINE, "$text-muted")))
    return stacked(rows)


# -- scripts


def script_rows(sheets: Sequence[ScriptSheet], today: date) -> list[AdminRow]:
    """Return the call scripts."""
    return [_script(n, sheet) for n, sheet in enumerate(sheets)]


def _script(number: int, sheet: ScriptSheet) -> AdminRow:
    script = sheet.script
    if script is None:
        wrong = [line(state("refused", "REFUSED"), f"  {fault}") for fault in sheet.faults]
        values = (sheet.path.name, "", "", "x refused", "", sheet.faults[0] if sheet.faults else "")
        return AdminRow(number, values, stacked(wrong), "refused", sheet)
    mark = "= active" if script.status == "active" else f"? {script.status}"
    items = f"{len(script.items):>5}"
    values = (script.id, script.language, script.version, mark, items, script.title)
    rows = [
        line((script.title, "bold"), f"  {script.id}, {script.language}, {script.version}"),
        text(f"{len(script.items)} items, dated {script.date}. enter reads it through."),
    ]
    return AdminRow(number, values, stacked(rows), "ok", sheet)


def read_through(sheet: ScriptSheet) -> list[Content]:
    """Return a whole script as lines: sections, what is said and asked, the answers."""
    rows: list[Content] = []
    section = ""
    for item in sheet.script.items if sheet.script else ():
        if item.section != section:
            section = item.section
            rows += [text(""), line((section, "bold $text-accent"))]
        rows.append(line((f"{item.role.value:<5}", "bold $text-muted"), item.text))
        rows += [text(f"        ( ) {option.label}") for option in item.options]
        if item.conditions:
            rows.append(line(("        shown by earlier answers", "$text-muted")))
    return rows or [text(fault) for fault in sheet.faults]


def _scripts_note(sheets: Sequence[ScriptSheet], today: date) -> Content:
    return _count(sheets, "script file", "script files")


# -- the change log of users, sites, exports, backups


def change_rows(changes: Sequence[LoggedChange], today: date) -> list[AdminRow]:
    """Return the newest changes that belong to no case."""
    return [_change(change, today) for change in changes]


def _change(change: LoggedChange, today: date) -> AdminRow:
    local = change.at.astimezone(ZONE)
    day = say(local.date(), today)
    at = f"{day} {local:%H:%M}"
    what = change.sentence or change.command
    detail = stacked(
        [
            line((what, "bold")),
            text(
                f"{at} Eastern · {change.who}, {change.role} · {change.command} · {change.subject}"
            ),
        ]
    )
    # The weekday gives way to the year, so that the time is never cut.
    short = at if local.year == today.year else at.partition(" ")[2]
    return AdminRow(change.id, (short, change.who, what), detail, fact=change)


def _changes_note(changes: Sequence[LoggedChange], today: date) -> Content:
    return text("Users, sites, exports and backups, newest first; nothing here can be altered.")


# -- backups


def backup_rows(found: BackupState, today: date) -> list[AdminRow]:
    """Return the last backup, where there is one."""
    return [_change(found.last, today)] if found.last else []


def _backups_note(found: BackupState, today: date) -> Content:
    size = f"{found.size / MEGABYTE:,.1f} MB"
    who = (
        "b makes a backup now, in a new file."
        if found.may_make
        else "An administrator makes backups."
    )
    return text(f"Database: {found.database}, {size}. {who}")


CHANGE_COLUMNS = (("WHEN", 17, 0, 0), ("WHO", 18, 0, 1), ("WHAT", 20, 1, 0))
TABS = (
    Section(
        "users", "Users",
        (("NAME", 14, 1, 0), ("FULL NAME", 16, 1, 1), ("ROLE", 10, 0, 0), ("STATE", 14, 0, 0),
         (" CASES", 6, 0, 2)),
        2, "There are no users. A adds one.",
        lambda services, own: services.admin.users(), user_rows, _users_note,
    ),
    Section(
        "sites", "Sites",
        (("NAME", 18, 1, 0), ("CODE", 6, 0, 3), ("CHAIRS", 6, 0, 0), ("OPEN", 20, 0, 2),
         ("REMS UNTIL", 25, 0, 0), (" SHUT", 5, 0, 4)),
        3, "There is no infusion site yet. Import them: nurse-tui import sites FILE.",
        lambda services, own: services.upkeep.sites(), site_rows, _sites_note,
    ),
    Section(
        "settings", "Settings",
        (("SETTING", 28, 1, 0), ("VALUE", 16, 1, 0), ("TAG", 4, 0, 1), ("RULE", 6, 0, 2),
         ("SINCE", 15, 0, 3)),
        2, "There is no setting.",
        lambda services, own: services.upkeep.settings(own), setting_rows, _settings_note,
    ),
    Section(
        "scripts", "Scripts",
        (("SCRIPT", 14, 0, 0), ("LANG", 5, 0, 0), ("VERSION", 9, 0, 1), ("STATE", 10, 0, 0),
         ("ITEMS", 5, 0, 2), ("TITLE", 16, 1, 1)),
        1, "There is no call script.",
        lambda services, own: services.upkeep.scripts(), script_rows, _scripts_note,
    ),
    Section(
        "log", "Change log", CHANGE_COLUMNS,
        1, "Nothing was changed yet.",
        lambda services, own: services.upkeep.changes(), change_rows, _changes_note,
    ),
    Section(
        "backup", "Backup", CHANGE_COLUMNS,
        1, "No backup was made here yet.",
        lambda services, own: services.upkeep.backups(), backup_rows, _backups_note,
    ),
)  # fmt: skip
BY_ID = {tab.id: tab for tab in TABS}


def groups(tab: Section, rows: Iterable[AdminRow]) -> list[str]:
    """Return the words by which `f` keeps rows of a tab."""
    return sorted({row.values[tab.group] for row in rows})


def group_title(tab: Section) -> str:
    """Return what `f` chooses by."""
    return label(tab.columns[tab.group][0].strip().lower())
