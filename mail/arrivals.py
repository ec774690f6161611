"""What providers tell us of messages that left: kept once, and acted on when one did not arrive."""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from mail import addresses, news, refusals
from mail.models import Arrival, DeliveryEvent, Message, Unreachable, email_digest

Kind = DeliveryEvent.Kind
# Anymail's words for what happened; opens and clicks are not counted.
_KINDS = {
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "bounced": Kind.BOUNCED,
    "rejected": Kind.REJECTED,
    "failed": Kind.REJECTED,
    "complained": Kind.COMPLAINED,
}
_ARRIVALS = {
    Kind.DELIVERED: Arrival.DELIVERED,
    Kind.DEFERRED: Arrival.DELAYED,
    Kind.BOUNCED: Arrival.BOUNCED,
    Kind.REJECTED: Arrival.BOUNCED,
    Kind.COMPLAINED: Arrival.COMPLAINED,
}
# Events come in any order: what is worse stays.
_WORSE = {
    Arrival.DELAYED: [""],
    Arrival.DELIVERED: ["", Arrival.DELAYED],
    Arrival.BOUNCED: ["", Arrival.DELAYED, Arrival.DELIVERED],
    Arrival.COMPLAINED: ["", Arrival.DELAYED, Arrival.DELIVERED, Arrival.BOUNCED],
}
_WHY = {
    "bounced": Unreachable.Why.BOUNCED,
    "invalid": Unreachable.Why.BOUNCED,
    "spam": Unreachable.Why.COMPLAINED,
}
# What Postmark, Brevo and Mandrill, and MailerSend call a bounce that may pass.
_SOFT = (("Type", "SoftBounce"), ("event", "soft_bounce"), ("type", "activity.soft_bounced"))
# SparkPost's classes: an invalid recipient, and no such recipient. All others may pass, or are about the mail.
_HARD_CLASSES = {"10", "30"}
_CODE = re.compile(r"(?<![\d.])([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3}))?(?![\d.])")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass(frozen=True)
class Told:
    """One event, with nothing in it that a client or another server wrote but the address."""

    event_id: str
    kind: Kind
    recipient: str
    code: str
    reason: str
    is_soft: bool
    happened_at: datetime
    ours: uuid.UUID | None
    provider_id: str

    @property
    def is_for_good(self) -> bool:
        """Whether the message will not arrive, and a later one would not either."""
        is_refused = self.kind in (Kind.BOUNCED, Kind.REJECTED)
        may_pass = self.is_soft or self.code.startswith("4")
        return is_refused and not may_pass and not refusals.is_about_the_mail(self.code)


def read_events(view: Any, request: HttpRequest) -> list[Told]:
    """What a provider's request says; raises anything when it cannot be read."""
    return [_read(event) for event in view.parse_events(request) if _is_wanted(event)]


def _is_wanted(event: Any) -> bool:
    return event.event_type in _KINDS and isinstance(event.recipient, str) and bool(event.recipient)


def _read(event: Any) -> Told:
    words = f"{event.mta_response or ''} {event.description or ''}"
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    provider_id = _plain(event.message_id, 200)
    local = provider_id.strip("<>").partition("@")[0]
    at = event.timestamp or timezone.now()
    return Told(
        event_id=_id_of(event),
        kind=_KINDS[event.event_type],
        recipient=event.recipient,
        code=_code_in(words),
        reason=_plain(event.reject_reason, 20),
        is_soft=_is_soft(event.esp_event),
        happened_at=at if timezone.is_aware(at) else timezone.make_aware(at),
        ours=_uuid(metadata.get("message")) or _uuid(local),
        provider_id=provider_id,
    )


def _id_of(event: Any) -> str:
    """The provider's own number of the event, else a digest of all that it said."""
    number = _plain(event.event_id, 150)
    if number:
        return f"{event.event_type}:{number}"
    said = json.dumps(event.esp_event, sort_keys=True, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _is_soft(said: Any) -> bool:
    """Whether a bounce may pass, or was about this mail: Anymail's word is the same for those and for a hard one."""
    if not isinstance(said, dict):
        return False
    inner = said.get("msys")
    if isinstance(inner, dict):  # SparkPost's envelope
        classes = [one["bounce_class"] for one in inner.values() if "bounce_class" in one]
        return any(str(one) not in _HARD_CLASSES for one in classes)
    is_mailjets = said.get("event") == "bounce" and said.get("hard_bounce") is False
    return is_mailjets or any(said.get(name) == word for name, word in _SOFT)


def _code_in(words: str) -> str:
    found = _CODE.search(words)
    if found:
        return " ".join(part for part in found.groups() if part)
    enhanced = _ENHANCED.search(words)
    return enhanced[1] if enhanced else ""


def _plain(value: Any, longest: int) -> str:
    text = str(value or "")
    return text if text.isprintable() and len(text) <= longest else ""


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


@transaction.atomic
def record_events(*, provider: str, told: Sequence[Told]) -> int:
    """Keep each event once, note what came of its message, and mark addresses that take no mail; return how many
    were new. The same request again changes nothing.
    """
    return sum(_record(provider, event) for event in told)


def _record(provider: str, event: Told) -> bool:
    message = _message_of(event)
    _, is_new = DeliveryEvent.objects.get_or_create(
        provider=provider,
        event_id=event.event_id,
        defaults={
            "kind": event.kind,
            "is_for_good": event.is_for_good,
            "code": event.code,
            "reason": event.reason,
            "message": message,
            "address_digest": email_digest(event.recipient),
            "happened_at": event.happened_at,
        },
    )
    if is_new:
        _act(event, message)
    return is_new


def _message_of(event: Told) -> Message | None:
    rows = Message.objects.select_for_update()
    found = rows.filter(uuid=event.ours).first() if event.ours else None
    if found is None and event.provider_id:
        found = rows.filter(provider_id=event.provider_id).order_by("-pk").first()
    return found


def _act(event: Told, message: Message | None) -> None:
    if message:
        arrival = _ARRIVALS[event.kind]
        Message.objects.filter(pk=message.pk, arrival__in=_WORSE[arrival]).update(arrival=arrival)
    if message and event.kind == Kind.DELIVERED:
        addresses.note_arrived(message, event.happened_at)
    if why := _why(event):
        email = message.to_email if message else event.recipient
        addresses.mark_unreachable(email=email, why=why, code=event.code, message=message)
    elif message and event.kind in (Kind.BOUNCED, Kind.REJECTED):
        news.message_not_arrived.send(Message, message=message)


def _why(event: Told) -> Unreachable.Why | None:
    """Why the address takes no mail; None when the event does not say that of it."""
    if event.kind == Kind.COMPLAINED:
        return Unreachable.Why.COMPLAINED
    if not event.is_for_good:
        return None
    if event.kind == Kind.BOUNCED and not event.reason:
        return Unreachable.Why.BOUNCED  # Mandrill gives none
    return _WHY.get(event.reason)
