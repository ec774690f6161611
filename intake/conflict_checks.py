"""Holding a request against the register of what the house does for whom, with the roles reversed.

Whoever asks may be the other side of what we do already; whom they ask about may be our client. A hit holds the lead
(`intake.holding`) and walls it from those who work for the other side; what is only near is kept beside the lead.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.later import Later
from accounts.many import Many
from accounts.models import User
from intake import few_open, holding, locking, matching, register_search, walls
from intake.mentions import Text
from intake.models import (
    ConflictCheck,
    Hold,
    HoldKind,
    Lead,
    Role,
)
from intake.register_search import Found, Needle, Search, Where
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


def check_new(leads: Sequence[Any], later: Later) -> bool:
    """Check those of these leads, as `locking.locked` gives them, that never were; before they are routed. Whether one
    of them may be held or linked since. That it was done is stored `later`.
    """
    left = [one for one in leads if one.checked is None]
    if any(_is_stranger(one) for one in left):
        check_leads(lead_ids=[one.pk for one in left])
        return True
    return bool(_check([one for one in left if _is_open(one)], later))


def check_lead(*, lead_id: int) -> Hold | None:
    """`check_leads` for one; its hold if there is one."""
    return check_leads(lead_ids=[lead_id]).get(lead_id)


@transaction.atomic
def check_leads(*, lead_ids: Collection[int]) -> dict[int, Hold]:
    """Hold leads against the register, now, and hold each for what was found; the holds by lead.

    Safe at any time: what was decided about a party is not asked again. A lead that is closed, erased or held back as
    spam is left alone; for a merged one counts, and is held, what does its work. Locks them. As many statements for
    fifty as for one, but for what is held.
    """
    leads = _open_ones(lead_ids)
    strangers = [one.pk for one in leads if _is_stranger(one)]
    if strangers:
        matching.match_leads(lead_ids=strangers)
        leads = _open_ones(lead_ids)
    later = Later()
    holds = _check(leads, later)
    later.send()
    return holds


def _is_stranger(lead: Lead) -> bool:
    """Whether their address, which nobody has looked up, may tell whom they speak for."""
    return _is_open(lead) and lead.contact_id is None and not lead.enquiry.organisation.strip()


def _is_open(lead: Lead) -> bool:
    return not lead.erased_at and matching.live(lead).status in OPEN


def _open_ones(lead_ids: Collection[int]) -> list[Any]:
    """Those that are checked, with what is looked at. Raises Lead.DoesNotExist."""
    return [lead for lead in locking.all_locked(lead_ids) if _is_open(lead)]


def _check(leads: Sequence[Any], later: Later) -> dict[int, Hold]:
    verdicts = judge(leads) if leads else []
    now = timezone.now()
    both = list(zip(leads, verdicts, strict=True))
    checked = [
        {"lead_id": lead.pk, "checked_at": now, "near": _near(verdict)} for lead, verdict in both
    ]
    _CHECKED.store_later(checked, later)
    holds = {lead.pk: _hold(lead, verdict.hits) for lead, verdict in both if verdict.hits}
    return {pk: hold for pk, hold in holds.items() if hold}


def _near(verdict: Verdict) -> list[dict[str, Any]]:
    return [found.as_json() for found in verdict.near[:_MOST_NEAR]]


_CHECKED = Many(
    ConflictCheck,
    ("lead_id", "checked_at", "near"),
    also="ON CONFLICT (lead_id) DO UPDATE SET checked_at = EXCLUDED.checked_at, near = EXCLUDED.near",
)


def judge(leads: Sequence[Any]) -> list[Verdict]:
    """What the register says of each lead as `_open_ones` gives them; writes nothing."""
    if not any(lead.has_register for lead in leads):
        return [Verdict((), ()) for _ in leads]  # no name need be made ready to be looked for
    asked = [_asked(lead) for lead in leads]
    each = register_search.search_each(asked)
    return [_judged(lead, found) for lead, found in zip(leads, each, strict=True)]


def _asked(lead: Any) -> Search:
    enquiry = lead.enquiry
    organisations = [enquiry.organisation, lead.organisation.name if lead.organisation else ""]
    people = [enquiry.full_name, lead.contact.full_name if lead.contact else "", *lead.corrected]
    text = Text("\n".join([enquiry.needs, *lead.added]))
    needles = [Needle(name, Where.REQUESTER) for name in _each(organisations + people)]
    needles += [Needle(phrase, Where.TEXT) for phrase in text.phrases()]
    return Search(needles, text, lead.organisation_id)


def _judged(lead: Any, found: list[Found]) -> Verdict:
    own = {one.pk for one in matching.chain(lead)}
    found = [one for one in found if one.engagement_lead_id not in own and one.score >= NEAR]
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
        walls.raise_before_lead(hold.lead, people, hold=hold)
    return hold


def ask_to_check_open(*, key: str, after: int = 0) -> None:
    """Have every open lead checked again, since the register changed; in the caller's transaction."""
    queue.enqueue(queue.Ask("intake.check_open_leads", after, key=f"{key}:{after}"))


def check_open(*, after: int, key: str) -> int:
    """Check the next open leads, those with a number above `after`, and ask for the rest; how many."""
    rows = few_open.after(Lead.objects.filter(few_open.of_statuses(*OPEN), erased_at=None), after)
    pks = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    if len(pks) == _AT_ONCE:
        ask_to_check_open(key=key, after=pks[-1])
    check_leads(lead_ids=pks)
    return len(pks)
