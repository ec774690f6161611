"""The buttons of a brief: each calls one verb, and asks first where readers or colleagues will notice."""

from collections.abc import Callable

from django.urls import reverse

from accounts.models import User
from accounts.staff_screens import Verb
from briefs import publishing, revising, translating
from briefs.admin import verb_forms
from briefs.admin.review_verbs import DECIDING_VERBS, TALKING_VERBS
from briefs.models import Brief, BriefStatus

_WRITE = "briefs.change_brief"
_PUBLISH, _EMERGENCY = "briefs.publish_brief", "briefs.emergency_publish_brief"


def page_of(brief: Brief) -> str:
    """The address of a brief's staff page."""
    return reverse("admin:briefs_brief_change", args=[brief.pk])


def _may_be(status: BriefStatus) -> Callable[[Brief], bool]:
    return lambda brief: brief.may_become(status)


def _stands(*statuses: str, pending: bool | None = None) -> Callable[[Brief], bool]:
    return lambda brief: (
        brief.status in statuses and pending in (None, brief.revises_id is not None)
    )


def _is_scheduled(brief: Brief) -> bool:
    return brief.status == "published" and not Brief.objects.public().filter(pk=brief.pk).exists()


def _publish_urgently(brief: Brief, by: User, emergency_reason: str) -> str:
    if brief.revises_id:
        live = publishing.publish_revision(pending=brief, by=by, emergency_reason=emergency_reason)
        return page_of(live)
    publishing.publish_brief(brief=brief, by=by, emergency_reason=emergency_reason)
    return page_of(brief)


PUBLISH_VERBS = (
    Verb(
        "publish",
        "Publish",
        lambda brief, by: publishing.publish_brief(brief=brief, by=by),
        _stands("approved", pending=False),
        _PUBLISH,
        "The brief is public.",
        verb_forms.ConfirmPublication,
        is_main=True,
    ),
    Verb(
        "schedule",
        "Schedule",
        lambda brief, by, **words: publishing.publish_brief(brief=brief, by=by, **words),
        _stands("approved", pending=False),
        _PUBLISH,
        "It is scheduled: readers see it at that moment, by itself.",
        verb_forms.ScheduleForm,
    ),
    Verb(
        "publish-revision",
        "Publish this revision",
        lambda brief, by, **words: page_of(
            publishing.publish_revision(pending=brief, by=by, **words)
        ),
        _stands("approved", pending=True),
        _PUBLISH,
        "Readers see the new text. The old one keeps an address of its own.",
        verb_forms.PublishRevisionForm,
        is_main=True,
    ),
    Verb(
        "unschedule",
        "Call back the publication",
        lambda brief, by: publishing.unschedule_brief(brief=brief, by=by),
        _is_scheduled,
        _PUBLISH,
        "It is no longer scheduled.",
    ),
    Verb(
        "emergency",
        "Publish without approval",
        _publish_urgently,
        _stands("draft", "in_review", "changes_requested"),
        _EMERGENCY,
        "It is public without approval. That is on record.",
        verb_forms.EmergencyForm,
    ),
)
LIVE_VERBS = (
    Verb(
        "revise",
        "Revise",
        lambda brief, by: page_of(revising.open_pending(brief=brief, by=by)),
        _stands("published"),
        _WRITE,
        "Write here. Readers keep the live text until this one is approved and published.",
        is_main=True,
    ),
    Verb(
        "translate",
        "Translate",
        lambda brief, by, **words: page_of(
            translating.start_translation(brief=brief, by=by, **words)
        ),
        _stands(*BriefStatus.values, pending=False),
        "briefs.add_brief",
        "Put this text into the new language. What is not prose was taken over.",
        verb_forms.TranslateForm,
    ),
    Verb(
        "correct",
        "Add a correction",
        lambda brief, by, **words: publishing.correct_brief(brief=brief, by=by, **words),
        _stands("published"),
        _PUBLISH,
        "The correction is on the page.",
        verb_forms.CorrectForm,
    ),
    Verb(
        "supersede",
        "Superseded by",
        lambda brief, by, **words: publishing.supersede_brief(brief=brief, by=by, **words),
        _stands("published"),
        _PUBLISH,
        "Readers are told.",
        verb_forms.SupersedeForm,
    ),
    Verb(
        "move",
        "Change the address",
        lambda brief, by, **words: publishing.move_address(brief=brief, by=by, **words),
        _stands("published"),
        _PUBLISH,
        "It has a new address; the old one leads there.",
        verb_forms.AddressForm,
    ),
    Verb(
        "expire",
        "Set an end",
        lambda brief, by, **words: publishing.expire_brief(brief=brief, by=by, **words),
        _stands("published"),
        _PUBLISH,
        "The end is set.",
        verb_forms.ExpiryForm,
    ),
    Verb(
        "archive",
        "Archive",
        lambda brief, by: publishing.archive_brief(brief=brief, by=by),
        _may_be(BriefStatus.ARCHIVED),
        _PUBLISH,
        "The brief is no longer public.",
        verb_forms.ConfirmArchive,
    ),
    Verb(
        "withdraw",
        "Withdraw",
        lambda brief, by, **words: publishing.withdraw_brief(brief=brief, by=by, **words),
        _may_be(BriefStatus.WITHDRAWN),
        _PUBLISH,
        "The brief is withdrawn. Its page says why.",
        verb_forms.WithdrawForm,
    ),
    Verb(
        "discard",
        "Discard this revision",
        lambda brief, by: page_of(revising.discard_pending(pending=brief, by=by)),
        _stands("draft", "in_review", "changes_requested", "approved", pending=True),
        _WRITE,
        "The revision is discarded. This is the live brief.",
        verb_forms.ConfirmDiscard,
    ),
)
BRIEF_VERBS = (*DECIDING_VERBS, *PUBLISH_VERBS, *LIVE_VERBS, *TALKING_VERBS)
