"""What readers who asked for mail are written: each letter with the link by which its reader ends it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from briefs import page_lines, subscribing
from briefs.models import Brief, Subscriber, Subscription
from mail.outbox import PRIVATE_LINK, Letter

# RFC 8058: the mail program posts to the address without a question; RFC 2919 for the name of the list.
UNSUBSCRIBE = f"<{PRIVATE_LINK}unsubscribe/>"


def list_headers() -> dict[str, str]:
    """The headers of a mail to many, by which a program ends the subscription with one click."""
    return {
        "List-Id": f"{settings.HOUSE['name']} briefs <briefs.{urlsplit(settings.SITE_URL).hostname}>",
        "List-Unsubscribe": UNSUBSCRIBE,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "list",
    }


def to_subscriber(
    subscriber: Subscriber,
    *,
    template: str,
    key: str,
    context: Mapping[str, Any],
    reference: str = "",
    gate: str = "briefs.notice",
) -> Letter:
    """A letter of the list, in the reader's language; `context` is shared by all to whom the same is told."""
    assert subscriber.email
    return Letter(
        key=key,
        template=f"briefs/mail/{template}",
        to_email=subscriber.email,
        language=subscriber.language,
        reference=reference,
        private_url=subscribing.manage_url(subscriber),
        gate=gate,
        headers=list_headers(),
        context=context,
    )


def confirmation(subscription: Subscription, label: str) -> Letter:
    """The letter with the link that begins a subscription, or, if it has begun, the one to change it."""
    is_new = subscription.state == Subscription.State.PENDING
    subscriber = subscription.subscriber
    assert subscriber.email
    return Letter(
        key=f"subscription:{subscription.pk}:{subscription.asks}",
        template="briefs/mail/confirm" if is_new else "briefs/mail/already",
        to_email=subscriber.email,
        language=subscription.language,
        private_url=subscribing.confirm_url(subscription)
        if is_new
        else subscribing.manage_url(subscriber),
        gate="briefs.confirmation",
        context={"label": label, "frequency": subscription.frequency},
    )


def brief_lines(brief: Brief) -> dict[str, Any]:
    """What a letter says of a brief: from its public page, and nothing that is not on it."""
    revision = brief.live_revision
    judged = revision.snapshot["judgements"] if revision else []
    return {
        "title": brief.title,
        "summary": brief.summary,
        "language": brief.language,
        "reference": brief.reference,
        "url": settings.SITE_URL + brief.get_absolute_url(),
        "judgement": page_lines.judgement_line(judged[0]) if judged else None,
    }
