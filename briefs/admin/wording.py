"""The wording check beside the text: of a brief as saved, and of what is being typed. It saves nothing."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone

from briefs import rendering
from briefs.estimative import Claim, Finding, Parts, Rule, Severity, check_wording
from briefs.models import Brief

LONGEST = 260_000  # characters in all; the text itself may have 200,000
_LABELS = {"title": "Title", "summary": "Summary", "body": "Text"}


class Group(NamedTuple):
    """The findings of one field, and the element of the form that holds it."""

    label: str
    target: str
    findings: list[Finding]


class Typed(NamedTuple):
    """A judgement's form: its number on the page and what is in it."""

    row: int
    claim: Claim


def of_brief(brief: Brief) -> dict[str, Any]:
    """The panel for the text as saved."""
    standing = brief.judgements.filter(position__isnull=False).order_by("position")
    names = ("position", "text", "likelihood", "confidence", "horizon_on")
    claims = [Claim(*row) for row in standing.values_list(*names)]
    asked_on = brief.data_cutoff.date() if brief.data_cutoff else timezone.now().date()
    own = (brief.title, brief.summary, brief.body_text)
    parts = Parts(brief.language, asked_on, *own, tuple(claims))
    return _panel(parts, {claim.position: row for row, claim in enumerate(claims)})


def of_typing(data: Mapping[str, Any]) -> dict[str, Any]:
    """The panel for the fields of a form as they are now; whatever cannot be read counts as empty."""
    typed = _typed_judgements(data)
    parts = Parts(
        data.get("language") or "en",
        _day(data.get("data_cutoff_0")) or timezone.now().date(),
        data.get("title", ""),
        data.get("summary", ""),
        rendering.plain_text(rendering.sanitise(data.get("body", ""))),
        tuple(judgement.claim for judgement in typed),
    )
    return _panel(parts, {judgement.claim.position: judgement.row for judgement in typed})


def is_too_long(data: Mapping[str, Any]) -> bool:
    """Whether it is more than any brief may hold."""
    return sum(len(value) for value in data.values()) > LONGEST


def _typed_judgements(data: Mapping[str, Any]) -> list[Typed]:
    rows = sorted(
        int(row)
        for name in data
        if name.startswith("judgements-") and name.endswith("-text")
        if (row := name.split("-")[1]).isascii() and row.isdecimal() and len(row) < 5
    )
    typed = [_typed(data, row) for row in rows if f"judgements-{row}-DELETE" not in data]
    return sorted(typed, key=lambda judgement: judgement.claim.position)


def _typed(data: Mapping[str, Any], row: int) -> Typed:
    told = {name: data.get(f"judgements-{row}-{name}", "") for name in ("position", *_CLAIM)}
    number = told["position"].strip()
    position = (
        int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else row + 1
    )
    day = _day(told["horizon_on"])
    return Typed(row, Claim(position, told["text"], told["likelihood"], told["confidence"], day))


_CLAIM = ("text", "likelihood", "confidence", "horizon_on")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _panel(parts: Parts, rows: dict[int, int]) -> dict[str, Any]:
    report = check_wording(parts)
    return {
        "groups": [
            _group(field, list(findings), rows)
            for field, findings in groupby(report.findings, key=lambda finding: finding.field)
        ],
        "note": report.note,
        "summary": _summary(report.findings) if not report.note or report.findings else "",
        "words": rendering.word_count(parts.body),
        "minutes": rendering.reading_minutes(parts.body),
    }


def _group(field: str, findings: list[Finding], rows: dict[int, int]) -> Group:
    if field in _LABELS:
        return Group(_LABELS[field], f"id_{field}", findings)
    row = rows.get(int(field.partition(" ")[2]), 0)
    return Group(field.capitalize(), f"id_judgements-{row}-text", findings)


def _summary(findings: tuple[Finding, ...]) -> str:
    """How much there is to do, in a line."""
    if not findings:
        return "Nothing to mend."
    mend = sum(finding.severity == Severity.MEND for finding in findings)
    consider = len(findings) - mend
    told = [f"{mend} to mend"] if mend else []
    return ", ".join([*told, *([f"{consider} to consider"] if consider else [])]) + "."


def remark(brief: Brief) -> str:
    """A line for whoever is about to approve the text."""
    panel = of_brief(brief)
    if not panel["groups"]:
        return f"The wording check: {panel['note'] or panel['summary']}"
    rules = {finding.rule for group in panel["groups"] for finding in group.findings}
    names = "; ".join(Rule(rule).label for rule in Rule if rule in rules)
    return f"The wording check, beside the text: {panel['summary']} ({names})"
