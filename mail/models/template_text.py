"""The words of mail templates as staff wrote them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated


class TemplateTextQuerySet(models.QuerySet["TemplateText"]):
    """Which words count."""

    def of(self, template: str, language: str) -> "TemplateTextQuerySet":
        """All versions of one template in one language, newest first."""
        return self.filter(template=template, language=language).order_by("-number")


class TemplateText(models.Model):
    """What one template says in one language from a moment on, or that it says again what it came with.

    Written once, never changed: the newest counts, and each message keeps from which it was made.
    """

    template = models.CharField(max_length=100)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    is_reset = models.BooleanField(default=False, help_text="Back to the words that it came with.")
    built_in_digest = models.CharField(
        max_length=64, help_text="The words that it came with then, so that news of them are seen."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="template_texts"
    )
    written_at = models.DateTimeField(db_default=Now())

    objects = TemplateTextQuerySet.as_manager()

    class Meta:
        verbose_name = "mail template"
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "number"], name="template_text_numbered"
            ),
            models.CheckConstraint(
                condition=Q(is_reset=True, subject="", body="")
                | Q(is_reset=False) & ~Q(subject="") & ~Q(body=""),
                name="template_text_says_something_unless_reset",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="template_text_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.language}), version {self.number}"
