"""The feeds: Atom, RSS and JSON Feed of what fits an address."""

import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import publishing, revising
from briefs.models import Brief
from tests.briefs.facts import add_actor, add_judgement
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
FORMS = list(TYPES)


def body_of(client: Client, form: str, query: str = "") -> bytes:
    response = client.get(f"/briefs/feed.{form}{query}")
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    return response.content


def atom(client: Client, query: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(body_of(client, "atom", query))  # noqa: S314  our own feed


def rss(client: Client, query: str = "") -> ElementTree.Element:
    channel = ElementTree.fromstring(body_of(client, "rss", query)).find("channel")  # noqa: S314
    assert channel is not None
    return channel


def json_feed(client: Client, query: str = "") -> dict:
    return json.loads(body_of(client, "json", query))


def whole_brief() -> Brief:
    """A published brief with every sign that a format must escape."""
    brief = BriefFactory.create(
        is_published=False,
        title="Towns <& roads>",
        summary="Held & <b>lost</b>.",
        body="<p>The <em>garrison</em> & ]]> held.</p>",
        countries=["ML", "NE"],
    )
    add_actor(brief, "Example Front", aliases=["EXF"])
    add_judgement(brief, 2)
    return publish(brief)


def test_atom_entry_tells_everything(client: Client) -> None:
    brief = whole_brief()

    root = atom(client)
    entry = root.find(f"{ATOM}entry")

    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Towns <& roads>"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{brief.uid}"
    summary = entry.find(f"{ATOM}summary")
    assert summary is not None
    assert (summary.get("type"), summary.text) == ("text", "Held & <b>lost</b>.")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == settings.SITE_URL + brief.get_absolute_url()
    assert [c.get("term") for c in entry.findall(f"{ATOM}category")] == [
        "Mali",
        "Niger",
        "Road movement",
        "Example Front (EXF)",
    ]
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    text = entry.findtext(f"{ATOM}content") or ""
    assert "<p>The <em>garrison</em> &amp; ]]&gt; held.</p>" in text
    assert "<p>Held &amp; &lt;b&gt;lost&lt;/b&gt;.</p>" in text
    assert "Claim 2 <strong>Very likely</strong> (80 to 95 in 100), by 30 April 2099" in text


def test_every_format_says_the_same(client: Client) -> None:
    brief = whole_brief()

    entry = atom(client).find(f"{ATOM}entry")
    item = rss(client).find("item")
    plain = json_feed(client)["items"][0]

    assert entry is not None
    assert item is not None
    assert plain["id"] == item.findtext("guid") == entry.findtext(f"{ATOM}id")
    assert plain["title"] == item.findtext("title") == brief.title
    assert plain["url"] == item.findtext("link") == settings.SITE_URL + brief.get_absolute_url()
    assert plain["summary"] == unescape(item.findtext("description") or "") == brief.summary
    assert plain["content_html"] == item.findtext(CONTENT) == entry.findtext(f"{ATOM}content")
    assert plain["tags"] == [c.text for c in item.findall("category")]
    assert plain["language"] == item.findtext("{http://purl.org/dc/elements/1.1/}language") == "en"
    published = parsedate_to_datetime(item.findtext("pubDate") or "")
    assert published == datetime.fromisoformat(plain["date_published"]).replace(microsecond=0)


def test_json_feed_has_what_its_version_requires(client: Client) -> None:
    whole_brief()

    made = json_feed(client, "?country=ML")

    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["feed_url"] == f"{settings.SITE_URL}/briefs/feed.json?country=ML"
    assert made["home_page_url"] == f"{settings.SITE_URL}/briefs/?country=ML"
    assert made["authors"] == [{"name": "Derisk", "url": settings.SITE_URL}]


@pytest.mark.parametrize("query", ["", "?country=ML", "?q=towns", "?country=XX"])
def test_xml_feeds_keep_to_their_formats(client: Client, query: str) -> None:
    whole_brief()
    BriefFactory.create(language="ar")

    root, channel = atom(client, query), rss(client, query)

    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    for entry in root.iterfind(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "published", "summary", "content", "link"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iterfind(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for name in ("title", "link", "description", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    assert [guid.get("isPermaLink") for guid in channel.iterfind("item/guid")] == ["false"] * len(
        ids
    )


def test_feed_holds_what_fits_its_filters_newest_first(client: Client) -> None:
    BriefFactory.create(title="Kenya", countries=["KE"])
    BriefFactory.create(title="Old", countries=["ML"])
    BriefFactory.create(title="New", countries=["ML"])

    root = atom(client, "?country=ML")

    assert [e.text for e in root.iterfind(f"{ATOM}entry/{ATOM}title")] == ["New", "Old"]
    assert root.findtext(f"{ATOM}id") == f"{settings.SITE_URL}/briefs/feed.atom?country=ML"
    assert [item["title"] for item in json_feed(client, "?q=kenya")["items"]] == ["Kenya"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Derisk · Briefs"),
        ("?country=ML&topic=road-movement", "Derisk · Briefs · Mali · Road movement"),
        ("?actor=example-front&sort=best", "Derisk · Briefs · Example Front (EXF)"),
        (
            "?q=towns&language=fr&country=CI",
            "Derisk · Notes · «\u00a0towns\u00a0» · Côte d’Ivoire · Français",
        ),
    ],
)
def test_title_says_the_filter_in_its_language(client: Client, query: str, title: str) -> None:
    whole_brief()

    assert atom(client, query).findtext(f"{ATOM}title") == title
    assert rss(client, query).findtext("title") == title
    assert json_feed(client, query)["title"] == title


def test_what_the_feed_makes_nothing_of_is_said(client: Client) -> None:
    assert (atom(client, "?colour=red").findtext(f"{ATOM}subtitle") or "").endswith(
        "We could make nothing of: colour=red"
    )


@pytest.mark.parametrize("form", FORMS)
def test_empty_feed_is_the_same_feed_each_time(client: Client, form: str) -> None:
    BriefFactory.create()

    bodies = {body_of(client, form, "?country=XX") for _ in range(2)}

    assert len(bodies) == 1


def test_only_what_readers_are_told_of_makes_an_entry_new(client: Client) -> None:
    brief = BriefFactory.create()
    author = brief.created_by
    before = json_feed(client)["items"][0]

    pending = revising.open_pending(brief=brief, by=author)
    pending = approve(edit(pending, author, summary="A slip of the pen mended."))
    publishing.publish_revision(pending=pending, by=UserFactory.create())
    mended = json_feed(client)["items"][0]
    publishing.correct_brief(brief=brief, by=author, kind="factual", text="It was the 7th.")
    corrected = json_feed(client)["items"][0]

    assert mended["summary"] == "A slip of the pen mended."
    assert mended["date_modified"] == before["date_modified"] == before["date_published"]
    assert corrected["date_modified"] > mended["date_modified"]
    assert "It was the 7th." in corrected["content_html"]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_taken_back_is_gone_at_the_next_request(client: Client, form: str) -> None:
    withdrawn, archived, expiring = BriefFactory.create_batch(3)
    by = UserFactory.create()
    assert body_of(client, form).count(b"urn:uuid:") == 3

    publishing.withdraw_brief(brief=withdrawn, by=by, reason="Wrong.")
    publishing.archive_brief(brief=archived, by=by)
    Brief.objects.filter(pk=expiring.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert b"urn:uuid:" not in body_of(client, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_that_has_not_changed_is_not_sent_again(client: Client, form: str) -> None:
    BriefFactory.create()
    first = client.get(f"/briefs/feed.{form}")

    again = client.get(f"/briefs/feed.{form}", headers={"If-None-Match": first["ETag"]})
    BriefFactory.create()
    changed = client.get(f"/briefs/feed.{form}", headers={"If-None-Match": first["ETag"]})

    assert "Last-Modified" in first
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_feed_is_made_once_until_readers_see_something_else(
    client: Client, django_assert_num_queries
) -> None:
    BriefFactory.create(title="Fuel at Kati")
    first = body_of(client, "atom")
    with django_assert_num_queries(1):
        assert body_of(client, "atom") == first

    newer = BriefFactory.create(title="Fuel at Sikasso")
    with_it = body_of(client, "atom")
    publishing.withdraw_brief(brief=newer, by=newer.created_by, reason="Wrong.")

    assert b"Fuel at Sikasso" in with_it
    assert b"Fuel at Sikasso" not in body_of(client, "atom")


def test_browser_shows_the_feed_as_a_page(client: Client) -> None:
    brief = whole_brief()

    response = client.get("/briefs/feed.rss", headers={"Accept": "text/html, */*"})

    text = response.content.decode()
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert "Accept" in response["Vary"]
    assert (
        '<?xml-stylesheet href="/static/derisk/feed.css" media="screen" type="text/css"?>' in text
    )
    link = f'<a href="{settings.SITE_URL}{brief.get_absolute_url()}">Towns &lt;&amp; roads&gt;</a>'
    assert link in text


@pytest.mark.parametrize("count", [1, 3])
def test_feed_takes_few_statements_whatever_the_number(
    client: Client, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        brief = BriefFactory.create(is_published=False)
        add_actor(brief, f"Group {number}")
        add_judgement(brief, 2)
        publish(brief)

    for form in FORMS:
        with django_assert_num_queries(2):
            client.get(f"/briefs/feed.{form}?country=ML&actor=group-0")
        # One more asks how many may hold the words.
        with django_assert_num_queries(3):
            client.get(f"/briefs/feed.{form}?country=ML&actor=group-0&q=brief")


@pytest.mark.parametrize("address", ["/", "/briefs/?q=road&country=ML&page=1", "/countries/ml/"])
def test_pages_name_their_feeds(client: Client, address: str) -> None:
    BriefFactory.create()
    query = {"/": "", "/countries/ml/": "?country=ML"}.get(address, "?q=road&amp;country=ML")

    page = client.get(address).content.decode()

    for form, kind in TYPES.items():
        assert f'<link rel="alternate" type="{kind.partition(";")[0]}"' in page
        assert page.count(f'href="/briefs/feed.{form}{query}"') >= 1
