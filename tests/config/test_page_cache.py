"""Kept pages: no SQL, and never older than what staff have just decided."""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from werkzeug.test import Client

from briefs import freshness, publishing, tasks
from config import kept_pages, page_cache
from config.wsgi import application
from jobs import valkey_watch
from jobs.kinds import JobError
from jobs.models import Job
from tests import valkey_clients, valkey_trips
from tests.factories import BriefFactory, UserFactory, approve, publish
from tests.intake import breaking
from tests.log_lines import logged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_cache(transactional_db: None) -> Iterator[None]:
    """Nothing kept from other tests."""
    forget()
    yield
    forget()


STORE = freshness.store  # before a test takes it away


def forget(what: str = "*") -> None:
    for key in STORE().scan_iter(freshness.prefix() + what):
        STORE().delete(key)
    STORE().ping()  # by then it has told


@pytest.fixture
def reader() -> Client:
    """A client that comes in as a web server does."""
    return Client(application)


def statements(reader: Client, address: str, **kwargs: Any) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        response = reader.open(address, **kwargs)
    return response, len(queries)


def test_second_reader_costs_no_statement_and_gets_the_same_page(reader: Client) -> None:
    brief = BriefFactory.create()

    for address in (brief.get_absolute_url(), "/briefs/", "/", "/countries/ml/", "/sitemap.xml"):
        first, made = statements(reader, address)
        second, kept = statements(reader, address)
        assert (first.status_code, first.data) == (200, second.data), address
        assert made > 0
        assert kept == 0
        assert "Set-Cookie" not in second.headers
        assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("briefs/", "application/json"), ("briefs/facets/?q=words", "application/json"),
        ("briefs/towns/stix/", "application/stix+json;version=2.1"),
        ("briefs/towns/geojson/", "application/geo+json"), ("incidents/?country=ML", "application/json"),
        ("incidents.geojson", "application/geo+json"), ("actors/", "application/json"),
        ("countries/ml/", "application/json"), ("topics/", "application/json"),
    ],
)  # fmt: skip
def test_api_answers_are_kept_with_their_types(reader: Client, path: str, media_type: str) -> None:
    BriefFactory.create(slug="towns")

    first, made = statements(reader, f"/api/v1/{path}")
    second, kept = statements(reader, f"/api/v1/{path}", headers={"Accept": media_type})

    assert (made > 0, kept) == (True, 0)
    for response in (first, second):
        assert response.headers["Content-Type"] == media_type
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Vary"] == "Accept-Encoding, Origin, Accept"
        assert response.headers["Last-Modified"]
    refused = reader.get(f"/api/v1/{path}", headers={"Accept": "text/csv"})
    assert refused.status_code == 406
    etag = reader.head(f"/api/v1/{path}").headers["ETag"]
    for validator in (etag, first.headers["ETag"]):
        known = reader.get(f"/api/v1/{path}", headers={"If-None-Match": validator})
        assert (known.status_code, known.data) == (304, b"")


def test_kept_page_costs_a_trip_after_a_change_and_now_and_then(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(valkey_watch, "time", SimpleNamespace(monotonic=lambda: now[0]))
    brief = BriefFactory.create()
    reader.get(brief.get_absolute_url())
    asked = []

    for passed in (1.0, 0.4, 0.2):
        now[0] += passed
        with valkey_trips.seen() as trips:
            for _ in range(20):
                reader.get(brief.get_absolute_url())
        asked.append(trips)

    once = [["GET", freshness.record_key()]]
    assert asked == [once, [], once]


def test_page_of_another_process_costs_one_trip_more(reader: Client) -> None:
    brief = BriefFactory.create()
    reader.get(brief.get_absolute_url())
    page_cache._copies.clear()

    with valkey_trips.seen() as trips:
        reader.get(brief.get_absolute_url())

    assert [trip[:2] for trip in trips] == [["MGET", freshness.record_key()]]


def test_valkey_started_anew_is_asked_again(reader: Client) -> None:
    brief = BriefFactory.create()
    for _ in range(2):
        reader.get(brief.get_absolute_url())
    valkey_clients.end_ours(freshness.store())

    _, made = statements(reader, brief.get_absolute_url())

    assert made == 0


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("archive_brief", {}),
        ("withdraw_brief", {"reason": "It was wrong."}),
        ("correct_brief", {"kind": "factual", "text": "It was two."}),
        ("move_address", {"slug": "elsewhere"}),
    ],
)
def test_next_reader_sees_what_was_decided(
    reader: Client, verb: str, words: dict[str, str]
) -> None:
    brief = BriefFactory.create()
    address = brief.get_absolute_url()
    before = [reader.get(path).data for path in (address, "/briefs/")]

    getattr(publishing, verb)(brief=brief, by=UserFactory.create(), **words)

    after = [reader.get(path).data for path in (address, "/briefs/")]
    assert before[0] != after[0]
    if verb in ("archive_brief", "withdraw_brief"):
        assert brief.title.encode() not in after[1]


def test_new_brief_is_in_the_list_at_once(reader: Client) -> None:
    draft = BriefFactory.create(is_published=False, title="Just out")
    assert b"Just out" not in reader.get("/briefs/").data

    publish(draft)

    assert b"Just out" in reader.get("/briefs/").data


def test_schedule_takes_effect_with_nobody_at_work(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = approve(BriefFactory.create(is_published=False, title="Due soon"))
    hour = timezone.now() + timedelta(seconds=30)
    publishing.publish_brief(brief=brief, by=UserFactory.create(), published_at=hour)
    assert b"Due soon" not in reader.get("/briefs/").data

    monkeypatch.setattr(timezone, "now", lambda: hour)
    monkeypatch.setattr(freshness.time, "time", lambda: hour.timestamp() + 0.001)

    assert b"Due soon" in reader.get("/briefs/").data


def test_page_made_from_old_rows_is_not_served_under_a_new_token(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    BriefFactory.create()
    keep = page_cache._keep

    def keep_late(*args: Any) -> None:
        publish(BriefFactory.create(is_published=False, title="Came between"))
        keep(*args)

    monkeypatch.setattr(page_cache, "_keep", keep_late)
    reader.get("/briefs/")
    monkeypatch.setattr(page_cache, "_keep", keep)

    assert b"Came between" in reader.get("/briefs/").data


def test_bump_that_was_lost_is_made_good_by_a_job(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create(title="Lost bump")
    reader.get("/briefs/")
    monkeypatch.setattr(freshness, "_try_bump", lambda: None)
    publishing.archive_brief(brief=brief, by=brief.created_by)
    assert b"Lost bump" in reader.get("/briefs/").data

    tasks.refresh(Job.objects.filter(kind="briefs.refresh").latest("pk"))

    assert b"Lost bump" not in reader.get("/briefs/").data


def test_transaction_asks_once_for_all_that_it_changes() -> None:
    def asked() -> int:
        return Job.objects.filter(kind="briefs.refresh").count()

    brief, before = BriefFactory.create(), asked()
    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            freshness.public_changed()
            raise ZeroDivisionError
        assert asked() == before  # taken back, so it does not count
        with transaction.atomic():
            freshness.public_changed()
        publishing.archive_brief(brief=brief, by=brief.created_by)
    assert asked() == before + 1
    freshness.public_changed()
    assert asked() == before + 2


def test_without_valkey_pages_are_made_and_the_job_says_so(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create()
    dead = redis.Redis(port=1, socket_connect_timeout=0.1)
    monkeypatch.setattr(freshness, "store", lambda: dead)
    monkeypatch.setattr(freshness, "breaker", freshness.Breaker(pause=30))

    for _ in range(2):
        assert reader.get(brief.get_absolute_url()).status_code == 200
    publishing.archive_brief(brief=brief, by=brief.created_by)

    assert reader.get(brief.get_absolute_url()).status_code == 410
    with pytest.raises(JobError, match="Valkey is away"):
        tasks.refresh(Job.objects.filter(kind="briefs.refresh").latest("pk"))


def test_without_the_database_a_page_that_is_not_kept_says_when_to_come_back(
    reader: Client,
) -> None:
    with breaking.no_server():
        page, data = reader.get("/briefs/"), reader.get("/api/v1/briefs/")

    assert (page.status_code, data.status_code) == (503, 503)
    assert page.headers["Retry-After"] == data.headers["Retry-After"] == "30"
    assert "<h1" in page.text


def test_a_connection_that_died_while_nobody_asked_costs_no_reader_a_page(reader: Client) -> None:
    BriefFactory.create()
    reader.get("/briefs/")
    forget()

    with (
        breaking.end_connection_before("SELECT 1"),
        suppress(OperationalError),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1")

    assert reader.get("/briefs/").status_code == 200


def test_emptied_valkey_serves_nothing_old(reader: Client) -> None:
    brief = BriefFactory.create()
    reader.get(brief.get_absolute_url())
    forget("fresh")

    response, made = statements(reader, brief.get_absolute_url())

    assert response.status_code == 200
    assert made > 0


def test_reader_who_has_it_already_is_told_so(reader: Client) -> None:
    brief = BriefFactory.create()
    etag = reader.get(brief.get_absolute_url()).headers["ETag"]

    response = reader.get(brief.get_absolute_url(), headers={"If-None-Match": etag})

    assert (response.status_code, response.data) == (304, b"")
    anything = reader.get(brief.get_absolute_url(), headers={"If-None-Match": "*"})
    assert anything.status_code == 304
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="factual", text="It was two.")
    response = reader.get(brief.get_absolute_url(), headers={"If-None-Match": etag})
    assert response.status_code == 200


def test_compressed_for_whoever_takes_it(reader: Client) -> None:
    brief = BriefFactory.create()
    plain = reader.get(brief.get_absolute_url())

    for _ in range(2):
        packed = reader.get(brief.get_absolute_url(), headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2


@pytest.mark.parametrize("refusal", ["", "gzip;q=0", "br, gzip; q=0.00, identity"])
def test_not_compressed_for_whoever_does_not_take_it(reader: Client, refusal: str) -> None:
    brief = BriefFactory.create()

    for _ in range(2):
        plain = reader.get(brief.get_absolute_url(), headers={"Accept-Encoding": refusal})
        assert "Content-Encoding" not in plain.headers


def test_head_is_that_of_the_page_made_or_kept(reader: Client) -> None:
    address = BriefFactory.create().get_absolute_url()

    first, made = statements(reader, address, method="HEAD")
    page = reader.get(address)
    second, kept = statements(reader, address, method="HEAD")

    assert (made > 0, kept) == (True, 0)
    for head in (first, second):
        assert (head.status_code, head.data) == (200, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Content-Length", "Content-Type"):
            assert head.headers[name] == page.headers[name]
    missing = reader.head("/briefs/nothing-here/")
    assert (missing.status_code, missing.data) == (404, b"")


@pytest.mark.parametrize(
    "request_of",
    [
        {"path": "/request/"},
        {"path": "/staff/login/"},
        {"path": "/health/live"},
        {"path": "/briefs/", "headers": {"Authorization": "Bearer x"}},
        {"path": "/briefs/?q=" + "a" * 400},
        {"path": "/briefs/", "headers": {"Host": "elsewhere.example"}},
        {"path": "/briefs/nothing-here/"},
        {"path": "/briefs/", "method": "POST"},
    ],
)
def test_what_is_not_everybodys_is_not_kept(reader: Client, request_of: dict[str, Any]) -> None:
    reader.open(**request_of)

    assert not list(freshness.store().scan_iter(freshness.prefix() + "page:*"))


def test_other_query_is_another_page_and_every_page_leaves_by_itself(reader: Client) -> None:
    BriefFactory.create(language="fr", title="En français")
    assert "En français".encode() not in reader.get("/").data
    assert "En français".encode() in reader.get("/?language=fr").data
    reader.get("/briefs/?q=words")

    lives = [
        freshness.store().ttl(key)
        for key in freshness.store().scan_iter(freshness.prefix() + "page:*")
    ]

    assert len(lives) == 3
    assert all(0 < seconds <= 60 for seconds in lives)
    assert min(lives) <= 10


def test_hit_leaves_a_line_and_an_id(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    brief = BriefFactory.create()
    reader.get(brief.get_absolute_url())
    caplog.clear()
    caplog.set_level("INFO")

    response = reader.get(brief.get_absolute_url(), headers={"X-Request-ID": "abcdef-12345"})

    (line,) = logged(caplog, "derisk.request")
    assert response.headers["X-Request-ID"] == line["request_id"] == "abcdef-12345"
    assert (line["method"], line["route"], line["status"]) == ("GET", "briefs:brief", 200)
    assert line["cached"] is True
    assert set(line) == {
        "event", "level", "logger", "timestamp", "request_id", "method", "route", "status", "ms", "cached",
    }  # fmt: skip
    other = reader.get(brief.get_absolute_url(), headers={"X-Request-ID": "not ours"})
    assert re.fullmatch(r"[0-9a-f]{32}", other.headers["X-Request-ID"])


def test_copy_of_a_process_is_not_served_once_its_time_is_over(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create()
    for _ in range(2):
        reader.get(brief.get_absolute_url())
    forget("page:*")
    later = time.time() + page_cache._SECONDS
    monkeypatch.setattr(kept_pages.time, "time", lambda: later)

    _, made = statements(reader, brief.get_absolute_url())

    assert made > 0


def test_copies_make_room_for_those_asked_for_lately() -> None:
    copies = kept_pages.Copies(limit=25)
    page = kept_pages.KeptPage("t", time.time() + 9, "200 OK", [], "", "", b"x" * 10, b"")
    copies.put("a", page)
    copies.put("b", page)
    assert copies.get("a") is page
    copies.put("c", page)

    assert [key for key in "abc" if copies.get(key)] == ["a", "c"]
