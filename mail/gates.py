"""Gates: what is asked once more in the moment before a message leaves. An app names its gates in its `tasks.py`.

One is asked of every message that names a request: nobody is told of what they are walled from, whatever queued it.
"""

import re
from collections.abc import Callable

from django.db import connection

from accounts import hiding
from accounts.models import User
from mail.models import Message

Gate = Callable[[Message], str]


class UnknownGate(LookupError):
    """A message names a gate that this version of the code does not have."""


_GATES: dict[str, Gate] = {}
# As intake.references makes them.
_REFERENCE = re.compile(r"\b[RP]-[0-9A-Z]{5}-[0-9A-Z]{5}\b")
# SQL of our own: nearly every delivery asks.
_MEMBER = "SELECT id FROM accounts_user WHERE upper(email) = upper(%s) AND is_active ORDER BY id"


def gate(name: str) -> Callable[[Gate], Gate]:
    """Register a function that says why a message is not to leave any more, or "" to let it go.

    It is called in the transaction that begins the delivery. What it says is shown to staff and holds no private text.
    """

    def register(ask: Gate) -> Gate:
        _GATES[name] = ask
        return ask

    return register


def why_not(message: Message) -> str:
    """Why this message is not to leave; "" lets it go. Raises UnknownGate."""
    if wall := _why_walled(message):
        return wall
    if not message.gate:
        return ""
    if message.gate not in _GATES:
        raise UnknownGate(message.gate)
    return _GATES[message.gate](message)


def _why_walled(message: Message) -> str:
    """Of a message that names a request or a proposal: whether its reader, a member of the house, is walled from it."""
    texts = (message.reference, message.subject, message.text)
    if not any(_REFERENCE.search(text) for text in texts):
        return ""
    reader = _member(message.to_email)
    if reader is not None and hiding.hidden_from(reader).is_named_in(*texts):
        return "Not sent: its reader is walled from what it is about."
    return ""


def _member(email: str) -> User | None:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBER, [email])
        found = cursor.fetchone()
    return User.objects.get(pk=found[0]) if found else None
