"""What readers bring along, handed on in the links of a page: the brief that they began with, whose page and which
campaign led them here. There is no cookie, so it can stand in addresses only.

Kept pages are shared. So what differs between readers is taken off the address before a page is looked for, and laid
into its links when it is served: one kept page does for all. It is checked where it is used, at the form.
"""

import gzip
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from config import whole_answers
from intake import attribution

_PAGE = re.compile(
    r"/(?:(?:briefs|countries|actors|topics|methodology|scorecard)/(?:[A-Za-z0-9_-]+/)*)?"
)
_LINK = re.compile(rb'href="(/request/|/briefs/[a-z0-9-]+/)(\?[^"#]*)?"')
_LONGEST_QUERY = 1000
# Of the page that is the same for all; this one is one reader's.
_DROPPED = {"etag", "content-length", "cache-control"}
Environ = dict[str, Any]
Trail = dict[str, str]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Trails:
    """A WSGI application in front of the kept pages."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        trail, query = _take_off(environ)
        if not trail:
            return self.application(environ, start_response)
        shared = environ | {"QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": ""}
        shared.pop("HTTP_IF_NONE_MATCH", None)
        status, headers, body = whole_answers.ask(self.application, shared)
        return _serve(environ, start_response, status, headers, _lay(body, trail))


def _take_off(environ: Environ) -> tuple[Trail, str]:
    """What the reader brought along to a page, and the query without it; no trail for any other request."""
    query = environ.get("QUERY_STRING", "")
    referrer = environ.get("HTTP_REFERER", "")
    if not referrer and not any(name in query for name in ("via=", "ref=", "utm_")):
        return {}, query
    is_page = environ["REQUEST_METHOD"] == "GET" and _PAGE.fullmatch(environ.get("PATH_INFO", ""))
    if not is_page or len(query) > _LONGEST_QUERY:
        return {}, query
    pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")
    trail = attribution.trail_of(dict(pairs), referrer)
    kept = [(name, value) for name, value in pairs if name not in attribution.CARRIED]
    return trail, urlencode(kept) if len(kept) < len(pairs) else query


def _lay(body: bytes, trail: Trail) -> bytes:
    """The page with the trail in its links to briefs and to the form; the first brief stays the first."""
    laid = urlencode(trail).replace("&", "&amp;").encode()

    def lead_on(link: re.Match[bytes]) -> bytes:
        own = [] if link[2] is None else link[2][1:].split(b"&amp;")
        if "via" in trail:
            own = [pair for pair in own if not pair.startswith(b"via=")]
        return b'href="' + link[1] + b"?" + b"&amp;".join([*own, laid]) + b'"'

    return _LINK.sub(lead_on, body)


def _serve(
    environ: Environ,
    start_response: Callable[..., Any],
    status: str,
    headers: list[tuple[str, str]],
    body: bytes,
) -> Iterable[bytes]:
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    kept.append(("Cache-Control", "private, no-cache"))
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = gzip.compress(body, 1, mtime=0)
        kept.append(("Content-Encoding", "gzip"))
    start_response(status, [*kept, ("Content-Length", str(len(body)))])
    return [body]
