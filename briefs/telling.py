"""Telling those concerned what became of a brief, by mail that names it by its number and holds no word of it.

Each is told once of each thing that happened, never of what they did themselves, and only while they may log in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from briefs import colleagues, history, reviewing
from briefs.models import EDITABLE, Brief, Move, ReviewComment, ReviewLink, Verdict
from mail import outbox


@dataclass(frozen=True)
class News:
    """One thing that happened: the subject of its mail and what the mail says. `{name}` is the brief's number."""

    subject: str
    text: str


ASKED = News("{name} waits for your review", "You are asked to review {name}.")
OPEN = News(
    "{name} waits for a review",
    "{name} was submitted for review, to nobody by name. Whoever takes it first may hand it to themselves.",
)
RETURNED = News("Changes requested: {name}", "{name} came back from review: changes are requested.")
APPROVED = News("Approved: {name}", "{name} is approved. It can be published.")
PUBLISHED = News("Published: {name}", "Readers see {name} now.")
HANDED = News("{name} is with you", "{name} was handed to you: you are to act next.")
SAID = News("A comment on {name}", "There is a new comment on {name}.")
AGREED = News("A reviewer agrees: {name}", "A reviewer from outside agrees with {name}.")
DISAGREED = News(
    "A reviewer wants changes: {name}", "A reviewer from outside wants changes in {name}."
)
DUE = News("Due today: {name}", "{name} is due today.")
LATE = News("Overdue: {name}", "The day that was set for {name} has gone by.")


def tell_of_move(*, move_id: int) -> None:
    """Tell whoever a move concerns, unless a later one has made it untrue."""
    move = Move.objects.select_related("brief", "revision").get(pk=move_id)
    brief = move.brief
    if move.of_pending and move.to_status != "published":
        pending = Brief.objects.filter(revises=brief).first()
        if pending is None:
            return
        brief = pending
    if move.to_status == "published":
        later = brief.moves.filter(to_status="published", pk__gt=move.pk)
        if later.exists() or not Brief.objects.public().filter(pk=brief.pk).exists():
            return
    elif brief.status != move.to_status:
        return
    news, readers = _of_move(brief, move)
    _send(news, f"move:{move.pk}", brief, readers, but=move.by_id)


def _of_move(brief: Brief, move: Move) -> tuple[News, Iterable[int]]:
    authors = list(move.revision.authors) if move.revision else []
    submitter = reviewing.submitter_of(brief)
    asked = [submitter.pk] if submitter else []
    holder = [brief.assignee_id] if brief.assignee_id else []
    if move.to_status == "in_review":
        if holder:
            return ASKED, holder
        # Nobody by name: those whose role it is, but for whoever may not approve this text.
        able = colleagues.whose_role_is("approve_brief").exclude(pk__in=authors)
        return OPEN, able.values_list("pk", flat=True)
    if move.to_status == "changes_requested":
        return RETURNED, [*authors, *holder]
    if move.to_status == "approved":
        return APPROVED, [*authors, *asked, *holder]
    return PUBLISHED, [*authors, *asked]


def tell_of_comment(*, comment_id: int) -> None:
    """Tell the authors, whoever is to act, and those who have commented before or asked this reviewer."""
    comment = ReviewComment.objects.select_related("revision", "brief", "link").get(pk=comment_id)
    brief = history.at_work(comment.brief)
    earlier = comment.brief.comments.filter(by__isnull=False).values_list("by_id", flat=True)
    readers = {*comment.revision.authors, *earlier, brief.assignee_id}
    if comment.link:
        readers.add(comment.link.created_by_id)
    _send(SAID, f"comment:{comment.pk}", brief, readers, but=comment.by_id)


def tell_of_verdict(*, link_id: int) -> None:
    """Tell the authors, whoever is to act, and whoever invited the reviewer."""
    link = ReviewLink.objects.select_related("revision__brief").get(pk=link_id)
    brief = history.at_work(link.revision.brief)
    readers = {*link.revision.authors, brief.assignee_id, link.created_by_id}
    news = AGREED if link.verdict == Verdict.AGREES else DISAGREED
    _send(news, f"verdict:{link.pk}", brief, readers)


def tell_of_handover(*, brief_id: int, key: str) -> None:
    """Tell whoever a brief was handed to, unless it has gone on since. The job's key names the person."""
    assignee_id = int(key.split(":")[2])
    brief = Brief.objects.filter(pk=brief_id, assignee=assignee_id).first()
    if brief is not None:
        _send(HANDED, key, brief, [assignee_id])


def remind(*, brief_id: int, key: str) -> None:
    """Say that a brief is due, or late, if that day still holds and nobody has finished with it.

    The job's key is "due" or "late", the brief and its day. Without an assignee whoever submitted or began it hears.
    """
    name, _, day = key.split(":")
    brief = Brief.objects.filter(pk=brief_id, due_on=date.fromisoformat(day)).first()
    if brief is None or brief.status not in EDITABLE:
        return
    if name == "due" and brief.due_on != timezone.now().date():
        return
    submitter = reviewing.submitter_of(brief)
    asked = submitter.pk if submitter else brief.created_by_id
    holder = brief.assignee_id or asked
    _send(*((DUE, key, brief, [holder]) if name == "due" else (LATE, key, brief, [holder, asked])))


def _send(
    news: News, key: str, brief: Brief, readers: Iterable[int | None], but: int | None = None
) -> None:
    name = brief.root.name_in_mail
    address = reverse("admin:briefs_brief_change", args=[brief.pk])
    wanted = colleagues.active_staff().filter(pk__in={pk for pk in readers if pk and pk != but})
    for user in wanted.order_by("pk"):
        outbox.queue_message(_letter(news, key, name, address, user))


def _letter(news: News, key: str, name: str, address: str, user: User) -> outbox.Letter:
    text = news.text.format(name=name)
    return outbox.Letter(
        key=f"brief:{key}:{user.pk}",
        template="briefs/mail/notice",
        to_email=user.email,
        to_name=user.full_name,
        reference=name,
        context={
            "subject": _capital(news.subject.format(name=name)),
            "text": _capital(text),
            "brief_url": f"{settings.SITE_URL}{address}",
        },
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
