"""What every test of intake starts from."""

import uuid

import pytest

from intake import counting, flood, submission
from intake.needs import gazetteer
from intake.used_keys import UsedKeys


@pytest.fixture(autouse=True)
def no_flood() -> None:
    """The counts live in the process, so one test's requests would count in the next."""
    flood.enquiries.clear()
    flood.wrong_keys.clear()


@pytest.fixture(autouse=True)
def no_gazetteer() -> None:
    """What a process knows of actors and places outlives the rows of a test."""
    gazetteer.forget()


@pytest.fixture(autouse=True)
def no_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders are counted in Valkey, which outlives a test."""
    monkeypatch.setattr(counting, "SALT", uuid.uuid4().hex)


@pytest.fixture(autouse=True)
def used_keys(monkeypatch: pytest.MonkeyPatch) -> UsedKeys:
    """Those that a process has seen outlive the rows of a test: here it has seen none."""
    keys = UsedKeys()
    monkeypatch.setattr(submission, "used_keys", keys)
    return keys
