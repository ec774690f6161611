"""Planned statements within transactions: what is asked there belongs to it, fails with it, and is planned once."""

import signal
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, transaction
from django.db import connections as databases
from django.db.transaction import TransactionManagementError
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from accounts import statements
from accounts.statements import Statement, fetch, store
from jobs.models import Job
from tests import racing

COUNT = Statement.written("SELECT count(*) FROM jobs_job WHERE key = %(key)s")
ASK = Statement.written(
    "INSERT INTO jobs_job (kind, key, subject_id, state, attempts, max_attempts, request_id, last_error)"
    " VALUES ('a.kind', %(key)s, 1, 'pending', 0, 5, '', '') RETURNING id"
)
KEPT = "SELECT name FROM pg_prepared_statements"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def planned_before() -> Iterator[None]:
    """Both statements are planned by this connection."""
    connection.close()
    for _ in range(2):
        with transaction.atomic():
            number("before")
            store(ASK, {"key": "before"})
            transaction.set_rollback(True)
    yield
    connection.close()


def number(key: str) -> int:
    return int(fetch(COUNT, {"key": key})[0][0])


@transaction.atomic
def store_all(*keys: str, between: Callable[[], object] = lambda: None) -> None:
    for key in keys:
        store(ASK, {"key": key})
        between()


def asked(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall()) if cursor.description else []


def test_what_is_stored_is_there_within_and_gone_when_it_is_rolled_back() -> None:
    kept = asked(KEPT)
    for turn in range(3):
        with transaction.atomic():
            store(ASK, {"key": "turn"})
            assert number("turn") == 1
            transaction.set_rollback(True)
        assert number("turn") == 0, turn

    assert asked(KEPT) == kept
    assert len(kept) == 2  # each once, and a rollback lets go of none


def test_the_first_statement_of_a_transaction_begins_it() -> None:
    with transaction.atomic():
        store(ASK, {"key": "first"})
        assert racing.race(lambda: number("first")) == [0]

    assert racing.race(lambda: number("first")) == [1]


def test_what_a_savepoint_takes_back_is_gone_and_the_rest_stays() -> None:
    with transaction.atomic():
        store(ASK, {"key": "outer"})
        with pytest.raises(IntegrityError, match="job_once_per_key"):
            store_all("inner", "outer")
        assert (number("outer"), number("inner")) == (1, 0)
        with transaction.atomic():
            store(ASK, {"key": "inner"})

    assert (number("outer"), number("inner")) == (1, 1)


def test_after_an_error_nothing_is_asked_until_it_is_rolled_back() -> None:
    with transaction.atomic():
        store(ASK, {"key": "twice"})
        with pytest.raises(IntegrityError, match="job_once_per_key"):
            store(ASK, {"key": "twice"})
        with pytest.raises(DatabaseError, match="current transaction is aborted"):
            number("twice")
        connection.needs_rollback = True  # as Django marks it where a block within ends by an error
        with pytest.raises(TransactionManagementError):
            number("twice")

    assert number("twice") == 0


def test_a_read_sees_what_the_statement_after_which_it_comes_has_waited_for() -> None:
    (job,) = store(ASK, {"key": "waited for"})[0]
    lock = Statement.written("SELECT id FROM jobs_job WHERE id = %(id)s FOR UPDATE")
    read = Statement.written("SELECT request_id FROM jobs_job WHERE id = %(id)s")

    def look(at: int) -> list[tuple[Any, ...]]:
        with transaction.atomic():
            return fetch(read, {"id": at}, after=(lock, {"id": at}))

    def look_again() -> list[tuple[Any, ...]]:
        look(0)
        return look(job)  # in one message

    with transaction.atomic():
        Job.objects.filter(pk=job).update(request_id="new")
        race = racing.Race(look_again)
        racing.wait_for_blocked(1)  # and this thread goes on meanwhile

    assert race.results() == [[("new",)]]


def test_who_looks_at_statements_sees_them() -> None:
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with transaction.atomic():
        number("seen")
        with connection.execute_wrapper(note):
            number("seen")
        with CaptureQueriesContext(connection) as queries:
            number("logged")

    assert seen == [COUNT.numbered]
    assert [query["sql"] for query in queries] == [COUNT.named.replace("%(key)s", "'logged'")]


def test_who_looks_on_has_no_plan_thrown_away_at_a_rollback() -> None:
    kept = asked(KEPT)
    with connection.execute_wrapper(lambda execute, *told: execute(*told)):
        for _ in range(3):
            with transaction.atomic():
                number("seen")
                transaction.set_rollback(True)

    assert asked(KEPT) == kept


@pytest.mark.parametrize("what", ["DISCARD ALL", "DEALLOCATE ALL"])
def test_plans_that_are_gone_undo_a_transaction_and_are_made_again_in_the_next(what: str) -> None:
    asked(what)

    with pytest.raises(OperationalError, match="does not exist"):
        store_all("gone")
    store_all("gone")

    assert number("gone") == 1
    assert len(asked(KEPT)) == 2


@pytest.mark.parametrize("is_within", [True, False])
def test_columns_that_a_migration_changed_are_planned_anew(is_within: bool) -> None:
    read = Statement.written("SELECT request_id FROM jobs_job WHERE key = %(key)s")
    store(ASK, {"key": "changed"})
    for _ in range(3):
        fetch(read, {"key": "changed"})
    kept = asked(KEPT)
    asked("ALTER TABLE jobs_job ALTER request_id TYPE varchar(999)")

    try:
        if is_within:
            with pytest.raises(OperationalError, match="result type"), transaction.atomic():
                fetch(read, {"key": "changed"})
        with transaction.atomic():
            number("changed")
        assert fetch(read, {"key": "changed"}) == [("",)]
        number("changed")
    finally:
        asked("ALTER TABLE jobs_job ALTER request_id TYPE varchar(64)")
    assert len(asked(KEPT)) == len(kept)  # the worn one is gone


def test_a_connection_that_ends_within_ends_the_transaction_and_the_next_has_its_own() -> None:
    (pid,) = asked("SELECT pg_backend_pid()")[0]

    def end() -> None:
        asked(f"SELECT pg_terminate_backend({pid}, 5000)")

    with pytest.raises(OperationalError):
        store_all("lost", "lost too", between=partial(racing.race, end))
    store_all("found")

    assert (number("lost"), number("lost too"), number("found")) == (0, 0, 1)
    assert databases[DEFAULT_DB_ALIAS].connection.info.backend_pid != pid


class TimeIsUp(Exception):
    """As a worker's task is told in the middle of whatever it does."""


def test_whoever_is_interrupted_between_two_answers_says_why_and_begins_anew() -> None:
    slow = Statement.written("SELECT FROM pg_sleep(%(seconds)s::float)")
    wait = statements.store_all
    for _ in range(2):
        with transaction.atomic():
            wait((ASK, {"key": "lost"}), (slow, {"seconds": 0.0}))
            transaction.set_rollback(True)

    (pid,) = asked("SELECT pg_backend_pid()")[0]

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeIsUp

    @transaction.atomic
    def work() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        wait((ASK, {"key": "lost"}), (slow, {"seconds": 60.0}))

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(TimeIsUp):
            work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    asked(f"SELECT pg_terminate_backend({pid}, 5000)")  # it does not know yet

    store_all("found")
    assert (number("lost"), number("found")) == (0, 1)
