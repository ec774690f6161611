"""Which form was sent: the page signs when it made the form, and for which brief. The form's id is the nonce.

Nothing about a token refuses a request. Without one, or with a wrong one, it only scores; an old one is as good as new.
"""

import base64
import hmac
import time
from dataclasses import dataclass

from django.conf import settings

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
    value = f"{form_id}|{int(time.time())}|{brief if len(brief) <= 200 else ''}"
    return f"{value}:{_signature(value)}"


def read(token: str, form_id: str) -> Rendered:
    """What the token of the form with this id says. Never raises."""
    if not token:
        return Rendered(UNSIGNED)
    if len(token) > _LONGEST or not token.isascii():
        return Rendered(FORGED)
    value, _, signature = token.rpartition(":")
    if not _is_ours(value, signature) or value.count("|") != 2:
        return Rendered(FORGED)
    made_for, issued, brief = value.split("|")
    if made_for != form_id:
        return Rendered(FORGED)
    # The clocks of two machines differ a little.
    return Rendered(SIGNED, max(0, int(time.time()) - int(issued)), brief)


def _is_ours(value: str, signature: str) -> bool:
    """Whether this was signed under SECRET_KEY, or under one of SECRET_KEY_FALLBACKS before."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(signature, _signature(value, key)) for key in keys)


def _signature(value: str, key: str = "") -> str:
    """As Django's Signer makes it, in less time."""
    mac = keyed_digest("intake.request_formsigner", value.encode(), key)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
