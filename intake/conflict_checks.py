"""Holding a request against the register of what the house does for whom, with the roles reversed.

Whoever asks may be the other side of what we do already; whom they ask about may be our client. A hit holds the lead
(`intake.holding`) and walls it from those who work for the other side; what is only near is kept beside the lead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.utils import timezone

from accounts.models import User
from intake import holding, matching, register_search, walls
from intake.mentions import Text
from intake.models import (
    Addition,
    ConflictCheck,
    ContactCorrection,
    Hold,
    HoldKind,
    Lead,
    Role,
)
from intake.register_search import Found, Needle, Where
from jobs import queue

LINE, NEAR = 75, 55
_MOST_NEAR = 10
_AT_ONCE = 50
OPEN = ("new", "routed", "contacted", "qualified", "proposal")
# The roles that are a conflict, reversed: who asks is the other side, or asks about our client; or about what another
# client has us look at, perhaps as a rival for it.
_CONFLICTS = {
    (Where.REQUESTER, Role.COUNTERPARTY),
    (Where.REQUESTER, Role.SUBJECT),
    (Where.TEXT, Role.CLIENT),
    (Where.TEXT, Role.SUBJECT),
}


@dataclass(frozen=True)
class Verdict:
    """What came of a check: what is a conflict, and what only came near."""

    hits: Sequence[Found]
    near: Sequence[Found]


def check_new(*, lead_id: int) -> None:
    """Check a lead that was never checked; before it is routed. One statement for one that was."""
    if not ConflictCheck.objects.filter(lead=lead_id).exists():
        check_lead(lead_id=lead_id)


@transaction.atomic
def check_lead(*, lead_id: int) -> Hold | None:
    """Hold a lead against the register, now, and hold it for what was found; the hold if there is one.

    Safe at any time: what was decided about a party is not asked again. A lead that is closed, erased or held back as
    spam is left alone. Locks it.
    """
    lead = _read(lead_id)
    if lead.erased_at or lead.status not in OPEN:
        return None
    if lead.contact_id is None and not lead.enquiry.organisation.strip():
        matching.match_people(lead_id=lead_id)  # the address may tell whom they speak for
        lead = _read(lead_id)
    verdict = judge(lead)
    ConflictCheck.objects.update_or_create(
        lead=lead,
        defaults={
            "checked_at": timezone.now(),
            "near": [found.as_json() for found in verdict.near[:_MOST_NEAR]],
        },
    )
    return _hold(lead, verdict.hits) if verdict.hits else None


def _read(lead_id: int) -> Any:
    additions = Addition.objects.filter(lead=OuterRef("pk")).order_by("pk")
    corrections = ContactCorrection.objects.filter(lead=OuterRef("pk")).order_by("pk")
    return (
        Lead.objects.select_for_update(of=("self",))
        .select_related("enquiry", "organisation", "contact")
        .annotate(
            added=ArraySubquery(additions.values("text")),
            corrected=ArraySubquery(corrections.values("full_name")),
        )
        .get(pk=lead_id)
    )


def judge(lead: Any) -> Verdict:
    """What the register says of a lead as `_read` gives it; writes nothing."""
    enquiry = lead.enquiry
    organisations = [enquiry.organisation, lead.organisation.name if lead.organisation else ""]
    people = [enquiry.full_name, lead.contact.full_name if lead.contact else "", *lead.corrected]
    text = Text("\n".join([enquiry.needs, *lead.added]))
    needles = [Needle(name, Where.REQUESTER) for name in _each(organisations + people)]
    needles += [Needle(phrase, Where.TEXT) for phrase in text.phrases()]
    found = register_search.search(needles, text, organisation_id=lead.organisation_id)
    found = [one for one in found if one.engagement_lead_id != lead.pk and one.score >= NEAR]
    found += register_search.of_the_same_group([one for one in found if one.score >= LINE])
    return _sorted_out(found)


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _sorted_out(found: Sequence[Found]) -> Verdict:
    """What is a conflict and what only came near: the best of each party and place, not of the requester's own work."""
    theirs = {
        one.engagement_id
        for one in found
        if one.where == Where.REQUESTER and Role.CLIENT in one.roles and one.score >= LINE
    }
    best: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: -one.score):
        is_conflict = any((one.where, role) in _CONFLICTS for role in one.roles)
        if is_conflict and one.engagement_id not in theirs:
            best.setdefault(one.key, one)
    hits = [one for one in best.values() if one.score >= LINE]
    return Verdict(hits, [one for one in best.values() if one.score < LINE])


def _hold(lead: Lead, hits: Sequence[Found]) -> Hold | None:
    engagements = {one.engagement_id for one in hits}
    people = list(User.objects.filter(engagements__in=engagements).distinct().order_by("pk"))
    hold = holding.hold(
        lead=lead,
        kind=HoldKind.CONFLICT,
        found="\n".join(one.in_words() for one in hits),
        matches=[one.as_json() for one in hits],
        concerned=[user.pk for user in people],
    )
    if hold is not None:
        walls.raise_before_lead(lead, people, hold=hold)
    return hold


def ask_to_check_open(*, key: str, after: int = 0) -> None:
    """Have every open lead checked again, since the register changed; in the caller's transaction."""
    queue.enqueue(queue.Ask("intake.check_open_leads", after, key=f"{key}:{after}"))


def check_open(*, after: int, key: str) -> int:
    """Check the next open leads, those with a number above `after`, and ask for the rest; how many."""
    rows = Lead.objects.filter(status__in=OPEN, erased_at=None, pk__gt=after).order_by("pk")
    pks = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    if len(pks) == _AT_ONCE:
        ask_to_check_open(key=key, after=pks[-1])
    for pk in pks:
        check_lead(lead_id=pk)
    return len(pks)
