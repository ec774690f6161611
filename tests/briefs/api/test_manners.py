"""What every address of the reading API has in common: methods, types, validators, limits, and bad queries."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from briefs.api import throttle
from tests import worlds
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.factories import BriefFactory, publish

API = "/api/v1/"
LISTS = (
    "briefs/",
    "briefs/facets/",
    "incidents/",
    "incidents.geojson",
    "actors/",
    "countries/",
    "topics/",
)
TYPES = {
    **dict.fromkeys((*LISTS, "actors/example-front/", "countries/ml/", "incidents/1/"), "application/json"),
    "incidents.geojson": "application/geo+json",
    "briefs/towns/geojson/": "application/geo+json",
    "briefs/towns/stix/": "application/stix+json;version=2.1",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Something at every address, once for all tests."""
    with worlds.kept(django_db_blocker):
        brief = BriefFactory.create(slug="towns", is_published=False)
        add_actor(brief)
        add_incident(brief, add_place(brief), id=1)
        publish(brief)
        yield


@pytest.fixture(autouse=True)
def towns(made: None, django_db_blocker: DjangoDbBlocker, settings: Any) -> Iterator[None]:
    """It, and whatever a test does is taken back."""
    settings.THROTTLE = False
    with worlds.taken_back(django_db_blocker):
        yield


@pytest.mark.parametrize("path", TYPES)
def test_an_address_reads_only_and_is_open_to_any_site(client: Client, path: str) -> None:
    address = API + path

    response, head, options = client.get(address), client.head(address), client.options(address)
    written = Client(enforce_csrf_checks=True).post(address, headers={"Accept": "text/html"})

    assert response["Content-Type"] == TYPES[path]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Accept" in response["Vary"]
    assert not response.cookies
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", response["ETag"])
    assert (options.status_code, options["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")  # fmt: skip
    assert (written.status_code, written["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert written["Content-Type"] == "application/problem+json"
    known = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert response["Last-Modified"]


ACCEPTED = ("", "*/*", "application/*", "text/html, */*;q=0.1", "application/json")
NOT_ACCEPTED = ("text/html", "image/png, application/json;q=0", ";;;")


@pytest.mark.parametrize("path", TYPES)
def test_an_address_has_one_type(client: Client, path: str) -> None:
    for accept in (*ACCEPTED, TYPES[path]):
        response = client.get(API + path, headers={"Accept": accept})
        assert (response.status_code, response["Content-Type"]) == (200, TYPES[path]), accept
    for accept in NOT_ACCEPTED:
        refused = client.get(API + path, headers={"Accept": accept})
        assert (refused.status_code, refused["Content-Type"]) == (
            406, "application/problem+json",
        ), accept  # fmt: skip
        assert TYPES[path] in refused.json()["detail"]


@pytest.mark.parametrize("path", ["briefs/facets/", "incidents.geojson", "actors/"])
def test_who_asks_too_often_is_told_when_to_come_back(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    settings.THROTTLE = True
    monkeypatch.setattr(throttle, "PER_MINUTE", 1)
    monkeypatch.setattr(throttle, "time", SimpleNamespace(time=lambda: 1_800_000_013.5))
    throttle.reads.clear()

    statuses = [client.get(API + path).status_code for _ in range(2)]
    refused = client.get(API + path)
    throttle.reads.clear()

    assert statuses[-1] == 429
    assert refused["Retry-After"] == "47"
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Access-Control-Allow-Origin"] == "*"


BAD = {
    "colour=red": ("colour", "unknown"),
    "page_size=20&page_size=20": ("page_size", "invalid"),
    "%00=1": ("�", "unknown"),
    "%ED%A0%80=1": ("���", "unknown"),
    "x" * 10_000 + "=1": ("x" * 60, "unknown"),
    **{
        f"page_size={value}": ("page_size", "invalid")
        for value in ("", "0", "101", "-1", "1.5", "1e1", "٣", "%00", "9" * 10_000)
    },
    **{
        f"cursor={value}": ("cursor", "invalid")
        for value in ("", "x", "%00", "a:b:c", "%ED%A0%80", "W10:" + "x" * 9_000)
    },
}  # fmt: skip
BAD_IN: dict[str, tuple[str, ...]] = {
    "briefs/": (
        "country=", "country=ml", "country=XX", "actor=", "actor=A%00", "topic=war", "kind=", "language=de", "q=",
        "q=%00", "q=" + "a" * 10_000, "q=%ED%A0%80%E2%80%AE", "ids=", "ids=a,,b", "fields=", "fields=secret",
        "published_after=2026-01-01", "published_after=2026-02-30T00:00:00Z", "published_before=yesterday",
        "updated_since=", "updated_since=2026-01-01T00:00:00+00:00", "region=sahel", "primary_country=mali",
    ),
    "incidents/": (
        "country=FR", "event_type=", "event_type=war", "sub_type=x", "occurred_after=2026-02-30", "occurred_after=",
        "occurred_before=2026-01-01T00:00:00Z", "bbox=1,2,3", "bbox=1,2,3,x", "bbox=1,20,3,10", "bbox=181,0,0,0",
        "bbox=0,91,0,91", "near=1,1", "near=91,1,1", "near=1,181,1", "near=1,1,2001", "near=1,1,-1", "near=nan,1,1",
        "brief=", "brief=a%00", "actor=%00",
    ),
    "actors/": ("kind=", "kind=alien"),
    "countries/": ("country=ML",),
}  # fmt: skip


@pytest.mark.parametrize("path", ["briefs/", "incidents/", "incidents.geojson", "actors/"])
def test_a_bad_query_is_refused_and_named(client: Client, path: str) -> None:
    for query, (name, code) in BAD.items():
        response = client.get(f"{API}{path}?{query}")
        assert response.status_code == 400, query[:80]
        (error,) = response.json()["errors"]
        assert (error["parameter"], error["code"]) == (name, code), query[:80]
        assert len(error["detail"]) < 1_000


@pytest.mark.parametrize("path", BAD_IN)
def test_a_bad_value_is_refused_and_named(client: Client, path: str) -> None:
    for query in BAD_IN[path]:
        response = client.get(f"{API}{path}?{query}")
        assert response.status_code == 400, query[:80]
        (error,) = response.json()["errors"]
        assert error["parameter"] == query.partition("=")[0]
        assert error["detail"]


def test_the_ends_of_time_and_the_farthest_zones_are_moments(client: Client) -> None:
    for moment in (
        "0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "2026-01-01t00:00:00.5z",
    ):  # fmt: skip
        for name in ("published_after", "published_before", "updated_since"):
            assert client.get(f"{API}briefs/?{name}={moment}").status_code == 200


def test_numbers_that_no_row_has_are_not_there(client: Client) -> None:
    for number in (0, 2**31, 2**63, 10**40):
        assert client.get(f"{API}incidents/{number}/").status_code == 404
    assert client.get(f"{API}briefs/towns/versions/{10**30}/").status_code == 404
