"""How well our judgements came true: calibration by term, and the Brier score.

The forecast probability of a judgement is the middle of its term's range. What occurred counts 1, what occurred in
part one half, what did not occur 0. What events overtook or nobody can tell is counted, not scored.
Outcomes of sample briefs are invented: they are shown, as what they are, only until one real judgement is scored.
Brier score: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78
(1950), for two outcomes: the mean of (forecast - outcome)², 0 is perfect. Interval of a share: E. B. Wilson,
"Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 95 %.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from django.db.models import Count, QuerySet
from django.utils import timezone

from briefs.likelihood import RANGES, Likelihood, Range
from briefs.models import Judgement, Outcome

SHOWN_FROM = 30
_Z = 1.959964  # of a normal distribution, both sides, 95 %
OUTCOME_VALUES: dict[str, float] = {
    Outcome.OCCURRED: 1.0,
    Outcome.PARTLY: 0.5,
    Outcome.DID_NOT_OCCUR: 0.0,
}


@dataclass(frozen=True)
class TermScore:
    """One term of the scale: how many judgements carried it, and how often they came true (0 to 1)."""

    term: Likelihood
    count: int
    happened: float

    @property
    def chances(self) -> Range:
        """What the term promises, out of a hundred."""
        return RANGES[self.term]

    @property
    def share(self) -> float | None:
        """How many came true, out of a hundred; None without any."""
        return 100 * self.happened / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 % certainty, out of a hundred (Wilson)."""
        return wilson(self.happened, self.count) if self.count else None


@dataclass(frozen=True)
class Scorecard:
    """The record of every judgement that was published: the house's own, or what samples show of the form."""

    terms: list[TermScore]
    brier: float | None
    base_rate_brier: float | None
    scored: int
    unscored: int
    open: int
    due: int
    is_of_samples: bool

    @property
    def is_shown(self) -> bool:
        """Whether there are enough to say anything."""
        return self.scored >= SHOWN_FROM


def scorecard() -> Scorecard:
    """The record as it stands, in two statements."""
    judged = published_judgements()
    rows = list(
        judged.order_by()
        .values_list("brief__is_sample", "likelihood", "outcome")
        .annotate(n=Count("pk"))
    )
    of_samples = _only_samples_are_scored(rows)
    counts: Counter[tuple[str, str]] = Counter()
    for is_sample, term, outcome, n in rows:
        if is_sample == of_samples:
            counts[term, outcome] += n
    scored = Counter({pair: n for pair, n in counts.items() if pair[1] in OUTCOME_VALUES})
    return Scorecard(
        terms=[_term_score(Likelihood(term), scored) for term in Likelihood],
        brier=brier_score(scored.elements()),
        base_rate_brier=_base_rate_brier(scored),
        scored=scored.total(),
        unscored=sum(counts[pair] for pair in counts if pair[1] in ("overtaken", "unresolvable")),
        open=sum(counts[pair] for pair in counts if pair[1] == "open"),
        due=_past_their_day(judged, of_samples),
        is_of_samples=of_samples,
    )


def _only_samples_are_scored(rows: list[tuple[bool, str, str, int]]) -> bool:
    return {is_sample for is_sample, _, outcome, _ in rows if outcome in OUTCOME_VALUES} == {True}


def _past_their_day(judged: QuerySet[Judgement], of_samples: bool) -> int:
    waiting = judged.filter(brief__is_sample=of_samples, outcome="open")
    return waiting.filter(horizon_on__lt=timezone.now().date()).count()


def published_judgements() -> QuerySet[Judgement]:
    """Every judgement that readers were given, also dropped, archived and withdrawn ones; translations count once."""
    return Judgement.objects.filter(
        brief__published_at__lte=timezone.now(),
        brief__translated_from__isnull=True,
        brief__tlp="clear",
    )


def forecast(term: str) -> float:
    """The probability that a term stands for: the middle of its range, 0 to 1."""
    low, high = RANGES[term]
    return (low + high) / 200


def brier_score(judged: Iterable[tuple[str, str]]) -> float | None:
    """The mean squared error of (likelihood, outcome) pairs, 0 to 1; None without any."""
    errors = [(forecast(term) - OUTCOME_VALUES[outcome]) ** 2 for term, outcome in judged]
    return sum(errors) / len(errors) if errors else None


def wilson(happened: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, both ends out of a hundred. `count` is at least 1."""
    share, z2 = happened / count, _Z**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = _Z * sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return (max(0.0, 100 * (centre - spread)), min(100.0, 100 * (centre + spread)))


def _term_score(term: Likelihood, scored: Counter[tuple[str, str]]) -> TermScore:
    own = {outcome: n for (likelihood, outcome), n in scored.items() if likelihood == term}
    happened = sum(OUTCOME_VALUES[outcome] * n for outcome, n in own.items())
    return TermScore(term, sum(own.values()), happened)


def _base_rate_brier(scored: Counter[tuple[str, str]]) -> float | None:
    """The score of somebody who always says how often things came true: ours should be lower."""
    values = [OUTCOME_VALUES[outcome] for _, outcome in scored.elements()]
    if not values:
        return None
    rate = sum(values) / len(values)
    return sum((rate - value) ** 2 for value in values) / len(values)
