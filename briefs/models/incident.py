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


class SubType(models.TextChoices):
    """A closer look at the sort of event; each belongs to one event type (see SUB_TYPES). After ACLED."""

    ARMED_CLASH = "armed_clash", "Armed clash"
    GOVERNMENT_REGAINS = "government_regains_territory", "Government regains territory"
    NON_STATE_OVERTAKES = "non_state_overtakes_territory", "Non-state actor overtakes territory"
    CHEMICAL = "chemical_weapon", "Chemical weapon"
    AIR_DRONE = "air_drone_strike", "Air or drone strike"
    SUICIDE_BOMB = "suicide_bomb", "Suicide bomb"
    SHELLING = "shelling_artillery_missile", "Shelling, artillery or missile attack"
    REMOTE_EXPLOSIVE = "remote_explosive", "Remote explosive, landmine or IED"
    GRENADE = "grenade", "Grenade"
    SEXUAL_VIOLENCE = "sexual_violence", "Sexual violence"
    ATTACK = "attack", "Attack"
    ABDUCTION = "abduction", "Abduction or forced disappearance"
    PEACEFUL_PROTEST = "peaceful_protest", "Peaceful protest"
    PROTEST_INTERVENTION = "protest_with_intervention", "Protest with intervention"
    EXCESSIVE_FORCE = "excessive_force", "Excessive force against protesters"
    VIOLENT_DEMONSTRATION = "violent_demonstration", "Violent demonstration"
    MOB_VIOLENCE = "mob_violence", "Mob violence"
    AGREEMENT = "agreement", "Agreement"
    ARRESTS = "arrests", "Arrests"
    CHANGE_TO_GROUP = "change_to_group", "Change to a group or its activity"
    DISRUPTED_WEAPONS = "disrupted_weapons_use", "Disrupted weapons use"
    BASE_ESTABLISHED = "base_established", "Headquarters or base established"
    LOOTING = "looting", "Looting or destruction of property"
    NON_VIOLENT_TRANSFER = "non_violent_transfer", "Non-violent transfer of territory"
    OTHER = "other", "Other"


SUB_TYPES: dict[EventType, tuple[SubType, ...]] = {
    EventType.BATTLES: (
        *(SubType.ARMED_CLASH, SubType.GOVERNMENT_REGAINS, SubType.NON_STATE_OVERTAKES),
    ),
    EventType.EXPLOSIONS: (
        *(SubType.CHEMICAL, SubType.AIR_DRONE, SubType.SUICIDE_BOMB, SubType.SHELLING),
        *(SubType.REMOTE_EXPLOSIVE, SubType.GRENADE),
    ),
    EventType.VIOLENCE_AGAINST_CIVILIANS: (
        *(SubType.SEXUAL_VIOLENCE, SubType.ATTACK, SubType.ABDUCTION),
    ),
    EventType.PROTESTS: (
        *(SubType.PEACEFUL_PROTEST, SubType.PROTEST_INTERVENTION, SubType.EXCESSIVE_FORCE),
    ),
    EventType.RIOTS: (SubType.VIOLENT_DEMONSTRATION, SubType.MOB_VIOLENCE),
    EventType.STRATEGIC_DEVELOPMENTS: (
        *(SubType.AGREEMENT, SubType.ARRESTS, SubType.CHANGE_TO_GROUP, SubType.DISRUPTED_WEAPONS),
        *(SubType.BASE_ESTABLISHED, SubType.LOOTING, SubType.NON_VIOLENT_TRANSFER, SubType.OTHER),
    ),
}


def _fitting_sub_types() -> models.Q:
    fits = models.Q(sub_type="")
    for event_type, sub_types in SUB_TYPES.items():
        fits |= models.Q(event_type=event_type, sub_type__in=list(sub_types))
    return fits


class Incident(models.Model):
    """An event that briefs rely on."""

    occurred_on = models.DateField()
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="incidents")
    event_type = models.CharField(max_length=30, choices=EventType)
    sub_type = models.CharField(max_length=40, choices=SubType, blank=True)
    title = models.CharField(max_length=200)
    # Null is "not known"; 0 is "known to be none".
    fatalities = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    actors = models.ManyToManyField(Actor, related_name="incidents", blank=True)

    class Meta:
        indexes = [models.Index(fields=["-occurred_on", "-id"], name="incident_newest")]
        constraints = [
            models.UniqueConstraint(fields=["occurred_on", "place", "title"], name="incident_once"),
            models.CheckConstraint(
                condition=models.Q(precision__in=Precision.values), name="incident_precision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(event_type__in=EventType.values),
                name="incident_event_type_known",
            ),
            models.CheckConstraint(condition=_fitting_sub_types(), name="incident_sub_type_fits"),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on:%d %b %Y} · {self.title}"
