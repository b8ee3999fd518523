"""Every service of a signed-in user, as screens and the command line reach them."""

from __future__ import annotations

from nurse_tui.services.admin import AdminService
from nurse_tui.services.base import Desk
from nurse_tui.services.calls import CallService
from nurse_tui.services.cases import CaseService
from nurse_tui.services.contraindications import ContraindicationService
from nurse_tui.services.copay import CopayService
from nurse_tui.services.drafts import DraftService
from nurse_tui.services.history import HistoryService
from nurse_tui.services.infusions import InfusionService
from nurse_tui.services.intake import IntakeService
from nurse_tui.services.readiness import ReadinessService
from nurse_tui.services.reports import ReportService
from nurse_tui.services.sites import SiteService
from nurse_tui.services.upkeep import UpkeepService
from nurse_tui.services.work import WorkService
from nurse_tui.services.worklist import WorklistService


class Services:
    """The services bound to one open database and one user."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.actor = desk.actor
        self.worklist = WorklistService(desk)
        self.cases = CaseService(desk)
        self.calls = CallService(desk)
        self.copay = CopayService(desk)
        self.infusions = InfusionService(desk)
        self.work = WorkService(desk)
        self.contraindications = ContraindicationService(desk)
        self.intake = IntakeService(desk)
        self.readiness = ReadinessService(desk)
        self.history = HistoryService(desk)
        self.admin = AdminService(desk)
        self.drafts = DraftService(desk)
        self.reports = ReportService(desk)
        self.sites = SiteService(desk)
        self.upkeep = UpkeepService(desk)
