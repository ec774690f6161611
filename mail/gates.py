"""Gates: what is asked once more in the moment before a message leaves. An app names its gates in its `tasks.py`.

One is asked of every message that names a request: nobody is told of what they are walled from, whatever queued it.
"""

import re
from collections.abc import Callable

from accounts import hiding
from accounts.models import User
from mail.models import Message

Gate = Callable[[Message], str]


class UnknownGate(LookupError):
    """A message names a gate that this version of the code does not have."""


_GATES: dict[str, Gate] = {}
# As intake.references makes them.
_REFERENCE = re.compile(r"\b[RP]-[0-9A-Z]{5}-[0-9A-Z]{5}\b")


def gate(name: str) -> Callable[[Gate], Gate]:
    """Register a function that says why a message is not to leave any more, or "" to let it go.

    It is called in the transaction that begins the delivery. What it says is shown to staff and holds no private text.
    """

    def register(ask: Gate) -> Gate:
        _GATES[name] = ask
        return ask

    return register


def member() -> str:
    """The member of the house to whom a message goes and from whom something may be hidden, as a part of the statement
    that begins its delivery: nearly all learn that there is none.
    """
    return f"""(
        SELECT id FROM accounts_user WHERE upper(email) = upper(mail_message.to_email) AND is_active
            AND ({hiding.may_hide_from("accounts_user.id")}) ORDER BY id LIMIT 1
    )"""  # noqa: S608  # nosec B608  # our own text


def why_not(message: Message, member_id: int | None) -> str:
    """Why this message, which may go to such a member, is not to leave; "" lets it go. Raises UnknownGate."""
    if wall := _why_walled(message, member_id):
        return wall
    if not message.gate:
        return ""
    if message.gate not in _GATES:
        raise UnknownGate(message.gate)
    return _GATES[message.gate](message)


def _why_walled(message: Message, member_id: int | None) -> str:
    """Of a message that names a request or a proposal: whether its reader, a member of the house, is walled from it."""
    if member_id is None:
        return ""
    texts = (message.reference, message.subject, message.text)
    if not any(_REFERENCE.search(text) for text in texts):
        return ""
    if hiding.hidden_from(User.objects.get(pk=member_id)).is_named_in(*texts):
        return "Not sent: its reader is walled from what it is about."
    return ""
