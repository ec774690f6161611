"""Bodies that end before the length that their sender told: the connection was lost on the way.

The web server gives what it has got as if that were all, and the beginning of a client's words would be stored as the
whole. What is stored must be what was sent: such a request is refused, and may be sent again.
"""

from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import LimitedStream


class WholeBody(LimitedStream):
    """Django's stream of a body, which tells when it was cut off."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As much, or what is left of it; raises BadRequest when less than that has come."""
        told: Any = self  # what Django keeps of it is not in its stubs
        left = told.limit - told._pos
        data = super().read(size)
        if len(data) < (left if size is None or size < 0 else min(size, left)):
            raise BadRequest("The body did not arrive whole. Nothing was stored. Send it again.")
        return data
