"""Words that came before: who sent the same, and what much like it was held back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import arrays
from briefs import prepared
from intake.likeness import Words
from intake.models import Lead, Quarantine
from intake.models.screening import HELD_FOR_SPAM

# How far back words are known again.
_DAYS = 90
_MOST_COMPARED = 50
_HELD = ", ".join(f"'{outcome}'" for outcome in HELD_FOR_SPAM)

# Both in one: they look at the same texts. What was held back has its words once more, since it is little: most of what
# came is somewhat like most of the rest.
_SEEN = prepared.Statement.written(f"""
    SELECT asked.id, same.number, held.*
    FROM unnest(%(pks)s::bigint[], %(digests)s::text[], %(emails)s::text[], %(bands)s::text[])
        AS asked (id, digest, email, bands)
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM intake_screening s
        JOIN intake_lead lead ON lead.id = s.lead_id
        JOIN intake_enquiry e ON e.id = lead.enquiry_id AND upper(e.email) <> upper(asked.email)
        WHERE s.text_digest = asked.digest AND s.screened_at > %(since)s
    ) AS same
    LEFT JOIN LATERAL (
        SELECT lead.reference, q.outcome, q.text_digest, q.text_bands FROM intake_quarantine q
        JOIN intake_lead lead ON lead.id = q.lead_id
        WHERE q.outcome IN ({_HELD}) AND q.held_at > %(since)s
            AND (q.text_digest = asked.digest OR q.text_bands && asked.bands::bigint[])
        ORDER BY q.id DESC LIMIT %(most)s
    ) AS held ON true
""")  # noqa: S608  # nosec B608  # outcomes of our own


@dataclass(frozen=True)
class Held:
    """A request that was held back, and whether somebody called it spam."""

    reference: str
    was_spam: bool
    words: Words


@dataclass
class SeenWords:
    """What was seen before each of some leads, and then what those before it among them added."""

    same: Counter[int]
    held: dict[int, list[Held]]
    _just: list[tuple[str, Words]] = field(default_factory=list)
    _just_held: list[Held] = field(default_factory=list)

    def add(self, lead: Lead, words: Words, *, is_held: bool) -> None:
        """Know the words of this lead for those after it."""
        self._just.append((lead.enquiry.email.upper(), words))
        if is_held:
            self._just_held.insert(0, Held(lead.reference, False, words))

    def same_from_others(self, lead: Lead, words: Words) -> int:
        """How many others sent the same words."""
        email = lead.enquiry.email.upper()
        just = sum(one.digest == words.digest and whose != email for whose, one in self._just)
        return self.same[lead.pk] + just

    def held_like(self, lead: Lead, words: Words) -> Held | None:
        """The newest of those held back that is much like it."""
        both = [*self._just_held, *self.held.get(lead.pk, [])]
        return next((one for one in both if one.words.are_like(words)), None)


def asked(leads: Sequence[Any], texts: Mapping[int, Words]) -> prepared.Asked:
    """What asks for what was seen before these leads came, for who sends it together with other questions."""
    pks = [lead.pk for lead in leads]
    given = {
        "pks": pks,
        "digests": [texts[pk].digest for pk in pks],
        "emails": [lead.enquiry.email for lead in leads],
        "bands": [arrays.numbers(texts[pk].bands) for pk in pks],
        "since": timezone.now() - timedelta(days=_DAYS),
        "most": _MOST_COMPARED,
    }
    return _SEEN, given


def seen_of(answer: Iterable[prepared.Row]) -> SeenWords:
    """What was answered to `asked`."""
    seen = SeenWords(Counter(), {})
    for pk, number, reference, outcome, digest, bands in answer:
        seen.same[pk] = number
        if reference is not None:
            one = Held(reference, outcome == Quarantine.Outcome.SPAM, Words(digest, bands))
            seen.held.setdefault(pk, []).append(one)
    return seen
