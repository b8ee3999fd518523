"""The answers of `explain`: their shapes are a contract, and the worked examples hold."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from nurse_tui.commands import explained as explained_calls
from nurse_tui.rules.calls import MayCall
from nurse_tui.types import Reason
from nurse_tui.views import CaseView
from tests.cases import NOW
from tests.cli.conftest import Cli

REASON = {"rule", "sentence", "facts"}
FORM = {
    "received_at": "2027-01-20T15:00:00Z",
    "patient_signed_on": "2027-01-18",
    "provider_signed_on": "2027-01-18",
    "first_name": "Test",
    "last_name": "Person",
    "date_of_birth": "1980-05-17",
    "sex": "female",
    "phone": "603-555-0111",
    "state": "NH",
    "zip": "03060",
    "prescriber_name": "Dr. Example",
    "ms_type": "rrms",
    "coverage_1_kind": "commercial",
    "coverage_1_payer": "Example Mutual",
    "coverage_1_member_id": "X1",
    "consent_services": "yes",
    "consent_calls": "yes",
}
PEOPLE: dict[str, dict[str, str]] = {
    "PLAIN": {},
    "SECOND": {"coverage_2_kind": "medicare", "coverage_2_payer": "Medicare Part B"},
    "BOSTON": {"state": "MA", "zip": "02108"},
    "NOBODY": {
        "coverage_1_kind": "uninsured",
        "coverage_1_payer": "",
        "coverage_1_member_id": "",
    },
}
SITES = """site_id,name,state,zip,chairs,open_days,rems_certified_on,rems_expires_on
OPEN,Open Infusion,NH,03060,4,Mon Tue Wed Thu Fri,2026-01-01,2029-01-01
NOFRI,No Friday Infusion,NH,03301,4,Mon Tue Wed Thu,2026-01-01,2029-01-01
"""
CLEARANCE = """form_id,kind,done_on,confirmed_by
PLAIN,vaccination,2027-01-01,office
"""


def forms() -> str:
    columns = sorted({"form_id", *FORM} | {c for person in PEOPLE.values() for c in person})
    rows = [FORM | person | {"form_id": name} for name, person in PEOPLE.items()]
    lines = [",".join(row.get(c, "") for c in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


@pytest.fixture
def cases(empty: Path, tmp_path: Path, cli: Cli) -> Path:
    for kind, text in (("sites", SITES), ("forms", forms()), ("clearance", CLEARANCE)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text)
        said = cli("--database", empty, "import", kind, file, "--format", "json")
        assert (said.status, said.json["rejected"]) == (0, [])
    return empty


def explained(cli: Cli, database: Path, *arguments: str) -> Any:
    said = cli("--database", database, "explain", *arguments, "--format", "json")
    assert (said.status, said.err) == (0, "")
    return said.json


def rules(reasons: list[dict[str, Any]]) -> set[str]:
    return {reason["rule"] for reason in reasons}


def test_copay_has_the_shape_of_the_contract(cli: Cli, cases: Path) -> None:
    answer = explained(cli, cases, "copay", "PLAIN")
    assert list(answer) == ["case", "as_of", "benefits", "directed_to"]
    assert list(answer["benefits"]) == ["drug", "infusion"]
    for verdict in answer["benefits"].values():
        assert list(verdict) == ["verdict", "reasons", "missing"]
        assert verdict["verdict"] == "eligible"
        assert all(set(reason) == REASON for reason in verdict["reasons"])
    assert answer["as_of"] == "2027-02-01T16:00:00Z"
    assert len(answer["case"]) == len("XXX-XXX-XXX")


def test_a_case_is_found_by_its_number_too(cli: Cli, cases: Path) -> None:
    number = explained(cli, cases, "state", "PLAIN")["case"]
    assert explained(cli, cases, "state", number)["case"] == number


@pytest.mark.parametrize(
    ("case", "drug", "infusion", "rule"),
    [
        ("SECOND", "ineligible", "ineligible", "D-39"),
        ("BOSTON", "eligible", "ineligible", "D-41"),
        ("NOBODY", "ineligible", "ineligible", "D-43"),
    ],
)
def test_copay_of_the_worked_examples(
    cli: Cli, cases: Path, case: str, drug: str, infusion: str, rule: str
) -> None:
    answer = explained(cli, cases, "copay", case)
    benefits = answer["benefits"]
    assert (benefits["drug"]["verdict"], benefits["infusion"]["verdict"]) == (drug, infusion)
    assert rule in rules(benefits["infusion"]["reasons"])
    assert answer["directed_to"]


def test_weeks_wait_for_the_vaccine_and_a_closed_friday(cli: Cli, cases: Path) -> None:
    span = ("--from", "2027-02-08", "--to", "2027-02-21")
    answer = explained(cli, cases, "weeks", "PLAIN", "--site", "OPEN", *span)
    assert list(answer) == ["case", "course", "site", "weeks"]
    early, next_week = answer["weeks"]
    assert list(early) == ["start", "days", "possible", "reasons", "way_out"]
    assert not early["possible"]
    (vaccine,) = [r for r in early["reasons"] if r["rule"] == "D-8"]
    assert "Fri 1 Jan 2027 + 42 days = Fri 12 Feb 2027" in vaccine["sentence"]
    assert not next_week["possible"]
    assert "D-57" in rules(next_week["reasons"])  # Presidents' Day is on Monday 15 February
    assert "Mon 22 Feb" in next_week["way_out"]


def test_five_days_never_fit_where_fridays_are_closed(cli: Cli, cases: Path) -> None:
    span = ("--from", "2027-02-22", "--to", "2027-03-07")
    answer = explained(cli, cases, "weeks", "PLAIN", "--site", "nofri", *span)
    assert answer["site"] == "NOFRI"
    for week in answer["weeks"]:
        assert not week["possible"]
        assert any("Fri" in reason["sentence"] for reason in week["reasons"])
    fits = explained(cli, cases, "weeks", "PLAIN", "--site", "OPEN", *span)["weeks"][0]
    assert fits["possible"]
    assert fits["days"] == [f"2027-02-{day}" for day in range(22, 27)]


def test_deadlines_have_the_shape_of_the_contract(cli: Cli, cases: Path) -> None:
    answer = explained(cli, cases, "deadlines", "PLAIN")
    assert list(answer) == ["case", "as_of", "deadlines"]
    (first,) = [d for d in answer["deadlines"] if d["kind"] == "first_call"]
    assert first == {
        "kind": "first_call",
        "due": "2027-01-21",
        "state": "overdue",
        "rule": "D-30",
        "arithmetic": first["arithmetic"],
    }
    assert "Wed 20 Jan 2027 + 1 business day = Thu 21 Jan 2027" in first["arithmetic"]


def test_before_its_end_a_deadline_is_open(cli: Cli, cases: Path) -> None:
    when = ("--as-of", "2027-02-01T17:00:00Z")
    assert explained(cli, cases, "deadlines", "PLAIN", *when)["deadlines"][0]["state"] == "overdue"
    assert explained(cli, cases, "copay", "PLAIN", *when)["as_of"] == "2027-02-01T17:00:00Z"


def test_state_has_the_shape_of_the_contract(cli: Cli, cases: Path) -> None:
    answer = explained(cli, cases, "state", "PLAIN")
    assert list(answer) == ["case", "state", "missing", "next"]
    assert answer["state"] == "welcome_pending"
    assert answer["missing"] == []
    assert answer["next"] == {"what": "Welcome call", "due": "2027-01-21", "rule": "D-30"}


def test_calls_have_the_shape_of_the_contract(cli: Cli, cases: Path) -> None:
    answer = explained(cli, cases, "calls", "PLAIN")
    assert list(answer) == ["case", "at", "may_call", "reasons", "warnings", "opens_at"]
    assert answer["may_call"] is True
    night = explained(cli, cases, "calls", "PLAIN", "--as-of", "2027-02-02T08:00:00Z")
    assert (night["may_call"], night["opens_at"]) == (False, "2027-02-02T13:00:00Z")
    assert rules(night["reasons"]) == {"D-31"}


def test_deadlines_of_a_series_are_all_listed_by_their_title(
    cli: Cli, cases: Path, tmp_path: Path
) -> None:
    days = [f"PLAIN,1,{n},2027-01-{24 + n},OPEN,given" for n in range(1, 6)]
    file = tmp_path / "infusions.csv"
    file.write_text("\n".join(["form_id,course,day,date,site_id,status", *days]) + "\n")
    assert cli("--database", cases, "import", "infusions", file).status == 0
    answer = explained(cli, cases, "deadlines", "PLAIN", "--as-of", "2027-03-26")
    monthly = [d for d in answer["deadlines"] if d["kind"] == "monthly_labs"]
    assert len(monthly) == 48
    assert [d["state"] for d in monthly[:3]] == ["overdue", "overdue", "open"]
    said = cli("--database", cases, "explain", "deadlines", "PLAIN")
    assert "Monthly labs\n" in said.out and "monthly_labs" not in said.out


def test_a_no_in_text_has_its_way_out(cli: Cli, cases: Path) -> None:
    night = cli("--database", cases, "explain", "calls", "PLAIN", "--as-of", "2027-02-02T08:00:00Z")
    assert "  way out: Call from Tue 2 Feb 2027 08:00 in New York.\n" in night.out
    secondary = cli("--database", cases, "explain", "copay", "SECOND")
    assert secondary.out.count("  way out: Only after Medicare has ended.\n") == 2


@pytest.mark.parametrize("what", ["copay", "weeks", "deadlines", "state", "calls"])
def test_every_made_up_case_can_be_explained_as_text(cli: Cli, demo: Path, what: str) -> None:
    for number in range(1, 41, 3):
        said = cli("--database", demo, "explain", what, f"DEMO-{number:05d}")
        assert (said.status, said.err) == (0, "")
        assert said.out.startswith("Case ")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("state", "NO-SUCH"), 1, "no case with that number"),
        (("weeks", "PLAIN", "--site", "GHOST"), 1, "no infusion site GHOST"),
        (("copay", "PLAIN", "--as-of", "soon"), 2, "not a point in time"),
        (("copay", "PLAIN", "--as-of", "2020-01-01"), 1, "did not exist yet"),
        (("weeks", "PLAIN", "--from", "2027-03-01", "--to", "2027-02-01"), 2, "before --from"),
        (("weeks", "PLAIN", "--from", "1 March"), 2, "is not a date"),
        (("mood", "PLAIN"), 2, "No such command"),
        (("state",), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_line(
    cli: Cli, cases: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    said = cli("--database", cases, "explain", *arguments)
    assert said.status == status
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_warning_about_the_hour_is_said_beneath_the_reasons() -> None:
    reason = Reason("D-31", "It is day.")
    warning = Reason("D-30", "An attempt was made at this time.")
    may = MayCall(True, (reason,), NOW, warnings=(warning,))
    view = cast(CaseView, SimpleNamespace(number="C-1", may_call=may))
    lines = explained_calls.call_lines(view, explained_calls.calls(view, NOW))
    assert lines[1:] == ["  D-31: It is day.", "  D-30: An attempt was made at this time."]
