"""The two addresses that requests for help are sent to, answered without the middleware of all the others.

To these answers the middleware adds the same few headers each time, for a third of what storing a request takes. So it
is asked once for them; what is left is the line in the log, and that every exception becomes an answer.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve

from config import page_cache, warming
from config.outage import OutageMiddleware
from config.request_log import RequestLogMiddleware

PATHS = ("/request/", "/api/v1/enquiries/")
# The answer's own, whatever the middleware says.
_OWN = {"Content-Type", "Content-Length", "X-Request-ID"}
Environ = dict[str, Any]
Header = tuple[str, str]
View = Callable[[HttpRequest], HttpResponse]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class ShortWay:
    """A WSGI application in front of another, which gets whatever is no POST to one of these addresses."""

    def __init__(self, application: Application, request_class: type[WSGIRequest]) -> None:
        self.application = application
        self._request_class = request_class
        self._views: dict[str, ResolverMatch] = {path: resolve(path) for path in PATHS}
        self._left_to_say = lru_cache(maxsize=64)(
            partial(_left_to_say, _headers_of_the_house(request_class))
        )
        self._outage = OutageMiddleware(self._ask)
        whatever_happens = convert_exception_to_response(self._ask)
        self._answer = RequestLogMiddleware(cast(View, whatever_happens))

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        view = self._views.get(environ.get("PATH_INFO", ""))
        if view is None or environ["REQUEST_METHOD"] != "POST" or not _is_welcome(environ):
            return self.application(environ, start_response)
        request_started.send(sender=type(self), environ=environ)
        request = self._request_class(environ)
        request.resolver_match = view
        try:
            response = self._answer(request)
        finally:
            request.close()
        body = response.content
        headers = [*response.items(), ("Content-Length", str(len(body)))]
        headers += self._left_to_say(tuple([name for name, _ in headers]))
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        return [body]

    def _ask(self, request: HttpRequest) -> HttpResponse:
        view = request.resolver_match
        assert view is not None
        try:
            response = view.func(request, *view.args, **view.kwargs)
            return response.render() if hasattr(response, "render") else response
        except Exception as error:
            answer = self._outage.process_exception(request, error)
            if answer is None:
                raise
            return answer


def _is_welcome(environ: Environ) -> bool:
    """Whether no middleware would send the request away before a view sees it."""
    is_secure = not settings.SECURE_SSL_REDIRECT or page_cache.is_secure(environ)
    return is_secure and page_cache.is_ours(environ.get("HTTP_HOST", ""))


class _Middleware(WSGIHandler):
    """All of the middleware, around an answer that says nothing."""

    def _get_response(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


def _headers_of_the_house(request_class: type[WSGIRequest]) -> list[Header]:
    """What the middleware adds to an answer that has none of it yet."""
    middleware = _Middleware()
    middleware.request_class = request_class
    _, headers = warming.ask(middleware)
    return [(name, value) for name, value in headers if name not in _OWN]


def _left_to_say(headers: list[Header], names: tuple[str, ...]) -> list[Header]:
    """Those of the headers that an answer with these has not got."""
    said = {name.lower() for name in names}
    return [(name, value) for name, value in headers if name.lower() not in said]
