"""Links that only their reader has: made from a secret of the row, kept as a digest."""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver

from accounts.keyed_digests import keyed_text


def make_token(purpose: str, seed: uuid.UUID, key: str = "") -> str:
    """The 256-bit token of a row, 43 characters, the same each time.

    HMAC-SHA-256 under SECRET_KEY, or the key given, of the row's random seed: the database alone does not give it away.
    """
    return keyed_text(f"derisk.{purpose}", seed.bytes, key)


def token_of(purpose: str, seed: uuid.UUID, kept: str) -> str:
    """The token of which this digest was kept: made under SECRET_KEY, or under one of SECRET_KEY_FALLBACKS before."""
    token = make_token(purpose, seed)
    if digest(token) == kept:
        return token
    earlier = (make_token(purpose, seed, key) for key in settings.SECRET_KEY_FALLBACKS)
    return next((one for one in earlier if digest(one) == kept), token)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class NoSuchLink(Http404):
    """A private link that is none of ours, or none any more: the page says how to come by the right one."""


P = ParamSpec("P")


def private(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page behind a private link: never cached, never indexed, its address never passed on.

    The same for the 404 of a wrong link, whose address may be one letter off a right one.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            not_found: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(404)
            response = not_found(request, exception=error)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped
