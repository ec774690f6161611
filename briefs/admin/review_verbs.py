"""The buttons of review: submit, decide, hand over, comment, invite, restore."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.staff_screens import Verb
from briefs import commenting, inviting, reviewing, revising, translating
from briefs.admin import review_forms
from briefs.models import EDITABLE, Brief, BriefStatus, Revision

_WRITE, _APPROVE = "briefs.change_brief", "briefs.approve_brief"
_COMMENT, _INVITE, _LINKS = (
    "briefs.add_reviewcomment",
    "briefs.add_reviewlink",
    "briefs.change_reviewlink",
)


def _stands(*statuses: str) -> Callable[[Brief], bool]:
    return lambda brief: brief.status in statuses


def _approve(brief: Brief, by: User, seen: int, checklist: list[int], reason: str) -> Brief:
    revision = Revision.objects.filter(pk=seen, brief=brief.root_id).first() or Revision()
    return reviewing.approve_brief(
        brief=brief, by=by, seen=revision, checklist=checklist, reason=reason
    )


def _comment(brief: Brief, by: User, **words: Any) -> str:
    commenting.comment_on_brief(brief=brief, by=by, **words)
    return page_part(brief, "comments")


def _of_comment(verb: Callable[..., Any]) -> Callable[..., str]:
    def call(brief: Brief, by: User, **words: Any) -> str:
        verb(by=by, **words)
        return page_part(brief, "comments")

    return call


def _of_link(verb: Callable[..., Any]) -> Callable[..., str]:
    def call(brief: Brief, by: User, **words: Any) -> str:
        verb(by=by, **words)
        return page_part(brief, "reviewers")

    return call


def _invite(brief: Brief, by: User, **words: Any) -> str:
    inviting.invite_reviewer(brief=brief, by=by, **words)
    return page_part(brief, "reviewers")


def _restore(brief: Brief, by: User, revision: Revision) -> str:
    restored = revising.restore_revision(brief=brief, revision=revision, by=by)
    at_work = Brief.objects.get(head_revision=restored)
    return reverse("admin:briefs_brief_change", args=[at_work.pk])


def page_part(brief: Brief, part: str) -> str:
    """The address of a part of a brief's staff page."""
    return f"{reverse('admin:briefs_brief_change', args=[brief.pk])}#{part}"


DECIDING_VERBS = (
    Verb(
        "submit",
        "Submit for review",
        lambda brief, by, **words: reviewing.submit_brief(brief=brief, by=by, **words),
        lambda brief: brief.may_become(BriefStatus.IN_REVIEW),
        _WRITE,
        "It is in review.",
        review_forms.SubmitForm,
        is_main=True,
    ),
    Verb(
        "approve",
        "Approve",
        _approve,
        _stands("in_review"),
        _APPROVE,
        "It is approved. It can be published.",
        review_forms.ApproveForm,
        is_main=True,
    ),
    Verb(
        "request-changes",
        "Request changes",
        lambda brief, by, **words: reviewing.request_changes(brief=brief, by=by, **words),
        _stands("in_review"),
        _APPROVE,
        "It went back with your words.",
        review_forms.RequestChangesForm,
    ),
    Verb(
        "call-back",
        "Call back from review",
        lambda brief, by: reviewing.call_back(brief=brief, by=by),
        _stands("in_review"),
        _WRITE,
        "It is a draft again.",
    ),
    Verb(
        "hand-over",
        "Hand over",
        lambda brief, by, **words: reviewing.hand_over(brief=brief, by=by, **words),
        _stands(*EDITABLE, "approved"),
        _WRITE,
        "It is handed over.",
        review_forms.HandOverForm,
    ),
)
TALKING_VERBS = (
    Verb(
        "comment",
        "Comment",
        _comment,
        _stands(*BriefStatus.values),
        _COMMENT,
        "Your comment is in the thread.",
        review_forms.CommentForm,
    ),
    Verb(
        "resolve-comment",
        "Resolve the comment",
        _of_comment(commenting.resolve_comment),
        _stands(*BriefStatus.values),
        _COMMENT,
        "It is resolved.",
        review_forms.OfCommentForm,
        is_listed=False,
    ),
    Verb(
        "reopen-comment",
        "Open the comment again",
        _of_comment(commenting.reopen_comment),
        _stands(*BriefStatus.values),
        _COMMENT,
        "It is open again.",
        review_forms.OfCommentForm,
        is_listed=False,
    ),
    Verb(
        "invite",
        "Ask somebody outside",
        _invite,
        _stands(*EDITABLE, "approved"),
        _INVITE,
        "A mail with a private link is on its way.",
        review_forms.InviteForm,
    ),
    Verb(
        "reissue-link",
        "Mail a new link",
        _of_link(inviting.reissue_link),
        _stands(*BriefStatus.values),
        _LINKS,
        "A new link is on its way; the old one is closed.",
        review_forms.ReissueForm,
        is_listed=False,
    ),
    Verb(
        "revoke-link",
        "Close the link",
        _of_link(inviting.revoke_link),
        _stands(*BriefStatus.values),
        _LINKS,
        "The link is closed.",
        review_forms.RevokeForm,
        is_listed=False,
    ),
    Verb(
        "restore",
        "Restore a revision",
        _restore,
        _stands(*EDITABLE, "approved", "published"),
        _WRITE,
        "The earlier text stands here again, as the newest revision.",
        review_forms.RestoreForm,
        is_listed=False,
    ),
    Verb(
        "facts",
        "Take over the facts of the source",
        lambda brief, by: translating.take_over_facts(brief=brief, by=by),
        lambda brief: brief.translated_from_id is not None and brief.is_editable,
        _WRITE,
        "What is not prose is that of the source now. Look at the judgements: new ones wait to be translated.",
        is_listed=False,
    ),
    Verb(
        "up-to-date",
        "The translation is up to date",
        lambda brief, by: translating.mark_up_to_date(brief=brief, by=by),
        translating.is_behind,
        _WRITE,
        "It is on record which text it translates.",
        is_listed=False,
    ),
)
