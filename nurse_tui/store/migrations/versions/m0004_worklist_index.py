"""The index that walks one nurse's cases, or nobody's, from the oldest."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_case_nurse_opened", "case", ["nurse_key", "is_open", "opened_at", "id"])
