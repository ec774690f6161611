"""What a new draft starts from."""

from django.db import models
from django.db.models import Q

from intake.catalogue import Language


class ProposalTemplate(models.Model):
    """Headings and standing text for proposals in one language."""

    name = models.CharField(max_length=100, unique=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    title = models.CharField(max_length=200, help_text="May hold {reference} and {organisation}.")
    terms = models.TextField(blank=True, help_text="Markdown, printed last.")
    is_default = models.BooleanField(default=False, help_text="Used for leads in this language.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language"],
                condition=Q(is_default=True),
                name="template_one_default_per_language",
                violation_error_message="Another template is the default for this language already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateSection(models.Model):
    """One section of a template."""

    template = models.ForeignKey(
        ProposalTemplate, on_delete=models.CASCADE, related_name="sections"
    )
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    body = models.TextField(
        blank=True,
        help_text="Markdown. {needs} becomes what the client wrote, {briefs} the briefs on the subject.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "position"],
                name="template_section_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class TemplateLine(models.Model):
    """One price line of a template; its currency is that of the draft."""

    template = models.ForeignKey(ProposalTemplate, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.description
