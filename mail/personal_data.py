"""The erasure map of outgoing mail."""

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.erasure_map import ERASED, ERASED_EMAIL, Person, declare, erased_key
from accounts.models import User
from mail.models import (
    DeliveryEvent,
    Handling,
    Message,
    TemplateText,
    Unreachable,
    email_digest,
)

_STATES = Message.State
_ON_ITS_WAY = Q(state__in=[_STATES.QUEUED, _STATES.SENDING, _STATES.UNSURE, _STATES.HELD])


def _messages_of(person: Person) -> QuerySet[Message]:
    """Those about the person's leads and those to the person's addresses; mail to staff holds a reference only."""
    staff = User.objects.annotate(address=Lower("email")).values("address")
    rows = Message.objects.annotate(address=Lower("to_email"))
    about = Q(reference__in=person.references) | Q(address__in=person.addresses)
    # The last mail to somebody erased holds the address until it has left: intake.erasing empties it then.
    return rows.filter(about).exclude(address__in=staff).exclude(key__startswith="erasure:")


declare(
    Message,
    of=_messages_of,
    erase={
        "key": erased_key(),  # it may end in a digest of the address
        "to_email": ERASED_EMAIL,
        "to_name": "",
        "subject": ERASED,
        "text": "",
        "html": "",
        "private_url": "",
        "headers": {},
        "error": "",
        "state": Case(When(_ON_ITS_WAY, then=Value(Message.State.CANCELLED)), default=F("state")),
    },
    none=(
        "id uuid template words reference language has_private_url gate attempts created_at sent_at failure "
        "may_be_double is_forced arrival provider_id"
    ),
    withheld={
        "private_url": "A key to the person's own page, which only their mailbox is to hold.",
        "html": "The same words as the text.",
    },
)


def _events_of(person: Person) -> QuerySet[DeliveryEvent]:
    theirs = Q(message__in=_messages_of(person)) | Q(address_digest__in=_digests(person))
    return DeliveryEvent.objects.filter(theirs)


def _digests(person: Person) -> list[str]:
    return [email_digest(address) for address in person.addresses]


declare(
    DeliveryEvent,
    of=_events_of,
    erase={"address_digest": erased_key()},
    none="id provider event_id kind is_for_good code reason message happened_at received_at",
    withheld={"address_digest": "Made from the address."},
)
declare(
    Unreachable,
    of=lambda person: Unreachable.objects.filter(digest__in=_digests(person)),
    keep={
        "digest": "Of an address that takes no mail of ours or called it spam, so that nobody writes there again."
    },
    staff="lifted_by",
    none="id why code message since lifted_at",
    withheld={"digest": "Made from the address."},
)
declare(Handling, staff="by", none="id message what at")
declare(
    TemplateText,
    staff="by",
    none="id template language number subject body is_reset built_in_digest written_at",
)
