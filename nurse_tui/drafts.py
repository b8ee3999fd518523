"""What comes in from outside, validated at the edge: one pydantic model for each kind of row.

A field's validator raises ValueError with one plain sentence that never repeats the value, because
a value in the wrong column may name a patient. What is odd but can be kept is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from nurse_tui import clock, fields
from nurse_tui import types as t
from nurse_tui.rules import dates
from nurse_tui.rules.days import is_too_soon

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Edge:
    """What validators must know of the world, and where they leave warnings."""

    today: date
    zone: str
    """IANA zone of the programme, in which an instant without a time is midnight."""
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the column, and one plain sentence."""

    column: str
    reason: str


def _edge(info: ValidationInfo) -> Edge:
    return cast(Edge, info.context)


def _warned(convert: Callable[[str], tuple[Any, str]]) -> BeforeValidator:
    """Let a conversion answer with a value and a warning, empty when there is none."""

    def validate(value: str, info: ValidationInfo) -> Any:
        found, warning = convert(value)
        if warning:
            _edge(info).warnings.append(f"{info.field_name}: {warning}")
        return found

    return BeforeValidator(validate)


def _instant(value: str, info: ValidationInfo) -> datetime:
    edge = _edge(info)
    found, warning = fields.instant(value, edge.zone)
    if warning:
        edge.warnings.append(f"{info.field_name}: {warning}")
    return found


def _choice(kinds: Any, blank: Any) -> BeforeValidator:
    return BeforeValidator(partial(fields.choice, kinds, blank))


Words = Annotated[str, BeforeValidator(fields.words)]
Needed = Annotated[str, BeforeValidator(fields.needed)]
Day = Annotated[date, BeforeValidator(fields.day)]
OptionalDay = Annotated[date | None, BeforeValidator(fields.optional_day)]
Answer = Annotated[bool | None, BeforeValidator(fields.answer)]
Phone = Annotated[str, BeforeValidator(lru_cache(65536)(fields.phone))]
Zip = Annotated[str, _warned(lru_cache(65536)(fields.zip_code))]
UsState = Annotated[str, _warned(lru_cache(1024)(fields.us_state))]
Cover = Annotated[t.CoverageKind | None, _choice(t.CoverageKind, None)]


class Draft(BaseModel):
    """Base of every row: frozen; columns that it does not know are left to the reader."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=False)


class FormDraft(Draft):
    """One Services Form (D-23); what may be missing is empty or None and opens `missing_info`."""

    form_id: Needed
    received_at: Annotated[datetime, BeforeValidator(_instant)]
    patient_signed_on: OptionalDay = None
    provider_signed_on: OptionalDay = None
    first_name: Words = ""
    last_name: Words = ""
    date_of_birth: OptionalDay = None
    sex: Annotated[t.Sex, _choice(t.Sex, t.Sex.UNKNOWN)] = t.Sex.UNKNOWN
    phone: Phone = ""
    phone_kind: Annotated[t.PhoneKind, _choice(t.PhoneKind, t.PhoneKind.OTHER)] = t.PhoneKind.OTHER
    voicemail_ok: Answer = None
    email: Annotated[str, _warned(fields.email)] = ""
    address: Words = ""
    city: Words = ""
    state: UsState = ""
    zip: Zip = ""
    language: Words = ""
    prescriber_name: Words = ""
    prescriber_npi: Annotated[str, _warned(fields.npi)] = ""
    prescriber_phone: Phone = ""
    ms_type: Annotated[t.MsType | None, _choice(t.MsType, None)] = None
    prior_therapies: Annotated[tuple[str, ...], BeforeValidator(fields.listed)] = ()
    coverage_1_kind: Cover = None
    coverage_1_payer: Words = ""
    coverage_1_member_id: Words = ""
    coverage_2_kind: Cover = None
    coverage_2_payer: Words = ""
    coverage_2_member_id: Words = ""
    consent_services: Answer = None
    consent_calls: Answer = None
    consent_text: Answer = None
    consent_email: Answer = None
    rems_patient_enrolled_on: OptionalDay = None
    preferred_site: Words = ""

    @model_validator(mode="after")
    def _dates_fit(self, info: ValidationInfo) -> FormDraft:
        edge = _edge(info)
        born = self.date_of_birth
        if born is not None and born > edge.today:
            raise ValueError("date_of_birth: The date of birth is in the future.")
        received = clock.local_date(self.received_at, edge.zone)
        for name in ("patient_signed_on", "provider_signed_on"):
            signed = getattr(self, name)
            if signed is not None and signed > received:
                edge.warnings.append(f"{name}: the signature is dated after the form came in")
        if received > edge.today:
            edge.warnings.append("received_at: the form came in after today")
        return self

    @cached_property
    def fingerprint(self) -> str:
        """Return the hash of the normalised row, by which an import knows it again."""
        return fields.fingerprint(getattr(self, name) for name in FormDraft.model_fields)


class SiteDraft(Draft):
    """One infusion site; weekdays are "Mon Tue …", closures ISO dates, space separated."""

    site_id: Needed
    name: Needed
    address: Words = ""
    city: Words = ""
    state: UsState = ""
    zip: Zip = ""
    phone: Phone = ""
    chairs: Annotated[int, BeforeValidator(partial(fields.whole, 0, 999))] = 0
    open_days: Annotated[str, BeforeValidator(fields.weekdays)] = fields.MONDAY_TO_FRIDAY
    rems_certified_on: OptionalDay = None
    rems_expires_on: OptionalDay = None
    closures: Annotated[str, BeforeValidator(fields.days)] = ""

    @model_validator(mode="after")
    def _dates_fit(self) -> SiteDraft:
        begins, ends = self.rems_certified_on, self.rems_expires_on
        if begins is not None and ends is not None and ends < begins:
            raise ValueError("rems_expires_on: The certification ends before it begins.")
        return self


class ClearanceDraft(Draft):
    """One thing confirmed before treatment (D-61)."""

    form_id: Needed
    kind: Annotated[t.ClearanceKind, _choice(t.ClearanceKind, ...)]
    done_on: Day
    valid_until: OptionalDay = None
    confirmed_by: Words = ""
    result_on_file: Answer = None

    @model_validator(mode="after")
    def _dates_fit(self, info: ValidationInfo) -> ClearanceDraft:
        if wrong := dates.not_yet(self.done_on, _edge(info).today):
            raise ValueError(f"done_on: {wrong}")
        if wrong := dates.ends_before_done(self.done_on, self.valid_until):
            raise ValueError(f"valid_until: {wrong}")
        return self


class InfusionDraft(Draft):
    """One infusion day of a course (D-4, D-56); `site_id` is the site's code."""

    form_id: Needed
    course: Annotated[int, BeforeValidator(partial(fields.whole, 1, 99))]
    day: Annotated[int, BeforeValidator(partial(fields.whole, 1, 99))]
    date: Day
    site_id: Needed
    status: Annotated[t.DayStatus, _choice(t.DayStatus, ...)]

    @model_validator(mode="after")
    def _has_happened(self, info: ValidationInfo) -> InfusionDraft:
        if is_too_soon(self.status, self.date, _edge(info).today):
            raise ValueError(f"date: A day in the future cannot be {self.status.value} already.")
        return self


def validate(kind: type[M], values: dict[str, str], edge: Edge) -> M | list[Fault]:
    """Return the draft of a row, or everything that is wrong with it, in the order of the form."""
    try:
        return kind.model_validate(values, context=edge)
    except ValidationError as refused:
        return [_fault(error) for error in refused.errors(include_url=False, include_input=False)]


def _fault(error: Any) -> Fault:
    column = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing":
        return Fault(column, f"{column} is blank, and it is needed.")
    cause = error.get("ctx", {}).get("error")
    words = str(cause) if cause is not None else f"{column} cannot be read."
    if not column:
        column, _, words = words.partition(": ")
        return Fault(column, words)
    return Fault(column, f"{column} {words}")
