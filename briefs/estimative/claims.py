"""The rules for a judgement: one claim, without a word of likelihood, that can be checked on its day."""

from collections.abc import Iterator
from datetime import date

from briefs.estimative import days
from briefs.estimative.findings import Claim, Finding, Rule, Severity
from briefs.estimative.lexicon import Lexicon
from briefs.estimative.passages import Passages
from briefs.estimative.rules import make
from briefs.estimative.sentences import Reading

_LONGEST = 2_000
_FARTHEST_DAYS = 731
_VERB_WITHIN = 45  # characters after "and": a subject and its verb


def claim_findings(claim: Claim, lexicon: Lexicon, asked_on: date) -> list[Finding]:
    """Everything that the rules say of one judgement."""
    field = f"judgement {claim.position}"
    reading = Reading(claim.text[:_LONGEST])
    if not reading.sentences:
        return []
    passages = Passages(reading, lexicon, asked_on)
    return [
        *_worded(passages, field),
        *_double(passages, field),
        *_undated(passages, field, claim),
        *_other_day(passages, field, claim),
    ]


def _worded(passages: Passages, field: str) -> Iterator[Finding]:
    for number in range(len(passages.reading.sentences)):
        hit = passages.likelihood_in(number)
        match = hit.match if hit else passages.bare.get(number) or passages.confidence.get(number)
        if match is None:
            continue
        word = passages.reading.text[match.start() : match.end()]
        yield make(
            passages,
            Rule.CLAIM_WORDED,
            Severity.MEND,
            field,
            match.span(),
            "How likely it is and how sure we are have fields of their own; said twice, one day the two differ.",
            f"Cut “{word}”: state the claim in the present, as if it had come true; choose its likelihood beside it.",
        )
        return


def _double(passages: Passages, field: str) -> Iterator[Finding]:
    if (place := _joint(passages)) is None:
        return
    word = passages.reading.text[place[0] : place[1]].strip()
    yield make(
        passages,
        Rule.CLAIM_DOUBLE,
        Severity.CONSIDER,
        field,
        place,
        "When one half comes true and the other does not, nobody can say what came of it.",
        f"Make two judgements of it, one on each side of “{word}”, each with a likelihood of its own.",
    )


def _joint(passages: Passages) -> tuple[int, int] | None:
    """Where a second claim begins: at a semicolon, a second sentence, or an "and" with a verb on each side."""
    plain, sentences = passages.reading.plain, passages.reading.sentences
    if len(sentences) > 1:
        return sentences[1].start, sentences[1].end
    if (sign := plain.find(";")) >= 0:
        return sign, sign + 1
    verbs = passages.lexicon.verbs
    first = next((m for m in verbs.finditer(plain) if m.start() > 0), None)
    for match in passages.lexicon.joined.finditer(plain):
        if first is None or match.start() < first.end():
            continue
        if verbs.search(plain, match.end(), min(len(plain), match.end() + _VERB_WITHIN)):
            return match.span()
    return None


def _undated(passages: Passages, field: str, claim: Claim) -> Iterator[Finding]:
    day, asked_on = claim.horizon_on, passages.asked_on
    if day is None:
        why = "Without a day nobody can ever say whether it was right."
    elif day < asked_on:
        why = f"Its day, {day:%d %B %Y}, is over: readers would be told of the past."
    elif (day - asked_on).days > _FARTHEST_DAYS:
        why = f"Its day, {day:%d %B %Y}, is more than two years off: nobody learns from it in time."
    else:
        return
    yield make(
        passages,
        Rule.CLAIM_UNDATED,
        Severity.CONSIDER if day and day > asked_on else Severity.MEND,
        field,
        (0, len(passages.reading.text)),
        why,
        f"Set the day in its field, such as “{days.proposal(passages.lexicon, asked_on)}”.",
    )


def _other_day(passages: Passages, field: str, claim: Claim) -> Iterator[Finding]:
    if claim.horizon_on is None:
        return
    for match, day in days.days_in(passages.reading.plain, passages.lexicon):
        if day == claim.horizon_on or day < passages.asked_on:
            continue
        yield make(
            passages,
            Rule.CLAIM_DAY,
            Severity.MEND,
            field,
            match.span(),
            f"The text names {day:%d %B %Y} and its field {claim.horizon_on:%d %B %Y}: readers see both.",
            "Leave the day out of the text: the page prints the one in the field.",
        )
        return
