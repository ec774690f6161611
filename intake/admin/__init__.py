"""The staff screens of intake."""

from intake.admin.absences import AbsenceAdmin
from intake.admin.leads import LeadAdmin
from intake.admin.people import ContactAdmin, OrganisationAdmin
from intake.admin.quarantine import QuarantineAdmin
from intake.admin.team import AdviserAdmin, DeskAdmin

__all__ = [
    "AbsenceAdmin",
    "AdviserAdmin",
    "ContactAdmin",
    "DeskAdmin",
    "LeadAdmin",
    "OrganisationAdmin",
    "QuarantineAdmin",
]
