"""Loading what the first request would load, before anybody waits for it.

Address table, templates, words, forms, maps and statements are read or made at their first use: most of a second of a
processor, which the first visitors of a web server that has just been started again would pay.
"""

import logging
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from config import whole_answers

log = structlog.get_logger("derisk.warming")
# The page that has most of it and asks the database nothing; then those that readers and their programs begin with.
FORM = "/request/"
PATHS = (FORM, "/", "/briefs/", "/briefs/feed.atom")


def warm(application: whole_answers.Application) -> str:
    """Ask the application for these pages, and throw the answers away; the last status, or the error in its place.

    Nothing that goes wrong keeps the server from starting: visitors are told what is wrong, and when it is mended. It
    ends with the first page that is not there, so that a database that is away is waited for once.
    """
    status = ""
    try:
        for path in PATHS:
            status, _ = ask(application, path)
            if not status.startswith("200"):
                log.info("not warm", path=path, status=status)
                break
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("not warm", error=type(error).__name__)
        return type(error).__name__
    return status


def ask(
    application: whole_answers.Application, path: str = FORM
) -> tuple[str, list[tuple[str, str]]]:
    """Status and headers of what the application answers to who asks for this page. The log has no line of it: nobody
    has asked, and who does is told, in the log too. A server that begins before its database is migrated is no error.
    """
    logging.disable(logging.CRITICAL)
    try:
        status, headers, _ = whole_answers.ask(application, _question(path))
    finally:
        logging.disable(logging.NOTSET)
    return status, headers


def _question(path: str) -> dict[str, Any]:
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
    }
