"""Loading what the first request would load, before anybody waits for it.

Address table, templates, words and forms are read at their first use: 0.4 s of a processor, which eight visitors of a
web server that has just been started again would share.
"""

import logging
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings

log = structlog.get_logger("derisk.warming")
PATH = "/request/"  # the page that has most of it, and asks the database nothing


def warm(application: Callable[..., Iterable[bytes]]) -> str:
    """Ask the application for the request form, and throw the answer away; its status, or the error in its place.

    Nothing that goes wrong keeps the server from starting: visitors are told what is wrong, and when it is mended.
    """
    told: list[str] = []
    logging.disable(logging.INFO)  # nobody has asked
    try:
        answer = application(_question(), lambda status, headers, error=None: told.append(status))
        b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - see above
        told = [type(error).__name__]
        log.warning("not warm", error=told[0])
    finally:
        logging.disable(logging.NOTSET)
    return told[0]


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
