"""Whether a request goes on: its score, stored item by item, and quarantine from the line on.

Nothing is refused and nothing deleted here. Whichever job of a lead comes first screens it, before it is matched,
routed or acknowledged: what is held back makes no contact, no work and no mail to whatever address it came with.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.later import Later
from accounts.many import Many
from accounts.numbers import counted
from briefs import prepared
from intake import likeness, locking, seen_words, spam_rules, suggesting
from intake.models import Activity, Lead, Priority, Quarantine, Screening, Status
from intake.models.enquiry import Enquiry
from intake.seen_words import SeenWords
from intake.spam_rules import Item
from jobs import queue

_PROVED = -100


def passes(*, lead_id: int) -> bool:
    """`passing` for one."""
    return lead_id in passing([lead_id])


def passing(lead_ids: Collection[int]) -> set[int]:
    """Those of these leads that may go on; screens them now unless that was done. One statement when it was.

    What is held back does not, nor what was closed without being released.
    """
    states = _STATE.read(pks=prepared.listed(lead_ids)).objects()
    unscreened = [one for one in states if one["status"] == Status.NEW and one["screened"] is None]
    screened = screen_leads(lead_ids=[one["pk"] for one in unscreened]) if unscreened else []
    held_back = {lead.pk for lead in screened if lead.status == Status.QUARANTINED}
    goes_on = {one["pk"] for one in states if _goes_on(one["status"], one["held"])}
    return goes_on - held_back


def passing_of(
    leads: Sequence[Any], later: Later, *also: prepared.Asked
) -> tuple[list[Any], list[list[prepared.Row]]]:
    """The same of leads as `locking.locked` gives them; those that go on. Their scores are stored `later`. And the
    answers to what is `also` asked, which is sent in one message with what was seen before.
    """
    answers = _screen(leads, later, *also)
    return [one for one in leads if _goes_on(one.status, one.held)], answers


def _goes_on(status: str, held: int | None) -> bool:
    was_spam = status == Status.DISQUALIFIED and held is not None
    return status != Status.QUARANTINED and not was_spam


_STATE = prepared.Prepared(
    lambda pks: Lead.objects.filter(prepared.among("intake_lead.id", pks)).values(
        "pk", "status", screened=F("screening__pk"), held=F("quarantine__pk")
    ),
    pks=prepared.NUMBERS,
)


def screen_lead(*, lead_id: int) -> Lead:
    """`screen_leads` for one."""
    return screen_leads(lead_ids=[lead_id])[0]


@transaction.atomic
def screen_leads(*, lead_ids: Collection[int]) -> list[Lead]:
    """Score new leads once and hold them back from the line on; what was screened stays as it is. Locks them.

    One after the other in the order of their numbers: each knows the words of those before it. As many statements for
    fifty as for one, but for what is held back.
    """
    leads, later = locking.locked(lead_ids), Later()
    _screen(leads, later)
    later.send()
    return leads


def _screen(leads: Sequence[Any], later: Later, *also: prepared.Asked) -> list[list[prepared.Row]]:
    leads = [one for one in leads if one.status == Status.NEW and one.screened is None]
    if not leads:
        return prepared.fetch_all(*also)
    texts = {lead.pk: likeness.Words.of(lead.enquiry.needs) for lead in leads}
    before, *answers = prepared.fetch_all(seen_words.asked(leads, texts), *also)
    seen = seen_words.seen_of(before)
    made = []
    for lead in leads:
        row = _score(lead, texts[lead.pk], seen)
        made.append(row)
        seen.add(lead, texts[lead.pk], is_held=row["score"] >= row["line"])
    _MADE.store_later(made, later)
    for lead, row in zip(leads, made, strict=True):
        if row["score"] >= row["line"]:
            _hold_back(lead, row)
    return answers


_MADE = Many(Screening, ("lead_id", "score", "line", "items", "rules", "text_digest", "text_bands"))


def _score(lead: Any, words: likeness.Words, seen: SeenWords) -> dict[str, Any]:
    """The row of a `Screening`."""
    items = [*items_of(lead.enquiry), *_of_likeness(lead, words, seen), *_of_proof(lead)]
    return {
        "lead_id": lead.pk,
        "score": _sum(items),
        "line": settings.SPAM_LINE,
        "items": [item.as_stored() for item in items],
        "rules": spam_rules.VERSION,
        "text_digest": words.digest,
        "text_bands": words.bands,
    }


def items_of(enquiry: Enquiry) -> list[Item]:
    """What can be said of a request by itself, without a look at others."""
    return [*spam_rules.of_arrival(enquiry.arrival), *spam_rules.of_words(enquiry)]


def score_of(enquiry: Enquiry) -> int:
    """The points of a request by itself."""
    return _sum(items_of(enquiry))


def _sum(items: list[Item]) -> int:
    return max(0, sum(item.points for item in items))


def _of_likeness(lead: Lead, words: likeness.Words, seen: SeenWords) -> Iterator[Item]:
    if number := seen.same_from_others(lead, words):
        yield Item(
            "repeated", 30 if number > 2 else 10, f"the same words from {counted(number, 'other')}"
        )
    known = seen.held_like(lead, words)
    if known and known.was_spam:
        yield Item("known_words", 50, f"much like {known.reference}, which was called spam")
    elif known:
        yield Item("known_words", 25, f"much like {known.reference}, which was held back")


def _of_proof(lead: Any) -> Iterator[Item]:
    if lead.proved:
        yield Item("proof", _PROVED, "the sender's browser solved the puzzle")


def _hold_back(lead: Lead, screened: Mapping[str, Any]) -> None:
    lead.status = Status.QUARANTINED
    lead.save(update_fields=["status"])
    Quarantine.objects.create(
        lead=lead, text_digest=screened["text_digest"], text_bands=screened["text_bands"]
    )
    why = "; ".join(item["evidence"] for item in screened["items"] if item["points"] > 0)
    text = f"Score {screened['score']} of {screened['line']}: {why}."
    Activity.objects.create(lead=lead, kind=Activity.Kind.QUARANTINED, text=text)
    suggesting.suggestions_of(lead)
    ask_to_tell(lead_ids=[lead.pk])


@transaction.atomic
def ask_to_tell(*, lead_ids: Collection[int]) -> None:
    """Have those who decide told at once, and once, of requests that are held back and speak of somebody in danger."""
    urgent = Lead.objects.filter(status=Status.QUARANTINED, priority=Priority.URGENT)
    pks = urgent.filter(pk__in=lead_ids).order_by("pk").values_list("pk", flat=True)
    queue.enqueue(*(queue.Ask("intake.tell_held_back", pk, key=f"lead:{pk}") for pk in pks))
