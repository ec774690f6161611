"""`/api/v1/briefs/`: what it lists, and one brief."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import publishing
from briefs.api import fields
from briefs.models import Brief, Correction
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db
LIST = "/api/v1/briefs/"


def slugs(client: Client, query: str = "") -> list[str]:
    return [row["slug"] for row in client.get(LIST + query).json()["results"]]


def full_brief(**content: object) -> Brief:
    """A published brief with an actor, a place, an incident and two judgements."""
    brief = BriefFactory.create(is_published=False, **content)
    add_actor(brief, aliases=["EF"])
    add_incident(brief, add_place(brief))
    add_judgement(brief, 2)
    return publish(brief, timezone.now() - timedelta(hours=1))


def test_the_list_tells_what_a_list_needs_newest_first(client: Client) -> None:
    BriefFactory.create(slug="old")
    brief = full_brief(slug="new", title="Towns & roads", countries=["ML", "NE"])

    data = client.get(LIST).json()

    assert data["next"] is None
    assert [row["slug"] for row in data["results"]] == ["new", "old"]
    row = data["results"][0]
    assert list(row) == list(fields.IN_LISTS)
    assert (row["title"], row["primary_country"], row["tlp"]) == (
        "Towns & roads",
        "ML",
        "TLP:CLEAR",
    )
    assert row["url"] == settings.SITE_URL + brief.get_absolute_url()
    assert row["actors"] == [
        {"slug": "example-front", "name": "Example Front", "aliases": ["EF"], "kind": "armed_group"}
    ]


def test_a_brief_by_reference_slug_or_uid_says_everything(client: Client) -> None:
    brief = full_brief(slug="towns")
    brief.refresh_from_db()

    answers = [client.get(f"{LIST}{key}/").json() for key in ("towns", brief.reference, brief.uid)]

    assert answers[0] == answers[1] == answers[2]
    data = answers[0]
    assert list(data) == list(fields.FIELDS)
    assert data["body_html"] == "<p>What we know.</p>"
    assert data["judgements"][1] == {
        "position": 2, "text": "Claim 2", "likelihood": "very_likely", "scale": "icd203",
        "confidence": "moderate", "range": [80, 95], "horizon": "2099-04-30", "outcome": "open",
        "resolved_at": None, "revises": None, "change_reason": "",
    }  # fmt: skip
    assert data["incidents"][0]["place"]["name"] == "Douentza"
    assert data["incidents"][0]["fatalities"] is None
    assert [v["number"] for v in data["versions"]] == [1]


def test_the_text_is_the_approved_one(client: Client) -> None:
    brief = full_brief(slug="towns")
    actor = brief.actors.get()
    actor.name = "Renamed meanwhile"
    actor.save()

    assert client.get(f"{LIST}towns/").json()["actors"][0]["name"] == "Example Front"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?country=NE", ["niger"]), ("?primary_country=NE", ["niger"]), ("?primary_country=BF", []),
        ("?country=BF", ["niger"]), ("?region=western", ["niger"]), ("?region=southern", []),
        ("?topic=ports", ["niger"]), ("?kind=flash", ["niger"]), ("?kind=forecast", []),
        ("?language=fr", ["niger"]), ("?language=pt", []), ("?actor=example-front", ["niger"]),
        ("?actor=nobody", []), ("?q=convoi", ["niger"]), ("?q=rien", []), ("?ids=niger,x", ["niger"]),
        ("?published_after=2020-01-01T00:00:00Z", ["niger"]),
        ("?published_before=2020-01-01T00:00:00%2B01:00", []),
    ],
)  # fmt: skip
def test_filters_narrow(client: Client, query: str, expected: list[str]) -> None:
    full_brief(
        slug="niger", title="Un convoi", countries=["NE", "BF"], topics=["ports"], kind="flash",
        language="fr",
    )  # fmt: skip

    assert slugs(client, query) == expected


def test_everything_that_is_wrong_with_a_query_is_named(client: Client) -> None:
    response = client.get(
        LIST + "?colour=red&country=XX&page_size=0&published_after=2026-01-01T00:00:00"
        "&fields=title,body&kind=flash&kind=flash&cursor=made-up"
    )

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    named = {error["parameter"]: error["code"] for error in response.json()["errors"]}
    assert named == {
        "colour": "unknown", "country": "invalid", "page_size": "invalid",
        "published_after": "invalid", "fields": "invalid", "kind": "invalid",
    }  # fmt: skip


def test_pages_follow_each_other_while_briefs_come_and_go(client: Client) -> None:
    for number in range(5):
        BriefFactory.create(slug=f"b{number}")

    first = client.get(LIST + "?page_size=2&fields=slug").json()
    BriefFactory.create(slug="later")
    publishing.archive_brief(brief=Brief.objects.get(slug="b3"), by=UserFactory.create())
    second = client.get(first["next"].removeprefix(settings.SITE_URL)).json()
    third = client.get(second["next"].removeprefix(settings.SITE_URL)).json()

    assert [[row["slug"] for row in page["results"]] for page in (first, second, third)] == [
        ["b4", "b3"], ["b2", "b1"], ["b0"],
    ]  # fmt: skip
    assert third["next"] is None


def test_an_answer_is_made_once_for_the_same_rows(
    client: Client, django_assert_num_queries
) -> None:
    brief = BriefFactory.create(countries=["ML"])
    first = client.get(LIST + "?country=ML")
    with django_assert_num_queries(1):
        again = client.get(LIST + "?country=ML")

    assert (again.content, again["Last-Modified"]) == (first.content, first["Last-Modified"])
    Brief.objects.filter(pk=brief.pk).update(reading_minutes=77)
    assert client.get(LIST + "?country=ML").json()["results"][0]["reading_minutes"] == 77


def test_what_hangs_on_more_than_the_brief_is_asked_for_each_time(client: Client) -> None:
    brief = BriefFactory.create()
    path = LIST + "?fields=corrections"
    assert client.get(path).json()["results"] == [{"corrections": []}]

    Correction.objects.create(
        brief=brief, edition=brief.editions.get(), kind="update", text="New", made_by=brief.created_by,
        made_at=timezone.now(),
    )  # fmt: skip

    (row,) = client.get(path).json()["results"]
    assert [each["text"] for each in row["corrections"]] == ["New"]


def test_a_cursor_of_other_filters_or_of_nobody_is_refused(client: Client) -> None:
    BriefFactory.create_batch(2)
    cursor = client.get(LIST + "?page_size=1").json()["next"].partition("cursor=")[2]

    codes = [
        client.get(f"{LIST}?{query}").json()["errors"][0]["code"]
        for query in (f"country=ML&cursor={cursor}", "cursor=made-up", f"cursor={cursor}x")
    ]

    assert codes == ["other_filters", "invalid", "invalid"]


def test_statements_are_two_for_one_brief_and_for_many(
    client: Client, django_assert_num_queries
) -> None:
    full_brief()
    with django_assert_num_queries(2):
        client.get(LIST)
    for number in range(3):
        BriefFactory.create(slug=f"n{number}")
    with django_assert_num_queries(2) as seen:
        client.get(LIST + "?country=ML&language=en")
    with django_assert_num_queries(2):
        client.get(f"{LIST}n1/")

    assert not [query for query in seen.captured_queries if "COUNT(" in query["sql"]]


def test_a_withdrawn_brief_is_gone_with_the_reason(client: Client) -> None:
    brief = full_brief(slug="towns", title="Marker")
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="The source lied.")

    for path in ("", "versions/", "versions/1/", "corrections/"):
        response = client.get(f"{LIST}towns/{path}")
        assert response.status_code == 410
        assert response.json()["detail"] == "The source lied."
        assert b"Marker" not in response.content


def test_a_former_slug_leads_on(client: Client) -> None:
    brief = full_brief(slug="towns")
    publishing.move_address(brief=brief, by=UserFactory.create(), slug="roads")

    assert client.get(f"{LIST}towns/versions/1/")["Location"] == f"{LIST}roads/versions/1/"
    assert client.get(f"{LIST}towns/").status_code == 301


def test_versions_and_corrections(client: Client) -> None:
    brief = full_brief(slug="towns")
    publishing.correct_brief(
        brief=brief, by=UserFactory.create(), kind="factual", text="One town, not two."
    )

    (correction,) = client.get(f"{LIST}towns/corrections/").json()["results"]
    (version,) = client.get(f"{LIST}towns/versions/").json()["results"]
    text = client.get(version["url"].removeprefix(settings.SITE_URL)).json()

    assert (correction["kind"], correction["text"]) == ("factual", "One town, not two.")
    assert correction["version"] == version["number"] == 1
    assert text["is_newest"] is True
    assert text["body_html"] == "<p>What we know.</p>"
    assert client.get(f"{LIST}towns/versions/2/").status_code == 404


def test_a_client_that_has_the_answer_gets_304_until_something_changes(client: Client) -> None:
    brief = full_brief(slug="towns")
    before = timezone.now() - timedelta(hours=1)
    Brief.objects.update(changed_at=before)  # within the minute a date proves nothing
    for path in (LIST, f"{LIST}towns/"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        by_date = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})
        assert (again.status_code, again.content, by_date.status_code) == (304, b"", 304)
        assert "Set-Cookie" not in first

    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong.")
    changed = client.get(LIST, headers={"If-None-Match": first["ETag"]})
    by_date = client.get(LIST, headers={"If-Modified-Since": first["Last-Modified"]})

    assert (changed.status_code, by_date.status_code) == (200, 200)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(LIST)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response["Content-Type"] == "application/problem+json"


def test_head_and_options(client: Client) -> None:
    head, options = client.head(LIST), client.options(LIST)

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get(LIST)["ETag"]
    assert options.status_code == 204
    assert options["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert options["Access-Control-Allow-Origin"] == "*"
