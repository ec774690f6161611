"""Which adviser gets a lead, and the record of why."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from briefs import geography
from intake import credit, wants
from intake.catalogue import Language, Service
from intake.models import (
    Activity,
    Adviser,
    Assignment,
    CreditEntry,
    Desk,
    Lead,
    Priority,
    RoutingDecision,
    Status,
)
from jobs.kinds import JobError
from mail import outbox


@transaction.atomic
def route_lead(*, lead_id: int) -> RoutingDecision | None:
    """Give a new lead to the adviser who should have it; None when it is not new any more.

    Locks every adviser, so that two leads at once see each other's credit. Stores the decision with every candidate,
    the assignment, the credit, the activity and the notice. Reads the client's text first, when no job has done so yet:
    where the client named no language, country or service, what the text says clearly counts, as long as somebody can
    take the lead with it. Raises JobError when nobody can take the lead and there
    is no desk, or its fallback owner may not log in any more: no lead goes where nobody looks.
    """
    lead = Lead.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=lead_id)
    if lead.status != Status.NEW:
        return None
    asked = wants.named_and_said(lead)
    list(Adviser.objects.select_for_update(no_key=True).order_by("pk"))
    advisers = list(Adviser.objects.for_routing(timezone.localdate()))
    candidates = [_candidate(adviser, asked) for adviser in advisers]
    set_aside = {}
    if asked.from_text and not any(c.is_eligible for c in candidates):
        set_aside, asked = asked.from_text, wants.named(lead)
        candidates = [_candidate(adviser, asked) for adviser in advisers]
    result = credit.pick(candidates)
    chosen = next((a for a in advisers if a.pk == result.chosen_id), None) or _fallback_owner()
    inputs = asked.inputs() | ({"set_aside": set_aside} if set_aside else {})
    decision = _record(lead, chosen, candidates, result, inputs, {a.pk: str(a) for a in advisers})
    _pay(decision, result)
    _hand_over(lead, decision)
    return decision


def _candidate(adviser: Adviser, asked: wants.Wants) -> credit.Candidate:
    away = _unavailable_because(adviser)
    return credit.Candidate(
        adviser_id=adviser.pk,
        weight=adviser.weight,
        credit=adviser.credit,
        is_available=not away,
        exclusions=(*away, *_unfit_because(adviser, asked)),
    )


def _unavailable_because(adviser: Adviser) -> tuple[str, ...]:
    checks = (
        (
            not adviser.is_taking_leads or not adviser.user.is_active,
            "takes no leads at present",
        ),
        (adviser.is_absent, "is away today"),
        (
            adviser.open_leads >= adviser.capacity,
            f"has {adviser.open_leads} open leads, the most they take is {adviser.capacity}",
        ),
    )
    return tuple(reason for applies, reason in checks if applies)


def _unfit_because(adviser: Adviser, asked: wants.Wants) -> tuple[str, ...]:
    missing_countries = [c for c in asked.countries if c not in adviser.countries]
    wanted = [s for s in asked.services if s != Service.NOT_SURE]
    missing_services = [s for s in wanted if s not in adviser.services]
    reasons = []
    if asked.language not in adviser.languages:
        reasons.append(f"does not work in {Language(asked.language).label}")
    if missing_countries:
        names = ", ".join(geography.country_name(c, "en") for c in missing_countries)
        reasons.append(f"does not cover {names}")
    if missing_services:
        names = ", ".join(str(Service(s).label).lower() for s in missing_services)
        reasons.append(f"does not give: {names}")
    return tuple(reasons)


def _fallback_owner() -> Adviser:
    desk = Desk.objects.select_related("fallback_owner__user").filter(is_default=True).first()
    if desk is None:
        raise JobError(
            "No desk is the default one. Add a desk with a fallback owner under Staff, Desks."
        )
    if not desk.fallback_owner.user.is_active:
        raise JobError(
            "The fallback owner of the default desk may not log in any more. "
            "Choose another under Staff, Desks."
        )
    return desk.fallback_owner


def _record(
    lead: Lead,
    chosen: Adviser,
    candidates: list[credit.Candidate],
    result: credit.Pick,
    inputs: dict[str, Any],
    names: dict[int, str],
) -> RoutingDecision:
    is_fallback = result.chosen_id is None
    eligible = sum(c.is_eligible for c in candidates)
    reason = (
        f"None of {len(candidates)} advisers can take it, so it goes to the desk's fallback owner, {chosen}."
        if is_fallback
        else f"{chosen} has the most credit of {eligible} adviser(s) who can take it."
    )
    return RoutingDecision.objects.create(
        lead=lead,
        chosen=chosen,
        is_fallback=is_fallback,
        reason=" ".join([reason, *_of_the_text(inputs)]),
        engine=credit.ENGINE,
        inputs=inputs | ({"priority": lead.priority} if lead.priority != Priority.NORMAL else {}),
        candidates=[_as_recorded(c, result, names[c.adviser_id]) for c in candidates],
    )


def _of_the_text(inputs: dict[str, Any]) -> list[str]:
    """A sentence on what the text had to do with it."""
    if "from_text" in inputs:
        return [f"From the text: {wants.in_words(inputs['from_text'])}."]
    if "set_aside" in inputs:
        words = wants.in_words(inputs["set_aside"])
        return [f"From the text, set aside since nobody could take it with that: {words}."]
    return []


def _as_recorded(candidate: credit.Candidate, result: credit.Pick, name: str) -> dict[str, object]:
    change = result.changes.get(candidate.adviser_id, 0)
    return {
        "adviser": candidate.adviser_id,
        "name": name,
        "is_available": candidate.is_available,
        "is_eligible": candidate.is_eligible,
        "exclusions": list(candidate.exclusions),
        "weight": str(candidate.weight),
        "credit_before": str(candidate.credit),
        "credit_after": str(candidate.credit + change),
    }


def _pay(decision: RoutingDecision, result: credit.Pick) -> None:
    entries = [
        CreditEntry(decision=decision, adviser_id=adviser_id, amount=amount)
        for adviser_id, amount in result.changes.items()
        if amount
    ]
    CreditEntry.objects.bulk_create(entries)
    changed = {a.pk: a for a in Adviser.objects.filter(pk__in=result.changes)}
    for adviser_id, amount in result.changes.items():
        changed[adviser_id].credit += amount
    Adviser.objects.bulk_update(changed.values(), ["credit"])


def _hand_over(lead: Lead, decision: RoutingDecision) -> None:
    lead.owner = decision.chosen
    lead.status = Status.ROUTED
    lead.save(update_fields=["owner", "status"])
    Assignment.objects.create(
        lead=lead, adviser=decision.chosen, decision=decision, reason=decision.reason
    )
    Activity.objects.create(lead=lead, kind=Activity.Kind.ROUTED, text=decision.reason)
    notify_owner(lead, key=f"lead:{lead.pk}:decision:{decision.pk}")


def notify_owner(lead: Lead, *, key: str) -> None:
    """Queue the notice to the lead's owner. It holds the reference and a link, nothing that the client wrote."""
    assert lead.owner is not None
    address = reverse("admin:intake_lead_change", args=[lead.pk])
    outbox.queue_message(
        outbox.Letter(
            key=f"notice:{key}",
            template="intake/mail/notice",
            to_email=lead.owner.user.email,
            to_name=lead.owner.user.full_name,
            reference=lead.reference,
            context={
                "reference": lead.reference,
                "lead_url": f"{settings.SITE_URL}{address}",
                "is_urgent": lead.priority == Priority.URGENT,
            },
        )
    )
