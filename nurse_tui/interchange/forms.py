"""Importing Services Forms: each opens a case, is known again, or joins a referral (D-23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nurse_tui import models as m
from nurse_tui.drafts import Fault, FormDraft
from nurse_tui.interchange import attach, form_rows
from nurse_tui.interchange.importing import Kind, Row, Run, run
from nurse_tui.interchange.report import ImportReport, Progress
from nurse_tui.store import bulk, intake
from nurse_tui.store.database import Database, Tx
from nurse_tui.store.folding import fold
from nurse_tui.types import Actor, Refusal

Values = dict[str, Any]
FormRow = Row[FormDraft]
Prescribers = dict[intake.PrescriberKey, Values]
NEEDED = ("form_id", "received_at", "first_name", "last_name", "date_of_birth")
"""Columns without which a file is not one of Services Forms."""


def import_forms(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport | Refusal:
    """Import a CSV file of Services Forms.

    A form that lacks a signature or a needed field opens a case whose missing items are listed. A
    form on file with the same content is unchanged; with other content it is rejected, never
    overwritten. A Refusal is a trouble of the whole file.
    """
    seen = _Seen()
    kind = Kind(FormDraft, NEEDED, lambda begun, rows: _save(begun, seen, rows))
    return run(db, actor, path, kind, dry_run=dry_run, progress=progress)


@dataclass(slots=True)
class _Seen:
    """Forms of this file so far: fingerprint and line by form id."""

    forms: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Slice:
    """What becomes of a slice of forms."""

    known: dict[str, intake.FormOnFile]
    prescribers: Prescribers
    new: list[FormRow] = field(default_factory=list)
    joining: list[tuple[FormRow, int]] = field(default_factory=list)


def _save(run: Run, seen: _Seen, rows: Sequence[FormRow]) -> Refusal | None:
    once = [row for row in rows if _first_time(run, seen, row)]
    found = _sort_out(run, once)
    run.tally.imported += len(found.new) + len(found.joining)
    if run.dry_run:
        return None
    stopped = _insert(run, found)
    for row, case_id in found.joining if stopped is None else ():
        stopped = stopped or attach.join_referral(run, row, case_id)
    if stopped is not None:
        run.tally.imported -= len(found.new) + len(found.joining)
    return stopped


def _first_time(run: Run, seen: _Seen, row: FormRow) -> bool:
    """Tell whether a form is new in this file; a repetition is unchanged or rejected."""
    form_id, fingerprint = row.draft.form_id, row.draft.fingerprint
    before = seen.forms.setdefault(form_id, (fingerprint, row.line.number))
    if before[1] == row.line.number:
        return True
    if before[0] == fingerprint:
        run.tally.unchanged += 1
    else:
        reason = f"Form {form_id} is on line {before[1]} of this file with other content."
        run.reject(row.line, [Fault("form_id", reason)])
    return False


def _sort_out(run: Run, rows: Sequence[FormRow]) -> _Slice:
    with run.db.read() as session:
        known = intake.forms_on_file(session, [row.draft.form_id for row in rows])
        waiting = [row for row in rows if not _is_known(run, row, known)]
        keys = {_key(row.draft) for row in waiting if _names_prescriber(row.draft)}
        found = _Slice(known, intake.prescribers_on_file(session, keys))
        people = [_person(row.draft) for row in waiting]
        referred = intake.referrals(session, {person for person in people if person})
    count = Counter(people)
    for row, person in zip(waiting, people, strict=True):
        cases = referred.get(person, []) if person else []
        if len(cases) == 1 and count[person] == 1:
            found.joining.append((row, cases[0]))
            run.tally.warn(_JOINED, row.line.number)
        else:
            found.new.append(row)
            if cases:
                run.tally.warn(_MANY, row.line.number)
    return found


_JOINED = "The form joins the referral of the same name and date of birth."
_MANY = "Several forms or referrals have this name and date of birth, so a new case is opened."


def _is_known(run: Run, row: FormRow, known: dict[str, intake.FormOnFile]) -> bool:
    on_file = known.get(row.draft.form_id)
    if on_file is None:
        return False
    if on_file.fingerprint == row.draft.fingerprint:
        run.tally.unchanged += 1
    else:
        run.reject(row.line, [Fault("form_id", other_content(row.draft.form_id))])
    return True


def other_content(form_id: str) -> str:
    """Return why a form that is on file with other content is not imported."""
    return f"form {form_id} is already on file with other content; edit the case instead."


def _person(draft: FormDraft) -> intake.Person | None:
    name = fold(f"{draft.last_name} {draft.first_name}")
    return (name, draft.date_of_birth) if name and draft.date_of_birth else None


def _names_prescriber(draft: FormDraft) -> bool:
    return bool(draft.prescriber_npi or draft.prescriber_name)


def _key(draft: FormDraft) -> intake.PrescriberKey:
    return intake.prescriber_key(draft.prescriber_npi, draft.prescriber_name)


def prescriber_of(draft: FormDraft, known: Prescribers) -> Values | None:
    """Return the row of the prescriber whom a form names, made and added when not known."""
    if not _names_prescriber(draft):
        return None
    key = _key(draft)
    if key not in known:
        known[key] = bulk.complete(
            m.Prescriber,
            npi=draft.prescriber_npi,
            name=draft.prescriber_name,
            phone=draft.prescriber_phone,
        )
    return known[key]


def _insert(run: Run, found: _Slice) -> Refusal | None:
    if not found.new:
        return None
    prepared, made = _prepare(run, found.new, dict(found.prescribers))
    answer = run.write("import.forms", lambda tx: _job(tx, run, found, prepared, made))
    return answer if isinstance(answer, Refusal) else None


def _prepare(
    run: Run, rows: Sequence[FormRow], known: Prescribers
) -> tuple[bulk.Prepared, Prescribers]:
    before = set(known)
    cases = [form_rows.case_rows(row.draft, prescriber_of(row.draft, known)) for row in rows]
    made = {key: row for key, row in known.items() if key not in before}
    return bulk.prepare(cases, run.programme), made


def _job(tx: Tx, run: Run, found: _Slice, prepared: bulk.Prepared, made: Prescribers) -> int:
    """Insert a slice; what another writer added since it was prepared makes it anew."""
    forms = intake.forms_on_file(tx.session, [row.draft.form_id for row in found.new])
    others = intake.prescribers_on_file(tx.session, set(made))
    if forms or others:
        fresh = [row for row in found.new if not _is_known(run, row, forms)]
        run.tally.imported -= len(found.new) - len(fresh)
        prepared, made = _prepare(run, fresh, found.prescribers | others)
    tx.say(f"Services Form imported from {run.note}.")
    tx.insert_rows(m.Prescriber, list(made.values()))
    bulk.insert_prepared(tx, prepared)
    return len(prepared.case_ids)
