"""Every report on a small caseload whose numbers are known, and on an empty one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from nurse_tui import clock, settings
from nurse_tui.interchange.tables import report_csv
from nurse_tui.reports.base import median, percent
from nurse_tui.reports.registry import REPORTS
from nurse_tui.rules.moments import lateness
from nurse_tui.screens.reports_words import drilled, rows_of
from nurse_tui.services.base import Desk
from nurse_tui.services.bundle import Services
from nurse_tui.store.worklist import tally, worklist
from nurse_tui.types import CallOutcome, CoverageKind, Refusal, Role, SafetyKind, State
from tests.cases import NOW, RECEIVED, add_case, add_site
from tests.databases import SYSTEM, add_user, fresh_database


@pytest.fixture
def db(tmp_path):
    clock.freeze(NOW)
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def nurse(db):
    return add_user(db, "dana")


@pytest.fixture
def reports(db):
    boss = add_user(db, "boss", Role.SUPERVISOR)
    return Services(Desk(db, boss, settings.load())).reports


def write(db, case_id, *rows):
    def job(tx):
        for row in rows:
            tx.add(row)
            tx.session.flush()
        return 1

    assert db.write(SYSTEM, "raw", job, case_id=case_id) == 1


def call(case_id, nurse, at, outcome=CallOutcome.NO_ANSWER, **fields):
    from nurse_tui.models import Call

    given = {"kind": "welcome", "started_at": at, "ended_at": at, "outcome": outcome} | fields
    return Call(case_id=case_id, nurse_id=nurse.user_id, **given)


def run(reports, name, **asked):
    result = reports.run(name, **asked)
    assert not isinstance(result, Refusal), result
    return result


def by_id(result, row=0):
    return dict(zip([c.id for c in result.columns], result.rows[row], strict=True))


def test_caseload_counts_by_nurse_and_state_and_opens_the_cases_behind(db, nurse, reports):
    add_case(db, SYSTEM, nurse_id=nurse.user_id)
    add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    add_case(db, SYSTEM, form_id="SF-3", form={"patient_signed_on": None, "completed_at": None})
    result = run(reports, "caseload")
    assert result.rows == (
        ("Unassigned", "missing info", 1, 2),
        ("Dana", "welcome pending", 2, 2),
    )
    assert result.totals == {
        "open": 3, "unassigned": 1, "open_0_to_30_days": 3, "open_30_to_90_days": 0,
        "open_90_to_365_days": 0, "open_365_days_and_more": 0,
    }  # fmt: skip
    assert result.drills[1].nurse == nurse.user_id
    assert result.drills[1].state is State.WELCOME_PENDING and result.drills[0].nurse == 0
    assert run(reports, "caseload", nurse="dana").totals == {"open": 2, "unassigned": 0}
    assert len(run(reports, "caseload", nurse="unassigned").rows) == 1


@pytest.mark.parametrize(("days", "bucket"), [(29, "0_to_30"), (30, "0_to_30"), (31, "30_to_90")])
def test_ages_are_told_apart_at_their_bounds(db, reports, days, bucket):
    add_case(db, SYSTEM)
    result = run(reports, "caseload", as_of=RECEIVED + timedelta(days=days))
    assert [k for k, v in result.totals.items() if k.startswith("open_") and v] == [
        f"open_{bucket}_days"
    ]


def test_a_closed_case_is_not_in_the_caseload(db, nurse, reports):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    Services(Desk(db, nurse, settings.load())).cases.set_case(
        case_id, 1, "Closed", closed_reason="moved away"
    )
    assert run(reports, "caseload").rows == ()


def test_overdue_begins_with_the_second_after_the_due_instant(db, nurse, reports):
    add_case(db, SYSTEM, nurse_id=nurse.user_id)
    due = datetime(2026, 11, 18, 4, 59, 59, tzinfo=timezone.utc)
    clock.freeze(due)
    assert run(reports, "overdue").rows == ()
    clock.freeze(due + timedelta(seconds=1))
    result = run(reports, "overdue")
    assert result.rows == (("Welcome call", "Dana", 1, 1),)
    assert result.totals == {"overdue": 1}
    assert result.drills[0].nurse == nurse.user_id
    assert result.drills[0].due_before == due + timedelta(seconds=1)
    assert run(reports, "overdue", nurse="unassigned").rows == ()


def behind(db, drill) -> list[int]:
    """The cases that a row's filter lists; the counts must agree with them."""
    source = worklist(db.engine, drill)
    ids = sorted(row.case_id for row in source.rows(0, 50))
    source.close()
    with db.engine.connect() as connection:
        assert tally(connection, drill, NOW, NOW).all == len(ids)
    return ids


def test_each_overdue_number_opens_the_cases_of_its_kind_and_nurse_alone(db, nurse, reports):
    welcome = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    both = add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    closed = add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-3")
    nobodys = add_case(db, SYSTEM, form_id="SF-4")
    later = add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-5")
    own = Services(Desk(db, nurse, settings.load()))
    for case_id in (both, closed):
        own.work.report_safety(case_id, SafetyKind.ADVERSE_EVENT, "A rash", "patient")
    own.cases.set_case(closed, 2, "Closed", closed_reason="moved away")
    clock.freeze(NOW + timedelta(days=5))
    own.work.report_safety(later, SafetyKind.ADVERSE_EVENT, "A rash", "patient")
    result = run(reports, "overdue")
    names = [(row[0], row[1], row[2]) for row in result.rows]
    found = dict(zip(names, (behind(db, drill) for drill in result.drills), strict=True))
    assert found == {
        ("Welcome call", "Dana", 3): [welcome, both, later],
        ("Forward the safety report", "Dana", 2): [both, closed],
        ("Welcome call", "Unassigned", 1): [nobodys],
    }
    everybodys = replace(result.drills[1], nurse=None)
    assert behind(db, replace(everybodys, kind="first_call")) == [welcome, both, nobodys, later]
    assert behind(db, replace(everybodys, kind="task")) == []
    assert behind(db, replace(everybodys, due_before=None)) == [both, closed, later]
    caseload = run(reports, "caseload")
    assert [behind(db, drill) for drill in caseload.drills] == [
        [nobodys],
        [closed],
        [welcome, both, later],
    ]
    for asked in (result, caseload):
        for row in rows_of(asked):
            wanted = drilled(asked, row).wanted()
            assert replace(wanted, due_before=row.drill.due_before) == row.drill


def test_what_will_be_overdue_later(db, reports):
    add_case(db, SYSTEM)
    clock.freeze(RECEIVED)
    assert run(reports, "overdue").rows == ()
    assert run(reports, "overdue", as_of=NOW).rows == (("Welcome call", "Unassigned", 1, 1),)


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-11-19T04:59:59+00:00", 1),
        ("2026-11-19T05:00:00+00:00", 2),
        ("2027-03-15T03:59:59+00:00", 117),
        ("2027-03-15T04:00:00+00:00", 118),
    ],
)
def test_the_oldest_is_as_late_as_the_caseload_says(db, nurse, reports, at, days):
    """Due by the end of 17 November; the clocks go forward on 14 March."""
    add_case(db, SYSTEM, nurse_id=nurse.user_id)
    clock.freeze(datetime.fromisoformat(at))
    assert by_id(run(reports, "overdue"))["oldest"] == days
    due = datetime(2026, 11, 18, 4, 59, 59, tzinfo=timezone.utc)
    assert lateness(due, clock.now(), clock.PROGRAMME_ZONE).words == f"{days}d late"


def test_time_to_first_call_against_the_service_level(db, nurse, reports):
    """Forms complete Monday 16 Nov: due by the end of Tuesday in the programme's zone."""
    last = datetime(2026, 11, 18, 4, 59, 59, tzinfo=timezone.utc)
    cases = [add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id=f"SF-{n}") for n in range(1, 5)]
    write(db, cases[0], call(cases[0], nurse, last))
    write(db, cases[1], call(cases[1], nurse, last + timedelta(seconds=1)))
    write(db, cases[2], call(cases[2], nurse, last, outcome=None, ended_at=None))
    result = run(reports, "first-call")
    assert by_id(result) == {
        "nurse": "Dana", "forms": 4, "called": 2, "in_time": 1, "in_time_percent": 25.0,
        "median_days": 1.5, "late": 3, "waiting": 0,
    }  # fmt: skip
    assert result.totals["forms"] == 4
    assert any("1 business day, D-30" in note for note in result.notes)


def test_a_form_still_in_time_is_waiting_and_not_judged(db, reports):
    clock.freeze(RECEIVED)
    add_case(db, SYSTEM)
    found = by_id(run(reports, "first-call"))
    assert found["waiting"] == 1 and found["late"] == 0 and found["in_time_percent"] == "n/a"


def test_a_span_holds_both_its_days(db, reports):
    add_case(db, SYSTEM)
    day = date(2026, 11, 16)
    assert run(reports, "first-call", since=day, until=day).totals["forms"] == 1
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert run(reports, "first-call", since=before, until=before).totals["forms"] == 0
    assert run(reports, "first-call", since=after, until=after).totals["forms"] == 0


def test_reach_counts_cases_not_calls(db, nurse, reports):
    other = add_user(db, "kim")
    one = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    two = add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-2")
    at = NOW - timedelta(hours=2)
    write(
        db,
        one,
        call(one, nurse, at, CallOutcome.VOICEMAIL_LEFT),
        call(one, nurse, at, CallOutcome.REACHED),
        call(one, other, at, CallOutcome.CALLBACK_REQUESTED),
    )
    write(
        db,
        two,
        call(two, nurse, at, CallOutcome.NOT_IDENTIFIED),
        call(two, nurse, at, CallOutcome.REACHED, outbound=False, kind="inbound"),
        call(two, nurse, NOW - timedelta(days=40), CallOutcome.REACHED),
    )
    result = run(reports, "reach")
    rows = {row[0]: row[1:] for row in result.rows}
    assert rows == {"Dana": (3, 2, 1, 50.0, 3.0, 1), "Kim": (1, 1, 1, 100.0, 1.0, 0)}
    assert result.totals["attempted"] == 2 and result.totals["reached"] == 1
    assert "Inbound calls: 1; a call that came in is no attempt." in result.notes


def test_copay_counts_the_newest_verdict_and_the_enrolment(db, nurse, reports):
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    mine = Services(Desk(db, nurse, settings.load()))
    assert mine.copay.decide(case_id, 1) == case_id
    assert mine.copay.decide(case_id, 2) == case_id
    result = run(reports, "copay")
    assert result.rows == (
        ("drug", "eligible", "not enrolled", 1),
        ("infusion", "eligible", "not enrolled", 1),
    )
    assert result.totals["drug"] == 1 and result.totals["renewals_due_in_30_days"] == 0
    from nurse_tui.types import Benefit

    assert not isinstance(mine.copay.enrol(case_id, Benefit.DRUG, 3), Refusal)
    assert run(reports, "copay").rows[0] == ("drug", "eligible", "enrolled", 1)
    assert not isinstance(mine.copay.end(case_id, Benefit.DRUG, "asked", 4), Refusal)
    assert run(reports, "copay").rows[0] == ("drug", "eligible", "ended", 1)


def test_copay_reasons_count_the_newest_verdict_by_its_rule(db, nurse, reports):
    mine = Services(Desk(db, nurse, settings.load()))
    covers = {
        "SF-1": (CoverageKind.COMMERCIAL,),
        "SF-2": (CoverageKind.COMMERCIAL, CoverageKind.MEDICARE),
        "SF-3": (CoverageKind.COMMERCIAL, CoverageKind.UNKNOWN),
        "SF-4": (),
    }
    cases = {
        form: add_case(db, SYSTEM, nurse_id=nurse.user_id, form_id=form, coverages=kinds)
        for form, kinds in covers.items()
    }
    cases["SF-5"] = add_case(
        db, SYSTEM, nurse_id=nurse.user_id, form_id="SF-5", state="MA", zip="02115"
    )
    for case_id in cases.values():
        assert mine.copay.decide(case_id, 1) == case_id
    result = run(reports, "copay-reasons")
    assert result.rows == (
        ("drug", "ineligible", "D-39", "Medicare", 1),
        ("drug", "undetermined", "D-39", "cover of unknown kind", 1),
        ("drug", "undetermined", "D-43", "cover", 1),
        ("infusion", "ineligible", "D-39", "Medicare", 1),
        ("infusion", "ineligible", "D-41", "lives in MA", 1),
        ("infusion", "undetermined", "D-39", "cover of unknown kind", 1),
        ("infusion", "undetermined", "D-43", "cover", 1),
    )
    assert result.totals == {"ineligible": 3, "undetermined": 4}
    clock.freeze(NOW + timedelta(days=1))
    cover = mine.cases.view(cases["SF-4"])
    added = mine.work.add_coverage(cases["SF-4"], cover.version, CoverageKind.COMMERCIAL, "Acme")
    assert not isinstance(added, Refusal)
    seen = mine.cases.view(cases["SF-4"]).version
    assert mine.copay.decide(cases["SF-4"], seen) == cases["SF-4"]
    assert run(reports, "copay-reasons").totals == {"ineligible": 3, "undetermined": 2}
    later = date(2026, 11, 19)
    assert run(reports, "copay-reasons", since=later, until=later).rows == ()
    the_day = date(2026, 11, 18)
    told = run(reports, "copay-reasons", since=the_day, until=the_day).totals
    assert told == {"ineligible": 3, "undetermined": 2}


def test_infusions_by_site_and_week(db, nurse, reports):
    from nurse_tui.models import Course, InfusionDay

    site = add_site(db, SYSTEM)
    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    course = Course(case_id=case_id, number=1, site_id=site)

    def day(number, status="scheduled"):
        on = date(2026, 11, 15 + number)
        return InfusionDay(
            case_id=case_id, course_id=course.id, number=number, on_date=on, site_id=site,
            status=status,
        )  # fmt: skip

    write(db, case_id, course, day(1, "given"), day(2), day(3),
          day(4, "interrupted"), day(8), day(9, "cancelled"))  # fmt: skip
    result = run(reports, "infusions")
    assert result.rows == (
        ("Harbor Infusion", "2026-11-16", 0, 1, 2, 1, 40.0),
        ("Harbor Infusion", "2026-11-23", 1, 0, 1, 0, 10.0),
    )
    assert result.totals == {"booked_days": 3, "given_days": 1}


def test_safety_reports_against_the_service_level(db, nurse, reports):
    from nurse_tui.models import SafetyReport

    case_id = add_case(db, SYSTEM, nurse_id=nurse.user_id)
    last = datetime(2026, 11, 18, 4, 59, 59, tzinfo=timezone.utc)

    def report(aware, forwarded):
        return SafetyReport(
            case_id=case_id, kind="adverse_event", aware_at=aware, forwarded_at=forwarded,
            author_id=nurse.user_id,
        )  # fmt: skip

    write(
        db,
        case_id,
        report(RECEIVED, last),
        report(RECEIVED, last + timedelta(seconds=1)),
        report(RECEIVED, None),
        report(NOW, None),
        report(NOW - timedelta(days=400), None),
        report(NOW - timedelta(days=400), NOW - timedelta(days=399)),
    )
    result = run(reports, "safety")
    found = by_id(result)
    assert found["reports"] == 5 and found["forwarded"] == 2 and found["in_time"] == 1
    assert found["open"] == 3 and found["open_late"] == 2 and found["in_time_percent"] == 25.0
    assert result.totals["open"] == 3


@pytest.mark.parametrize("name", REPORTS)
def test_an_empty_database_divides_by_nothing(reports, name):
    result = run(reports, name)
    assert result.rows == () and set(result.totals.values()) <= {0, "n/a"}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_its_frame_and_its_shape(db, nurse, reports, name):
    add_case(db, SYSTEM, nurse_id=nurse.user_id)
    result = run(reports, name)
    answer = result.as_json()
    assert set(answer) == {
        "report", "as_of", "parameters", "columns", "rows", "totals", "notes",
    }  # fmt: skip
    assert answer["report"] == name and answer["as_of"] == "2026-11-18T16:00:00Z"
    assert all(set(column) == {"id", "title", "kind"} for column in answer["columns"])
    assert "As of Wed 18 Nov 2026 11:00, America/New_York." in answer["notes"]
    assert f"Settings {settings.load().version}." in answer["notes"]
    assert len(result.drills) == len(result.rows)
    assert report_csv(result).splitlines()[0] == ",".join(c.id for c in result.columns)
    assert "Ortiz" not in str(answer) and "Marisol" not in str(answer)


def test_only_a_supervisor_opens_reports(db, nurse):
    refused = Services(Desk(db, nurse, settings.load())).reports.run("caseload")
    assert isinstance(refused, Refusal) and refused.code == "role"


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("none", {}, "no_report"),
        ("caseload", {"as_of": NOW - timedelta(seconds=1)}, "past_report"),
        ("caseload", {"since": date(2026, 1, 1)}, "not_taken"),
        ("copay", {"nurse": "dana"}, "not_taken"),
        ("overdue", {"nurse": "nobody"}, "no_user"),
        ("reach", {"since": date(2026, 2, 2), "until": date(2026, 2, 1)}, "dates"),
    ],
)
def test_what_cannot_be_answered_is_refused(reports, name, asked, code):
    refused = reports.run(name, **asked)
    assert isinstance(refused, Refusal) and refused.code == code


def test_shares_of_nothing_are_not_applicable():
    assert percent(0, 0) == "n/a" and percent(1, 3) == 33.3
    assert median([]) == "n/a" and median([1, 2]) == 1.5
