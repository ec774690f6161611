from collections.abc import Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from config import warming
from tests.log_lines import logged


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://localhost"])
def test_the_form_is_asked_for_as_a_visitor_would_without_the_database(settings, site: str) -> None:
    connection.close()  # as a server begins; Django would ask one that another test left open for its state
    settings.SITE_URL = site
    settings.SECURE_SSL_REDIRECT = site.startswith("https")

    assert warming.ask(WSGIHandler())[0] == "200 OK"


@pytest.mark.django_db(transaction=True)  # the handler closes connections
def test_each_page_is_asked_for_once() -> None:
    asked = []

    def noting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        return WSGIHandler()(environ, start)

    assert warming.warm(noting) == "200 OK"
    assert asked == ["/request/", "/", "/briefs/", "/briefs/feed.atom"]


def test_a_database_that_is_away_is_asked_once(caplog: pytest.LogCaptureFixture) -> None:
    asked = []

    def away(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        start("200 OK" if environ["PATH_INFO"] == warming.FORM else "503 Service Unavailable", [])
        return [b""]

    caplog.set_level("INFO")
    assert warming.warm(away) == "503 Service Unavailable"
    assert asked == ["/request/", "/"]
    assert [line["status"] for line in logged(caplog, "derisk.warming")] == [
        "503 Service Unavailable"
    ]


def test_a_page_that_cannot_be_made_yet_is_no_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # No test may ask the database that is not marked so, as none can that is not migrated.
    assert warming.warm(WSGIHandler()).startswith("500")

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_goes_wrong_keeps_no_server_from_starting() -> None:
    def broken(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise RuntimeError("a template is broken")

    assert warming.warm(broken) == "RuntimeError"
