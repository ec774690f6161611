"""What reviewers say of a brief, inside the house and by a link from outside."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.erasure_door import frozen, never_truncated
from accounts.text_rules import refuse_hidden_characters
from briefs.models.brief import Brief
from briefs.models.brief_states import Tlp
from briefs.models.move import Move
from briefs.models.revision import Revision

LONGEST_DAYS = 60
# TLP 2.0: RED is for named individuals, AMBER+STRICT for the organisation alone; a link can be passed on.
NEVER_SENT_OUT = (Tlp.AMBER_STRICT, Tlp.RED)


class Verdict(models.TextChoices):
    """What an outside reviewer thinks. It advises; approval stays with the house."""

    AGREES = "agrees", pgettext_lazy("verdict", "agrees with the text")
    WANTS_CHANGES = "wants_changes", pgettext_lazy("verdict", "wants changes")


class ReviewLinkQuerySet(models.QuerySet["ReviewLink"]):
    """Which links still open, and to whom they belong."""

    def standing(self) -> "ReviewLinkQuerySet":
        """Neither taken back nor run out."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())

    def of(self, brief: Brief) -> "ReviewLinkQuerySet":
        """All of a brief and of its pending revision, newest first, for a list."""
        rows = self.filter(revision__brief=brief.root_id)
        return rows.select_related("revision", "created_by").order_by("-created_at", "-pk")


class ReviewLink(models.Model):
    """A private link by which somebody outside reads one revision and comments on it, until it expires.

    Only the SHA-256 of its token is kept. What it opens and for whom never changes.
    """

    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="review_links")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_links"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="revoked_review_links",
        null=True,
        blank=True,
    )
    first_seen_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + timedelta(days=LONGEST_DAYS)),
                name="review_link_runs_out",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="review_link_revoked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["revision", "email"],
                condition=Q(revoked_at__isnull=True),
                name="review_link_one_a_reader",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_at__isnull=True)
                | ~Q(verdict="") & Q(verdict_at__isnull=False),
                name="review_verdict_has_time",
            ),
        ]
        triggers = [
            frozen(
                "briefs_reviewlink",
                "link_stays",
                pgtrigger.Update,
                "OLD.digest <> NEW.digest OR OLD.revision_id <> NEW.revision_id OR OLD.email <> NEW.email"
                " OR OLD.name <> NEW.name OR OLD.expires_at <> NEW.expires_at"
                " OR (OLD.verdict <> '' AND OLD.verdict <> NEW.verdict)",
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.revision}"

    @property
    def is_open(self) -> bool:
        """Whether it still opens its page."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class Anchor(models.TextChoices):
    """Which part of a brief a comment is about."""

    GENERAL = "general", pgettext_lazy("anchor", "the whole")
    TITLE = "title", pgettext_lazy("anchor", "title")
    SUMMARY = "summary", pgettext_lazy("anchor", "summary")
    BODY = "body", pgettext_lazy("anchor", "text")
    JUDGEMENTS = "judgements", pgettext_lazy("anchor", "judgements")
    INCIDENTS = "incidents", pgettext_lazy("anchor", "incidents")
    SOURCES = "sources", pgettext_lazy("anchor", "sources")


class ReviewCommentQuerySet(models.QuerySet["ReviewComment"]):
    """What was said of a brief, and what is still open."""

    def open(self) -> "ReviewCommentQuerySet":
        """Not resolved yet."""
        return self.filter(resolved_at__isnull=True)

    def of(self, brief: Brief) -> "ReviewCommentQuerySet":
        """The thread of a brief and of its pending revision, oldest first."""
        rows = self.filter(brief=brief.root_id).order_by("created_at", "pk")
        return rows.select_related("revision", "by", "link", "resolved_by")


class ReviewComment(models.Model):
    """A remark on a revision, by a member of staff or through a review link; open until resolved.

    `move` names the request for changes that it came with.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    anchor = models.CharField(max_length=20, choices=Anchor, default=Anchor.GENERAL)
    text = models.TextField(
        max_length=5_000, validators=[refuse_hidden_characters, MaxLengthValidator(5_000)]
    )
    move = models.OneToOneField(
        Move, on_delete=models.PROTECT, related_name="comment", null=True, blank=True
    )
    # The same form sent twice, by a double click, has the same.
    form_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="review_comments",
        null=True,
        blank=True,
    )
    link = models.ForeignKey(
        ReviewLink, on_delete=models.PROTECT, related_name="comments", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="resolved_comments",
        null=True,
        blank=True,
    )

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["brief", "-created_at"], name="comment_of_brief")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, link__isnull=True)
                | Q(by__isnull=True, link__isnull=False),
                name="comment_has_one_author",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_text"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="words_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.text IS DISTINCT FROM NEW.text OR OLD.by_id IS DISTINCT FROM NEW.by_id"
                    " OR OLD.link_id IS DISTINCT FROM NEW.link_id"
                    " OR OLD.revision_id IS DISTINCT FROM NEW.revision_id)"
                ),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def author(self) -> str:
        """Who says it."""
        return str(self.by) if self.by else str(self.link and self.link.name)
