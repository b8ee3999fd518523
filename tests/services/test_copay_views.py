"""Co-pay as screens read it: verdicts with their history, and the lists behind the tabs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nurse_tui import clock
from nurse_tui.models import Coverage
from nurse_tui.store import finding
from nurse_tui.types import Benefit, CoverageKind, Refusal, Verdict
from tests.cases import NOW, add_case
from tests.databases import SYSTEM


def version(desk, case_id) -> int:
    return desk.mine.cases.view(case_id).version


def test_the_view_holds_the_verdict_and_what_was_kept_newest_first(desk):
    desk.mine.copay.decide(desk.case, version(desk, desk.case))
    clock.freeze(NOW + timedelta(days=1))
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk, desk.case))
    view = desk.mine.copay.view(desk.case)
    assert view.case.copay.benefits[Benefit.DRUG].verdict is Verdict.ELIGIBLE
    assert view.running(Benefit.DRUG) is not None and view.running(Benefit.INFUSION) is None
    assert [d.at for d in view.decisions] == sorted((d.at for d in view.decisions), reverse=True)
    assert len(view.decisions) == 3
    assert isinstance(desk.other.copay.view(desk.case), Refusal)


@pytest.mark.parametrize(
    ("covers", "listed"),
    [
        ((CoverageKind.COMMERCIAL,), False),
        ((), True),
        ((CoverageKind.UNKNOWN,), True),
        ((CoverageKind.COMMERCIAL, CoverageKind.UNKNOWN), True),
        ((CoverageKind.MEDICARE,), False),
        ((CoverageKind.FEDERAL_EMPLOYEE,), True),
    ],
)
def test_a_case_whose_cover_is_not_known_is_listed_with_what_is_missing(desk, covers, listed):
    case = add_case(desk.db, SYSTEM, nurse_id=desk.nurse.user_id, form_id="SF-2", coverages=covers)
    rows = {row.case_id: row for row in desk.mine.copay.listed("missing")}
    assert (case in rows) is listed
    assert not listed or rows[case].why.startswith("missing: ")
    assert desk.case not in rows


@pytest.mark.parametrize(
    ("starts", "ends", "listed"),
    [
        (-1, None, False),
        (0, None, False),
        (1, None, True),
        (None, -1, True),
        (None, 0, False),
        (None, 1, False),
    ],
)
def test_cover_that_does_not_hold_today_is_no_known_cover(desk, starts, ends, listed):
    today = clock.today(clock.PROGRAMME_ZONE)

    def dated(tx) -> None:
        (cover,) = finding.find(tx.session, Coverage, case_id=desk.case)
        cover.starts_on = None if starts is None else today + timedelta(days=starts)
        cover.ends_on = None if ends is None else today + timedelta(days=ends)

    assert desk.db.write(SYSTEM, "raw", dated) is None
    rows = [row.case_id for row in desk.mine.copay.listed("missing")]
    assert (desk.case in rows) is listed


def test_enrolments_renewals_and_ends_are_listed_for_their_nurse_and_the_team(desk):
    assert [desk.mine.copay.listed(tab) for tab in ("enrolled", "ended")] == [(), ()]
    desk.mine.copay.enrol(desk.case, Benefit.DRUG, version(desk, desk.case))
    (row,) = desk.mine.copay.listed("enrolled")
    assert (row.case_id, row.what) == (desk.case, "drug")
    assert [r.case_id for r in desk.mine.copay.listed("renewals")] == [desk.case]
    assert desk.other.copay.listed("enrolled") == ()
    assert desk.boss.copay.listed("enrolled") == (row,)
    desk.mine.copay.end(desk.case, Benefit.DRUG, "moved away", version(desk, desk.case))
    assert desk.mine.copay.listed("enrolled") == ()
    assert desk.mine.copay.listed("renewals") == ()
    assert "moved away" in desk.mine.copay.listed("ended")[0].why
