"""The indexes that reports are answered from without touching the rows."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen three indexes and make three more."""
    op.drop_index("ix_case_nurse_state", "case")
    op.create_index("ix_case_nurse_state", "case", ["nurse_key", "state", "opened_at"])
    op.drop_index("ix_deadline_due", "deadline")
    op.create_index("ix_deadline_kind_due", "deadline", ["is_open", "kind", "nurse_key", "due_at"])
    op.drop_index("ix_call_nurse_started", "call")
    op.create_index(
        "ix_call_nurse_started",
        "call",
        ["nurse_id", "started_at", "outcome", "outbound", "case_id"],
    )
    op.create_index(
        "ix_copay_decision_last",
        "copay_decision",
        ["case_id", "benefit", "decided_at", "id", "verdict"],
    )
    op.create_index(op.f("ix_services_form_completed_at"), "services_form", ["completed_at"])
    op.create_index(op.f("ix_safety_report_aware_at"), "safety_report", ["aware_at"])
