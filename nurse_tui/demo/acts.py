"""What may happen in a made-up case. Each act can be written as rows, or done by the services.

The services show the way a change really goes; rows show the same facts, taken over at once, and
are what makes hundreds of cases possible in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from nurse_tui import clock
from nurse_tui import models as m
from nurse_tui.demo.stage import Ledger, Stage, done
from nurse_tui.services.bundle import Services
from nurse_tui.types import (
    PRODUCT,
    REACHED_OUTCOMES,
    Actor,
    CallKind,
    CallOutcome,
    SafetyKind,
)
from nurse_tui.views import CaseView

TALK = timedelta(minutes=9)
GATE = (("who", "self"), ("gate.name", "match"), ("gate.birth", "match"))
"""Answers by which a script knows that it is the patient who speaks (D-32)."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happened at an instant; `on` is its date in the programme's zone."""

    at: datetime
    on: date
    by_services: ClassVar[bool] = True
    """Whether the services can do it; otherwise its case is taken over with its history."""

    def _write(self, to: Ledger) -> None:
        raise NotImplementedError

    def _play(self, desk: Services, case_id: int) -> object:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Called(Act):
    """A call or an attempt."""

    kind: CallKind
    outcome: CallOutcome
    callback_at: datetime | None = None

    def _write(self, to: Ledger) -> None:
        reached = self.outcome in REACHED_OUTCOMES
        phone = next((c for c in to.of("contact_point") if c["system"] == "phone"), None)
        call = to.add(
            m.Call,
            nurse_id=to.nurse.user_id,
            kind=self.kind,
            number=phone["value"] if phone else "",
            zone=to.rows["patient"][0]["zones"].split(" ")[0],
            started_at=self.at,
            ended_at=self.at + TALK,
            outcome=self.outcome,
            identified_at=self.at if reached else None,
            adverse_event=False if reached else None,
        )
        if self.callback_at is not None:
            to.add(
                m.Callback,
                call_id=call["id"],
                owner_id=to.nurse.user_id,
                due_at=self.callback_at,
                zone=call["zone"],
                note="Asked to be called back",
            )

    def _play(self, desk: Services, case_id: int) -> object:
        call = done(desk.calls.start(case_id, self.kind))
        reached = self.outcome in REACHED_OUTCOMES
        for link, value in GATE if reached else ():
            done(desk.calls.answer(call.call_id, link, value))
        clock.freeze(self.at + TALK)
        return desk.calls.finish(
            call.call_id,
            self.outcome,
            adverse_event=False if reached else None,
            next_action="Asked to be called back" if self.callback_at else "",
            callback_at=self.callback_at,
        )


@dataclass(frozen=True, slots=True)
class KitSent(Act):
    """The Welcome Kit went out."""

    def _write(self, to: Ledger) -> None:
        to.add(m.KitShipment, sent_on=self.on, items="Conversation Guide, Patient Handbook")

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.send_kit(case_id, self.on)


@dataclass(frozen=True, slots=True)
class Noted(Act):
    """The nurse wrote a note."""

    text: str

    def _write(self, to: Ledger) -> None:
        to.add(m.Note, author_id=to.nurse.user_id, at=self.at, text=self.text)

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.add_note(case_id, self.text)


@dataclass(frozen=True, slots=True)
class TaskMade(Act):
    """The nurse set herself a task."""

    title: str
    due_at: datetime

    def _write(self, to: Ledger) -> None:
        to.add(
            m.Task,
            owner_id=to.nurse.user_id,
            title=self.title,
            due_at=self.due_at,
            created_at=self.at,
        )

    def _play(self, desk: Services, case_id: int) -> object:
        return desk.work.add_task(case_id, self.title, self.due_at)


@dataclass(frozen=True, slots=True)
class Told(Act):
    """The patient told of something that safety must know."""

    event: str
    forwarded: bool
    kind: SafetyKind = SafetyKind.ADVERSE_EVENT

    def _write(self, to: Ledger) -> None:
        to.add(
            m.SafetyReport,
            kind=self.kind,
            aware_at=self.at,
            reporter="patient",
            suspect_product=PRODUCT,
            event=self.event,
            forwarded_at=self.at + TALK if self.forwarded else None,
            author_id=to.nurse.user_id,
        )

    def _play(self, desk: Services, case_id: int) -> object:
        report = done(desk.work.report_safety(case_id, self.kind, self.event, "patient"))
        return desk.work.forward_safety(case_id, report) if self.forwarded else report


@dataclass(frozen=True, slots=True)
class CaseSet(Act):
    """Fields of the case itself were set: held, closed, letter sent."""

    sentence: str
    fields: dict[str, Any]

    def _write(self, to: Ledger) -> None:
        to.case.update(self.fields)
        if self.fields.get("closed_reason"):
            to.case["closed_at"] = self.at

    def _play(self, desk: Services, case_id: int) -> object:
        version = view_of(desk, case_id).version
        return desk.cases.set_case(case_id, version, self.sentence, **self.fields)


@dataclass(frozen=True, slots=True)
class Contraindicated(Act):
    """The prescriber's office told of a contraindication."""

    name: str

    def _write(self, to: Ledger) -> None:
        to.case["contraindications"] = self.name

    def _play(self, desk: Services, case_id: int) -> object:
        version = view_of(desk, case_id).version
        return desk.contraindications.record(
            case_id, version, self.name, self.on, "the prescriber's office"
        )


@dataclass(frozen=True, slots=True)
class Died(Act):
    """The family told of the patient's death."""

    by_services = False

    def _write(self, to: Ledger) -> None:
        to.rows["patient"][0]["deceased_on"] = self.on


@dataclass(slots=True)
class History:
    """A made-up case: its form, who looks after it, what happened; `live` by the services."""

    values: dict[str, str]
    received_at: datetime
    nurse: Actor | None
    acts: list[Act] = field(default_factory=list)
    live: bool = False
    referral: bool = False


def write(act: Act, to: Ledger) -> None:
    """Write an act as rows of a case that is taken over."""
    act._write(to)


def play(act: Act, stage: Stage, actor: Actor, case_id: int) -> None:
    """Do an act through the services; a refusal is a fault of the demo."""
    done(act._play(stage.services(actor), case_id))


def view_of(desk: Services, case_id: int) -> CaseView:
    """Return a case as somebody sees it now."""
    return done(desk.cases.view(case_id))
