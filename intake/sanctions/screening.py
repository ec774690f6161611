"""Looking for a lead's people on the sanctions lists: what was found or not, on record, and a hold where it must be."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.later import Later
from accounts.many import Many
from briefs import geography
from intake import few_open, holding, locking, matching
from intake.models import (
    Hold,
    HoldKind,
    Lead,
    ListedKind,
    SanctionsList,
    SanctionsScreening,
    Status,
)
from intake.models.adviser import OPEN_STATUSES
from intake.models.lead_queryset import LeadQuerySet
from intake.sanctions import comparing, finding, lists
from intake.sanctions.finding import Asked, Found
from jobs import queue

Outcome = SanctionsScreening.Outcome
# What is won is work in hand for so long, and looked at again with each new list.
IN_HAND = timedelta(days=365)
_BATCH = 100
_MOST_KEPT = 20


def ensure_screened(leads: Sequence[Any], used: Sequence[SanctionsList], later: Later) -> bool:
    """Screen those of these leads, as `locking.locked` gives them, that never were, on the loaded lists; whether one of
    them may be held or linked since. Routing asks first. What was looked for is stored `later`.

    What it raises fails the job that called: the leads wait, the job is tried again and staff see it.
    """
    left = [one for one in leads if one.on_lists is None and not _is_closed_to_us(one)]
    if used and any(one.contact_id is None for one in left):
        screen_leads(lead_ids=[one.pk for one in left])
        return True
    made = _screened(left, _names(left), used) if left else []
    _MADE.store_later(_MADE.rows_of(made), later)
    _hold_each(made)
    return any(match["holds"] for one in made for match in one.matches)


def screen_lead(*, lead_id: int) -> SanctionsScreening | None:
    """`screen_leads` for one; None for a lead that is erased, or held back as spam."""
    return screen_leads(lead_ids=[lead_id]).get(lead_id)


@transaction.atomic
def screen_leads(*, lead_ids: Collection[int]) -> dict[int, SanctionsScreening]:
    """Look for the names of leads on all loaded lists, keep what came out, and hold each lead for a possible match.

    The same names on the same lists are not looked for again: then the newest screening is returned as it is. Leaves
    out what is erased, or held back as spam. Locks the leads. As many statements for 20,000 entries as for none, and
    for fifty leads as for one, but for what is held.
    """
    used = lists.loaded()
    leads = _locked(lead_ids, wants_people=bool(used))
    names = _names([lead for lead in leads if not _is_closed_to_us(lead)])
    rows = SanctionsScreening.objects.filter(lead__in=list(names)).order_by("lead", "-pk")
    done = {
        one.lead_id: one
        for one in rows.distinct("lead")
        if one.digest == _digest(names[one.lead_id], used)
    }
    new = [lead for lead in leads if lead.pk in names and lead.pk not in done]
    made = _screened(new, names, used)
    _MADE.store(made)
    _hold_each(made)
    return done | {one.lead_id: one for one in made}


def _screened(
    leads: Sequence[Lead], names: Mapping[int, list[Asked]], used: Sequence[SanctionsList]
) -> list[SanctionsScreening]:
    """What comes out, which is not stored yet."""
    found = finding.find_each([names[lead.pk] for lead in leads]) if used else [[] for _ in leads]
    return [
        SanctionsScreening(
            lead=lead,
            outcome=_outcome(used, matches),
            names=[{"of": one.of, "name": one.text} for one in names[lead.pk]],
            lists=[lists.as_recorded(one) for one in used],
            matches=matches,
            digest=_digest(names[lead.pk], used),
        )
        for lead, each in zip(leads, found, strict=True)
        for matches in (_matches(lead, each, used),)
    ]


_MADE = Many(SanctionsScreening, ("lead_id", "outcome", "names", "lists", "matches", "digest"))


def _locked(lead_ids: Collection[int], *, wants_people: bool) -> list[Any]:
    """The leads with the people behind them, whom no job may have looked up yet: what was decided is known by them.

    Raises Lead.DoesNotExist.
    """
    leads = locking.all_locked(lead_ids)
    strangers = [one.pk for one in leads if one.contact_id is None and not _is_closed_to_us(one)]
    if wants_people and strangers:
        matching.match_leads(lead_ids=strangers)
        leads = locking.all_locked(lead_ids)
    return leads


def _is_closed_to_us(lead: Lead) -> bool:
    return lead.erased_at is not None or lead.status == Status.QUARANTINED


def _names(leads: Sequence[Any]) -> dict[int, list[Asked]]:
    """By lead, what to look for: the person and the body as the client wrote, corrected and as they are known."""
    return {lead.pk: _names_of(lead, lead.corrected) for lead in leads}


def _names_of(lead: Lead, corrected: Sequence[str]) -> list[Asked]:
    people = [lead.enquiry.full_name, *corrected, lead.contact.full_name if lead.contact else ""]
    bodies = [lead.enquiry.organisation, lead.organisation.name if lead.organisation else ""]
    found: dict[tuple[str, str], Asked] = {}
    for of, texts in (("contact", people), ("organisation", bodies)):
        for text in texts:
            if one := finding.asked(of, text):
                found.setdefault((of, one.name.latin_key), one)
    return list(found.values())


def _digest(names: Sequence[Asked], used: Sequence[SanctionsList]) -> str:
    said = [
        comparing.VERSION,
        sorted((one.of, one.text) for one in names),
        sorted((one.code, one.sha256) for one in used),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _outcome(used: Sequence[SanctionsList], matches: Sequence[dict[str, Any]]) -> Outcome:
    if not used:
        return Outcome.NOT_SCREENED
    return Outcome.POSSIBLE if matches else Outcome.NONE_FOUND


def _matches(
    lead: Lead, found: Sequence[Found], used: Sequence[SanctionsList]
) -> list[dict[str, Any]]:
    """What was found as a screening keeps it: the entry as it was then, and what speaks for and against."""
    by_code = {one.code: one for one in used}
    kept = [one for one in found if one.entry["list"] in by_code][:_MOST_KEPT]
    decided = _decided_before(lead) if any(one.holds for one in kept) else {}
    return [_match(lead, one, by_code[one.entry["list"]], decided) for one in kept]


def _match(
    lead: Lead, one: Found, on: SanctionsList, decided: dict[str, dict[str, str]]
) -> dict[str, Any]:
    key = _key(one)
    agrees, differs = _compared(lead, one)
    return {
        "key": key,
        "of": one.asked.of,
        "asked": one.asked.text,
        "listed_name": one.listed_name,
        "quality": one.quality,
        "alike": one.alike,
        "holds": one.holds and key not in decided,
        "decided": decided.get(key),
        "agrees": agrees,
        "differs": differs,
        "on": lists.as_recorded(on),
        "entry": one.entry,
    }


def _key(one: Found) -> str:
    """The same for the same name and the same words of the same entry: what was decided about is known by it."""
    words = "|".join(
        (
            one.asked.of,
            one.asked.name.latin_key,
            one.entry["list"],
            one.entry["uid"],
            one.entry["digest"],
        )
    )
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _compared(lead: Lead, one: Found) -> tuple[list[str], list[str]]:
    """What else agrees and what differs, in words. Only shown: neither makes a match nor unmakes one."""
    agrees: list[str] = []
    differs: list[str] = []
    kind = ListedKind(one.entry["kind"]).label
    (differs if one.is_other_kind else agrees).append(
        f"listed as a {kind}" if kind != "other" else "listed as neither"
    )
    client, listed = {lead.enquiry.country} - {""}, set(one.entry["countries"])
    if both := sorted(client & listed):
        agrees.append(f"country: {_countries(both)}")
    elif client and listed:
        differs.append(
            f"country: client in {_countries(sorted(client))}, entry {_countries(sorted(listed))}"
        )
    return agrees, differs


def _countries(codes: Sequence[str]) -> str:
    return ", ".join(geography.country_name(code, "en") for code in codes)


def _decided_before(lead: Lead) -> dict[str, dict[str, str]]:
    """Of the same person or body: entries of which somebody decided that they are somebody else, and who and when."""
    theirs = Q(lead=lead)
    if lead.contact_id:
        theirs |= Q(lead__contact=lead.contact_id)
    if lead.organisation_id:
        theirs |= Q(lead__organisation=lead.organisation_id)
    holds = Hold.objects.filter(theirs, kind=HoldKind.SANCTIONS, decision=Hold.Decision.UNFOUNDED)
    rows = holds.order_by("pk").values_list(
        "matches", "decided_by__full_name", "decided_at", "lead__reference"
    )
    return {
        match["key"]: {"by": by or "", "at": at.isoformat() if at else "", "lead": reference}
        for matches, by, at, reference in rows
        for match in matches
    }


def _hold_each(made: Sequence[SanctionsScreening]) -> None:
    for one in made:
        _hold(one.lead, one.matches)


def _hold(lead: Lead, matches: Sequence[dict[str, Any]]) -> None:
    holding_ones = [match for match in matches if match["holds"]]
    if not holding_ones:
        return
    found = "\n".join(in_words(match) for match in holding_ones)
    holding.hold(lead=lead, kind=HoldKind.SANCTIONS, found=found, matches=holding_ones)


def in_words(match: dict[str, Any]) -> str:
    """One possible match in a sentence."""
    entry = match["entry"]
    return (
        f"“{match['asked']}” is like “{match['listed_name']}” ({match['alike']}%): "
        f"{match['on']['name']}, {entry['reference'] or entry['uid']}."
    )


def to_screen_again() -> LeadQuerySet:
    """Leads whose people are looked at with each new list: open ones, and what was won within a year."""
    in_hand = Q(status=Status.WON, closed_at__gt=timezone.now() - IN_HAND)
    open_ones = few_open.of_statuses(*OPEN_STATUSES)
    return Lead.objects.filter(open_ones | in_hand, erased_at__isnull=True)


@transaction.atomic
def screen_again(*, after: int, round_: str) -> int:
    """Screen the next hundred leads after this one, and ask for those that follow; how many it were.

    `round_` names the loading that asked for it, so that two of them at once each come to their end.
    """
    rows = few_open.after(to_screen_again(), after)
    pks = list(rows.values_list("pk", flat=True)[:_BATCH])
    screen_leads(lead_ids=pks)
    if len(pks) == _BATCH:
        ask_again(after=pks[-1], round_=round_)
    return len(pks)


def ask_again(*, after: int = 0, round_: str) -> None:
    """Have the leads after this one screened."""
    queue.enqueue(queue.Ask("intake.screen_again", after, key=f"{round_}:{after}"))
