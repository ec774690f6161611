"""Rows for tests: staff with roles, advisers, desks, briefs, enquiries and leads. All people are invented.

What a verb makes is made by the verb: briefs are published, enquiries received. Only how far a lead has come is
written straight into the database, as far as its trigger allows.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts import roles
from accounts.models import User
from briefs import publishing, reviewing, revising
from briefs.models import Brief, Judgement
from intake import matching, submission
from intake.models import Adviser, Assignment, Desk, Enquiry, Lead, Skill, Status
from intake.submission import EnquiryContent, Receipt


class UserFactory(DjangoModelFactory):
    """A member of staff; `roles=["adviser"]` gives roles. Log in with `client.force_login`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"staff{n}@derisk.example")
    full_name = factory.Sequence(lambda n: f"Staff Member {n}")
    password = "!"  # matches nothing

    @factory.post_generation
    def roles(self, create: bool, extracted: list[str] | None, **_: Any) -> None:
        """Put the user into the groups of these roles."""
        if extracted:
            holds = User.groups.through
            holds.objects.bulk_create(holds(user=self, group=group) for group in _groups(extracted))


def _groups(names: list[str]) -> list[Group]:
    there = {group.name: group for group in Group.objects.filter(name__in=names)}
    return [there.get(name) or _group(name) for name in names]


def _group(name: str) -> Group:
    """The group of a role. `sync_roles` makes all of them, which every test would have to wait for."""
    group = Group.objects.create(name=name)
    with connection.cursor() as cursor:
        cursor.execute(_PERMISSIONS, [group.pk, sorted(roles.ROLES[name])])
    return group


# One statement without Django's compiler, as so many tests begin with it.
_PERMISSIONS = """
INSERT INTO auth_group_permissions (group_id, permission_id)
SELECT %s, auth_permission.id
FROM auth_permission JOIN django_content_type ON django_content_type.id = content_type_id
WHERE app_label || '.' || codename = ANY(%s)
"""


class AdviserFactory(DjangoModelFactory):
    """An adviser who takes leads in English about Mali for a route assessment, with room for ten."""

    class Meta:
        model = Adviser

    user = factory.SubFactory(UserFactory, roles=["adviser"])
    capacity = 10
    weight = Decimal(1)

    @classmethod
    def _create(cls, model_class: type[Adviser], *args: Any, **fields: Any) -> Adviser:
        known = {
            "language": fields.pop("languages", ["en"]),
            "country": fields.pop("countries", ["ML"]),
            "service": fields.pop("services", ["route-assessment"]),
        }
        adviser = super()._create(model_class, *args, **fields)
        Skill.objects.bulk_create(
            Skill(adviser=adviser, kind=kind, value=value)
            for kind, values in known.items()
            for value in values
        )
        return adviser


class DeskFactory(DjangoModelFactory):
    """The default desk, whose fallback owner takes nothing else."""

    class Meta:
        model = Desk

    name = factory.Sequence(lambda n: f"Desk {n}")
    is_default = True
    fallback_owner = factory.SubFactory(AdviserFactory, is_taking_leads=False)


class BriefFactory(DjangoModelFactory):
    """A brief about Mali, approved and published by the verbs a day ago; `is_published=False` leaves a draft."""

    class Meta:
        model = Brief

    slug = factory.Sequence(lambda n: f"brief-{n}")
    title = factory.Sequence(lambda n: f"Brief {n}")
    summary = "What happened, in two sentences."
    body = "<p>What we know.</p>"
    tlp = "clear"
    countries = ["ML"]
    topics = ["road-movement"]
    data_cutoff = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    created_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: type[Brief], *args: Any, **fields: Any) -> Brief:
        is_published = fields.pop("is_published", True)
        brief = model_class(*args, **fields)
        brief.render()
        brief.save()
        Judgement.objects.create(
            brief=brief,
            text="The road will be closed for more than a week.",
            likelihood="likely",
            confidence="low",
            horizon_on=timezone.localdate() + timedelta(days=30),
        )
        if not is_published:
            return brief
        return publish(brief, timezone.now() - timedelta(days=1))


def approve(brief: Brief, moment: datetime | None = None) -> Brief:
    """Send a draft through review: its author submits it, somebody else approves it."""
    revising.record_revision(brief=brief, by=brief.created_by)
    reviewing.submit_brief(brief=brief, by=brief.created_by, moment=moment)
    return reviewing.approve_brief(brief=brief, by=UserFactory.create(), moment=moment)


def publish(brief: Brief, moment: datetime | None = None) -> Brief:
    """Send a draft through review and publish it, now or at that moment."""
    approved = approve(brief, moment)
    return publishing.publish_brief(brief=approved, by=UserFactory.create(), published_at=moment)


class ContentFactory(factory.Factory):
    """The checked fields of a request, each time from another person."""

    class Meta:
        model = EnquiryContent

    full_name = factory.Sequence(lambda n: f"Client Number {n}")
    email = factory.Sequence(lambda n: f"client{n}@client.example")
    needs = "A route assessment from Bamako to Gao."
    countries_of_interest = ("ML",)
    services = ("route-assessment",)
    language = "en"


def receive(key: str | None = None, **content: Any) -> Receipt:
    """Receive an enquiry by the verb, through the API's channel."""
    return submission.receive_enquiry(
        content=ContentFactory.build(**content),
        channel=Enquiry.Channel.API,
        idempotency_key=key,
    )


def new_lead(**content: Any) -> Lead:
    """The lead of an enquiry just received."""
    return Lead.objects.get(reference=receive(**content).reference)


def matched_lead(owner: Adviser | None = None, status: str = Status.ROUTED, **content: Any) -> Lead:
    """A lead that has come so far, linked to its people; each from an organisation of its own unless one is named."""
    content = {"organisation": f"Organisation {uuid.uuid4().hex}"} | content
    lead = lead_of(owner, status, **content)
    matching.match_people(lead_id=lead.pk)
    lead.refresh_from_db()
    return lead


# The way to each status from "new", as the trigger on leads allows it.
_WAY: dict[str, tuple[str, ...]] = {
    Status.NEW: (),
    Status.QUARANTINED: (Status.QUARANTINED,),
    Status.ROUTED: (Status.ROUTED,),
    Status.CONTACTED: (Status.ROUTED, Status.CONTACTED),
    Status.QUALIFIED: (Status.ROUTED, Status.QUALIFIED),
    Status.PROPOSAL: (Status.ROUTED, Status.PROPOSAL),
    Status.WON: (Status.ROUTED, Status.PROPOSAL, Status.WON),
    Status.LOST: (Status.ROUTED, Status.LOST),
    Status.DISQUALIFIED: (Status.ROUTED, Status.DISQUALIFIED),
}
_CLOSED = (Status.WON, Status.LOST, Status.DISQUALIFIED)


def lead_of(owner: Adviser | None = None, status: str = Status.ROUTED, **content: Any) -> Lead:
    """A lead that has come so far; from "routed" on it has an owner, a new adviser unless one is given."""
    lead = new_lead(**content)
    for step in _WAY[status]:
        closed_at = timezone.now() if step in _CLOSED else None
        if step == Status.ROUTED:
            owner = owner or AdviserFactory()
            Assignment.objects.create(lead=lead, adviser=owner, reason="For a test.")
            Lead.objects.filter(pk=lead.pk).update(owner=owner, status=step)
        else:
            Lead.objects.filter(pk=lead.pk).update(status=step, closed_at=closed_at)
    lead.refresh_from_db()
    return lead
