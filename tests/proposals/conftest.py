"""A version that is with the client, and a draft: making them by the verbs takes longer than most tests of what may
come of them."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from proposals.models import ProposalVersion
from tests import worlds
from tests.proposals import making


@pytest.fixture(scope="module")
def sent(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ProposalVersion]:
    """One for all tests of a module, none of which asks for `db`."""
    with worlds.kept(django_db_blocker):
        yield making.make_sent()


@pytest.fixture(scope="module")
def drafted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ProposalVersion]:
    """The same, not sent yet: a module has this one or that one."""
    with worlds.kept(django_db_blocker):
        yield making.make_draft()


@pytest.fixture
def version(sent: ProposalVersion, django_db_blocker: DjangoDbBlocker) -> Iterator[ProposalVersion]:
    """It, read anew; whatever the test does is taken back."""
    with worlds.taken_back(django_db_blocker):
        yield ProposalVersion.objects.get(pk=sent.pk)


@pytest.fixture
def draft(
    drafted: ProposalVersion, django_db_blocker: DjangoDbBlocker
) -> Iterator[ProposalVersion]:
    """The draft, read anew; whatever the test does is taken back."""
    with worlds.taken_back(django_db_blocker):
        yield ProposalVersion.objects.get(pk=drafted.pk)
