"""What a client is told of a lead's status: plain words, nothing internal."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import Status


@dataclass(frozen=True)
class Stage:
    """A heading and a sentence for the client's page."""

    title: Promise
    text: Promise


_RECEIVED = Stage(
    _("We have your request"), _("It is stored and on its way to the adviser who covers it.")
)
_WITH_ADVISER = Stage(
    _("An adviser has your request"),
    _("An adviser is reading it and will answer you by e-mail."),
)
_IN_TOUCH = Stage(
    _("Your adviser is in touch with you"),
    _(
        "You have heard from us. Answer them, or add here what has changed: both reach the same person."
    ),
)
READY = Stage(
    _("Your proposal is ready"),
    _("The mail with it has a private link, by which you read, accept or decline it."),
)
_CLOSED = Stage(
    _("This request is closed"),
    _("Nobody works on it any more. Send a new request if something has changed."),
)
WITHDRAWN = Stage(
    _("You withdrew this request"),
    _("We stopped working on it. If something has changed, send a new one."),
)
# Until then nothing has come from us but the acknowledgement.
BEFORE_THE_ANSWER = (Status.NEW, Status.QUARANTINED, Status.ROUTED)
STAGES: dict[str, Stage] = {
    Status.NEW: _RECEIVED,
    Status.QUARANTINED: Stage(
        _("We have your request"),
        _("It is stored. One of us looks at it before it goes on to an adviser."),
    ),
    Status.ROUTED: _WITH_ADVISER,
    Status.CONTACTED: _IN_TOUCH,
    Status.QUALIFIED: _IN_TOUCH,
    Status.PROPOSAL: Stage(
        _("Your proposal"),
        _("A proposal is being written for you."),
    ),
    Status.WON: Stage(
        _("We work for you"),
        _("You accepted our proposal. Your adviser is in touch about the start."),
    ),
    Status.LOST: _CLOSED,
    Status.DISQUALIFIED: _CLOSED,
}
