"""Loading what the first request would load, before anybody waits for it.

Address table, templates, words and forms are read at their first use: 0.4 s of a processor, which eight visitors of a
web server that has just been started again would share.
"""

import logging
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from config import whole_answers

log = structlog.get_logger("derisk.warming")
PATH = "/request/"  # the page that has most of it, and asks the database nothing


def warm(application: whole_answers.Application) -> str:
    """Ask the application for the request form, and throw the answer away; its status, or the error in its place.

    Nothing that goes wrong keeps the server from starting: visitors are told what is wrong, and when it is mended.
    """
    try:
        return ask(application)[0]
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("not warm", error=type(error).__name__)
        return type(error).__name__


def ask(application: whole_answers.Application) -> tuple[str, list[tuple[str, str]]]:
    """Status and headers of what the application answers to who asks for that page. The log has no line of it."""
    logging.disable(logging.INFO)  # nobody has asked
    try:
        status, headers, _ = whole_answers.ask(application, _question())
    finally:
        logging.disable(logging.NOTSET)
    return status, headers


def _question() -> dict[str, Any]:
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": PATH,
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
