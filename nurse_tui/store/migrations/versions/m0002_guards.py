"""What the database itself refuses, and the index that search reads (SQLite)."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GOVERNMENT = (
    "'chip', 'dod', 'ihs', 'medicaid', 'medicare', 'medicare_advantage', 'medicare_part_d', "
    "'medigap', 'other_government', 'state_program', 'tricare', 'va'"
)

KEPT_FOR_EVER = ("change", "safety_report", "call", "call_answer")

CHANGE_ORDER = """
CREATE TRIGGER change_order BEFORE INSERT ON change
WHEN NEW.seq != (SELECT coalesce(max(seq), 0) + 1 FROM change WHERE subject = NEW.subject)
  OR EXISTS (SELECT 1 FROM change WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM change WHERE request_id = NEW.request_id AND subject = NEW.subject)
BEGIN SELECT raise(ABORT, 'the change log only grows at its end'); END
"""

CHANGE_FIXED = """
CREATE TRIGGER change_fixed BEFORE UPDATE ON change
BEGIN SELECT raise(ABORT, 'the change log cannot be changed'); END
"""

NO_DELETE = """
CREATE TRIGGER {table}_kept BEFORE DELETE ON "{table}"
BEGIN SELECT raise(ABORT, 'a {table} cannot be deleted'); END
"""

NO_ENROLMENT = """
CREATE TRIGGER copay_enrollment_government_{event} BEFORE {event} ON copay_enrollment
WHEN NEW.ends_on IS NULL AND EXISTS (
  SELECT 1 FROM coverage WHERE case_id = NEW.case_id AND kind IN ({kinds})
  AND (ends_on IS NULL OR ends_on >= NEW.enrolled_on))
BEGIN SELECT raise(ABORT, 'no co-pay enrolment under government cover'); END
"""

NO_COVER = """
CREATE TRIGGER coverage_government_{event} BEFORE {event} ON coverage
WHEN NEW.kind IN ({kinds}) AND EXISTS (
  SELECT 1 FROM copay_enrollment WHERE case_id = NEW.case_id AND ends_on IS NULL
  AND (NEW.ends_on IS NULL OR NEW.ends_on >= enrolled_on))
BEGIN SELECT raise(ABORT, 'end the co-pay enrolment before government cover is recorded'); END
"""

SEARCH = (
    """CREATE VIRTUAL TABLE case_search USING fts5(
      search_text, content='case', content_rowid='id', tokenize='trigram')""",
    """CREATE TRIGGER case_search_insert AFTER INSERT ON "case"
    BEGIN INSERT INTO case_search(rowid, search_text) VALUES (NEW.id, NEW.search_text); END""",
    """CREATE TRIGGER case_search_delete AFTER DELETE ON "case"
    BEGIN INSERT INTO case_search(case_search, rowid, search_text)
      VALUES ('delete', OLD.id, OLD.search_text); END""",
    """CREATE TRIGGER case_search_update AFTER UPDATE OF search_text ON "case"
    WHEN OLD.search_text IS NOT NEW.search_text
    BEGIN INSERT INTO case_search(case_search, rowid, search_text)
      VALUES ('delete', OLD.id, OLD.search_text);
      INSERT INTO case_search(rowid, search_text) VALUES (NEW.id, NEW.search_text); END""",
)


def upgrade() -> None:
    """Make the triggers and the trigram index."""
    op.execute(CHANGE_ORDER)
    op.execute(CHANGE_FIXED)
    for table in KEPT_FOR_EVER:
        op.execute(NO_DELETE.format(table=table))
    for event in ("INSERT", "UPDATE"):
        op.execute(NO_ENROLMENT.format(event=event, kinds=GOVERNMENT))
        op.execute(NO_COVER.format(event=event, kinds=GOVERNMENT))
    for statement in SEARCH:
        op.execute(statement)
