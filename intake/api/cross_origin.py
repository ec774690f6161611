"""Which other websites' pages may send an enquiry from a browser, and read the answer. No cookies are ever involved."""

from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

from intake.models import ApiKey

_HEADERS = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    # Short: a revoked key's website is refused soon.
    "Access-Control-Max-Age": "60",
}


class CrossOrigin:
    """Goes before `APIView` in the bases of a view."""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What a browser asks before it sends; it sends no key with that, so any key's website counts."""
        if not request.headers.get("Access-Control-Request-Method"):
            answer: Response = super().options(request, *args, **kwargs)  # type: ignore[misc]
            return answer
        return Response(status=204, headers=_HEADERS | {"Allow": "POST, OPTIONS"})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let the page read the answer if its website may; others' browsers keep it from them."""
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        origin = request.headers.get("Origin", "")
        if origin and _may_read(request, origin):
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = "Retry-After, X-Request-ID"
        patch_vary_headers(response, ["Origin"])
        return response


def _may_read(request: Request | HttpRequest, origin: str) -> bool:
    if origin in settings.CORS_ORIGINS:
        return True
    if request.method == "OPTIONS":
        return _is_a_site_s(origin)
    key = getattr(
        request, "_auth", None
    )  # set already, or never: asking anew could refuse once more
    if key is not None:
        return origin in key.origins
    try:  # who forgot the key or mistyped it shall read so, not guess from a bare failure
        return _is_a_site_s(origin)
    except (OperationalError, InterfaceError):
        return False  # what is stored by now stays answered


def _is_a_site_s(origin: str) -> bool:
    return ApiKey.objects.live().filter(origins__contains=[origin]).exists()
