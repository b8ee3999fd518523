"""What stands against treatment: recorded as the prescriber's office says it, and lifted (D-2)."""

from __future__ import annotations

from datetime import date

from nurse_tui.models import Case
from nurse_tui.rules import dates, eligibility
from nurse_tui.rules.calendar import say
from nurse_tui.services.base import Service
from nurse_tui.store.database import Tx
from nurse_tui.types import Refusal
from nurse_tui.words import plain

NO_SOURCE = Refusal(
    "source", "A contraindication needs its source.", "Say who confirmed it.", "D-2"
)


class ContraindicationService(Service):
    """Records and lifts contraindications; booked days stay, each day is held by the gate."""

    def record(self, case_id: int, seen: int, name: str, on: date, source: str) -> int | Refusal:
        """Put a contraindication on record, with who confirmed it and when (D-2)."""
        return self._set(case_id, seen, name, on, source, stands=True)

    def lift(self, case_id: int, seen: int, name: str, on: date, source: str) -> int | Refusal:
        """Take a contraindication off the record, with who settled it and when (D-2)."""
        return self._set(case_id, seen, name, on, source, stands=False)

    def _set(
        self, case_id: int, seen: int, name: str, on: date, source: str, *, stands: bool
    ) -> int | Refusal:
        if not source.strip():
            return NO_SOURCE

        def job(tx: Tx) -> int | Refusal:
            wrong = dates.not_yet(on, tx.today)
            if wrong:
                return Refusal("dates", wrong, "Give the day on which it was confirmed.")
            case = tx.get(Case, case_id)
            held = [c for c in case.contraindications.split(";") if c]
            refused = eligibility.refuse_contraindication(held, name, stands)
            if refused is not None:
                return refused
            left = [*held, name] if stands else [c for c in held if c != name]
            case.contraindications = ";".join(sorted(left))
            became = "recorded" if stands else "lifted"
            by = f"confirmed {say(on)} by {source.strip()}"
            tx.say(f"Contraindication {became}: {plain(name)}, {by}")
            return case_id

        command = "contraindication.record" if stands else "contraindication.lift"
        return self.write("case.edit", command, job, case_id=case_id, seen=seen, undoable=True)
