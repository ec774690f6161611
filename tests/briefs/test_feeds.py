"""The Atom feed."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import BriefFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, query: str = "") -> ElementTree.Element:
    response = client.get(f"/briefs/feed.atom{query}")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314  our own feed


def test_entry_tells_what_a_reader_needs(client: Client) -> None:
    brief = BriefFactory.create(title="Towns & roads", countries=["ML", "NE"])

    entry = feed(client).find(f"{ATOM}entry")

    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Towns & roads"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{brief.uid}"
    assert entry.findtext(f"{ATOM}summary") == brief.summary
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == settings.SITE_URL + brief.get_absolute_url()
    assert [c.get("term") for c in entry.findall(f"{ATOM}category")] == ["Mali", "Niger"]


def test_feed_holds_what_fits_its_filters_newest_first(client: Client) -> None:
    BriefFactory.create(title="Kenya", countries=["KE"])
    BriefFactory.create(title="Old", countries=["ML"])
    BriefFactory.create(title="New", countries=["ML"])

    root = feed(client, "?country=ML")

    assert [e.text for e in root.iterfind(f"{ATOM}entry/{ATOM}title")] == ["New", "Old"]
    assert root.findtext(f"{ATOM}id") == f"{settings.SITE_URL}/briefs/feed.atom?country=ML"


def test_empty_feed_is_a_feed(client: Client) -> None:
    assert feed(client, "?country=XX").findall(f"{ATOM}entry") == []
