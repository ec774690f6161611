"""Public pages kept ready: served in front of Django, with no SQL, while Valkey has not told that they are untrue.

A page is served only while the record in `briefs.freshness` carries the token under which it was made, so that it is
new at the first request after a publication, a correction or a withdrawal. The token is read before the page is made:
one made from old rows is never kept under a new token. Without Valkey every page is made anew. Each process also has
the pages that it served lately, so that a trip carries a token and not a page.
"""

import gzip
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http.request import split_domain_port, validate_host

from briefs import freshness
from briefs.api import media
from config import logs, whole_answers
from config.kept_pages import Copies, KeptPage
from jobs.hints import BrokerAway

_PUBLIC = re.compile(
    r"/(?:(?:briefs|countries|actors|topics|methodology|scorecard|privacy|api/v1/(?:briefs|incidents|actors"
    r"|countries|topics))(?:/.*)?|api/v1/incidents\.geojson|robots\.txt|sitemap.*\.xml)?"
)
# Sent to a browser by another type: see briefs.feeds.
_TWO_TYPES = {"/briefs/feed.atom", "/briefs/feed.rss"}
_KEPT = {"200 OK", "301 Moved Permanently", "410 Gone"}
_CHECKED = "public, max-age=0, must-revalidate"
_LONGEST_QUERY = 300
_LARGEST = 400_000
_FORM = 2  # of what is kept: another number, and a new version finds nothing of an old one
_SECONDS = 60
_SEARCH_SECONDS = 10  # anybody can ask for words without end: they leave soon
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")  # taken, unless it weighs nothing
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_copies = Copies()
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class PageCache:
    """A WSGI application in front of another."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        key = _key(environ)
        if key is None:
            return self.application(environ, start_response)
        try:
            token, page = _look_up(key)
        except (BrokerAway, OperationalError, InterfaceError):
            # Away, or a connection that has died meanwhile: Django takes a new one, or says when to come back.
            return self.application(environ, start_response)
        if page is not None and _is_for(page, environ):
            return _serve(environ, start_response, page, started)
        return self._make(environ, start_response, key, token)

    def _make(
        self, environ: Environ, start_response: StartResponse, key: str, token: bytes | None
    ) -> Iterable[bytes]:
        """Have the page made; keep it when it may be kept."""
        whole = environ | {
            "REQUEST_METHOD": "GET"
        }  # whoever asks for the head alone is told of this body
        status, headers, body = whole_answers.ask(self.application, whole)
        if token is None or not _may_keep(status, headers, body):
            start_response(status, headers)
            return _body_for(environ, body)
        seconds = _SEARCH_SECONDS if "q=" in environ.get("QUERY_STRING", "") else _SECONDS
        page = _page(token, whole, status, headers, body, seconds)
        _keep(key, page, seconds)
        _copies.put(key, page)
        return _serve(environ, start_response, page)


def _key(environ: Environ) -> str | None:
    """Where the page of this request is kept; None when it is not one to keep."""
    if (
        environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or "HTTP_AUTHORIZATION" in environ
        or not is_ours(environ.get("HTTP_HOST", ""))
        or (settings.SECURE_SSL_REDIRECT and not is_secure(environ))
    ):
        return None
    path = environ.get("PATH_INFO", "")
    variant = "cors" if "HTTP_ORIGIN" in environ else ""
    if path in _TWO_TYPES and "text/html" in environ.get("HTTP_ACCEPT", ""):
        variant += "html"
    return _key_of(freshness.prefix(), path, environ.get("QUERY_STRING", ""), variant)


@lru_cache(maxsize=1024)
def _key_of(prefix: str, path: str, query: str, variant: str) -> str | None:
    if (
        len(query) > _LONGEST_QUERY
        or not _PUBLIC.fullmatch(path)
        or path.endswith(".png")  # says itself how long it stays true, and is large
    ):
        return None
    name = f"{_FORM} {path}?{query} {variant}".encode("latin-1", "replace")
    return f"{prefix}page:{hashlib.sha256(name).hexdigest()[:32]}"


@lru_cache(maxsize=64)
def is_ours(host: str) -> bool:
    """Whether this Host is one of ours."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def is_secure(environ: Environ) -> bool:
    """Whether the client speaks https, as our own proxy says where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return str(environ.get(name, "")).split(",")[0].strip() == value
    return environ.get("wsgi.url_scheme") == "https"


def _look_up(key: str) -> tuple[bytes | None, KeptPage | None]:
    """The token in force, and the page if it was made under it. Raises BrokerAway, and what the database raises."""
    page = _copies.get(key)
    if page is not None:
        token = freshness.token_of(freshness.record())
        if token == page.token.encode():
            return token, page
    # Another process may have made it; a change since we did costs this second trip.
    record, kept = _read(freshness.record_key(), key)
    token = freshness.token_of(record) or freshness.renew(record)
    if token is None or kept is None:
        return token, None
    page = KeptPage.load(kept)
    if page.token.encode() != token:
        return token, None
    _copies.put(key, page)
    return token, page


def _is_for(page: KeptPage, environ: Environ) -> bool:
    """Whether the client takes its type: those who do not are refused by the API, and get any page."""
    if not environ.get("PATH_INFO", "").startswith("/api/"):
        return True
    return _is_wanted(environ.get("HTTP_ACCEPT", ""), page.content_type)


_is_wanted = lru_cache(maxsize=256)(media.is_wanted)


def _read(*keys: str) -> list[bytes | None]:
    """The values of these keys. Raises BrokerAway."""
    return cast(list[bytes | None], freshness.breaker.call(lambda: freshness.store().mget(keys)))


def _may_keep(status: str, headers: list[tuple[str, str]], body: bytes) -> bool:
    names = {name.lower() for name, _ in headers}
    return status in _KEPT and "set-cookie" not in names and len(body) <= _LARGEST


def _page(
    token: bytes,
    environ: Environ,
    status: str,
    headers: list[tuple[str, str]],
    body: bytes,
    seconds: float,
) -> KeptPage:
    ours = {"x-request-id", "content-length", "cache-control", "etag", "vary"}
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = [[name, value] for name, value in headers if name.lower() not in ours]
    return KeptPage(
        token=token.decode(),
        until=time.time() + seconds,
        status=status,
        headers=[*kept, ["ETag", etag], ["Cache-Control", _CHECKED], ["Vary", _varies(environ)]],
        route=environ.get("derisk.route", ""),
        etag=etag,
        body=body,
        packed=gzip.compress(body, 6, mtime=0),
    )


def _keep(key: str, page: KeptPage, seconds: int) -> None:
    try:
        freshness.breaker.call(lambda: freshness.store().set(key, page.dump(), ex=seconds))
    except BrokerAway:
        return  # said in the log; the next request makes it again


def _serve(
    environ: Environ, start_response: StartResponse, page: KeptPage, started: float | None = None
) -> Iterable[bytes]:
    """Answer with the page; `started` when it is a kept one, which nobody has logged yet."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    request_id = given if given and _GIVEN_ID.fullmatch(given) else secrets.token_hex(16)
    if started is not None:
        _log_hit(environ, page, request_id, started)
    headers = [*page.told, ("X-Request-ID", request_id)]
    if page.status == "200 OK" and _has_it(environ, page):
        start_response("304 Not Modified", headers)
        return [b""]
    body = page.body
    if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) and len(page.packed) < len(body):
        headers.append(("Content-Encoding", "gzip"))
        body = page.packed
    headers.append(("Content-Length", str(len(body))))
    start_response(page.status, headers)
    return _body_for(environ, body)


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return _GZIP.search(accepted) is not None


def _body_for(environ: Environ, body: bytes) -> list[bytes]:
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _varies(environ: Environ) -> str:
    path = environ.get("PATH_INFO", "")
    by_type = path in _TWO_TYPES or path.startswith("/api/")
    return f"Accept-Encoding, Origin{', Accept' if by_type else ''}"


def _has_it(environ: Environ, page: KeptPage) -> bool:
    """Whether the client named the page's validator, in its weak form or in the strong one that Django gives."""
    named = environ.get("HTTP_IF_NONE_MATCH", "")
    return named.strip() == "*" or page.etag.removeprefix("W/") in named


def _log_hit(environ: Environ, page: KeptPage, request_id: str, started: float) -> None:
    logs.request_line(
        request_id=request_id,
        method=environ["REQUEST_METHOD"],
        route=page.route,
        status=int(page.status[:3]),
        ms=round((time.perf_counter() - started) * 1000, 1),
        cached=True,
    )
