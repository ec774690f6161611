"""Looking for what may be the same as leads and those behind them, after they were linked: nobody waits for it.

No part of linking (`intake.matching`), which those wait for who are to answer: it took half of PostgreSQL's time of a
request. `intake.resembling` says what is near.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from briefs import prepared
from intake import locking, resembling
from intake.models import Lead

# Of the advisory locks of PostgreSQL, that of merging against what is suggested meanwhile; any number that nobody else
# takes. Whoever suggests shares it, so that only a merge waits for them, and they for one.
_PAIRS = 7_226_002
_SHARE = prepared.Statement.written("SELECT pg_advisory_xact_lock_shared(%(number)s::bigint)")
_HOLD = prepared.Statement.written("SELECT pg_advisory_xact_lock(%(number)s::bigint)")


def hold_suggestions() -> None:
    """Let nobody suggest pairs until this transaction ends: whoever merges takes this lock, before all others.

    Without it a pair could be stored with a record that is merged away in the same moment.
    """
    prepared.fetch(_HOLD, {"number": _PAIRS})


@transaction.atomic
def suggest(*, lead_ids: Collection[int]) -> None:
    """Suggest what these leads, and whoever became known by them, may be the same as. Locks the leads.

    Leaves out what nobody is linked to yet: linking asks for it again (`intake.matching`); and what was erased or
    merged since. A pair that is there already, decided or not, stays as it is, so twice is once. As many statements
    for fifty leads as for one. Call it before the transaction takes any other lock.
    """
    prepared.fetch(_SHARE, {"number": _PAIRS})
    locking.lock(lead_ids)
    leads = _LINKED.read(pks=prepared.listed(lead_ids)).objects()
    resembling.note(
        organisations=_organisations(leads),
        contacts=[one.contact for one in leads if one.is_first and _is_live(one.contact)],
        leads=[one for one in leads if _is_live(one)],
    )


def _organisations(leads: Sequence[Any]) -> list[tuple[Any, str]]:
    """Those that are new, and those for whom somebody new wrote, perhaps from another domain; each with the domain."""
    return [
        (one.organisation, one.contact.domain)
        for one in leads
        if (one.is_first or one.is_first_of_organisation)
        and one.organisation
        and _is_live(one.organisation)
    ]


def _is_live(record: Any) -> bool:
    return record.merged_into_id is None


def _with_people(pks: str) -> QuerySet[Lead]:
    earlier = Lead.objects.filter(pk__lt=OuterRef("pk"))
    return (
        Lead.objects.filter(prepared.among("intake_lead.id", pks), erased_at=None)
        .exclude(contact=None)
        .select_related("enquiry", "contact", "organisation")
        .annotate(
            is_first=~Exists(earlier.filter(contact=OuterRef("contact"))),
            is_first_of_organisation=~Exists(earlier.filter(organisation=OuterRef("organisation"))),
        )
        .order_by("pk")
    )


_LINKED = prepared.Prepared(_with_people, pks=prepared.NUMBERS)
