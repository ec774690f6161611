"""What became of the seed briefs: sources, translations, outcomes, corrections, a withdrawal, a pending revision."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from accounts.models import User
from briefs import commenting, inviting, judging, publishing, reviewing, revising
from briefs.models import Brief, Citation, Source
from seeds import reading

FILE = Path(__file__).parent / "brief_history.yaml"


def load_history(*, author: User, approver: User, slugs: Iterable[str]) -> None:
    """Bring the briefs of these slugs, which have just been loaded, to where the file wants them."""
    history = _history()
    briefs = {brief.slug: brief for brief in Brief.objects.filter(slug__in=list(slugs))}
    for slug, outcomes in history["outcomes"].items():
        if slug in briefs:
            _resolve(briefs[slug], outcomes, history["notes"], approver)
    for row in _rows(history["corrections"], briefs):
        _correct(briefs[row["brief"]], row, author, approver)
    for row in _rows(history["withdrawals"], briefs):
        publishing.withdraw_brief(brief=briefs[row["brief"]], by=approver, reason=row["reason"])
    for row in _rows(history["pending"], briefs):
        _review(_revise(briefs[row["brief"]], row, author), row, approver)


def cite(brief: Brief) -> None:
    """Give a draft the sources that the file names for it."""
    history = _history()
    graded = {row["name"]: row for row in history["sources"]}
    for position, row in enumerate(history["citations"].get(brief.slug, ()), start=1):
        source, _ = Source.objects.get_or_create(name=row["source"], defaults=graded[row["source"]])
        told = {name: value for name, value in row.items() if name != "source"}
        Citation.objects.create(brief=brief, source=source, position=position, **told)


@cache
def _history() -> dict[str, Any]:
    told: dict[str, Any] = reading.read(FILE.read_text(encoding="utf-8"))
    return told


def _rows(rows: list[dict[str, Any]], briefs: Mapping[str, Brief]) -> list[dict[str, Any]]:
    return [row for row in rows if row["brief"] in briefs]


def _resolve(
    brief: Brief, outcomes: list[str], notes: Mapping[str, Mapping[str, str]], by: User
) -> None:
    for judgement, outcome in zip(brief.judgements.order_by("position"), outcomes, strict=True):
        note = notes[brief.language][outcome]
        judging.resolve_judgement(judgement=judgement, by=by, outcome=outcome, note=note)


def _correct(brief: Brief, row: Mapping[str, Any], author: User, approver: User) -> None:
    pending = _revise(brief, row, author)
    reviewing.approve_brief(brief=pending, by=approver)
    publishing.publish_revision(pending=pending, by=approver, kind=row["kind"], text=row["text"])


def _review(pending: Brief, row: Mapping[str, Any], editor: User) -> None:
    """What is said of a revision in review, by the house and by somebody outside."""
    for said in row["comments"]:
        commenting.comment_on_brief(brief=pending, by=editor, **said)
    link = inviting.invite_reviewer(brief=pending, by=editor, **row["reviewer"]["person"])
    inviting.give_verdict(link=link, verdict="wants_changes", text=row["reviewer"]["text"])


def _revise(brief: Brief, row: Mapping[str, Any], author: User) -> Brief:
    pending = revising.open_pending(brief=brief, by=author)
    pending.summary = row.get("summary", pending.summary)
    pending.save()
    if change := row.get("judgement"):
        fields = {name: change[name] for name in ("likelihood", "change_reason")}
        pending.judgements.filter(position=change["position"]).update(**fields)
    revising.record_revision(brief=pending, by=author)
    return reviewing.submit_brief(brief=pending, by=author)
