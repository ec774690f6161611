"""Which form was sent: the page signs when it made the form, and for which brief. The form's id is the nonce.

Nothing about a token refuses a request. Without one, or with a wrong one, it only scores; an old one is as good as new.
"""

import base64
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.encoding import force_bytes, force_str

from accounts.keyed_digests import keyed_digest

_LONGEST = 400
SIGNED, UNSIGNED, FORGED = "signed", "unsigned", "forged"


@dataclass(frozen=True)
class Rendered:
    """What the token says: one of the three states; if signed, how many seconds ago it was made, for which brief."""

    state: str
    seconds: int | None = None
    brief: str = ""


def make(form_id: str, brief: str) -> str:
    """The token of a form that is made now."""
    return _signer().sign(f"{form_id}|{int(time.time())}|{brief if len(brief) <= 200 else ''}")


def read(token: str, form_id: str) -> Rendered:
    """What the token of the form with this id says. Never raises."""
    if not token:
        return Rendered(UNSIGNED)
    if len(token) > _LONGEST or not token.isascii():
        return Rendered(FORGED)
    try:
        made_for, issued, brief = _signer().unsign(token).split("|")
    except (BadSignature, ValueError):
        return Rendered(FORGED)
    if made_for != form_id:
        return Rendered(FORGED)
    # The clocks of two machines differ a little.
    return Rendered(SIGNED, max(0, int(time.time()) - int(issued)), brief)


class _Signer(Signer):
    """Django's, with its own signatures."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """The same text in less time."""
        mac = keyed_digest(
            f"{force_str(self.salt)}signer", force_bytes(value), force_str(key or self.key)
        )
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _signer() -> Signer:
    return _signer_of(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _signer_of(key: str, fallbacks: tuple[str, ...]) -> Signer:
    return _Signer(key=key, salt="intake.request_form", fallback_keys=[*fallbacks])
