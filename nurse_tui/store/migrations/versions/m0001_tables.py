"""Every table of the case database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table and index."""
    op.create_table(
        "change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("diff", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("undoable", sa.Boolean(), nullable=False),
        sa.Column("undo_of", sa.Integer(), nullable=True),
        sa.Column("redo_of", sa.Integer(), nullable=True),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("request_id", "subject", name=op.f("uq_change_request_id_subject")),
        sa.UniqueConstraint("subject", "seq", name=op.f("uq_change_subject_seq")),
    )
    op.create_index(op.f("ix_change_at"), "change", ["at"], unique=False)
    op.create_index("ix_change_case_at", "change", ["case_id", "at"], unique=False)
    op.create_table(
        "infusion_site",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("zip", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("chairs", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.String(), nullable=False),
        sa.Column("closures", sa.Text(), nullable=False),
        sa.Column("rems_certified_on", sa.Date(), nullable=True),
        sa.Column("rems_expires_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.CheckConstraint("chairs >= 0", name=op.f("ck_infusion_site_chairs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_infusion_site")),
        sa.UniqueConstraint("code", name=op.f("uq_infusion_site_code")),
    )
    op.create_index(
        op.f("ix_infusion_site_external_id"), "infusion_site", ["external_id"], unique=False
    )
    op.create_index(op.f("ix_infusion_site_state"), "infusion_site", ["state"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "prescriber",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prescriber")),
    )
    op.create_index(op.f("ix_prescriber_external_id"), "prescriber", ["external_id"], unique=False)
    op.create_index(op.f("ix_prescriber_npi"), "prescriber", ["npi"], unique=False)
    op.create_table(
        "user",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "nurse",
                "supervisor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "case",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("nurse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("hold_reason", sa.String(), nullable=False),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("do_not_call", sa.Boolean(), nullable=False),
        sa.Column("contraindications", sa.String(), nullable=False),
        sa.Column("letter_sent_on", sa.Date(), nullable=True),
        sa.Column("prescriber_notified_on", sa.Date(), nullable=True),
        sa.Column("flag", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "referred",
                "form_received",
                "missing_info",
                "welcome_pending",
                "enrolled",
                "benefits_in_progress",
                "benefits_verified",
                "pretreatment",
                "scheduled",
                "in_course",
                "monitoring",
                "complete",
                "unable_to_reach",
                "on_hold",
                "opted_out",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column(
            "nurse_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("next_due_at", sa.DateTime(), nullable=False),
        sa.Column("next_kind", sa.String(), nullable=False),
        sa.Column("next_why", sa.Text(), nullable=False),
        sa.Column("patient_name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("us_state", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["nurse_id"], ["user.id"], name=op.f("fk_case_nurse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index("ix_case_due", "case", ["is_open", "next_due_at", "id"], unique=False)
    op.create_index(op.f("ix_case_external_id"), "case", ["external_id"], unique=False)
    op.create_index("ix_case_name", "case", ["is_open", "sort_name", "id"], unique=False)
    op.create_index(
        "ix_case_nurse_due", "case", ["nurse_key", "is_open", "next_due_at", "id"], unique=False
    )
    op.create_index(op.f("ix_case_nurse_id"), "case", ["nurse_id"], unique=False)
    op.create_index(
        "ix_case_nurse_name", "case", ["nurse_key", "is_open", "sort_name", "id"], unique=False
    )
    op.create_index("ix_case_nurse_state", "case", ["nurse_key", "state"], unique=False)
    op.create_index("ix_case_opened", "case", ["is_open", "opened_at", "id"], unique=False)
    op.create_index("ix_case_sort_name", "case", ["sort_name", "id"], unique=False)
    op.create_index("ix_case_state_due", "case", ["state", "next_due_at", "id"], unique=False)
    op.create_table(
        "draft",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "user_id", "screen", "subject", name=op.f("uq_draft_user_id_screen_subject")
        ),
    )
    op.create_table(
        "assistance_referral",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("referred_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_assistance_referral_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_referral")),
    )
    op.create_index(
        op.f("ix_assistance_referral_case_id"), "assistance_referral", ["case_id"], unique=False
    )
    op.create_table(
        "call",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nurse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "welcome",
                "callback",
                "copay",
                "scheduling",
                "arrival",
                "follow_up",
                "lab_reminder",
                "inbound",
                "other",
                name="callkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "reached",
                "no_answer",
                "busy",
                "voicemail_left",
                "wrong_number",
                "not_identified",
                "callback_requested",
                "declined",
                "opted_out",
                name="calloutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("identified_at", sa.DateTime(), nullable=True),
        sa.Column("script_id", sa.String(), nullable=False),
        sa.Column("script_language", sa.String(), nullable=False),
        sa.Column("script_version", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("adverse_event", sa.Boolean(), nullable=True),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("next_action", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_call_case_id")),
        sa.ForeignKeyConstraint(["nurse_id"], ["user.id"], name=op.f("fk_call_nurse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_case_id"), "call", ["case_id"], unique=False)
    op.create_index("ix_call_nurse_started", "call", ["nurse_id", "started_at"], unique=False)
    op.create_table(
        "clearance",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "baseline_labs",
                "patient_authorization",
                "vaccination",
                "varicella_antibody",
                "tuberculosis_screen",
                "skin_exam",
                "thyroid",
                "liver",
                "urine_protein_creatinine",
                "hpv_screen",
                "listeria_counselling",
                "contraception_counselling",
                "antiviral_arranged",
                "premedication_ordered",
                "drug_shipped",
                "prior_authorization",
                "prescriber_enrolled",
                "pharmacy_certified",
                "infection_free",
                name="clearancekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("result_on_file", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clearance_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
    )
    op.create_index(op.f("ix_clearance_case_id"), "clearance", ["case_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "services",
                "calls",
                "text",
                "email",
                "voicemail",
                "marketing",
                "recording",
                name="consentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consent_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_case_id"), "consent", ["case_id"], unique=False)
    op.create_table(
        "contact_point",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mobile",
                "home",
                "work",
                "other",
                name="phonekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("voicemail_ok", sa.Boolean(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_contact_point_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index(op.f("ix_contact_point_case_id"), "contact_point", ["case_id"], unique=False)
    op.create_table(
        "copay_decision",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "benefit",
            sa.Enum(
                "drug",
                "infusion",
                name="benefit",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "eligible",
                "ineligible",
                "undetermined",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_copay_decision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copay_decision")),
    )
    op.create_index(op.f("ix_copay_decision_case_id"), "copay_decision", ["case_id"], unique=False)
    op.create_table(
        "course",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_course_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_course_case_id")),
        sa.ForeignKeyConstraint(["site_id"], ["infusion_site.id"], name=op.f("fk_course_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index(op.f("ix_course_case_id"), "course", ["case_id"], unique=False)
    op.create_index(op.f("ix_course_site_id"), "course", ["site_id"], unique=False)
    op.create_index(
        "uq_course_live",
        "course",
        ["case_id", "number"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "coverage",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "commercial",
                "exchange",
                "medicare",
                "medicare_advantage",
                "medicare_part_d",
                "medicaid",
                "medigap",
                "tricare",
                "va",
                "dod",
                "chip",
                "ihs",
                "state_program",
                "federal_employee",
                "other_government",
                "uninsured",
                "unknown",
                name="coveragekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_coverage_position")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_coverage_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_case_id"), "coverage", ["case_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("arithmetic", sa.Text(), nullable=False),
        sa.Column(
            "nurse_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(op.f("ix_deadline_case_id"), "deadline", ["case_id"], unique=False)
    op.create_index("ix_deadline_due", "deadline", ["is_open", "kind", "due_at"], unique=False)
    op.create_index(
        "ix_deadline_nurse_due", "deadline", ["nurse_key", "is_open", "due_at"], unique=False
    )
    op.create_table(
        "handover",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_handover_case_id")),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name=op.f("fk_handover_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_handover_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_case_id"), "handover", ["case_id"], unique=False)
    op.create_index(op.f("ix_handover_to_id"), "handover", ["to_id"], unique=False)
    op.create_table(
        "kit_shipment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_kit_shipment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_shipment")),
    )
    op.create_index(op.f("ix_kit_shipment_case_id"), "kit_shipment", ["case_id"], unique=False)
    op.create_table(
        "lab_draw",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_lab_draw_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_draw")),
    )
    op.create_index(op.f("ix_lab_draw_case_id"), "lab_draw", ["case_id"], unique=False)
    op.create_table(
        "note",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_note_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_case_id"), "note", ["case_id"], unique=False)
    op.create_table(
        "nurse_assignment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nurse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_nurse_assignment_case_id")),
        sa.ForeignKeyConstraint(
            ["nurse_id"], ["user.id"], name=op.f("fk_nurse_assignment_nurse_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nurse_assignment")),
    )
    op.create_index(
        op.f("ix_nurse_assignment_case_id"), "nurse_assignment", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_nurse_assignment_nurse_id"), "nurse_assignment", ["nurse_id"], unique=False
    )
    op.create_table(
        "patient",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum(
                "female",
                "male",
                "other",
                "unknown",
                name="sex",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("zip", sa.String(), nullable=False),
        sa.Column("zones", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("has_adult_representative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_patient_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("case_id", name=op.f("uq_patient_case_id")),
    )
    op.create_index(op.f("ix_patient_date_of_birth"), "patient", ["date_of_birth"], unique=False)
    op.create_table(
        "prior_therapy",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("drug", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_prior_therapy_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior_therapy")),
    )
    op.create_index(op.f("ix_prior_therapy_case_id"), "prior_therapy", ["case_id"], unique=False)
    op.create_table(
        "rems_status",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "patient",
                "prescriber",
                "pharmacy",
                "facility",
                name="remsparty",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_rems_status_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rems_status")),
    )
    op.create_index(op.f("ix_rems_status_case_id"), "rems_status", ["case_id"], unique=False)
    op.create_table(
        "services_form",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("patient_signed_on", sa.Date(), nullable=True),
        sa.Column("provider_signed_on", sa.Date(), nullable=True),
        sa.Column(
            "ms_type",
            sa.Enum(
                "rrms",
                "spms_active",
                "cis",
                "ppms",
                "other",
                name="mstype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "prescriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("preferred_site", sa.String(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("age_confirmed_on", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_services_form_case_id")),
        sa.ForeignKeyConstraint(
            ["prescriber_id"], ["prescriber.id"], name=op.f("fk_services_form_prescriber_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services_form")),
        sa.UniqueConstraint("form_id", name=op.f("uq_services_form_form_id")),
    )
    op.create_index(op.f("ix_services_form_case_id"), "services_form", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_services_form_prescriber_id"), "services_form", ["prescriber_id"], unique=False
    )
    op.create_table(
        "task",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_task_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_case_id"), "task", ["case_id"], unique=False)
    op.create_index(op.f("ix_task_owner_id"), "task", ["owner_id"], unique=False)
    op.create_table(
        "call_answer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_answer_call_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_call_answer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_answer")),
    )
    op.create_index(op.f("ix_call_answer_call_id"), "call_answer", ["call_id"], unique=False)
    op.create_index(op.f("ix_call_answer_case_id"), "call_answer", ["case_id"], unique=False)
    op.create_table(
        "callback",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_callback_call_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_callback_case_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_callback_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index(op.f("ix_callback_call_id"), "callback", ["call_id"], unique=False)
    op.create_index(op.f("ix_callback_case_id"), "callback", ["case_id"], unique=False)
    op.create_index(op.f("ix_callback_owner_id"), "callback", ["owner_id"], unique=False)
    op.create_table(
        "copay_enrollment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "benefit",
            sa.Enum(
                "drug",
                "infusion",
                name="benefit",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("terms_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_copay_enrollment_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["copay_decision.id"], name=op.f("fk_copay_enrollment_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copay_enrollment")),
    )
    op.create_index(
        op.f("ix_copay_enrollment_case_id"), "copay_enrollment", ["case_id"], unique=False
    )
    op.create_index(
        "uq_copay_enrollment_open",
        "copay_enrollment",
        ["case_id", "benefit"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "infusion_day",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chair", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scheduled",
                "given",
                "missed",
                "interrupted",
                "cancelled",
                name="daystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 1 AND chair >= 1", name=op.f("ck_infusion_day_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_infusion_day_case_id")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_infusion_day_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["infusion_site.id"], name=op.f("fk_infusion_day_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_infusion_day")),
    )
    op.create_index(op.f("ix_infusion_day_case_id"), "infusion_day", ["case_id"], unique=False)
    op.create_index(op.f("ix_infusion_day_course_id"), "infusion_day", ["course_id"], unique=False)
    op.create_index(
        "uq_infusion_day_chair",
        "infusion_day",
        ["site_id", "on_date", "chair"],
        unique=True,
        sqlite_where=sa.text("status IN ('scheduled', 'given', 'interrupted')"),
        postgresql_where=sa.text("status IN ('scheduled', 'given', 'interrupted')"),
    )
    op.create_index(
        "uq_infusion_day_patient",
        "infusion_day",
        ["case_id", "on_date"],
        unique=True,
        sqlite_where=sa.text("status IN ('scheduled', 'given', 'interrupted')"),
        postgresql_where=sa.text("status IN ('scheduled', 'given', 'interrupted')"),
    )
    op.create_table(
        "safety_report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "adverse_event",
                "pregnancy",
                "product_complaint",
                "medication_error",
                name="safetykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("aware_at", sa.DateTime(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("suspect_product", sa.String(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("patient_identifiable", sa.Boolean(), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(), nullable=True),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_safety_report_author_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_safety_report_call_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_safety_report_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_report")),
    )
    op.create_index(op.f("ix_safety_report_call_id"), "safety_report", ["call_id"], unique=False)
    op.create_index(op.f("ix_safety_report_case_id"), "safety_report", ["case_id"], unique=False)
    op.create_table(
        "copay_claim",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("insurer", sa.String(), nullable=False),
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("billed_cents", sa.Integer(), nullable=False),
        sa.Column("allowed_cents", sa.Integer(), nullable=False),
        sa.Column("patient_cents", sa.Integer(), nullable=False),
        sa.Column("paid_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "billed_cents >= 0 AND allowed_cents >= 0 AND patient_cents >= 0 AND paid_cents >= 0",
            name=op.f("ck_copay_claim_cents"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_copay_claim_case_id")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["copay_enrollment.id"], name=op.f("fk_copay_claim_enrollment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copay_claim")),
    )
    op.create_index(op.f("ix_copay_claim_case_id"), "copay_claim", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_copay_claim_enrollment_id"), "copay_claim", ["enrollment_id"], unique=False
    )
