"""Gates: what is asked once more in the moment before a message leaves. An app names its gates in its `tasks.py`."""

from collections.abc import Callable

from mail.models import Message

Gate = Callable[[Message], str]


class UnknownGate(LookupError):
    """A message names a gate that this version of the code does not have."""


_GATES: dict[str, Gate] = {}


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
    if not message.gate:
        return ""
    if message.gate not in _GATES:
        raise UnknownGate(message.gate)
    return _GATES[message.gate](message)
