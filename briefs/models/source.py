"""What we rely on: sources with their reliability, citations with their credibility (Admiralty)."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from briefs.models.brief import Brief


class Reliability(models.TextChoices):
    """How reliable a source has been. F is not known, not the worst."""

    A = "A", "A · completely reliable"
    B = "B", "B · usually reliable"
    C = "C", "C · fairly reliable"
    D = "D", "D · not usually reliable"
    E = "E", "E · unreliable"
    F = "F", "F · cannot be judged"


class Credibility(models.TextChoices):
    """How credible one piece of information is. 6 is not known, not the worst."""

    CONFIRMED = "1", "1 · confirmed by other sources"
    PROBABLY_TRUE = "2", "2 · probably true"
    POSSIBLY_TRUE = "3", "3 · possibly true"
    DOUBTFUL = "4", "4 · doubtful"
    IMPROBABLE = "5", "5 · improbable"
    UNKNOWN = "6", "6 · truth cannot be judged"


class Source(models.Model):
    """Somebody or something that tells us. Nothing of it but its grade is public unless it is named."""

    name = models.CharField(max_length=200, unique=True)
    reliability = models.CharField(max_length=1, choices=Reliability, default=Reliability.F)
    is_named = models.BooleanField(
        "named in public", default=False, help_text="Whether briefs print its name."
    )
    note = models.TextField(
        max_length=2_000, blank=True, help_text="TLP:AMBER+STRICT. It never leaves the house."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reliability__in=Reliability.values), name="source_reliability_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Citation(models.Model):
    """What one source says in support of one brief."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField(default=1, help_text="1 is the first.")
    title = models.CharField(
        max_length=300, blank=True, help_text="Printed when the source is named in public."
    )
    url = models.CharField(
        "address", max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    published_on = models.DateField(null=True, blank=True)
    credibility = models.CharField(max_length=1, choices=Credibility, default=Credibility.UNKNOWN)
    note = models.TextField(
        max_length=2_000, blank=True, help_text="TLP:AMBER+STRICT. It never leaves the house."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "position"],
                name="citation_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(credibility__in=Credibility.values), name="citation_credibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.source)
