"""Statements written once answer as the queryset would have; pages made of the same rows are made once."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefs import kept_answers, made_pages, prepared, publishing, reading
from briefs.models import Brief, SearchTerm
from briefs.shelf import Shelf
from tests import racing
from tests.briefs.test_pages import full_brief
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_rows_are_those_of_the_queryset() -> None:
    briefs = [full_brief(), *BriefFactory.create_batch(2, countries=["NE", "ML"])]
    now = timezone.now()

    for brief in briefs:
        (found,) = reading.find_brief(brief.slug).row.objects()
        ours = reading._found(slug=brief.slug, now=now).get()
        assert _told(found) == _told(ours)
        assert _told(found.live_revision) == _told(ours.live_revision)
        near = list(Brief.objects.public().related_to(brief).teasers()[:3])
        assert [_told(b) for b in reading.find_related(brief).objects()] == [_told(b) for b in near]
        assert len(near) == 2


def _told(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_gate_stands_at_the_moment_of_the_question() -> None:
    brief = BriefFactory.create()
    assert reading.find_brief(brief.slug).row.rows

    Brief.objects.filter(pk=brief.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(Brief.DoesNotExist):
        reading.find_brief(brief.slug)


def test_example_that_reaches_no_place_is_an_error() -> None:
    lost = prepared.Prepared(lambda slug, pk: Brief.objects.filter(slug=slug), slug="a-slug", pk=5)

    with pytest.raises(ValueError, match="pk"):
        lost.read(slug="x", pk=1)


@pytest.mark.django_db(transaction=True)
def test_connection_that_died_is_made_anew() -> None:
    brief = BriefFactory.create()
    assert reading.find_brief(brief.slug).row.rows
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert reading.find_brief(brief.slug).row.rows


@pytest.mark.django_db(transaction=True)
def test_statement_is_planned_once_and_again_after_a_migration() -> None:
    terms = prepared.Prepared(lambda pk: SearchTerm.objects.filter(pk=pk), pk=1 << 60)
    for _ in range(3):
        assert terms.read(pk=1 << 50).rows == []
    with connection.cursor() as cursor:
        query = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%searchterm%'"
        cursor.execute(query)
        assert cursor.fetchone() == (1,)
        cursor.execute("ALTER TABLE briefs_searchterm ALTER key TYPE varchar(999)")

    try:
        assert terms.read(pk=1 << 50).rows == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE briefs_searchterm ALTER key TYPE varchar(200)")


@pytest.mark.django_db(transaction=True)
def test_statement_that_takes_too_long_is_not_asked_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20ms'")
    slow = prepared.Statement("SELECT pg_sleep(1)", "SELECT pg_sleep(1)", ())

    with CaptureQueriesContext(connection) as queries, pytest.raises(OperationalError):
        prepared.fetch(slow, {})

    connection.close()
    assert sum("pg_sleep" in query["sql"] for query in queries) == 1


def test_what_never_changes_is_written_out() -> None:
    text = "a = %s AND b LIKE %s AND c = %s AND d = %s AND e LIKE 'x%%'"

    made = prepared.Statement.of(text, ("slug", "50%", 5, "slug"), {"slug": "slug"})

    assert made.named == (
        "a = %(slug)s AND b LIKE '50%%' AND c = 5 AND d = %(slug)s AND e LIKE 'x%%'"
    )
    assert made.numbered == "a = $1 AND b LIKE '50%' AND c = 5 AND d = $1 AND e LIKE 'x%'"
    assert made.names == ("slug",)


@pytest.mark.django_db(transaction=True)
def test_what_stands_next_to_a_brief_is_looked_for_until_readers_see_something_else(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brief, other = BriefFactory.create(), BriefFactory.create(title="Fuel at Kati")
    assert b"Fuel at Kati" in client.get(brief.get_absolute_url()).content
    with django_assert_num_queries(1):
        client.get(brief.get_absolute_url())

    publishing.withdraw_brief(brief=other, by=UserFactory.create(), reason="Wrong.")

    assert b"Fuel at Kati" not in client.get(brief.get_absolute_url()).content


def test_answer_is_not_kept_inside_a_transaction() -> None:
    found = iter("ab")

    assert [kept_answers.while_true(lambda: next(found), "letters") for _ in "ab"] == ["a", "b"]


def test_digest_tells_answers_apart() -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [(1, "a", moment, ["ML"])]

    assert prepared.digest_of(rows) == prepared.digest_of([(1, "a", moment, ["ML"])])
    assert prepared.digest_of(rows) != prepared.digest_of([(1, "a", moment, ["NE"])])


def test_page_is_made_once_for_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make() -> HttpResponse:
        made.append("once")
        return HttpResponse(f"page {len(made)}", headers={"Content-Language": "fr"})

    seen = f"rows {timezone.now()}"
    pages = [made_pages.page(make, seen) for _ in range(2)]

    assert [page.content for page in pages] == [b"page 1", b"page 1"]
    assert pages[1]["Content-Language"] == "fr"
    assert made_pages.page(make, seen + " changed").content == b"page 2"
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert made_pages.page(make, seen).content == b"page 3"


def test_error_is_not_kept() -> None:
    seen = f"error {timezone.now()}"

    made_pages.page(lambda: HttpResponse("no", status=503), seen)

    assert made_pages.page(lambda: HttpResponse("yes"), seen).content == b"yes"


@pytest.mark.parametrize("path", ["/", "/briefs/", "/briefs/?q=fuel", "/countries/ml/"])
def test_lists_are_new_when_a_row_is(client: Client, path: str) -> None:
    brief = BriefFactory.create(title="Fuel at Kati")
    assert b"Fuel at Kati" in client.get(path).content

    BriefFactory.create(title="Fuel at Sikasso")
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong.")

    page = client.get(path).content
    assert b"Fuel at Sikasso" in page
    assert b"Fuel at Kati" not in page


def test_brief_page_takes_two_statements(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brief = BriefFactory.create()
    first = client.get(brief.get_absolute_url())

    with django_assert_num_queries(2):
        second = client.get(brief.get_absolute_url())

    assert second.content == first.content
    assert second["Content-Language"] == "en"


def test_shelf_makes_room_for_what_was_asked_for_last() -> None:
    shelf: Shelf[str] = Shelf(limit=10)
    shelf.put("a", "A", 4)
    shelf.put("b", "B", 4)
    assert shelf.get("a") == "A"

    shelf.put("c", "C", 4)

    assert [shelf.get(key) for key in "abc"] == ["A", None, "C"]
    shelf.put("a", "AA", 5)
    shelf.drop("c")
    assert [shelf.get(key) for key in "abc"] == ["AA", None, None]


# --- Storing


@pytest.mark.django_db(transaction=True)
def test_storing_over_a_connection_that_has_ended_takes_another_and_stores_once() -> None:
    insert = prepared.Statement.written(
        "INSERT INTO auth_group (name) VALUES (%(name)s || ' 100%%') RETURNING name"
    )
    prepared.store(insert, {"name": "One"})
    racing.race(partial(end_connection, connection.connection.info.backend_pid))

    assert prepared.store(insert, {"name": "Two"}) == [("Two 100%",)]

    names = Group.objects.filter(name__endswith="100%").order_by("pk")
    assert list(names.values_list("name", flat=True)) == ["One 100%", "Two 100%"]


def end_connection(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
