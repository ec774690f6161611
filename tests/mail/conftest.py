"""Templates of letters, and a mail server to send them to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from pytest_django import Settings

from tests.mail import mail_server
from tests.mail.mail_server import MailServer
from tests.mail.making import use_smtp

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The templates of these tests."""
    engine = engines["django"].engine  # changed settings would make all templates be read anew
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, TEMPLATES])


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server, which the settings name."""
    with mail_server.running(MailServer()) as server:
        use_smtp(settings, server.port)
        yield server
