"""What every test of intake starts from."""

import uuid
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from intake import counting, flood, submission
from intake.models import Lead
from intake.needs import gazetteer
from intake.used_keys import UsedKeys
from tests import factories, worlds
from tests.intake.erasable import make_person


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


@pytest.fixture(scope="module")
def whole_person(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Lead]:
    """The lead of a person of whom the house holds all that it can hold, one for all tests of a module, none of which
    asks for `db`: making one by the verbs takes longer than most tests."""
    with worlds.kept(django_db_blocker):
        with pytest.MonkeyPatch.context() as patch:  # as around a test, above
            flood.enquiries.clear()
            gazetteer.forget()
            patch.setattr(counting, "SALT", uuid.uuid4().hex)
            patch.setattr(submission, "used_keys", UsedKeys())
            made = make_person(factories.AdviserFactory())
        yield made


@pytest.fixture
def lead(whole_person: Lead, django_db_blocker: DjangoDbBlocker) -> Iterator[Lead]:
    """It, read anew; whatever the test does is taken back."""
    with worlds.taken_back(django_db_blocker):
        yield Lead.objects.get(pk=whole_person.pk)
