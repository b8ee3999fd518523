"""Every report by its name, in the order in which lists show them."""

from __future__ import annotations

from nurse_tui.reports import (
    caseload,
    copay,
    copay_reasons,
    first_call,
    infusions,
    overdue,
    reach,
    safety,
)
from nurse_tui.reports.base import Report

REPORTS: dict[str, Report] = {
    module.REPORT.name: module.REPORT
    for module in (caseload, overdue, first_call, reach, copay, copay_reasons, infusions, safety)
}
