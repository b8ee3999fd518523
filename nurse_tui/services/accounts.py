"""Users with their passwords: the row in the database and the key slot beside it, together."""

from __future__ import annotations

from nurse_tui.keyring import KeyRing
from nurse_tui.services.admin import AdminService
from nurse_tui.types import Refusal, Role
from nurse_tui.views import UserView


def add(
    admin: AdminService, ring: KeyRing, name: str, full_name: str, role: Role, password: str
) -> int | Refusal:
    """Make a user with a first password; returns the user's id."""
    refused = admin.refuse("user.manage") or ring.refuse_password(name, password)
    if refused is not None:
        return refused
    made = admin.add_user(name, full_name, role)
    return made if isinstance(made, Refusal) else ring.give(name, password) or made


def set_password(
    admin: AdminService, ring: KeyRing, user: UserView, password: str
) -> int | Refusal:
    """Give a user a new password in place of the one before."""
    refused = admin.refuse("user.manage") or ring.refuse_password(user.name, password)
    return refused or ring.give(user.name, password) or user.user_id


def enable(admin: AdminService, ring: KeyRing, user: UserView, password: str) -> int | Refusal:
    """Let a user sign in again, with a new password."""
    refused = admin.refuse("user.manage") or ring.refuse_password(user.name, password)
    if refused is not None:
        return refused
    done = admin.set_user(user.user_id, active=True)
    return done if isinstance(done, Refusal) else ring.give(user.name, password) or done


def disable(admin: AdminService, ring: KeyRing, user: UserView) -> int | Refusal:
    """Stop a user from signing in; what they did stays, their password is forgotten."""
    done = admin.set_user(user.user_id, active=False)
    return done if isinstance(done, Refusal) else ring.take(user.name) or done
