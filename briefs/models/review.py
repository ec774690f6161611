"""What reviewers say of a brief, inside the house and by a link from outside."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from briefs.models.brief import Brief
from briefs.models.revision import Revision


class Verdict(models.TextChoices):
    """What an outside reviewer thinks. It advises; approval stays with the house."""

    AGREES = "agrees", "agrees with the text"
    WANTS_CHANGES = "wants_changes", "wants changes"


class ReviewLink(models.Model):
    """A private link by which somebody outside reads one revision and comments on it, until it expires."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="review_links")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_links"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", verdict_at__isnull=True)
                | ~Q(verdict="") & Q(verdict_at__isnull=False),
                name="review_verdict_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.revision}"


class Anchor(models.TextChoices):
    """Which part of a brief a comment is about."""

    GENERAL = "general", "the whole"
    TITLE = "title", "title"
    SUMMARY = "summary", "summary"
    BODY = "body", "text"
    JUDGEMENTS = "judgements", "judgements"
    INCIDENTS = "incidents", "incidents"
    SOURCES = "sources", "sources"


class ReviewComment(models.Model):
    """A remark on a revision, by a member of staff or through a review link; open until resolved."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    anchor = models.CharField(max_length=20, choices=Anchor, default=Anchor.GENERAL)
    text = models.TextField(max_length=5_000)
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
        ]

    def __str__(self) -> str:
        return self.text
