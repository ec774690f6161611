"""A new key waits for the one page that shows it: whoever made it is sent there, and a reload makes no second one.

The session in the database holds the seed alone, which says nothing without SECRET_KEY, until that page takes it out.
"""

import uuid

from django.http import HttpRequest

from intake import keys
from intake.models import ApiKey

_NAME = "keys_to_show"


def keep(request: HttpRequest, key: ApiKey, seed: uuid.UUID) -> None:
    """Remember in this session what the text of a new key is made of."""
    waiting = request.session.get(_NAME, {})
    request.session[_NAME] = waiting | {str(key.pk): seed.hex}


def take(request: HttpRequest, key: ApiKey) -> str:
    """The text of a key that was just made in this session, which forgets it; empty when it was shown before."""
    waiting = request.session.get(_NAME, {})
    seed = waiting.pop(str(key.pk), None)
    if seed is None:
        return ""
    request.session[_NAME] = waiting
    request.session.save()  # before anything is shown
    return keys.text_of(key, uuid.UUID(seed))
