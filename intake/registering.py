"""Keeping the register of engagements and their parties: whatever changes it ends here."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from intake import conflict_checks, walls
from intake.models import Activity, Engagement, Hold, HoldKind, Lead, Party, PartyName, Role, Status


@transaction.atomic
def keep_register(engagement: Engagement) -> None:
    """After an engagement or its parties changed: make the names anew by which parties are found, wall who works on it
    now from requests that are held or were let through against it, and have open leads checked again."""
    names = [
        PartyName(party=party, name=name, **PartyName.keys_of(name))
        for party in engagement.parties.order_by("pk")
        for name in dict.fromkeys([party.name.strip(), *(alias.strip() for alias in party.aliases)])
        if name
    ]
    PartyName.objects.filter(party__engagement=engagement).delete()
    PartyName.objects.bulk_create(names)
    _wall_people(engagement)
    conflict_checks.ask_to_check_open(key=f"engagement:{engagement.pk}:{uuid.uuid4().hex[:12]}")


def _wall_people(engagement: Engagement) -> None:
    against = Hold.objects.filter(
        kind=HoldKind.CONFLICT, matches__contains=[{"engagement": engagement.pk}]
    ).exclude(decision=Hold.Decision.UNFOUNDED)
    people = list(engagement.people.order_by("pk"))
    for hold in against.select_related("lead") if people else ():
        walls.raise_before_lead(hold.lead, people, hold=hold)
        if hold.decision == Hold.Decision.OPEN:
            hold.concerned.add(*people)


@transaction.atomic
def engage(*, lead: Lead, by: User) -> Engagement:
    """Make a won lead an engagement of the register, with its client and its adviser; again it is the same one.

    Its name is the lead's reference, to be replaced by one that tells as little. Raises
    ValidationError(code="conflict") when the lead is not won.
    """
    lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("enquiry", "organisation", "owner__user")
        .get(pk=lead.pk)
    )
    known = Engagement.objects.filter(lead=lead).first()
    if known:
        return known
    if lead.status != Status.WON:
        raise ValidationError("Only a lead that was won becomes an engagement.", code="conflict")
    made = Engagement.objects.create(name=lead.reference, lead=lead, created_by=by)
    if lead.owner:
        made.people.add(lead.owner.user)
    organisation = lead.organisation
    name = organisation.name if organisation else lead.enquiry.organisation
    Party.objects.create(
        engagement=made,
        role=Role.CLIENT,
        name=(name or lead.enquiry.full_name).strip(),
        country=lead.enquiry.country,
        organisation=organisation,
    )
    Activity.objects.create(lead=lead, kind=Activity.Kind.ENGAGED, by=by)
    keep_register(made)
    return made
