"""The main reports are answered from their indexes alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nurse_tui.store import report_queries as queries
from tests.cases import NOW, RECEIVED
from tests.databases import fresh_database

CASES = {
    "caseload": (queries.open_by_nurse_and_state(), ["COVERING INDEX ix_case_nurse_state"]),
    "ages": (queries.opened_between(RECEIVED, NOW), ["COVERING INDEX ix_case_opened"]),
    "overdue": (
        queries.overdue_by_nurse_and_kind(NOW),
        ["COVERING INDEX ix_deadline_kind_due (is_open=? AND kind=? AND nurse_key=? AND due_at<?)"],
    ),
    "renewals": (
        queries.due_between("copay_renewal", NOW, NOW + timedelta(days=30)),
        ["COVERING INDEX ix_deadline_kind_due"],
    ),
    "came in": (
        queries.calls_that_came_in(RECEIVED, NOW, [1, 2]),
        ["COVERING INDEX ix_call_nurse_started"],
    ),
    "co-pay": (queries.copay_verdicts(), ["COVERING INDEX ix_copay_decision_last"]),
    "co-pay refused": (
        queries.copay_refusals(RECEIVED, NOW),
        ["COVERING INDEX ix_copay_decision_last", "(case_id=? AND benefit=? AND decided_at"],
    ),
    "first call": (
        queries.first_calls(RECEIVED, NOW),
        ["COVERING INDEX ix_case_first_call"],
    ),
    "infusions": (
        queries.infusion_days([1, 2], date(2026, 1, 1), date(2026, 3, 1)),
        ["INDEX uq_infusion_day_chair (site_id=? AND on_date>? AND on_date<?)"],
    ),
}


def plan(db, query) -> list[str]:
    words = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
    with db.engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}")]


@pytest.fixture
def db(tmp_path):
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.mark.parametrize("name", CASES)
def test_a_report_reads_its_index_and_sorts_nothing(db, name):
    query, indexes = CASES[name]
    steps = plan(db, query)
    assert all(any(index in step for step in steps) for index in indexes), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_a_report_that_must_gather_still_reads_an_index_alone(db):
    steps = plan(db, queries.calls_by_nurse(RECEIVED, NOW, [1, 2]))
    assert any("COVERING INDEX ix_call_nurse_started" in step for step in steps)


def test_cases_kept_for_a_safety_report_are_looked_up_by_state_and_due_date(db):
    steps = plan(db, queries.kept_by_nurse_and_state())
    assert any("INDEX ix_case_state_due (state=? AND next_due_at<?)" in step for step in steps)
