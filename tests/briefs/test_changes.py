"""What mirrors are told: changes in their order, with a tombstone for each brief that is gone."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import changes, publishing
from briefs.models import Brief
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db
SINCE = "/api/v1/briefs/?updated_since=2020-01-01T00:00:00Z"


def told(client: Client, query: str = "") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = client.get(SINCE + query).json()["results"]
    return rows


def changed(brief: Brief, **fields: object) -> None:
    Brief.objects.filter(pk=brief.pk).update(**fields)


def test_a_tombstone_tells_no_more_than_that_a_brief_is_gone(client: Client) -> None:
    withdrawn, archived, expired = (
        BriefFactory.create(slug=slug) for slug in ("withdrawn", "archived", "expired")
    )
    publishing.withdraw_brief(brief=withdrawn, by=UserFactory.create(), reason="Wrong.")
    publishing.archive_brief(brief=archived, by=UserFactory.create())
    moment = timezone.now()
    changed(expired, expires_at=moment, changed_at=moment - timedelta(hours=2))

    rows = {row["slug"]: row for row in told(client)}

    for slug in ("withdrawn", "archived", "expired"):
        brief = Brief.objects.get(slug=slug)
        assert rows[slug].pop("changed_at")
        assert rows[slug] == {
            "reference": brief.reference, "uid": str(brief.uid), "slug": slug, slug: True,
        }  # fmt: skip


def test_what_readers_never_saw_leaves_no_trace(client: Client) -> None:
    by = UserFactory.create()
    BriefFactory.create(slug="draft", is_published=False)
    later = timezone.now() + timedelta(days=1)
    for slug in ("scheduled", "withdrawn", "archived"):
        publish(BriefFactory.create(slug=slug, is_published=False), later)
    publishing.withdraw_brief(brief=Brief.objects.get(slug="withdrawn"), by=by, reason="Wrong.")
    publishing.archive_brief(brief=Brief.objects.get(slug="archived"), by=by)
    approve(BriefFactory.create(slug="approved", is_published=False))

    assert told(client) == []
    assert changes.last_change() is None or changes.last_change() <= timezone.now()


def test_a_scheduled_brief_changes_at_its_hour(client: Client) -> None:
    scheduled = BriefFactory.create(slug="scheduled", is_published=False)
    publish(scheduled, timezone.now() + timedelta(hours=1))
    BriefFactory.create(slug="other")
    # As it would stand an hour and a minute later.
    an_hour_ago = timezone.now() - timedelta(minutes=1)
    changed(scheduled, published_at=an_hour_ago, changed_at=an_hour_ago - timedelta(hours=1))

    query = (timezone.now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = client.get(f"/api/v1/briefs/?updated_since={query}").json()["results"]

    assert "scheduled" in [row["slug"] for row in rows]


def test_changes_come_in_order_over_pages_and_may_be_filtered(client: Client) -> None:
    base = timezone.now() - timedelta(hours=10)
    for hours, country in ((3, "ML"), (1, "NE"), (2, "ML")):
        brief = BriefFactory.create(slug=f"h{hours}", countries=[country])
        changed(brief, changed_at=base + timedelta(hours=hours))
    expired = BriefFactory.create(slug="expired")
    changed(
        expired,
        changed_at=base - timedelta(hours=5),
        expires_at=base + timedelta(hours=2, minutes=30),
    )

    found, address = [], f"{SINCE}&page_size=1&fields=slug"
    while address:
        page = client.get(address).json()
        found += [row["slug"] for row in page["results"]]
        address = (page["next"] or "").removeprefix(settings.SITE_URL)

    assert found == ["h1", "h2", "expired", "h3"]
    assert [row["slug"] for row in told(client, "&country=ML")] == ["h2", "expired", "h3"]


def test_words_are_not_searched_for_in_what_is_gone(client: Client) -> None:
    response = client.get(SINCE + "&q=secret")

    assert response.status_code == 400
    assert response.json()["errors"][0] == {
        "parameter": "q",
        "code": "not_together",
        "detail": "Words are not searched for in what is gone: leave one of both out.",
    }


def test_the_last_change_never_goes_back() -> None:
    brief = BriefFactory.create()
    moments = [changes.last_change()]
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong.")
    moments.append(changes.last_change())

    assert moments[0] is not None
    assert moments[1] == Brief.objects.get().withdrawn_at > moments[0]
