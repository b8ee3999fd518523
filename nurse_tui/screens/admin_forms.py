"""Forms of users: a new one, a new password. What is typed here is never kept as a draft."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from nurse_tui.keyring import KeyRing
from nurse_tui.screens.base import JobModal
from nurse_tui.screens.record_form import SAVING, Given, Job
from nurse_tui.screens.words import pairs
from nurse_tui.types import Refusal, Role
from nurse_tui.views import UserView
from nurse_tui.widgets.field import Field, choice_field, point_out, read, text_field
from nurse_tui.widgets.text import text

PASSWORD_LENGTH = 256
HALF_TYPED = "A form of a user is open; what is typed there is never kept."
NAME_FAULTS = ("bad_name", "name_taken")


class AccountForm(JobModal[str]):
    """Saves by F2 and answers with what to say; a refusal leaves everything as typed."""

    VIEW_NAME: ClassVar[str] = "form"
    CSS_PATH = "short_forms.tcss"

    def __init__(self, ring: KeyRing, title: str) -> None:
        super().__init__()
        self.ring = ring
        self._title = title
        self._sent = False
        self._began: dict[str, str] = {}

    @abstractmethod
    def fields(self) -> Iterable[Field]:
        """Return the fields in the order in which tab goes through them."""

    @abstractmethod
    def check(self, given: Given) -> tuple[Job, str]:
        """Read what was typed; return the job that saves it, and what to say then."""

    def compose_job(self) -> ComposeResult:
        yield Static(text(self._title), id="title")
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.fields()

    def on_mount(self) -> None:
        self._began = read(self.query(Field))
        self.query(Field).first().focus_control()

    def password_fields(self) -> list[Field]:
        """Return the two fields of a password; a demo has none."""
        if not self.ring.is_locked_file:
            return []
        return [
            text_field("password", "First password", limit=PASSWORD_LENGTH, secret=True),
            text_field("again", "The password again", limit=PASSWORD_LENGTH, secret=True),
        ]

    def password(self, given: Given) -> str:
        """Return the password that was typed twice."""
        if not self.ring.is_locked_file:
            return ""
        password = given.words("password", "A password is needed.")
        if "password" not in given.errors and password != given.values["again"]:
            given.errors["again"] = "The two are not the same. Type it again."
        return password

    def do_form_submit(self) -> None:
        """Check what was typed; save it, or point at what is wrong."""
        fields = list(self.query(Field))
        given = Given(read(fields))
        job, said = self.check(given)
        point_out(fields, given.errors)
        if not (given.errors or self._sent):
            self._sent = True
            save = partial(self._save, job)
            self.ask(save, partial(self._saved, said), write=True, refused=self._refused)

    def open_work(self) -> str:
        return HALF_TYPED if read(self.query(Field)) != self._began else ""

    def do_back(self) -> Refusal | None:
        """Close the form, unless it is being saved: how that ends is said here."""
        return SAVING if self._sent else super().do_back()

    def _save(self, job: Job, services: Any) -> object:
        try:
            return job(services)
        except Exception:
            self._sent = False
            raise

    def _saved(self, said: str, answer: object) -> None:
        self.dismiss(said)

    def _refused(self, refusal: Refusal) -> None:
        """Say why not, at its field where there is one."""
        self._sent = False
        fields = {field.field_name: field for field in self.query(Field)}
        place = "name" if refusal.code in NAME_FAULTS else "password"
        if place in fields and refusal.code != "role":
            point_out(list(fields.values()), {place: str(refusal)})
        self.say(refusal)


class UserForm(AccountForm):
    """Adds a person who may sign in."""

    def fields(self) -> Iterable[Field]:
        return [
            text_field("name", "Name to sign in with, such as dana.whitfield", limit=40),
            text_field("full_name", "Full name, as others see it", limit=100),
            choice_field("role", "Role", pairs(Role), Role.NURSE.value),
            *self.password_fields(),
        ]

    def check(self, given: Given) -> tuple[Job, str]:
        name = given.words("name", "A name is needed.")
        full_name, role = given.words("full_name"), given.choice("role", Role)
        password, ring = self.password(given), self.ring

        def job(services: Any) -> object:
            from nurse_tui.services import accounts

            return accounts.add(services.admin, ring, name, full_name, role, password)

        return job, f"{name} may sign in as {role.value}."


class PasswordForm(AccountForm):
    """Gives a user a new password; one who was switched off may sign in again with it."""

    def __init__(self, ring: KeyRing, user: UserView) -> None:
        super().__init__(ring, f"New password of {user.name}")
        self.user = user

    def fields(self) -> Iterable[Field]:
        return self.password_fields()

    def check(self, given: Given) -> tuple[Job, str]:
        password, ring, user = self.password(given), self.ring, self.user

        def job(services: Any) -> object:
            from nurse_tui.services import accounts

            change = accounts.set_password if user.active else accounts.enable
            return change(services.admin, ring, user, password)

        again = "" if user.active else " and may sign in again"
        return job, f"{user.name} has a new password{again}."
