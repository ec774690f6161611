"""How a request came: facts about the form, the sender's network and browser, noted when it arrives. No points yet."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.flood import address_of
from intake import addresses, counting, render_tokens
from intake.models import ApiKey

_FINGERPRINT = ("HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")

Facts = dict[str, Any]


def by_form(
    request: HttpRequest,
    *,
    email: str,
    form_id: str,
    token: str,
    trap: str,
    site: ApiKey | None = None,
) -> Facts:
    """The facts about a request by the form: ours, framed, or of the website with this key. Counts it."""
    rendered = render_tokens.read(token, form_id)
    facts: Facts = {"form": rendered.state, "trap": len(trap)}
    if site:
        facts["site"] = site.pk
    if rendered.seconds is not None:
        facts["seconds"] = rendered.seconds
    return facts | _counts(request, email, form_id if rendered.seconds is not None else "")


def by_api(request: HttpRequest | Request, *, email: str, is_known_site: bool = False) -> Facts:
    """The facts about a request that came through the API. Counts it.

    A site that we know sends for many people from one network with one program: only their addresses are counted.
    """
    if is_known_site:
        return _count({"email": addresses.email_key(email)})
    return _counts(request, email, "")


def _counts(request: HttpRequest | Request, email: str, form_id: str) -> Facts:
    headers = [request.META.get(name, "") for name in _FINGERPRINT]
    return _count(
        {
            "network": counting.network_of(address_of(request)),
            "browser": "\n".join(headers) if any(headers) else "",
            "email": addresses.email_key(email),
            "form": form_id,
        }
    )


def _count(seen: dict[str, str]) -> Facts:
    counts = counting.count(seen) if settings.THROTTLE else {}
    return {f"{kind}_seen": number for kind, number in counts.items()}
