"""Who sends: nobody in particular, or another website by its key."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.flood import address_of
from intake import flood, keys
from intake.models import ApiKey
from intake.models.api_key import Scope


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer derisk_…`. Without it the request is anybody's; a wrong key is never taken for none."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """The key in `request.auth`; raises AuthenticationFailed, and Throttled after too many wrong ones."""
        header = request.headers.get("Authorization")
        if header is None or request.method == "OPTIONS":
            return None
        if settings.THROTTLE and flood.wrong_keys.is_full(address_of(request)):
            raise Throttled(flood.WINDOW_SECONDS)
        try:
            return None, _key(request, header)
        except AuthenticationFailed:
            flood.wrong_keys.wait(address_of(request))
            raise

    def authenticate_header(self, request: Request) -> str:
        """What the answer 401 asks for."""
        return 'Bearer realm="derisk"'


def _key(request: Request, header: str) -> ApiKey:
    scheme, _, text = header.partition(" ")
    shown = keys.read(text.strip()) if scheme.lower() == "bearer" else None
    if shown is None:
        raise AuthenticationFailed("Send the key as “Authorization: Bearer derisk_…”, whole.")
    key = keys.find(*shown)
    if key is None:
        raise AuthenticationFailed("This is none of our keys. Nothing was stored.")
    if why := keys.why_closed(key):
        raise AuthenticationFailed(f"{why} Nothing was stored.")
    if shown[1] is None and request.headers.get("Origin") not in key.origins:
        raise AuthenticationFailed(
            "Without its secret a key works only in pages of its own websites. Nothing was stored."
        )
    return key


class MaySendEnquiries(BasePermission):
    """Whoever shows no key, and keys with leave to."""

    message = "This key may not send enquiries."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this request may go on."""
        key = keys.of(request)
        return key is None or Scope.SEND_ENQUIRIES in key.scopes


class KeySchema(OpenApiAuthenticationExtension):
    """Says in the OpenAPI document how a key is sent."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """An HTTP bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The key of a website, `derisk_…`. Optional: anybody may send.",
        }
