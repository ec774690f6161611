"""The mails to reviewers and subscribers that staff may reword, and what may stand in them.

Mails that carry a brief are not among them: they are made of what readers may see of it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from briefs.dates import long_moment
from mail.catalogue import MailTemplate, Placeholder, Values, greeting, register

_LABEL = Placeholder("label", "What is followed, in words", is_required=True)


def _invitation(context: Mapping[str, Any]) -> Values:
    return {
        "greeting": greeting(context["full_name"]),
        "invited_by": context["invited_by"],
        "marking": context["marking"],
        "expires_at": long_moment(context["expires_at"]),
        "review_link": context["private_url"],
    }


def _confirm(context: Mapping[str, Any]) -> Values:
    return {"label": context["label"], "confirm_link": context["private_url"]}


def _already(context: Mapping[str, Any]) -> Values:
    return {"label": context["label"], "manage_link": context["private_url"]}


register(
    MailTemplate(
        name="briefs/mail/invitation",
        slug="review-invitation",
        title="To a reviewer outside: a draft for your review",
        placeholders=(
            Placeholder("greeting", "Dear and the name", is_passage=True),
            Placeholder("invited_by", "Who asks", is_required=True),
            Placeholder("marking", "The draft's TLP marking", is_required=True),
            Placeholder("expires_at", "Until when the link is open", is_required=True),
            Placeholder(
                "review_link", "The private page of the draft", is_required=True, is_link=True
            ),
        ),
        fill=_invitation,
        sample={
            "full_name": "Amina Example",
            "invited_by": "Editor Example",
            "marking": "TLP:AMBER",
            "expires_at": datetime(2026, 12, 31, 12, tzinfo=UTC),
        },
    )
)
register(
    MailTemplate(
        name="briefs/mail/confirm",
        slug="subscription-confirm",
        title="To a reader: confirm your subscription",
        placeholders=(
            _LABEL,
            Placeholder(
                "confirm_link", "The page that confirms it", is_required=True, is_link=True
            ),
        ),
        fill=_confirm,
        sample={"label": "Mali"},
    )
)
register(
    MailTemplate(
        name="briefs/mail/already",
        slug="subscription-stands",
        title="To a reader: you follow this already",
        placeholders=(
            _LABEL,
            Placeholder(
                "manage_link",
                "The private page to change what is followed",
                is_required=True,
                is_link=True,
            ),
        ),
        fill=_already,
        sample={"label": "Mali"},
    )
)
