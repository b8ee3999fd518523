"""One meaning of government cover: rule, triggers and verify agree on every day (D-39, D-51)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from nurse_tui import clock, settings
from nurse_tui.models import CopayEnrollment, Coverage
from nurse_tui.rules.copay import decide
from nurse_tui.rules.enrolments import limit, overlaps
from nurse_tui.rules.facts import CoverageFact
from nurse_tui.store import finding, schema, verify
from nurse_tui.store.migrations.versions import m0002_guards as guards
from nurse_tui.store.migrations.versions import m0005_government_cover as migration
from nurse_tui.types import GOVERNMENT_KINDS, Benefit, CoverageKind, Verdict
from tests.cases import NOW, add_case
from tests.databases import SYSTEM, add_user, fresh_database
from tests.hostile.checks import services
from tests.rules.factory import facts

BEGUN = date(2027, 3, 1)
ONE = timedelta(days=1)
PROGRAMME = settings.load().on(BEGUN)
COVERAGE = "INSERT INTO coverage VALUES (?, 1, ?, '', '', ?, ?, ?, NULL)"
ENROLMENT = "INSERT INTO copay_enrollment VALUES (?, 1, 'drug', 1, ?, ?, '', 'x')"


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Iterator[Any]:
    db = fresh_database(tmp_path_factory.mktemp("triggers"))
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        yield raw
    db.close()


class Trial:
    """Rows of one case that are taken back at the end."""

    def __init__(self, raw: Any) -> None:
        self.raw, self.rows = raw, 0

    def __enter__(self) -> Trial:
        self.raw.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self.raw.execute("ROLLBACK")

    def takes(self, statement: str, *values: object) -> bool:
        self.rows += 1
        try:
            self.raw.execute(statement, [str(v) if isinstance(v, date) else v for v in values])
        except dbapi2.IntegrityError as refused:
            assert "government cover" in str(refused), refused
            return False
        return True

    def cover(self, fact: CoverageFact) -> bool:
        return self.takes(
            COVERAGE, self.rows, fact.kind.value, fact.order, fact.starts_on, fact.ends_on
        )

    def covers(self, facts_: list[CoverageFact]) -> bool:
        return False not in [self.cover(one) for one in facts_]

    def enrolment(self, ends_on: date | None, begun: date = BEGUN) -> bool:
        return self.takes(ENROLMENT, self.rows, begun, ends_on)


DAYS = st.one_of(st.none(), st.dates(date(2027, 2, 20), date(2027, 3, 10)))
COVERS = st.lists(
    st.builds(
        lambda kind, order, starts, ends: CoverageFact(
            order, kind, "", order, starts_on=starts, ends_on=ends
        ),
        st.sampled_from(sorted(CoverageKind)),
        st.integers(1, 4),
        DAYS,
        DAYS,
    ),
    max_size=3,
)


@given(COVERS, DAYS)
def test_the_triggers_take_what_the_rule_takes_whichever_comes_first(tables, covers, ends) -> None:
    allowed = not any(overlaps(BEGUN, ends, c) for c in covers if c.kind in GOVERNMENT_KINDS)
    with Trial(tables) as trial:
        assert trial.covers(covers)
        assert trial.enrolment(ends) is allowed
    with Trial(tables) as trial:
        assert trial.enrolment(ends)
        assert trial.covers(covers) is allowed


@given(COVERS)
def test_an_enrolment_may_run_until_the_last_day_of_the_rule_and_not_one_day_more(
    tables, covers
) -> None:
    found = limit(BEGUN, covers, PROGRAMME.copay_government_kinds.value)
    with Trial(tables) as trial:
        assert trial.covers(covers)
        if found is None:
            assert trial.enrolment(None)
        else:
            assert not trial.enrolment(found.last_day + ONE)
            assert not trial.enrolment(None)
            assert trial.enrolment(found.last_day)
            moved = "UPDATE copay_enrollment SET ends_on = ?"
            assert not trial.takes(moved, found.last_day + ONE)


@given(COVERS, st.dates(date(2027, 2, 20), date(2027, 3, 10)))
def test_the_verdict_of_a_day_is_no_where_the_triggers_refuse_that_day(tables, covers, on) -> None:
    decision = decide(facts(coverages=tuple(covers)), PROGRAMME, on).benefits[Benefit.DRUG]
    governed = any(reason.rule == "D-39" for reason in decision.reasons) and (
        decision.verdict is Verdict.INELIGIBLE
    )
    with Trial(tables) as trial:
        assert trial.covers(covers)
        assert trial.enrolment(on, begun=on) is not governed


def test_a_cover_that_is_moved_onto_an_enrolment_is_refused(tables) -> None:
    later = CoverageFact(1, CoverageKind.MEDICARE, "", 1, starts_on=BEGUN + 9 * ONE)
    with Trial(tables) as trial:
        assert trial.cover(later) and trial.enrolment(BEGUN + 8 * ONE)
        assert not trial.takes("UPDATE coverage SET starts_on = ?", BEGUN + 8 * ONE)
        assert trial.takes("UPDATE coverage SET starts_on = ?", BEGUN + 10 * ONE)
        assert trial.takes("UPDATE coverage SET kind = 'exchange', starts_on = NULL")
        assert not trial.takes("UPDATE coverage SET kind = 'va'")


def test_the_triggers_know_every_government_kind() -> None:
    named = {word.strip(" '") for word in migration.GOVERNMENT.split(",")}
    assert named == set(GOVERNMENT_KINDS) <= set(PROGRAMME.copay_government_kinds.value)


def before_0005(db: Any) -> None:
    """Make a database that of the revision 0004."""
    old_triggers(db)
    back_to_0004(db)


def back_to_0004(db: Any) -> None:
    """Take away what later revisions added beside their triggers."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("DROP INDEX ix_case_first_call")
        for name in ("form_completed_at", "first_attempt_at"):
            raw.execute(f'ALTER TABLE "case" DROP COLUMN {name}')
        raw.execute("UPDATE alembic_version SET version_num = '0004'")


def old_triggers(db: Any) -> None:
    """Put the triggers of the revision 0004 in the place of today's."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for table, made in (
            ("copay_enrollment", guards.NO_ENROLMENT),
            ("coverage", guards.NO_COVER),
        ):
            for event in ("INSERT", "UPDATE"):
                raw.execute(f"DROP TRIGGER {table}_government_{event}")
                raw.execute(made.format(event=event, kinds=guards.GOVERNMENT))


def triggers(db: Any) -> dict[str, str]:
    with db.engine.connect() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        return dict(connection.exec_driver_sql(query).all())


def test_an_older_database_gets_the_triggers_and_shows_what_they_forbid(tmp_path) -> None:
    """Until 0004 a cover ended an enrolment on the day it was recorded, whenever it began."""
    clock.freeze(NOW)
    db = fresh_database(tmp_path)
    new = triggers(db)
    nurse = add_user(db, "dana")
    mine = services(db, nurse)
    case = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    mine.copay.enrol(case, Benefit.DRUG, mine.cases.view(case).version)
    old_triggers(db)
    assert triggers(db).keys() == new.keys() and triggers(db) != new

    def as_it_was(tx: Any) -> int:
        (enrolled,) = finding.find(tx.session, CopayEnrollment, case_id=case)
        enrolled.ends_on, enrolled.end_reason = tx.today, "government cover began"
        tx.session.flush()
        return tx.add(Coverage(case_id=case, kind=CoverageKind.MEDICARE, position=2)).id

    cover = db.write(nurse, "coverage.add", as_it_was, case_id=case)
    assert isinstance(cover, int)
    back_to_0004(db)
    schema.upgrade(db.engine)
    assert schema.revision(db.engine) == schema.HEAD and triggers(db) == new
    (copay,) = [c for c in verify.run(db).checks if not c.ok]
    assert copay.name == "copay" and "verify that cover again to end it" in copay.detail
    mended = mine.work.verify_coverage(case, cover, mine.cases.view(case).version)
    assert isinstance(mended, int) and verify.run(db).ok
    assert mine.cases.view(case).facts.enrollments[0].ends_on == NOW.date() - ONE
    db.close()
