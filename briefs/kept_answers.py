"""What was found in the briefs and holds until anything that readers see changes: kept under the token in force.

For questions about the whole set that each page would ask again, such as where each page of a long list ends.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.db import connection

from briefs import freshness
from briefs.shelf import Shelf

Answer = TypeVar("Answer")
_HELD = 4_000  # answers of the usual size
_shelf: Shelf[tuple[bytes, Any]] = Shelf(_HELD)


def while_true(find: Callable[[], Answer], *question: Hashable, size: int = 1) -> Answer:
    """The answer to the question, found now unless it was found under the same token.

    `size` says how many usual ones it is as large as. Always now without Valkey, and inside a transaction,
    which sees rows that readers do not.
    """
    token = token_in_force()
    if token is None:
        return find()
    held = _shelf.get(question)
    if held is not None and held[0] == token:
        answer: Answer = held[1]
        return answer
    answer = find()
    _shelf.put(question, (token, answer), size)
    return answer


def token_in_force() -> bytes | None:
    """What is found from now on may be kept under it; None where nothing may: see `while_true`."""
    return None if connection.in_atomic_block else freshness.token_now()


def forget() -> None:
    """Find everything anew."""
    _shelf.clear()
