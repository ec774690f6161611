"""The one place where the Content-Security-Policy gives way: the staff screens.

django-unfold runs on Alpine.js, which evaluates expressions and writes inline styles. Public pages stay strict.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_UPDATE = {"script-src": ["'unsafe-eval'", "'unsafe-inline'"], "style-src": ["'unsafe-inline'"]}


class StaffPolicyMiddleware:
    """Loosens the policy below /staff/. Stands inside CSPMiddleware, which writes the header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/staff/"):
            response._csp_update = _UPDATE  # type: ignore[attr-defined]  # django-csp's own interface
        return response
