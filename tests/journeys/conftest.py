"""One house with every process, and a browser to visit it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect

from tests import chromium
from tests.journeys.browsing import PATIENCE


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a module."""
    with pytest.MonkeyPatch.context() as patch, chromium.running() as browser:
        # Playwright runs an event loop in this thread, which makes Django refuse the ORM here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        yield browser


@pytest.fixture(autouse=True)
def own_connection() -> Iterator[None]:
    """A connection to this module's database: one to an earlier module's, which is dropped, may still be open."""
    connection.close()
    yield
    connection.close()
