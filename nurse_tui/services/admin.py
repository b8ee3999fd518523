"""Users: made, given another role, switched off. Keys of an encrypted file are the gateway's."""

from __future__ import annotations

import re

from nurse_tui.models import User
from nurse_tui.services.base import Service
from nurse_tui.store import finding
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal, Role
from nurse_tui.views import UserView

NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


class AdminService(Service):
    """Keeps the list of users; what each may do is in `rules.access`."""

    def users(self) -> tuple[UserView, ...] | Refusal:
        """Return every user, oldest first, with how many open cases each has."""
        refused = self.refuse_list()
        if refused is not None:
            return refused
        with self.db.read() as session:
            counts = finding.open_cases_by_nurse(session)
            rows = finding.find(session, User)
            return tuple(
                UserView(u.id, u.name, u.full_name, u.role, u.active, counts.get(u.id, 0))
                for u in rows
            )

    def add_user(self, name: str, full_name: str, role: Role) -> int | Refusal:
        """Make a user; the name is what they sign in with."""

        def job(tx: Tx) -> int | Refusal:
            refused = refuse_name(name)
            if refused is not None:
                return refused
            if finding.first(tx.session, User, name=name) is not None:
                return Refusal("name_taken", f"There is a user {name} already.", "Choose another.")
            user = tx.add(User(name=name, full_name=full_name.strip(), role=role, created_at=tx.at))
            tx.say(f"New user {name}, {role.value}")
            return user.id

        return self.write("user.manage", "user.add", job)

    def set_user(
        self, user_id: int, *, role: Role | None = None, active: bool | None = None
    ) -> int | Refusal:
        """Change a user's role or switch them off or on; the last administrator stays one."""

        def job(tx: Tx) -> int | Refusal:
            user = tx.get(User, user_id)
            user.role = role or user.role
            user.active = user.active if active is None else active
            tx.session.flush()
            if not _admins(tx):
                return Refusal(
                    "last_admin", "Somebody must stay administrator.", "Make another one first."
                )
            tx.say(f"User {user.name}: {user.role.value}{'' if user.active else ', switched off'}")
            return user.id

        return self.write("user.manage", "user.set", job)


def refuse_name(name: str) -> Refusal | None:
    """Say why a sign-in name will not do, or None."""
    if NAME.fullmatch(name):
        return None
    return Refusal(
        "bad_name",
        "A sign-in name has 2 to 40 small letters, digits, dots or dashes, a letter first.",
        "Write it like dana.whitfield.",
    )


def _admins(tx: Tx) -> int:
    return finding.count(tx.session, User, role=Role.ADMIN, active=True)
