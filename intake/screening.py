"""Whether a request goes on: its score, stored item by item, and quarantine from the line on.

Nothing is refused and nothing deleted here. Whichever job of a lead comes first screens it, before it is matched,
routed or acknowledged: what is held back makes no contact, no work and no mail to whatever address it came with.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from briefs import prepared
from intake import likeness, spam_rules, suggesting
from intake.models import Activity, Lead, Priority, ProofOfWork, Quarantine, Screening, Status
from intake.models.enquiry import Enquiry
from intake.spam_rules import Item
from jobs import queue

# How far back words are known again.
_DAYS = 90
_PROVED = -100
_MOST_COMPARED = 50


def passes(*, lead_id: int) -> bool:
    """Whether the lead may go on; screens it now unless that was done. One statement when it was.

    What is held back does not, nor what was closed without being released.
    """
    (found,) = _STATE.read(pk=lead_id).objects()
    return _goes_on(found)


def passing(lead_ids: Collection[int]) -> set[int]:
    """Those of these leads that may go on, as `passes`; one statement when all were screened."""
    return {row["pk"] for row in _states(Lead.objects.filter(pk__in=lead_ids)) if _goes_on(row)}


def _goes_on(found: Mapping[str, Any]) -> bool:
    if found["status"] == Status.NEW and found["screened"] is None:
        return screen_lead(lead_id=found["pk"]).status != Status.QUARANTINED
    was_spam = found["status"] == Status.DISQUALIFIED and found["held"] is not None
    return found["status"] != Status.QUARANTINED and not was_spam


def _states(leads: QuerySet[Lead]) -> Any:
    return leads.values("pk", "status", screened=F("screening__pk"), held=F("quarantine__pk"))


_STATE = prepared.Prepared(lambda pk: _states(Lead.objects.filter(pk=pk)), pk=1 << 60)
_LOCKED = prepared.Prepared(
    lambda pk: Lead.objects.filter(pk=pk).select_for_update(of=("self",)).select_related("enquiry"),
    pk=1 << 60,
)


@transaction.atomic
def screen_lead(*, lead_id: int) -> Lead:
    """Score a new lead once and hold it back from the line on; a lead that was screened stays as it is. Locks it."""
    (lead,) = _LOCKED.read(pk=lead_id).objects()
    if lead.status != Status.NEW or Screening.objects.filter(lead=lead).exists():
        return lead
    screening = _score(lead)
    if screening.score >= screening.line:
        _hold_back(lead, screening)
    return lead


def _score(lead: Lead) -> Screening:
    enquiry = lead.enquiry
    digest, bands = likeness.digest_of(enquiry.needs), likeness.bands_of(enquiry.needs)
    items = [*items_of(enquiry), *_of_likeness(enquiry, digest, bands), *_of_proof(lead)]
    return Screening.objects.create(
        lead=lead,
        score=_sum(items),
        line=settings.SPAM_LINE,
        items=[item.as_stored() for item in items],
        rules=spam_rules.VERSION,
        text_digest=digest,
        text_bands=bands,
    )


def items_of(enquiry: Enquiry) -> list[Item]:
    """What can be said of a request by itself, without a look at others."""
    return [*spam_rules.of_arrival(enquiry.arrival), *spam_rules.of_words(enquiry)]


def score_of(enquiry: Enquiry) -> int:
    """The points of a request by itself."""
    return _sum(items_of(enquiry))


def _sum(items: list[Item]) -> int:
    return max(0, sum(item.points for item in items))


def _of_likeness(enquiry: Enquiry, digest: str, bands: list[int]) -> Iterator[Item]:
    since = timezone.now() - timedelta(days=_DAYS)
    recent = Screening.objects.filter(screened_at__gt=since)
    same = recent.filter(text_digest=digest).exclude(lead__enquiry__email__iexact=enquiry.email)
    if number := same.count():
        yield Item("repeated", 30 if number > 2 else 10, f"the same words from {number} other(s)")
    outcome = Quarantine.Outcome
    held = recent.filter(
        lead__quarantine__outcome__in=(outcome.OPEN, outcome.SPAM, outcome.EXPIRED)
    )
    like = held.filter(Q(text_digest=digest) | Q(text_bands__overlap=bands))
    for screening in like.select_related("lead__quarantine").order_by("-pk")[:_MOST_COMPARED]:
        if screening.text_digest == digest or likeness.are_alike(screening.text_bands, bands):
            yield _known(screening.lead)
            return


def _known(lead: Lead) -> Item:
    if lead.quarantine.outcome == Quarantine.Outcome.SPAM:
        return Item("known_words", 50, f"much like {lead.reference}, which was called spam")
    return Item("known_words", 25, f"much like {lead.reference}, which was held back")


def _of_proof(lead: Lead) -> Iterator[Item]:
    if ProofOfWork.objects.filter(lead=lead).exists():
        yield Item("proof", _PROVED, "the sender's browser solved the puzzle")


def _hold_back(lead: Lead, screening: Screening) -> None:
    lead.status = Status.QUARANTINED
    lead.save(update_fields=["status"])
    Quarantine.objects.create(lead=lead)
    why = "; ".join(item["evidence"] for item in screening.items if item["points"] > 0)
    Activity.objects.create(
        lead=lead, kind=Activity.Kind.QUARANTINED, text=f"Score {screening}: {why}."
    )
    suggesting.suggestions_of(lead)
    ask_to_tell(lead_ids=[lead.pk])


@transaction.atomic
def ask_to_tell(*, lead_ids: Collection[int]) -> None:
    """Have those who decide told at once, and once, of requests that are held back and speak of somebody in danger."""
    urgent = Lead.objects.filter(status=Status.QUARANTINED, priority=Priority.URGENT)
    pks = urgent.filter(pk__in=lead_ids).order_by("pk").values_list("pk", flat=True)
    queue.enqueue(*(queue.Ask("intake.tell_held_back", pk, key=f"lead:{pk}") for pk in pks))
