"""What holds for every address of the staff screens: a looser Content-Security-Policy, and no NUL in a query.

django-unfold runs on Alpine.js, which evaluates expressions and writes inline styles. Public pages stay strict.
"""

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from config.staff_only import is_below_staff

_UPDATE = {"script-src": ["'unsafe-eval'", "'unsafe-inline'"], "style-src": ["'unsafe-inline'"]}


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, but the header of answers that ask for nothing of their own is written once."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        own = vars(response).keys() & {"_csp_config", "_csp_exempt", "_csp_update", "_csp_replace"}
        if own or settings.DEBUG or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _of_the_house())
        return response


@cache
def _of_the_house() -> str:
    return build_policy()


class StaffPolicyMiddleware:
    """Loosens the policy below /staff/. Stands inside CSPMiddleware, which writes the header.

    A NUL in a query, which PostgreSQL cannot compare with, is met as the admin meets a filter that makes no sense.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_staff = is_below_staff(request)
        if is_staff and "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseRedirect(f"{request.path}?e=1")
        response = self.get_response(request)
        if is_staff:
            response._csp_update = _UPDATE  # type: ignore[attr-defined]  # django-csp's own interface
        return response
