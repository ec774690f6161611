"""The rules that send a lead to a desk, a pool or one adviser, and what they ask these to know."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from intake import conditions
from intake.models.adviser import Adviser, Desk
from intake.skills import Level, SkillKind, name_of


class AskedLevel(models.IntegerChoices):
    """How well the lead's own countries, services, topics and language must be known."""

    NOT_ASKED = 0, "not asked"
    BASIC = Level.BASIC, "basic"
    GOOD = Level.GOOD, "good"
    EXPERT = Level.EXPERT, "expert"


def _level(default: AskedLevel, what: str) -> Any:
    return models.PositiveSmallIntegerField(
        choices=AskedLevel, default=default, help_text=f"At least so well {what}."
    )


class RoutingRule(models.Model):
    """If a lead meets every condition, it goes to the target. Rules are tried in their order; the first match wins."""

    name = models.CharField(max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(
        default=100, help_text="Rules are tried from the lowest number on."
    )
    is_live = models.BooleanField(
        "in force",
        default=False,
        help_text="A rule that is not in force is a draft: it can be tried and changes nothing.",
    )
    conditions = models.JSONField(default=dict, blank=True, editable=False)
    desk = models.ForeignKey(
        Desk,
        on_delete=models.PROTECT,
        related_name="rules",
        help_text="Its members get the lead, and its fallback owner what they cannot take.",
    )
    adviser = models.ForeignKey(
        Adviser,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="named_in_rules",
        help_text="Only this one, or whoever stands in while they are away.",
    )
    pool = models.ManyToManyField(
        Adviser, blank=True, related_name="pools", help_text="Only these instead of the whole desk."
    )
    country_level = _level(AskedLevel.BASIC, "the countries of the lead")
    service_level = _level(AskedLevel.BASIC, "its services")
    language_level = _level(AskedLevel.BASIC, "its language")
    topic_level = _level(AskedLevel.NOT_ASKED, "the topics of the brief that it came from")
    within_hours = models.PositiveSmallIntegerField(
        default=24,
        help_text="Only those who start work at most so many hours after the first who could; 4 when it is urgent.",
    )
    note = models.TextField(blank=True, help_text="Why this rule is there.")

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(within_hours__gte=1, within_hours__lte=336),
                name="rule_within_two_weeks",
                violation_error_message="Between 1 and 336 hours.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse conditions that are not of the vocabulary."""
        if errors := conditions.faults(self.conditions):
            raise ValidationError(errors, code="condition")


class RequiredSkill(models.Model):
    """Something that whoever gets a rule's leads must know, whatever the lead says."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="required")
    kind = models.CharField(max_length=8, choices=SkillKind)
    value = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField("at least", choices=Level, default=Level.GOOD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "kind", "value"],
                name="required_once",
                violation_error_message="This skill stands here twice.",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="required_level"),
            models.CheckConstraint(condition=Q(kind__in=SkillKind.values), name="required_kind"),
        ]

    def __str__(self) -> str:
        return f"{name_of(self.skill)}: {self.get_level_display()}"

    @property
    def skill(self) -> str:
        """As skills are written: "kind:value"."""
        return f"{self.kind}:{self.value}"
