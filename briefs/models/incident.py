"""What happened: one dated event at one place, shared by every brief that names it."""

from django.db import models
from django.utils.translation import pgettext_lazy

from briefs.models.actor import Actor
from briefs.models.place import Place


class Precision(models.TextChoices):
    """How exactly the date of an incident is known."""

    DAY = "day", "the day is known"
    WEEK = "week", "within that week"
    MONTH = "month", "within that month"


class EventType(models.TextChoices):
    """What sort of event it was. Categories after ACLED."""

    BATTLES = "battles", pgettext_lazy("event", "Battle")
    EXPLOSIONS = (
        "explosions_remote_violence",
        pgettext_lazy("event", "Explosion or remote violence"),
    )
    VIOLENCE_AGAINST_CIVILIANS = (
        "violence_against_civilians",
        pgettext_lazy("event", "Violence against civilians"),
    )
    PROTESTS = "protests", pgettext_lazy("event", "Protest")
    RIOTS = "riots", pgettext_lazy("event", "Riot")
    STRATEGIC_DEVELOPMENTS = (
        "strategic_developments",
        pgettext_lazy("event", "Strategic development"),
    )


class Incident(models.Model):
    """An event that briefs rely on."""

    occurred_on = models.DateField()
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="incidents")
    event_type = models.CharField(max_length=30, choices=EventType)
    title = models.CharField(max_length=200)
    # Null is "not known"; 0 is "known to be none".
    fatalities = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    actors = models.ManyToManyField(Actor, related_name="incidents", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurred_on", "place", "title"], name="incident_once"),
            models.CheckConstraint(
                condition=models.Q(precision__in=Precision.values), name="incident_precision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(event_type__in=EventType.values),
                name="incident_event_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on:%d %b %Y} · {self.title}"
