"""Django's sessions, logins and messages below /staff/ alone. Public pages know none, and pay for none."""

from django.contrib.auth import middleware as logins
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config import staff_keeping


def is_below_staff(request: HttpRequest) -> bool:
    """Whether the address is one of the staff screens."""
    return request.path_info.startswith("/staff/")


class _BelowStaff(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_below_staff(request):
            return super().__call__(request)  # type: ignore[return-value]  # nothing here is asynchronous
        return self.get_response(request)  # type: ignore[return-value]


class SessionMiddleware(_BelowStaff, sessions.SessionMiddleware):
    """Django's."""


class AuthenticationMiddleware(_BelowStaff, logins.AuthenticationMiddleware):
    """Django's; a form whose session is over is asked for the password and kept."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        return staff_keeping.with_login(request, response)


class MessageMiddleware(_BelowStaff, messages.MessageMiddleware):
    """Django's."""
