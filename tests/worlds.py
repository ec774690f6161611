"""Rows that the tests of one module share: made once, in a transaction that is never committed.

    @pytest.fixture(scope="module")
    def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
        with worlds.kept(django_db_blocker):
            yield House(...)


    @pytest.fixture(autouse=True)
    def house(made: House, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
        with worlds.taken_back(django_db_blocker):
            yield made

No test of such a module has `db` or `django_db`, which would close the connection. What a test does to a Python object
stays: it asks for the row again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import TestCase
from pytest_django import DjangoDbBlocker


@contextmanager
def taken_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """What happens to the database inside has not happened. As around Django's own tests: a verb that begins a
    transaction which nothing may be around works inside too."""
    with blocker.unblock():
        around = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(around)


@contextmanager
def kept(blocker: DjangoDbBlocker) -> Iterator[None]:
    """The same around all tests of a module."""
    with blocker.unblock():
        try:
            with taken_back(blocker):
                yield
        finally:
            connection.close()
