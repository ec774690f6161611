"""Who acts: armed groups, state forces, parties, gangs, civil groups."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import pgettext_lazy


class ActorKind(models.TextChoices):
    """What sort of group an actor is."""

    ARMED_GROUP = "armed_group", pgettext_lazy("actor", "Armed group")
    STATE_FORCE = "state_force", pgettext_lazy("actor", "State force")
    POLITICAL = "political", pgettext_lazy("actor", "Political")
    CRIMINAL = "criminal", pgettext_lazy("actor", "Criminal")
    CIVIL = "civil", pgettext_lazy("actor", "Civil")


class Actor(models.Model):
    """A group that briefs and incidents name, under the name the house uses."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True, help_text="Part of the page address.")
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    kind = models.CharField(max_length=20, choices=ActorKind)
    parents = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="children",
        blank=True,
        help_text="What it belongs to, such as the group of a katiba.",
    )
    note = models.TextField("about", max_length=1_000, blank=True, help_text="Public.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ActorKind.values), name="actor_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("briefs:actor", args=[self.slug])
