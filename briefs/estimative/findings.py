"""What is asked of the wording check and what it answers."""

from datetime import date
from typing import NamedTuple

from django.db import models


class Rule(models.TextChoices):
    """What may be wrong with a passage. The labels head the findings on the staff screens."""

    BARE = "bare", "possible, but how likely?"
    MIXED = "mixed", "two rows of the scale"
    OFF_SCALE = "off_scale", "not a term of the scale"
    CONFIDENCE = "confidence", "confidence and likelihood in one sentence"
    NO_HORIZON = "no_horizon", "a forecast without a day"
    VAGUE_HORIZON = "vague_horizon", "a forecast with a vague day"
    ABSOLUTE = "absolute", "the future as certain"
    CLAIM_WORDED = "claim_worded", "a judgement that says how likely"
    CLAIM_DOUBLE = "claim_double", "more than one claim"
    CLAIM_UNDATED = "claim_undated", "no day by which it can be checked"
    CLAIM_DAY = "claim_day", "another day than its own"


class Severity(models.TextChoices):
    """How sure the check is that a reader is misled."""

    MEND = "mend", "mend"
    CONSIDER = "consider", "consider"


class Claim(NamedTuple):
    """A judgement as typed; any part may be missing."""

    position: int
    text: str
    likelihood: str = ""
    confidence: str = ""
    horizon_on: date | None = None


class Parts(NamedTuple):
    """A brief's text: plain, a line for each paragraph. `asked_on` is the day from which it looks ahead."""

    language: str
    asked_on: date
    title: str = ""
    summary: str = ""
    body: str = ""
    judgements: tuple[Claim, ...] = ()


class Finding(NamedTuple):
    """One passage, why it may mislead, and what to write instead. `start` and `end` are places in its field."""

    rule: Rule
    severity: Severity
    field: str
    sentence: int
    start: int
    end: int
    before: str
    passage: str
    after: str
    why: str
    instead: str


class Report(NamedTuple):
    """All findings in the order of the text; `note` says it when there is no check, or more than it shows."""

    findings: tuple[Finding, ...] = ()
    note: str = ""
