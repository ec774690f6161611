"""What a new draft starts from."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts import text_rules
from intake.catalogue import Language

_SEEN = [text_rules.refuse_hidden_characters]


class ProposalTemplate(models.Model):
    """Headings and standing text for proposals in one language."""

    name = models.CharField(max_length=100, unique=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    title = models.CharField(
        max_length=200, help_text="May hold {reference} and {organisation}.", validators=_SEEN
    )
    terms = models.TextField(
        blank=True, max_length=50_000, help_text="Markdown, printed last.", validators=_SEEN
    )
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
    heading = models.CharField(max_length=200, validators=_SEEN)
    body = models.TextField(
        blank=True,
        max_length=5_000,  # leaves room for the client's words in a draft's section
        validators=_SEEN,
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
    description = models.CharField(max_length=300, validators=_SEEN)
    quantity = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = models.CharField(max_length=40, blank=True, validators=_SEEN)

    def __str__(self) -> str:
        return self.description
