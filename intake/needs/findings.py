"""What may be found in a request, and how sure the rules are of it."""

from dataclasses import dataclass

from django.db import models


class Kind(models.TextChoices):
    """What a suggestion is about."""

    URGENCY = "urgency", "duty of care"
    COUNTRY = "country", "country"
    SERVICE = "service", "service"
    LANGUAGE = "language", "language"
    TIMEFRAME = "timeframe", "timeframe"
    ACTOR = "actor", "actor"
    PLACE = "place", "place"


class Certainty(models.TextChoices):
    """How sure the rules are, the surest first."""

    CLEAR = "clear", "clear"
    POSSIBLE = "possible", "possible"
    AMBIGUOUS = "ambiguous", "one of several"
    NEGATED = "negated", "named, but not meant"


class Alarm(models.TextChoices):
    """What may be happening to somebody now."""

    KIDNAP = "kidnap", "Kidnapping or hostage taking"
    EVACUATION = "evacuation", "Evacuation needed"
    THREAT_TO_LIFE = "threat-to-life", "Threat to life"
    DETAINED = "detained", "Arrest or detention"
    MEDICAL = "medical", "Medical emergency"
    MISSING = "missing", "Missing person"


_SURENESS = list(Certainty)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the text says, with the stretch of text that shows it and the rule that saw it;
    `name` is what an actor or a place is called."""

    kind: Kind
    value: str
    start: int
    end: int
    rule: str
    certainty: Certainty = Certainty.CLEAR
    name: str = ""

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The surest first, of these a country by its own name before one by a town, then the earliest."""
        return _SURENESS.index(self.certainty), self.rule in ("town", "capital"), self.start


def best(findings: list[Finding]) -> list[Finding]:
    """One finding for each kind and value: the one of the first rank; in the order of the text."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        other = kept.setdefault((finding.kind, finding.value), finding)
        if other is not finding and finding.rank < other.rank:
            kept[finding.kind, finding.value] = finding
    return sorted(kept.values(), key=lambda found: (found.start, found.end, found.kind))
