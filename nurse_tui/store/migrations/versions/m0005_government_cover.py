"""The triggers of government cover count days: an enrolment may run until the day before it."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GOVERNMENT = (
    "'chip', 'dod', 'ihs', 'medicaid', 'medicare', 'medicare_advantage', 'medicare_part_d', "
    "'medigap', 'other_government', 'state_program', 'tricare', 'va'"
)

SHARE_A_DAY = """
  e.enrolled_on <= coalesce(e.ends_on, '9999-12-31')
  AND coalesce(c.starts_on, '0001-01-01') <= coalesce(c.ends_on, '9999-12-31')
  AND coalesce(c.starts_on, '0001-01-01') <= coalesce(e.ends_on, '9999-12-31')
  AND e.enrolled_on <= coalesce(c.ends_on, '9999-12-31')"""

NO_ENROLMENT = """
CREATE TRIGGER copay_enrollment_government_{name} BEFORE {event} ON copay_enrollment
WHEN EXISTS (
  SELECT 1 FROM coverage c JOIN (SELECT NEW.enrolled_on enrolled_on, NEW.ends_on ends_on) e
  WHERE c.case_id = NEW.case_id AND c.kind IN ({kinds}) AND {share_a_day})
BEGIN SELECT raise(ABORT, 'no co-pay enrolment under government cover'); END
"""

NO_COVER = """
CREATE TRIGGER coverage_government_{name} BEFORE {event} ON coverage
WHEN NEW.kind IN ({kinds}) AND EXISTS (
  SELECT 1 FROM copay_enrollment e JOIN (SELECT NEW.starts_on starts_on, NEW.ends_on ends_on) c
  WHERE e.case_id = NEW.case_id AND {share_a_day})
BEGIN SELECT raise(ABORT, 'end the co-pay enrolment before government cover is recorded'); END
"""

EVENTS = {
    "copay_enrollment": ("INSERT", "UPDATE OF case_id, enrolled_on, ends_on"),
    "coverage": ("INSERT", "UPDATE OF case_id, kind, starts_on, ends_on"),
}


def upgrade() -> None:
    """Replace the four triggers."""
    for table, made in (("copay_enrollment", NO_ENROLMENT), ("coverage", NO_COVER)):
        for event in EVENTS[table]:
            name = event.split()[0]
            op.execute(f"DROP TRIGGER {table}_government_{name}")
            trigger = made.format(name=name, event=event, kinds=GOVERNMENT, share_a_day=SHARE_A_DAY)
            op.execute(trigger)
