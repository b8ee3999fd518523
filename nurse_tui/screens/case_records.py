"""Forms that record cover, clearances, REMS statuses, labs and the Welcome Kit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nurse_tui.rules.clearance import REMS_AUTHORIZED
from nurse_tui.rules.courses import booked_days
from nurse_tui.rules.dates import ends_before_done, received_before_drawn
from nurse_tui.rules.eligibility import CONTRAINDICATIONS
from nurse_tui.rules.facts import CoverageFact
from nurse_tui.screens.record_form import Given, Job, RecordForm
from nurse_tui.screens.words import pairs
from nurse_tui.types import ClearanceKind, CoverageKind, RemsParty
from nurse_tui.views import CaseView
from nurse_tui.widgets.field import Field, choice_field, date_field, text_field
from nurse_tui.words import label, plain

REMS_STATUSES = (*sorted(REMS_AUTHORIZED), "pending", "not_enrolled", "expired", "unknown",
                 "patient_status", "infusion_checklist")  # fmt: skip
TESTS = ("cbc", "creatinine", "urinalysis", "thyroid", "liver", "urine_protein_creatinine",
         "skin_exam", "hpv_screen", "cd4")  # fmt: skip
STANDS = (("Recorded", "yes"), ("Lifted", "no"))
ON_FILE = (("No", "no"), ("Yes", "yes"))


class CoverForm(RecordForm):
    """Records a further health cover."""

    NAME: ClassVar[str] = "cover"
    TITLE_WORDS: ClassVar[str] = "Cover"
    SAID: ClassVar[str] = "The cover is added. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [
            choice_field("kind", "Kind", pairs(CoverageKind)),
            text_field("payer", "Payer"),
            text_field("member", "Member id", limit=60),
            date_field("starts", "From"),
            date_field("ends", "Until, both days included"),
        ]

    def check(self, given: Given) -> Job:
        kind = given.choice("kind", CoverageKind, "Choose the kind of cover.")
        starts, ends = given.day("starts"), given.day("ends")
        payer, member = given.words("payer"), given.words("member")
        case_id, seen = self.case.case_id, self.seen
        return lambda services: services.work.add_coverage(
            case_id, seen, kind, payer, member, starts, ends
        )


class CoverEndForm(RecordForm):
    """Records the last day of a cover (D-51)."""

    NAME: ClassVar[str] = "cover_end"
    TITLE_WORDS: ClassVar[str] = "End of a cover"
    SAID: ClassVar[str] = "The end of the cover is recorded. u undoes it."

    def __init__(self, case: CaseView, cover: CoverageFact) -> None:
        super().__init__(case)
        self.cover = cover

    def row_in_hand(self) -> str:
        return f"/cover:{self.cover.id}"

    def fields(self) -> Iterable[Field]:
        named = f"{plain(self.cover.kind.value)} {self.cover.payer}".strip()
        return [date_field("ends", f"Last day of {named}", self.cover.ends_on)]

    def check(self, given: Given) -> Job:
        ends = given.needed_day("ends")
        case_id, cover_id, seen = self.case.case_id, self.cover.id, self.seen
        return lambda services: services.work.end_coverage(case_id, cover_id, ends, seen)


class ClearanceForm(RecordForm):
    """Confirms something that is needed before day 1, and who said so (D-61)."""

    NAME: ClassVar[str] = "clearance"
    TITLE_WORDS: ClassVar[str] = "Confirm before treatment"
    SAID: ClassVar[str] = "It is confirmed. u undoes it."

    def __init__(self, case: CaseView, kind: ClearanceKind | None = None) -> None:
        super().__init__(case)
        self.kind = kind

    def row_in_hand(self) -> str:
        return f"/clearance:{self.kind}" if self.kind else ""

    def fields(self) -> Iterable[Field]:
        return [
            choice_field("kind", "What", pairs(ClearanceKind), self.kind and self.kind.value),
            date_field("done", "Done on"),
            date_field("until", "Valid until, if it says so"),
            text_field("by", "Confirmed by: whose office, on which date"),
            choice_field("on_file", "Result on file", ON_FILE, "no"),
        ]

    def check(self, given: Given) -> Job:
        kind = given.choice("kind", ClearanceKind, "Choose what is confirmed.")
        done, until = given.needed_day("done"), given.day("until")
        if wrong := ends_before_done(done, until):
            given.errors["until"] = wrong
        by = given.words("by", "Say who confirmed it: it is never the nurse's own judgement.")
        on_file, case_id = given.values["on_file"] == "yes", self.case.case_id
        return lambda services: services.work.confirm(
            case_id, kind, done, valid_until=until, confirmed_by=by, result_on_file=on_file
        )


class RemsForm(RecordForm):
    """Mirrors what a source says of one REMS party (D-22)."""

    NAME: ClassVar[str] = "rems"
    TITLE_WORDS: ClassVar[str] = "REMS status, as a source says it (never the REMS record)"
    SAID: ClassVar[str] = "The status is recorded. u undoes it."

    def __init__(self, case: CaseView, party: RemsParty = RemsParty.PATIENT) -> None:
        super().__init__(case)
        self._party = party

    def row_in_hand(self) -> str:
        return f"/party:{self._party}"

    def fields(self) -> Iterable[Field]:
        return [
            choice_field("party", "Who", pairs(RemsParty), self._party.value),
            choice_field("status", "Status", [(label(s), s) for s in REMS_STATUSES]),
            date_field("on", "On"),
            text_field("source", "Who says so"),
        ]

    def check(self, given: Given) -> Job:
        party = given.choice("party", RemsParty)
        status = given.words("status", "Choose the status.")
        on, source = given.needed_day("on"), given.words("source", "Say who told you.")
        case_id = self.case.case_id
        return lambda services: services.work.record_rems(case_id, party, status, on, source)


class ContraindicationForm(RecordForm):
    """Records a contraindication as the prescriber's office says it, or lifts one (D-2)."""

    NAME: ClassVar[str] = "contraindication"
    TITLE_WORDS: ClassVar[str] = "Contraindication: only the prescriber can settle it (D-2)"

    def fields(self) -> Iterable[Field]:
        held = self.case.facts.contraindications
        names = dict.fromkeys((*held, *CONTRAINDICATIONS))
        return [
            choice_field("name", "What", [(label(n), n) for n in names], held[0] if held else None),
            choice_field("stands", "It is", STANDS, "no" if held else "yes"),
            date_field("on", "Confirmed on"),
            text_field("source", "Confirmed by: whose office"),
        ]

    def check(self, given: Given) -> Job:
        name = given.words("name", "Choose the contraindication.")
        on = given.needed_day("on")
        source = given.words("source", "Say who confirmed it: it is never the nurse's judgement.")
        act = "record" if given.values["stands"] == "yes" else "lift"
        case_id, seen = self.case.case_id, self.seen
        return lambda services: getattr(services.contraindications, act)(
            case_id, seen, name, on, source
        )

    def said(self, answer: object) -> str:
        """Say what goes on and what does not: days that are booked are not cancelled by it."""
        if self._values()["stands"] == "no":
            return "The contraindication is lifted. u undoes it."
        days = (
            " Days that are booked stay booked."
            if any(map(booked_days, self.case.facts.courses))
            else ""
        )
        return f"The contraindication is recorded: tell the prescriber.{days} u undoes it."


class LabForm(RecordForm):
    """Records a laboratory draw (D-12)."""

    NAME: ClassVar[str] = "lab"
    TITLE_WORDS: ClassVar[str] = "Laboratory draw"
    SAID: ClassVar[str] = "The draw is recorded. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [
            choice_field("test", "Test", [(label(test), test) for test in TESTS]),
            date_field("drawn", "Drawn on"),
            date_field("received", "Result received on"),
        ]

    def check(self, given: Given) -> Job:
        test = given.words("test", "Choose the test.")
        drawn, received = given.needed_day("drawn"), given.day("received")
        if wrong := received_before_drawn(drawn, received):
            given.errors["received"] = wrong
        case_id = self.case.case_id
        return lambda services: services.work.record_lab(case_id, test, drawn, received)


class KitForm(RecordForm):
    """Records that the Welcome Kit was sent (D-24)."""

    NAME: ClassVar[str] = "kit"
    TITLE_WORDS: ClassVar[str] = "Welcome Kit"
    SAID: ClassVar[str] = "The kit is recorded. u undoes it."

    def fields(self) -> Iterable[Field]:
        return [date_field("sent", "Sent on"), text_field("tracking", "Tracking number", limit=60)]

    def check(self, given: Given) -> Job:
        sent, tracking = given.needed_day("sent"), given.words("tracking")
        case_id = self.case.case_id
        return lambda services: services.work.send_kit(case_id, sent, tracking)
