"""The work that an enquiry makes, and what happened to it."""

import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from accounts.erasure_door import frozen
from intake.catalogue import Language
from intake.models.adviser import OPEN_STATUSES, Adviser, Desk
from intake.models.enquiry import Enquiry
from intake.models.people import Contact, Organisation

if TYPE_CHECKING:
    from accounts.models import User


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


def seat_of(user: Any) -> tuple[int, list[int]]:
    """The number of the adviser that this user is, 0 for none, and those of the desks whose pool is theirs.

    Numbers and no subquery, so that PostgreSQL knows how many leads that are: with it or without an index, the wrong
    way reads every lead. Asked once for each user object, as Django does with permissions.
    """
    known: tuple[int, list[int]] | None = getattr(user, "_seat", None)
    if known is None:
        desks = ArraySubquery(Desk.objects.of(user).order_by("pk").values("pk"))
        row = Adviser.objects.filter(user=user).values_list("pk", desks).first()
        known = user._seat = row or (0, [])
    return known


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads by who may see them and what they still need."""

    def visible_to(self, user: "User") -> "LeadQuerySet":
        """All for those who may see all; for advisers their own, those that they cover, and the pool of their desks;
        none for anybody else; never one behind a wall."""
        if not user.is_active or not user.has_perm("intake.view_lead"):
            return self.none()
        if user.has_perm("intake.view_all_leads"):
            return self.beyond_no_wall(user)
        adviser, desks = seat_of(user)
        theirs = Q(owner=adviser) | Q(cover=adviser) | Q(pool__in=desks)
        return self.filter(theirs).beyond_no_wall(user) if adviser else self.none()

    def beyond_no_wall(self, user: "User") -> "LeadQuerySet":
        """Without those that this user is walled from, whatever they may else, superusers too."""
        return self.exclude(pk__in=RawSQL("SELECT walled_leads(%s)", [user.pk]))

    def left_behind(self) -> "LeadQuerySet":
        """Open ones whose owner may not log in any more: nobody works them until somebody else has them."""
        return self.filter(owner__user__is_active=False, status__in=OPEN_STATUSES)

    def for_routing(self) -> "LeadQuerySet":
        """With their enquiry and what else a decision looks at: the brief, and whether the client asked before."""
        earlier = Lead.objects.filter(pk__lt=OuterRef("pk"))
        of_organisation = earlier.filter(organisation=OuterRef("organisation"))
        of_contact = earlier.filter(contact=OuterRef("contact"))
        return self.select_related("enquiry").annotate(
            brief_slug=F("enquiry__brief__slug"),
            brief_topics=F("enquiry__brief__topics"),
            asked_before=Exists(of_organisation) | Exists(of_contact),
        )

    def with_page_data(self) -> "LeadQuerySet":
        """With what a list or a detail page names of the rows around each lead."""
        return self.select_related(
            "enquiry__brief",
            "owner__user",
            "cover__user",
            "pool",
            "contact",
            "organisation",
            "erasure_request",
            "merged_into",
        )


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
    link_digest = models.CharField(max_length=64, unique=True, editable=False)
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
                condition=Q(status__in=["new", "quarantined"])
                | Q(owner__isnull=False)
                | Q(status="disqualified"),
                name="lead_past_new_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["won", "lost", "disqualified"], closed_at__isnull=False)
                | (~Q(status__in=["won", "lost", "disqualified"]) & Q(closed_at__isnull=True)),
                name="lead_closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="lead_status_known"),
            models.CheckConstraint(
                condition=Q(priority="normal", priority_reason="")
                | (Q(priority="urgent") & ~Q(priority_reason="")),
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
                    "NOT (OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL)"
                ),
            ),
            pgtrigger.Trigger(
                name="lead_owner_not_walled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("owner_id"),
                condition=pgtrigger.Condition("NEW.owner_id IS NOT NULL"),
                func="""
                    IF EXISTS (SELECT FROM walls_of(ARRAY[NEW.id]) w JOIN intake_adviser a ON a.user_id = w.user_id
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


class Activity(models.Model):
    """One thing that happened to a lead. Written once, never changed."""

    class Kind(models.TextChoices):
        MATCHED = "matched", "Client recognised"
        ROUTED = "routed", "Given to an adviser"
        REASSIGNED = "reassigned", "Given to another adviser"
        CLAIMED = "claimed", "Taken from the pool"
        GIVEN_BACK = "given_back", "Given back to the desk"
        COVERED = "covered", "Covered during leave"
        COVER_ENDED = "cover_ended", "Cover ended"
        LENT = "lent", "Given to another during leave"
        HANDED_BACK = "handed_back", "Handed back after leave"
        KEPT = "kept", "Stays with another after leave"
        MOVED = "moved", "Moved on"
        QUARANTINED = "quarantined", "Held back"
        RELEASED = "released", "Released"
        ENGAGED = "engaged", "Entered in the register of engagements"
        WALL_RAISED = "wall_raised", "Wall raised"
        WALL_LIFTED = "wall_lifted", "Wall lifted"
        HELD = "held", "Held for a decision"
        HOLD_DECIDED = "hold_decided", "Decided about the hold"
        MERGED = "merged", "Merged"
        UNMERGED = "unmerged", "Merge undone"
        SUGGESTION_ACCEPTED = "suggestion_accepted", "Suggestion accepted"
        SUGGESTION_DROPPED = "suggestion_dropped", "Suggestion dropped"
        PRIORITY = "priority", "Priority changed"
        NOTE = "note", "Note"
        CLIENT_ADDED = "client_added", "Client added something"
        CLIENT_CORRECTED = "client_corrected", "Client corrected their details"
        CLIENT_WITHDREW = "client_withdrew", "Client withdrew the request"
        FILE_HELD_BACK = "file_held_back", "File held back"
        CLIENT_ERASURE = "client_erasure", "Client asked for erasure"
        MAIL_FAILED = "mail_failed", "Mail to the client did not arrive"
        ERASURE_ASKED = "erasure_asked", "Erasure asked for"
        ERASED = "erased", "Erased"
        ERASURE_REFUSED = "erasure_refused", "Erasure refused"
        DATA_COPIED = "data_copied", "Copy of their data made"
        DEADLINE_MOVED = "deadline_moved", "Deadline moved"
        DEADLINE_PAUSED = "deadline_paused", "Waiting for the client"
        DEADLINE_RESUMED = "deadline_resumed", "The clock runs again"
        DEADLINE_MISSED = "deadline_missed", "Deadline missed"
        PROPOSAL_DRAFTED = "proposal_drafted", "Proposal drafted"
        PROPOSAL_SENT = "proposal_sent", "Proposal sent"
        PROPOSAL_ACCEPTED = "proposal_accepted", "Proposal accepted"
        PROPOSAL_DECLINED = "proposal_declined", "Proposal declined"
        PROPOSAL_EXPIRED = "proposal_expired", "Proposal expired"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
    )
    happened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["lead", "happened_at", "id"], name="activity_of_lead")]
        triggers = [
            frozen("intake_activity", "activity_frozen"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
