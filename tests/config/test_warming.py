from collections.abc import Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from config import warming


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://localhost"])
def test_the_form_is_asked_for_once_as_a_visitor_would_without_the_database(
    settings, site: str
) -> None:
    connection.close()  # as a server begins; Django would ask one that another test left open for its state
    settings.SITE_URL = site
    settings.SECURE_SSL_REDIRECT = site.startswith("https")

    assert warming.warm(WSGIHandler()) == "200 OK"


def test_what_goes_wrong_keeps_no_server_from_starting() -> None:
    def broken(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise RuntimeError("a template is broken")

    assert warming.warm(broken) == "RuntimeError"
