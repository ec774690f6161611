"""What the demo chooses, says and hears, without starting it."""

import os
import signal
from collections.abc import Iterator

import pytest

from config import demo
from config.supervisor import CannotStart


@pytest.fixture
def handlers_kept() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in demo.STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers_kept")
def test_two_signals_at_once_stop_once() -> None:
    demo.stop_on_signals()

    with pytest.raises(demo.Stopped):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGINT)


def test_environment_keeps_what_is_given_and_fills_in_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SITE_URL", "ALLOWED_HOSTS", "DERISK_HOME", "SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORT", "8010")
    monkeypatch.setenv("EMAIL_URL", "smtp://127.0.0.1:25")
    monkeypatch.setenv("DATABASE_URL", "")

    env = demo.environment()

    assert env["SITE_URL"] == "http://localhost:8010"
    assert env["ALLOWED_HOSTS"] == "localhost,127.0.0.1"
    assert env["EMAIL_URL"] == "smtp://127.0.0.1:25"
    assert env["DERISK_HOME"] == str(demo.BASE_DIR / "var")
    assert "DATABASE_URL" not in env, "an empty one is none"


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "8000.5"])
def test_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CannotStart) as refusal:
        demo.require_free(port)

    assert str(refusal.value) == f"PORT={port} is not a port. Set one: make demo PORT=8000"


def test_welcome_names_every_address_and_login() -> None:
    env = {
        "SITE_URL": "http://localhost:8010",
        "DEMO_PASSWORD": "correct horse",
        "EMAIL_URL": "dummymail://",
        "DERISK_HOME": "/home/me/var",
    }

    text = demo.welcome(env, ["broker: TimeoutError"], 4.26)

    assert text.splitlines()[:2] == [
        "Ready in 4.3 s. Ctrl-C stops everything.",
        "Degraded: broker: TimeoutError",
    ]
    for path in ("/", "/request/", "/staff/", "/api/docs/"):
        assert f"http://localhost:8010{path}\n" in text
    for name in demo.STAFF:
        assert f"{name}@derisk.example" in text
    assert "Password    correct horse" in text
