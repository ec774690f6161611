"""Leads under their locks, with all that is looked at before somebody gets them: read once, then handed on."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from briefs import prepared
from intake.models import (
    Addition,
    ConflictCheck,
    ContactCorrection,
    Lead,
    PartyName,
    ProofOfWork,
    SanctionsScreening,
)

# In the order of their numbers, which is that of all who lock several. The rows are read by a statement of their own:
# of a row that was waited for PostgreSQL gives the new one, but what is joined to it as it was before the wait.
_LOCK = prepared.Statement.written(
    "SELECT id FROM intake_lead WHERE id = ANY(%(pks)s::bigint[]) ORDER BY id FOR UPDATE"
)


def lock(lead_ids: Collection[int]) -> None:
    """Lock these leads, for whoever takes the locks of some of them first: in another order they would deadlock."""
    prepared.fetch(*_lock(lead_ids))


def _lock(lead_ids: Collection[int]) -> prepared.Asked:
    return _LOCK, {"pks": sorted(lead_ids)}


def locked(lead_ids: Collection[int]) -> list[Any]:
    """These leads, those that there are, in the order of their numbers; two statements in one message.

    `for_routing()`, with contact and organisation, and beside: what was `added`, the names that were `corrected`,
    whether the sender `proved` to be a person, and what was done already, None where it was not: `screened`, `held`
    back, looked for `on_lists`, and `checked`; and whether the house `has_register` of parties at all.
    """
    asked = _READ.asked(pks=prepared.listed(lead_ids))
    found: list[Any] = _READ.rows(prepared.fetch(*asked, after=_lock(lead_ids))).objects()
    return found


def all_locked(lead_ids: Collection[int]) -> list[Any]:
    """The same; raises Lead.DoesNotExist when one of them is missing."""
    found = locked(lead_ids)
    if len(found) < len(set(lead_ids)):
        raise Lead.DoesNotExist
    return found


def _with_everything(pks: str) -> QuerySet[Lead]:
    mine = {"lead": OuterRef("pk")}
    additions = Addition.objects.filter(**mine).order_by("pk")
    corrections = ContactCorrection.objects.filter(**mine).order_by("pk")
    screenings = SanctionsScreening.objects.filter(**mine).order_by("-pk")
    checks = ConflictCheck.objects.filter(**mine)
    return (
        Lead.objects.for_routing()
        .select_related("contact", "organisation")
        .annotate(
            added=ArraySubquery(additions.values("text")),
            corrected=ArraySubquery(corrections.values("full_name")),
            proved=Exists(ProofOfWork.objects.filter(**mine)),
            screened=F("screening__pk"),
            held=F("quarantine__pk"),
            on_lists=Subquery(screenings.values("digest")[:1]),
            checked=Subquery(checks.values("pk")[:1]),
            has_register=Exists(PartyName.objects.all()),
        )
        .filter(prepared.among("intake_lead.id", pks))
        .order_by("pk")
    )


_READ = prepared.Prepared(_with_everything, pks=prepared.NUMBERS)
