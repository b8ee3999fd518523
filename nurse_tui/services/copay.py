"""Co-pay: a verdict kept with its reasons, an enrolment under it, its end (D-38 to D-53)."""

from __future__ import annotations

from nurse_tui.models import AssistanceReferral, CopayDecision, CopayEnrollment, Coverage, Task
from nurse_tui.rules import copay, enrolments
from nurse_tui.rules.calendar import say
from nurse_tui.services.cases import NO_CASE
from nurse_tui.services.copay_views import CopayReader
from nurse_tui.services.standing import refuse_standing
from nurse_tui.store import enrolling, finding
from nurse_tui.store import facts as fact_store
from nurse_tui.store.coding import canonical
from nurse_tui.store.database import Tx
from nurse_tui.types import Benefit, ConsentKind, Refusal, Verdict

DECIDE_TASK, REFER_TASK = "copay", "assistance"
"""Kinds of the tasks that a call's script makes of co-pay, settled by what they ask for."""


class CopayService(CopayReader):
    """Decides and enrols; the rule is asked again inside the transaction."""

    def decide(self, case_id: int, seen: int) -> int | Refusal:
        """Keep today's verdict on both benefits with its reasons and the version of the terms.

        The task to decide stays open while something is missing for a verdict.
        """

        def job(tx: Tx) -> int | Refusal:
            decision = decision_now(tx, case_id)
            if isinstance(decision, Refusal):
                return decision
            rows = [_keep(tx, case_id, benefit, decision) for benefit in Benefit]
            verdicts = ", ".join(f"{r.benefit.value} {r.verdict.value}" for r in rows)
            open_still = any(r.verdict is Verdict.UNDETERMINED for r in rows)
            done = "" if open_still else _settle(tx, case_id, DECIDE_TASK)
            tx.say(f"Co-pay decided: {verdicts}{done}")
            return case_id

        return self.write(
            "copay.decide", "copay.decide", job, case_id=case_id, seen=seen, undoable=True
        )

    def enrol(self, case_id: int, benefit: Benefit, seen: int) -> int | Refusal:
        """Enrol in one benefit, if the rule allows it now and the patient consented (D-29).

        Under government cover to come the enrolment ends on the day before it (D-51).
        """

        def job(tx: Tx) -> int | Refusal:
            decision = decision_now(tx, case_id)
            if isinstance(decision, Refusal):
                return decision
            refused = refuse_enrolment(tx, case_id, benefit, decision)
            if refused is not None:
                return refused
            kept = _keep(tx, case_id, benefit, decision)
            tx.session.flush()
            found = _limit(tx, case_id)
            enrolment = tx.add(
                CopayEnrollment(
                    case_id=case_id,
                    benefit=benefit,
                    decision_id=kept.id,
                    enrolled_on=tx.today,
                    ends_on=found.last_day if found else None,
                    end_reason=found.sentence if found else "",
                    terms_version=kept.terms_version,
                )
            )
            until = f" until {say(found.last_day)}: {found.sentence}" if found else ""
            done = _settle(tx, case_id, DECIDE_TASK)
            tx.say(f"Enrolled in co-pay for {benefit.value} costs{until}{done}")
            return enrolment.id

        return self.write(
            "copay.enrol", "copay.enrol", job, case_id=case_id, seen=seen, undoable=True
        )

    def end(self, case_id: int, benefit: Benefit, reason: str, seen: int) -> int | Refusal:
        """End an enrolment, for instance because government cover begins (D-51)."""

        def job(tx: Tx) -> int | Refusal:
            running = _running(tx, case_id, benefit)
            if running is None:
                return _not_enrolled(benefit)
            running.ends_on, running.end_reason = tx.today, reason
            tx.say(f"Ended the co-pay enrolment for {benefit.value} costs: {reason}")
            return running.id

        return self.write(
            "copay.enrol", "copay.end", job, case_id=case_id, seen=seen, undoable=True
        )

    def refer(self, case_id: int, programme: str, seen: int) -> int | Refusal:
        """Record that the patient was directed to another programme; nothing is promised (D-54)."""

        def job(tx: Tx) -> int:
            row = tx.add(
                AssistanceReferral(case_id=case_id, programme=programme, referred_at=tx.at)
            )
            done = _settle(tx, case_id, REFER_TASK)
            tx.say(f"Directed the patient to: {programme}{done}")
            return row.id

        return self.write(
            "copay.decide", "copay.refer", job, case_id=case_id, seen=seen, undoable=True
        )


def _settle(tx: Tx, case_id: int, kind: str) -> str:
    """Mark the case's open tasks of a kind as done, and return the words for the log."""
    tasks = finding.find(tx.session, Task, case_id=case_id, kind=kind, done_at=None)
    for task in tasks:
        task.done_at = tx.at
    return "".join(f"; done: {task.title}" for task in tasks)


def decision_now(tx: Tx, case_id: int) -> copay.CopayDecision | Refusal:
    """Decide both benefits by the case as it stands in the transaction."""
    facts = fact_store.load(tx.session, case_id)
    return NO_CASE if facts is None else copay.decide(facts, tx.programme, tx.today)


def _keep(tx: Tx, case_id: int, benefit: Benefit, decision: copay.CopayDecision) -> CopayDecision:
    verdict = decision.benefits[benefit]
    return tx.add(
        CopayDecision(
            case_id=case_id,
            benefit=benefit,
            verdict=verdict.verdict,
            reasons=canonical([r.as_json() for r in verdict.reasons]),
            terms_version=tx.programme.copay_terms_version.value,
            decided_at=tx.at,
        )
    )


def refuse_enrolment(
    tx: Tx, case_id: int, benefit: Benefit, decision: copay.CopayDecision
) -> Refusal | None:
    """Return why the patient may not be enrolled in a benefit now, or None (D-29, D-39)."""
    facts = fact_store.load(tx.session, case_id)
    if facts is None:
        return NO_CASE
    barred = refuse_standing(facts, tx.programme, tx.today)
    if barred is not None:
        return barred
    verdict = decision.benefits[benefit]
    if verdict.verdict is not Verdict.ELIGIBLE:
        first = verdict.reasons[0]
        return Refusal("copay_" + verdict.verdict, first.sentence, verdict.way_out, first.rule)
    if not facts.consent(ConsentKind.SERVICES):
        return Refusal(
            "no_consent",
            "The patient has not agreed to the services.",
            "Ask for the consent on the call, then enrol.",
            "D-29",
        )
    found = _limit(tx, case_id)
    if found is not None and found.last_day <= tx.today:
        return Refusal(
            "government_tomorrow",
            f"{found.sentence}, so an enrolment would end today.",
            "Direct the patient to an assistance programme.",
            "D-51",
        )
    if _running(tx, case_id, benefit) is not None:
        return Refusal(
            "enrolled_already",
            f"The patient is enrolled for {benefit.value} costs already.",
            "Nothing more is needed.",
        )
    return None


def _limit(tx: Tx, case_id: int) -> enrolments.Limit | None:
    """Return where government cover to come would end an enrolment that begins today."""
    covers = map(enrolling.fact_of, finding.find(tx.session, Coverage, case_id=case_id))
    return enrolments.limit(tx.today, covers, tx.programme.copay_government_kinds.value)


def _running(tx: Tx, case_id: int, benefit: Benefit) -> CopayEnrollment | None:
    own = finding.find(tx.session, CopayEnrollment, case_id=case_id, benefit=benefit)
    return next((row for row in own if enrolments.runs_after(row.ends_on, tx.today)), None)


def _not_enrolled(benefit: Benefit) -> Refusal:
    return Refusal(
        "not_enrolled",
        f"The patient is not enrolled for {benefit.value} costs.",
        "There is nothing to end.",
    )
