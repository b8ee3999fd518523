"""When a case's form became complete and its first attempt, as the report on them reads them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FILL = """
UPDATE "case" SET
  form_completed_at = (
    SELECT f.completed_at FROM services_form f WHERE f.case_id = "case".id
    ORDER BY f.received_at DESC, f.id LIMIT 1),
  first_attempt_at = (
    SELECT min(k.started_at) FROM call k WHERE k.case_id = "case".id
    AND k.outcome IS NOT NULL AND (k.outbound OR k.kind = 'welcome'))"""


def upgrade() -> None:
    """Add the two columns, fill them from the facts, and index them."""
    for name in ("form_completed_at", "first_attempt_at"):
        op.add_column("case", sa.Column(name, sa.DateTime(), nullable=True))
    op.execute(FILL)
    op.create_index(
        "ix_case_first_call", "case", ["form_completed_at", "nurse_key", "first_attempt_at"]
    )
