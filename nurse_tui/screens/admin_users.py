"""The jobs of users: added, switched off and on, given another role or password."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from nurse_tui.screens.admin_tabs import BY_ID, AdminRow, Section
from nurse_tui.screens.base import LOCKED, JobScreen
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.types import Refusal, Role
from nurse_tui.views import UserView
from nurse_tui.widgets.worklist import Worklist
from nurse_tui.words import label

NO_USER = Refusal("no_user", "No user is under the cursor.", "Go to one on the tab Users.")
NO_PASSWORDS = Refusal("demo", "Users of a demo have no passwords.", "Open it with --as ROLE.")


class AdminUsers(JobScreen):
    """What can be done with the user under the cursor."""

    tab: Section

    @abstractmethod
    def read(self, keep: bool = True) -> None:
        """Read the tab again."""

    @abstractmethod
    def show_tab(self, tab: Section) -> None:
        """Go to a tab."""

    @property
    def rows(self) -> Worklist[AdminRow]:
        """The list."""
        found: Worklist[AdminRow] = self.query_one("#rows", Worklist)
        return found

    def _user(self) -> UserView | None:
        row = self.rows.focused_row
        return row.fact if row is not None and isinstance(row.fact, UserView) else None

    def ended(self, said: str | None) -> None:
        if said:
            self.say(said)
            self.read()

    def do_user_add(self) -> Refusal | None:
        """Add a person who may sign in."""
        from nurse_tui.screens.admin_forms import UserForm

        ring = self.nurse_app.gateway.keyring
        if ring is None:
            return LOCKED
        if self.tab is not BY_ID["users"]:
            self.show_tab(BY_ID["users"])
        self.app.push_screen(UserForm(ring, "New user"), self.ended)
        return None

    def do_user_password(self) -> Refusal | None:
        """Give the user under the cursor a new password."""
        from nurse_tui.screens.admin_forms import PasswordForm

        ring, user = self.nurse_app.gateway.keyring, self._user()
        if user is None or ring is None:
            return NO_USER
        if not ring.is_locked_file:
            return NO_PASSWORDS
        self.app.push_screen(PasswordForm(ring, user), self.ended)
        return None

    def do_user_disable(self) -> Refusal | None:
        """Ask, then stop the user under the cursor from signing in."""
        ring, user = self.nurse_app.gateway.keyring, self._user()
        if user is None or ring is None:
            return NO_USER
        if not user.active:
            return Refusal("off", f"{user.name} is switched off already.", "E lets them in again.")

        def disable(services: Any) -> Any:
            from nurse_tui.services import accounts

            return accounts.disable(services.admin, ring, user)

        question = (
            f"Stop {user.name} from signing in? What they did stays, and their password is"
            f" forgotten. They have {user.open_cases:,} open cases."
        )
        said = f"{user.name} can no longer sign in."
        self.confirm(
            question,
            lambda _: self.ask(disable, lambda _: self.ended(said), write=True),
            patient=user.full_name or user.name,
        )
        return None

    def do_user_enable(self) -> Refusal | None:
        """Let the user under the cursor sign in again."""
        ring, user = self.nurse_app.gateway.keyring, self._user()
        if user is None or ring is None:
            return NO_USER
        if user.active:
            return Refusal("on", f"{user.name} may sign in already.", "X stops them.")
        if ring.is_locked_file:
            return self.do_user_password()

        def enable(services: Any) -> Any:
            from nurse_tui.services import accounts

            return accounts.enable(services.admin, ring, user, "")

        said = f"{user.name} may sign in again."
        self.ask(enable, lambda _: self.ended(said), write=True)
        return None

    def do_edit(self) -> Refusal | None:
        """Give the user under the cursor another role."""
        actor, user = self.nurse_app.gateway.actor, self._user()
        if user is None:
            return NO_USER if self.tab.id == "users" else Refusal(
                "read_only", "This is only shown here.", "Files are changed outside the program."
            )  # fmt: skip
        if actor is None or actor.role is not Role.ADMIN:
            return Refusal("role", "Only an administrator may manage users.", "Ask one.")

        def put(choice: Choice | None) -> None:
            if choice is None or choice.value is user.role:
                return
            said = f"{user.name} is {choice.value.value} from the next sign-in on."
            self.ask(
                lambda services: services.admin.set_user(user.user_id, role=choice.value),
                lambda _: self.ended(said),
                write=True,
            )

        choices = [Choice(role, label(role.value)) for role in Role]
        self.app.push_screen(ChooseScreen(f"Role of {user.name}", choices, user.role), put)
        return None
