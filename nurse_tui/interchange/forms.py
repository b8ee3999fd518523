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
    """What this file brought so far, of which the last slice may not be saved yet."""

    forms: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Fingerprint and line by form id."""
    prescribers: Prescribers = field(default_factory=dict)
    referred: set[intake.Person] = field(default_factory=set)
    """People who have a referral and of whom a form was met: no further one joins it."""


@dataclass(slots=True)
class _Slice:
    """What becomes of a slice of forms."""

    prescribers: Prescribers
    new: list[FormRow] = field(default_factory=list)
    joining: list[tuple[FormRow, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Saved:
    """What became of a slice: forms in, and those that another program brought in meanwhile."""

    imported: int = 0
    late: list[FormRow] = field(default_factory=list)
    on_file: dict[str, intake.FormOnFile] = field(default_factory=dict)
    not_joined: list[FormRow] = field(default_factory=list)


def _save(run: Run, seen: _Seen, rows: Sequence[FormRow]) -> Refusal | None:
    once = [row for row in rows if _first_time(run, seen, row)]
    found = _sort_out(run, seen, once)
    if run.dry_run:
        run.tally.imported += len(found.new) + len(found.joining)
        return None
    if not found.new and not found.joining:
        return None
    prepared, made = _prepare(run, found.new, found.prescribers)
    seen.prescribers |= made
    return run.writer.start(
        lambda: _write(run, found, prepared, made), lambda saved: _count(run, saved)
    )


def _write(run: Run, found: _Slice, prepared: bulk.Prepared, made: Prescribers) -> _Saved | Refusal:
    saved = _Saved()
    if found.new:
        answer = run.write("import.forms", lambda tx: _job(tx, run, found, prepared, made))
        if isinstance(answer, Refusal):
            return answer
        saved = answer
    for row, case_id in found.joining:
        joined = attach.join_referral(run, row, case_id)
        if isinstance(joined, Refusal):
            return joined
        saved.imported += joined
        saved.not_joined += [] if joined else [row]
    return saved


def _count(run: Run, saved: _Saved) -> None:
    run.tally.imported += saved.imported
    for row in saved.late:
        _is_known(run, row, saved.on_file)
    for row in saved.not_joined:
        reason = "The referral got another form or was closed just now; import the row again."
        run.reject(row.line, [Fault("form_id", reason)])


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


def _sort_out(run: Run, seen: _Seen, rows: Sequence[FormRow]) -> _Slice:
    with run.db.read() as session:
        known = intake.forms_on_file(session, [row.draft.form_id for row in rows])
        waiting = [row for row in rows if not _is_known(run, row, known)]
        keys = {_key(row.draft) for row in waiting if _names_prescriber(row.draft)}
        mine = {key: row for key, row in seen.prescribers.items() if key in keys}
        found = _Slice(mine | intake.prescribers_on_file(session, keys - mine.keys()))
        people = [_person(row.draft) for row in waiting]
        referred = intake.referrals(session, {person for person in people if person})
    count = Counter(people)
    for row, person in zip(waiting, people, strict=True):
        own = referred.get(person, []) if person else []
        cases = [referral.case_id for referral in own if not referral.over]
        again = person in seen.referred
        if len(cases) == 1 and count[person] == 1 and not again:
            found.joining.append((row, cases[0]))
            run.tally.warn(_JOINED, row.line.number)
        else:
            found.new.append(row)
            if own or again:
                run.tally.warn(_MANY if cases or again else _OVER, row.line.number)
        seen.referred |= {person} if person and cases else set()
    return found


_JOINED = "The form joins the referral of the same name and date of birth."
_MANY = "Several forms or referrals have this name and date of birth, so a new case is opened."
_OVER = (
    "The referral of this name and date of birth is closed or its patient died, so a new case is"
    " opened; compare the two before anyone calls."
)


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


def _prepare(
    run: Run, rows: Sequence[FormRow], on_file: Prescribers
) -> tuple[bulk.Prepared, Prescribers]:
    """Return the rows of new cases, and the prescribers that are not on file yet."""
    known = dict(on_file)
    cases = [form_rows.case_rows(row.draft, prescriber_of(row.draft, known)) for row in rows]
    made = {key: row for key, row in known.items() if key not in on_file}
    return bulk.prepare(cases, run.programme), made


def _others(tx: Tx, expected: Prescribers, made: Prescribers) -> Prescribers:
    """Return the prescribers of a slice whom another program wrote since it was prepared."""
    on_file = intake.prescribers_on_file(tx.session, expected.keys() | made.keys())
    return {
        key: row for key, row in on_file.items() if key in made or row["id"] != expected[key]["id"]
    }


def _job(tx: Tx, run: Run, found: _Slice, prepared: bulk.Prepared, made: Prescribers) -> _Saved:
    """Insert a slice; what another program added since it was prepared makes it anew."""
    saved = _Saved()
    saved.on_file = intake.forms_on_file(tx.session, [row.draft.form_id for row in found.new])
    others = _others(tx, found.prescribers, made)
    if saved.on_file or others:
        saved.late = [row for row in found.new if row.draft.form_id in saved.on_file]
        fresh = [row for row in found.new if row.draft.form_id not in saved.on_file]
        prepared, made = _prepare(run, fresh, found.prescribers | others)
    tx.say(f"Services Form imported from {run.note}.")
    tx.insert_rows(m.Prescriber, list(made.values()))
    bulk.insert_prepared(tx, prepared)
    saved.imported = len(prepared.case_ids)
    return saved
