"""Which form was sent: the page signs when it made the form, and for which brief. The form's id is the nonce.

Nothing about a token refuses a request. Without one, or with a wrong one, it only scores; an old one is as good as new.
"""

import time
from dataclasses import dataclass

from accounts.keyed_digests import is_keyed_text, keyed_text

_LONGEST = 400
_SALT = "intake.request_formsigner"  # as Django's Signer has it, whose tokens ours are
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
    return f"{value}:{keyed_text(_SALT, value.encode())}"


def read(token: str, form_id: str) -> Rendered:
    """What the token of the form with this id says. Never raises."""
    if not token:
        return Rendered(UNSIGNED)
    if len(token) > _LONGEST or not token.isascii():
        return Rendered(FORGED)
    value, _, signature = token.rpartition(":")
    if not is_keyed_text(signature, _SALT, value.encode()) or value.count("|") != 2:
        return Rendered(FORGED)
    made_for, issued, brief = value.split("|")
    if made_for != form_id:
        return Rendered(FORGED)
    # The clocks of two machines differ a little.
    return Rendered(SIGNED, max(0, int(time.time()) - int(issued)), brief)
