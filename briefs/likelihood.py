"""The scale of our judgements: ICD 203, one term a row, ranges in chances out of a hundred."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import pgettext_lazy

SCALE = "icd203"


class Likelihood(models.TextChoices):
    """How likely we judge something to be. ICD 203, section D.6.e(2)(a), first row of terms."""

    ALMOST_NO_CHANCE = "almost_no_chance", pgettext_lazy("likelihood", "Almost no chance")
    VERY_UNLIKELY = "very_unlikely", pgettext_lazy("likelihood", "Very unlikely")
    UNLIKELY = "unlikely", pgettext_lazy("likelihood", "Unlikely")
    ROUGHLY_EVEN = "roughly_even", pgettext_lazy("likelihood", "Roughly even chance")
    LIKELY = "likely", pgettext_lazy("likelihood", "Likely")
    VERY_LIKELY = "very_likely", pgettext_lazy("likelihood", "Very likely")
    ALMOST_CERTAIN = "almost_certain", pgettext_lazy("likelihood", "Almost certain")


class Confidence(models.TextChoices):
    """How well sources and reasoning carry a judgement; never mixed with how likely it is."""

    LOW = "low", pgettext_lazy("confidence", "Low")
    MODERATE = "moderate", pgettext_lazy("confidence", "Moderate")
    HIGH = "high", pgettext_lazy("confidence", "High")


class Range(NamedTuple):
    """Chances out of a hundred, both ends included."""

    low: int
    high: int


RANGES: dict[str, Range] = {
    Likelihood.ALMOST_NO_CHANCE: Range(1, 5),
    Likelihood.VERY_UNLIKELY: Range(5, 20),
    Likelihood.UNLIKELY: Range(20, 45),
    Likelihood.ROUGHLY_EVEN: Range(45, 55),
    Likelihood.LIKELY: Range(55, 80),
    Likelihood.VERY_LIKELY: Range(80, 95),
    Likelihood.ALMOST_CERTAIN: Range(95, 99),
}
