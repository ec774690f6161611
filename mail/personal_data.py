"""The erasure map of outgoing mail."""

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.erasure_map import ERASED, ERASED_EMAIL, Person, declare, erased_key
from accounts.models import User
from mail.models import Message

_ON_ITS_WAY = Q(state__in=[Message.State.QUEUED, Message.State.SENDING])


def _messages_of(person: Person) -> QuerySet[Message]:
    """Those about the person's leads and those to the person's addresses; mail to staff holds a reference only."""
    staff = User.objects.annotate(address=Lower("email")).values("address")
    rows = Message.objects.annotate(address=Lower("to_email"))
    about = Q(reference__in=person.references) | Q(address__in=person.addresses)
    return rows.filter(about).exclude(address__in=staff)


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
    none="id uuid template reference language has_private_url gate attempts created_at sent_at",
    withheld={
        "private_url": "A key to the person's own page, which only their mailbox is to hold.",
        "html": "The same words as the text.",
    },
)
