"""The work that an enquiry makes."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from accounts.short_checks import is_set, one_of, same
from intake.catalogue import Language
from intake.models.adviser import OPEN_STATUSES, Adviser, Desk
from intake.models.enquiry import Enquiry
from intake.models.lead_queryset import LeadQuerySet, link_number
from intake.models.people import Contact, Organisation


class Status(models.TextChoices):
    """How far a lead has come."""

    NEW = "new", "new"
    QUARANTINED = "quarantined", "quarantined"
    ROUTED = "routed", "with an adviser"
    CONTACTED = "contacted", "contacted"
    QUALIFIED = "qualified", "qualified"
    PROPOSAL = "proposal", "proposal"
    WON = "won", "won"
    LOST = "lost", "lost"
    DISQUALIFIED = "disqualified", "disqualified"


class Priority(models.TextChoices):
    """Which leads cannot wait their turn."""

    NORMAL = "normal", "normal"
    URGENT = "urgent", "urgent"


# The one table of allowed moves: the verbs ask it, and a trigger holds the database to it.
MOVES: dict[str, tuple[str, ...]] = {
    Status.NEW: (Status.QUARANTINED, Status.ROUTED, Status.DISQUALIFIED),
    Status.QUARANTINED: (Status.NEW, Status.DISQUALIFIED),
    Status.ROUTED: (
        Status.CONTACTED,
        Status.QUALIFIED,
        Status.PROPOSAL,
        Status.LOST,
        Status.DISQUALIFIED,
    ),
    Status.CONTACTED: (
        Status.QUALIFIED,
        Status.PROPOSAL,
        Status.LOST,
        Status.DISQUALIFIED,
    ),
    Status.QUALIFIED: (Status.PROPOSAL, Status.LOST, Status.DISQUALIFIED),
    Status.PROPOSAL: (Status.WON, Status.LOST),
    Status.WON: (),
    Status.LOST: (Status.PROPOSAL,),
    Status.DISQUALIFIED: (Status.NEW,),  # what was called spam and is none
}


class Lead(models.Model):
    """A request that somebody must answer."""

    reference = models.CharField(max_length=20, unique=True)
    enquiry = models.OneToOneField(Enquiry, on_delete=models.PROTECT, related_name="lead")
    status = models.CharField(max_length=12, choices=Status, default=Status.NEW)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    priority_reason = models.CharField(max_length=200, blank=True, help_text="Why it is urgent.")
    needs_read_by = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Version of the rules that read the text; 0: none yet."
    )
    language = models.CharField(max_length=2, choices=Language)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    services = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    owner = models.ForeignKey(
        Adviser, models.PROTECT, null=True, blank=True, db_index=False, related_name="leads"
    )
    cover = models.ForeignKey(
        Adviser,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        editable=False,
        related_name="covered_leads",
        help_text="Who works it while its owner is away; a trigger on stand-ins keeps it.",
    )
    pool = models.ForeignKey(
        Desk,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        editable=False,
        related_name="pooled_leads",
        help_text="The desk whose advisers may take it: nobody of it could when it was routed.",
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, db_index=False, related_name="leads"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, db_index=False, related_name="leads"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged_here",
        help_text="The lead that does the work of this one too.",
    )
    link_seed = models.UUIDField(default=uuid.uuid4, editable=False)
    link_digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(
        "due",
        null=True,
        blank=True,
        editable=False,
        help_text="Of its next deadline; a trigger on deadlines keeps it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.TextField(blank=True)
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when nothing of the client is in it.",
    )

    # Set by `for_routing()`.
    brief_slug: str | None
    brief_topics: list[str] | None
    asked_before: bool

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False)
                | one_of("status", ["new", "quarantined", "disqualified"]),
                name="lead_past_new_has_an_owner",
            ),
            models.CheckConstraint(
                condition=same(
                    is_set("closed_at"), one_of("status", ["won", "lost", "disqualified"])
                ),
                name="lead_closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=one_of("status", Status.values), name="lead_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    priority=Case(
                        When(priority_reason="", then=Value("normal")), default=Value("urgent")
                    )
                ),
                name="lead_urgent_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | (~Q(merged_into=F("pk")) & Q(closed_at__isnull=False)),
                name="lead_merged_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(pool__isnull=True) | Q(status="routed"),
                name="lead_in_pool_is_untouched",
            ),
            # The same digest has the same number, so that this holds digests apart.
            models.UniqueConstraint(link_number(F("link_digest")), name="lead_once_per_link"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="lead_newest"),
            models.Index(fields=["owner", "-created_at", "-id"], name="lead_owner_newest"),
            models.Index(fields=["due_at", "-id"], name="lead_next_due"),
            models.Index(
                fields=["status", "created_at"],
                name="lead_unrouted",
                condition=Q(status__in=["new", "quarantined"]),
            ),
            # Not of the new: what a visitor waits for writes as few indexes as it can.
            models.Index(
                fields=["status", "-created_at", "-id"],
                name="lead_status_newest",
                condition=~Q(status="new"),
            ),
            models.Index(
                fields=["-created_at", "-id"], name="lead_urgent", condition=Q(priority="urgent")
            ),
            models.Index(
                fields=["language", "-created_at", "-id"],
                name="lead_language_newest",
                condition=~Q(language="en"),
            ),
            models.Index(
                fields=["owner"],
                name="lead_open_of_owner",
                condition=Q(owner__isnull=False, status__in=OPEN_STATUSES),
            ),
            # For how long what is kept: the oldest first, without those of whom nothing is left.
            models.Index(
                fields=["status", "closed_at", "id"],
                name="lead_closed",
                condition=Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
            models.Index(fields=["pool"], condition=Q(pool__isnull=False), name="lead_pooled"),
            *(
                models.Index(fields=[one], condition=Q(**{f"{one}__isnull": False}), name=name)
                for one, name in (
                    ("cover", "lead_covered_by"),
                    ("merged_into", "lead_merged_into"),
                    ("contact", "lead_of_contact"),
                    ("organisation", "lead_of_organisation"),
                )
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lead_moves",
                field="status",
                transitions=[(str(old), str(new)) for old, news in MOVES.items() for new in news],
                # Undoing a merge brings back the status from before it.
                condition=pgtrigger.Condition(
                    "OLD.status <> NEW.status"
                    " AND NOT (OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL)"
                ),
            ),
            pgtrigger.Trigger(
                name="lead_owner_not_walled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("owner_id"),
                condition=pgtrigger.Condition("NEW.owner_id IS NOT NULL"),
                # What somebody is kept out of takes a dozen looks; most are kept out of nothing.
                func="""
                    IF EXISTS (SELECT FROM intake_wall wall JOIN intake_adviser a ON a.user_id = wall.user_id
                        WHERE a.id = NEW.owner_id)
                    AND EXISTS (SELECT FROM walls_of(ARRAY[NEW.id]) w JOIN intake_adviser a ON a.user_id = w.user_id
                        WHERE a.id = NEW.owner_id) THEN
                        RAISE EXCEPTION 'Nobody owns a lead that they are walled from.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_owner_not_walled';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="lead_held_is_not_routed",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Condition("OLD.status = 'new' AND NEW.status = 'routed'"),
                func="""
                    IF EXISTS (SELECT FROM intake_hold WHERE lead_id = NEW.id AND decision = 'open') THEN
                        RAISE EXCEPTION 'A lead that is held is not routed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_held_is_not_routed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        permissions = [
            ("view_all_leads", "Can see every lead, not only their own"),
            ("reassign_lead", "Can give a lead to another adviser"),
            ("merge_lead", "Can merge leads and undo it"),
        ]

    def __str__(self) -> str:
        return self.reference
