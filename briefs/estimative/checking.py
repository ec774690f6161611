"""The check itself: every part of a brief through the rules of its language."""

from briefs.estimative.claims import claim_findings
from briefs.estimative.english import ENGLISH
from briefs.estimative.findings import Finding, Parts, Report
from briefs.estimative.french import FRENCH
from briefs.estimative.lexicon import Lexicon
from briefs.estimative.passages import Passages
from briefs.estimative.rules import prose_findings
from briefs.estimative.sentences import Reading

LANGUAGES: dict[str, Lexicon] = {"en": ENGLISH, "fr": FRENCH}
_NAMES = {"pt": "Portuguese", "ar": "Arabic"}
MOST = 100  # findings on one page; whoever has more mends these first


def check_wording(parts: Parts) -> Report:
    """What to mend in a brief's wording, in the order of the page: title, summary, judgements, text.

    It reads, and changes nothing. In a language without a word table the report says so.
    """
    lexicon = LANGUAGES.get(parts.language)
    if lexicon is None:
        name = _NAMES.get(parts.language, parts.language)
        return Report(
            note=f"There is no check of wording for {name} yet: read it with the scale beside you."
        )
    found = _in_order(_prose(parts, lexicon), _claims(parts, lexicon))
    if len(found) > MOST:
        return Report(tuple(found[:MOST]), f"These are the first {MOST} of {len(found)} findings.")
    return Report(tuple(found))


def _prose(parts: Parts, lexicon: Lexicon) -> list[Finding]:
    texts = {"title": parts.title, "summary": parts.summary, "body": parts.body}
    read = {
        field: Passages(Reading(text), lexicon, parts.asked_on)
        for field, text in texts.items()
        if text.strip()
    }
    # The page prints each judgement with a term of the first row.
    has_house_terms = bool(parts.judgements) or any(passages.house for passages in read.values())
    return [
        finding
        for field, passages in read.items()
        for finding in prose_findings(passages, field, has_house_terms=has_house_terms)
    ]


def _claims(parts: Parts, lexicon: Lexicon) -> list[Finding]:
    return [
        finding
        for claim in parts.judgements
        for finding in claim_findings(claim, lexicon, parts.asked_on)
    ]


def _in_order(prose: list[Finding], claims: list[Finding]) -> list[Finding]:
    prose = sorted(prose, key=lambda finding: (finding.start, finding.rule))
    head = [finding for finding in prose if finding.field in ("title", "summary")]
    head.sort(key=lambda finding: finding.field != "title")
    return [*head, *claims, *(finding for finding in prose if finding.field == "body")]
