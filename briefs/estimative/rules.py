"""The rules for running text: what may mislead in a sentence, why, and what to write instead."""

import re
from collections.abc import Callable, Iterator

from briefs.estimative import days
from briefs.estimative.findings import Finding, Rule, Severity
from briefs.estimative.passages import Passages
from briefs.likelihood import Likelihood as L

_AROUND = 140
_LONGEST = 160
# A risk that is "high" is rated, not forecast: it wants another word before it wants a day.
_RATES = re.compile(r".{0,20}\b(?:risk|risque)\b")
_NEVER = re.compile(r"impossible|never|jamais|\bnot\b|won't|\bne\b|\bn'")


def prose_findings(passages: Passages, field: str, *, has_house_terms: bool) -> list[Finding]:
    """Everything that the rules say of one text. A title needs no day: its summary and text have it."""
    rules: list[Rule_] = [_bare, _off_scale, _confidence, _absolute]
    found = [finding for rule in rules for finding in rule(passages, field)]
    if field != "title":
        found += _undated(passages, field)
    if has_house_terms:
        found += _mixed(passages, field)
    return found


Rule_ = Callable[[Passages, str], Iterator[Finding]]


def make(
    passages: Passages,
    rule: Rule,
    severity: Severity,
    field: str,
    place: tuple[int, int],
    why: str,
    instead: str,
) -> Finding:
    """A finding with the words around its passage."""
    text, (start, end) = passages.reading.text, place
    number = passages.reading.sentence_at(start)
    sentence = passages.reading.sentences[number]
    return Finding(
        rule,
        severity,
        field,
        number + 1,
        start,
        end,
        _cut(text[sentence.start : start], -1),
        text[start:end],
        _cut(text[end : sentence.end], 1),
        why,
        instead,
    )


def _cut(text: str, side: int) -> str:
    """As much of a long sentence as helps to find the place."""
    if len(text) <= _AROUND:
        return text
    return f"…{text[-_AROUND:]}" if side < 0 else f"{text[:_AROUND]}…"


def _quoted(passages: Passages, match: re.Match[str]) -> str:
    return f"“{passages.reading.text[match.start() : match.end()]}”"


def _bare(passages: Passages, field: str) -> Iterator[Finding]:
    lexicon = passages.lexicon
    for number, match in passages.bare.items():
        if passages.likelihood_in(number) or passages.is_question(number):
            continue
        is_soft = lexicon.soft.fullmatch(match[0]) is not None
        yield make(
            passages,
            Rule.BARE,
            Severity.CONSIDER if is_soft else Severity.MEND,
            field,
            match.span(),
            f"{_quoted(passages, match)} says that it can be, which is nearly always true, and not how likely it is.",
            f"Say how likely: {lexicon.terms((L.UNLIKELY, L.ROUGHLY_EVEN, L.LIKELY))}, and by which day:"
            f" “{days.proposal(lexicon, passages.asked_on)}”. If you do not judge it, say what is not known.",
        )


def _off_scale(passages: Passages, field: str) -> Iterator[Finding]:
    for hit in passages.off_scale.values():
        yield make(
            passages,
            Rule.OFF_SCALE,
            Severity.MEND,
            field,
            hit.match.span(),
            "Our scale does not have these words: each reader puts another number on them.",
            f"Write {passages.lexicon.terms(hit.likelihoods)}, whichever you mean.",
        )


def _mixed(passages: Passages, field: str) -> Iterator[Finding]:
    for hit in passages.others.values():
        yield make(
            passages,
            Rule.MIXED,
            Severity.MEND,
            field,
            hit.match.span(),
            f"{_quoted(passages, hit.match)} is of the scale’s other row. Beside our own terms readers look for a"
            " difference that is not there.",
            f"Write {passages.lexicon.terms(hit.likelihoods)}.",
        )


def _confidence(passages: Passages, field: str) -> Iterator[Finding]:
    by = days.proposal(passages.lexicon, passages.asked_on)
    for number, match in passages.confidence.items():
        hit = passages.likelihood_in(number)
        if hit is None:
            continue
        yield make(
            passages,
            Rule.CONFIDENCE,
            Severity.MEND,
            field,
            _together(hit.match, match),
            "How likely it is and how sure we are of that are two things. In one sentence they are read as one.",
            passages.lexicon.confidence_advice.format(by=by),
        )


def _absolute(passages: Passages, field: str) -> Iterator[Finding]:
    lexicon = passages.lexicon
    for number, match in _claims_of_certainty(passages):
        sentence = passages.reading.sentences[number]
        plain = passages.reading.plain[sentence.start : sentence.end]
        is_denied = _NEVER.search(match[0]) or _NEVER.search(
            plain[: match.start() - sentence.start][-12:]
        )
        choice = (
            (L.UNLIKELY, L.VERY_UNLIKELY, L.ALMOST_NO_CHANCE)
            if is_denied
            else (L.LIKELY, L.VERY_LIKELY, L.ALMOST_CERTAIN)
        )
        yield make(
            passages,
            Rule.ABSOLUTE,
            Severity.MEND,
            field,
            match.span(),
            f"{_quoted(passages, match)} leaves no room. Nothing ahead is 0 or 100 %: the scale ends at 1 and 99.",
            f"{lexicon.absolute_advice}: {lexicon.terms(choice)}.",
        )


def _claims_of_certainty(passages: Passages) -> Iterator[tuple[int, re.Match[str]]]:
    for number in sorted({*passages.absolute, *passages.if_future}):
        if passages.is_question(number):
            continue
        match = passages.absolute.get(number)
        is_future = match is not None and passages.lexicon.forecast.fullmatch(match[0]) is not None
        if match is not None and not (is_future and passages.likelihood_in(number)):
            yield number, match
        elif match is None and (number in passages.vague or number in passages.forecast):
            yield number, passages.if_future[number]


def _undated(passages: Passages, field: str) -> Iterator[Finding]:
    dated = passages.dated_lines()
    for number, match in _forecasts(passages):
        sentence = passages.reading.sentences[number]
        if number in passages.horizon or sentence.line in dated:
            continue
        vague = passages.vague.get(number)
        by = days.proposal(passages.lexicon, passages.asked_on)
        wanted = (
            ""
            if passages.likelihood_in(number)
            else (
                f" And say how likely: {passages.lexicon.terms((L.ROUGHLY_EVEN, L.LIKELY, L.VERY_LIKELY))}."
            )
        )
        yield make(
            passages,
            Rule.VAGUE_HORIZON if vague else Rule.NO_HORIZON,
            Severity.MEND,
            field,
            _together(match, vague) if vague else match.span(),
            f"{_quoted(passages, vague)} ends on another day for each reader."
            if vague
            else "Without a day nobody can ever say whether it was right.",
            f"Name the day: “… {by}”.{wanted}",
        )


def _together(match: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    """From the first of two passages to the end of the last, or the second where that is too far."""
    start, end = min(match.start(), other.start()), max(match.end(), other.end())
    return (start, end) if end - start <= _LONGEST else other.span()


def _forecasts(passages: Passages) -> Iterator[tuple[int, re.Match[str]]]:
    """Each sentence that speaks of what is to come, and its word for that."""
    for number, sentence in enumerate(passages.reading.sentences):
        if (sentence.is_heading and sentence.line > 0) or passages.is_question(number):
            continue
        hit = passages.likelihood_in(number)
        if forecast := passages.forecast.get(number):
            yield number, forecast
        elif hit is not None and number not in passages.past and not _RATES.match(hit.match[0]):
            yield number, hit.match
        elif number in passages.bare and number in passages.vague:
            yield number, passages.bare[number]
