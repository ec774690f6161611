"""One wording of an offer: free to edit as a draft, frozen when it is sent."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts import text_rules
from accounts.erasure_door import frozen, never_truncated
from intake.catalogue import Language
from intake.models import Lead
from proposals import money
from proposals.models.proposal import Proposal

if TYPE_CHECKING:
    from accounts.models import User


class VersionStatus(models.TextChoices):
    """How far a version has come."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    APPROVED = "approved", "approved"
    SENT = "sent", "sent"
    VIEWED = "viewed", "viewed"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "expired"
    SUPERSEDED = "superseded", "superseded"
    WITHDRAWN = "withdrawn", "withdrawn"


# Not sent yet.
UNSENT = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)
# With the client and still to be answered.
LIVE = (VersionStatus.SENT, VersionStatus.VIEWED)
_ENDS = (
    VersionStatus.ACCEPTED,
    VersionStatus.DECLINED,
    VersionStatus.EXPIRED,
    VersionStatus.SUPERSEDED,
    VersionStatus.WITHDRAWN,
)
MOVES: dict[str, tuple[str, ...]] = {
    VersionStatus.DRAFT: (
        VersionStatus.IN_REVIEW,
        VersionStatus.SENT,
        VersionStatus.WITHDRAWN,
    ),
    VersionStatus.IN_REVIEW: (
        VersionStatus.DRAFT,
        VersionStatus.APPROVED,
        VersionStatus.WITHDRAWN,
    ),
    VersionStatus.APPROVED: (
        VersionStatus.DRAFT,
        VersionStatus.SENT,
        VersionStatus.WITHDRAWN,
    ),
    VersionStatus.SENT: (VersionStatus.VIEWED, *_ENDS),
    VersionStatus.VIEWED: _ENDS,
}
_FROZEN = (
    "proposal", "number", "title", "language", "currency", "terms", "valid_until", "recipient_name",
    "recipient_email", "prepared_by", "content", "content_sha256", "sent_at",
)  # fmt: skip


def _any_changed(names: tuple[str, ...]) -> pgtrigger.Q:
    """True when one of the fields differs; pgtrigger's AnyChange cannot be combined with a Q."""
    changes = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names)
    return reduce(or_, changes)


class VersionQuerySet(models.QuerySet["ProposalVersion"]):
    """Versions by who may see them and whether the client may still answer."""

    def visible_to(self, user: "User") -> "VersionQuerySet":
        """Those of the proposals that the user may see."""
        if not user.has_perm("proposals.view_proposalversion"):
            return self.none()
        return self.filter(proposal__lead__in=Lead.objects.visible_to(user))

    def live(self) -> "VersionQuerySet":
        """With the client and still to be answered."""
        return self.filter(status__in=LIVE)


class ProposalVersion(models.Model):
    """One wording of the offer. Free to edit as a draft; once sent, a trigger refuses every change of its content."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    title = models.CharField(max_length=200, validators=[text_rules.refuse_hidden_characters])
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    currency = models.CharField(max_length=3, choices=money.CHOICES, default="EUR")
    terms = models.TextField(
        blank=True,
        max_length=50_000,
        help_text="Markdown, printed last.",
        validators=[text_rules.refuse_hidden_characters],
    )
    valid_until = models.DateTimeField(help_text="The client may accept until this instant. UTC.")
    recipient_name = models.CharField(
        max_length=200, validators=[text_rules.refuse_hidden_characters]
    )
    recipient_email = models.EmailField(max_length=254)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    content = models.TextField(
        blank=True, editable=False, help_text="Canonical JSON of what was sent."
    )
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "proposal version"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(status__in=LIVE),
                name="version_one_live_per_proposal",
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(status__in=UNSENT),
                name="version_one_draft_per_proposal",
            ),
            models.CheckConstraint(
                condition=Q(status__in=VersionStatus.values),
                name="version_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSENT, sent_at__isnull=True)
                | Q(status="withdrawn")
                | (Q(sent_at__isnull=False) & ~Q(content="") & ~Q(content_sha256="")),
                name="version_sent_has_content",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*UNSENT, *LIVE], closed_at__isnull=True)
                | (~Q(status__in=[*UNSENT, *LIVE]) & Q(closed_at__isnull=False)),
                name="version_closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(currency__in=money.CURRENCIES),
                name="version_currency_known",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(valid_until__gt=F("sent_at")),
                name="version_valid_after_sending",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="version_moves",
                field="status",
                transitions=[(str(old), str(new)) for old, news in MOVES.items() for new in news],
            ),
            pgtrigger.Protect(
                name="version_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False) & _any_changed(_FROZEN),
            ),
            frozen(
                "proposals_proposalversion",
                "version_kept",
                pgtrigger.Delete,
                "OLD.sent_at IS NOT NULL",
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.proposal}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether the content may still be edited."""
        return self.status == VersionStatus.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether the client may still answer, by status and by the clock."""
        return self.status in LIVE and self.valid_until > timezone.now()


def frozen_with_version(name: str) -> pgtrigger.Trigger:
    """A trigger for rows that belong to a version: no change once the version was sent.

    It locks the version first, so that a part cannot slip in while the version is being sent.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF (
                SELECT bool_or(locked.sent_at IS NOT NULL) FROM (
                    SELECT sent_at FROM proposals_proposalversion
                    WHERE id IN (
                        CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                        CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END
                    )
                    ORDER BY id
                    FOR SHARE
                ) AS locked
            ) AND NOT erasure_admits(TG_TABLE_NAME, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.id END) THEN
                RAISE EXCEPTION 'The version was sent; its parts are frozen.' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        """,
    )
