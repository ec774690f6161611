"""What we hold to be the case or to come, with how likely and how sure."""

from django.db import models

from briefs.likelihood import SCALE, Confidence, Likelihood
from briefs.models.brief import Brief


class Judgement(models.Model):
    """One forecast of a brief: a claim that time will prove right or wrong by its horizon."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="judgements")
    position = models.PositiveSmallIntegerField(default=1, help_text="1 is the first.")
    text = models.CharField(
        max_length=400, help_text="One claim, without a word of likelihood in it."
    )
    # Kept on the row: another scale one day must not reword what was judged on this one.
    scale = models.CharField(max_length=10, default=SCALE, editable=False)
    likelihood = models.CharField(max_length=20, choices=Likelihood)
    confidence = models.CharField(max_length=10, choices=Confidence)
    horizon_on = models.DateField("by", help_text="The day on which it can be checked.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "position"],
                name="judgement_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(likelihood__in=Likelihood.values),
                name="judgement_likelihood_known",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__in=Confidence.values),
                name="judgement_confidence_known",
            ),
            models.CheckConstraint(condition=models.Q(scale=SCALE), name="judgement_scale_known"),
        ]

    def __str__(self) -> str:
        return self.text
