"""Reaching a client whose mail does not arrive: their details as they say them by telephone, and the link once more."""

from collections.abc import Collection
from typing import Any

from accounts.form_fields import EmailField, LineField
from accounts.models import User
from accounts.staff_screens import Verb, VerbForm
from intake import acknowledging, after_sending, matching, renewing
from intake.admin.seen_form import SeenForm
from intake.after_sending import ContactDetails
from intake.client_forms import ChangedForm
from intake.models import Lead, Status

_MAY = "intake.change_lead"
_INTRO = (
    "What the client sent stays as it was; mails go to these details from now on.",
    "A new address gets the link to the status page at once, and one that took no mail before is written to again.",
    "Whoever reads the mailbox can open the request: make sure that you speak with the client.",
)


class CorrectForm(ChangedForm, VerbForm):
    """How to reach the client, as it is known now."""

    @property
    def intro(self) -> tuple[str, ...]:
        """What happens, and what to make sure of."""
        return _INTRO

    full_name = LineField(label="Full name", limit=200)
    email = EmailField(label="E-mail", limit=254, max_length=None)
    phone = LineField(label="Phone", limit=40, required=False)

    def __init__(self, *args: Any, obj: Lead, **kwargs: Any) -> None:
        kwargs["initial"] = vars(after_sending.contact_of(obj)) | kwargs.get("initial", {})
        super().__init__(*args, obj=obj, **kwargs)


class RenewForm(SeenForm):
    """Whether to close the link to the status page."""

    def seen_of(self, lead: Lead) -> str:
        """Which link that is."""
        return renewing.seen(lead)

    @property
    def intro(self) -> tuple[str, ...]:
        """What happens, and to whom."""
        closed = "Whoever has the link to the status page so far, the client too, opens nothing with it any more."
        if not renewing.mails_another(self.obj):
            return (closed, "The request is closed: the client gets no other.")
        email = after_sending.contact_of(self.obj).email
        return (
            closed,
            f"Another leaves for {email} at once. Is that address wrong? Correct it first.",
        )


def _correct(lead: Lead, by: User, changed: Collection[str], **details: str) -> None:
    given = ContactDetails(**details)
    after_sending.correct_contact(lead=lead, details=given, changed=changed, by=by)


def _renew(lead: Lead, by: User, seen: str) -> None:
    renewing.renew_link(lead=lead, by=by, shown=seen)


def _is_open(lead: Lead) -> bool:
    """Of a merged request the client's own page still counts, while what does its work is open."""
    return lead.erased_at is None and matching.live(lead).closed_at is None


def _may_be_closed_to(lead: Lead) -> bool:
    return lead.erased_at is None and matching.live(lead).closed_at is not None


def _may_be_written_to(lead: Lead) -> bool:
    return _is_open(lead) and lead.status not in (Status.NEW, Status.QUARANTINED)


REACHING_VERBS: tuple[Verb, ...] = (
    Verb(
        "correct", "Correct their details", _correct, _is_open, _MAY,
        "The details are corrected.", CorrectForm, is_listed=False,
    ),
    Verb(
        "send-link", "Send the link again",
        lambda lead, by: acknowledging.send_link_again(lead=lead, by=by),
        _may_be_written_to, _MAY, "The link to the status page leaves once more.", is_listed=False,
    ),
    Verb(
        "renew-link", "Mail a new link", _renew, _may_be_written_to, _MAY,
        "The link is closed, and another one leaves.", RenewForm, is_listed=False,
    ),
    Verb(
        "close-link", "Close the link", _renew, _may_be_closed_to, _MAY,
        "The link opens nothing any more.", RenewForm, is_listed=False,
    ),
)  # fmt: skip
