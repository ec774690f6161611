"""What crawlers are told: the index, the maps, the news, robots.txt."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import publishing, sitemaps
from briefs.models import Brief
from tests.briefs.facts import add_actor
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SITE = settings.SITE_URL


def xml(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    return ElementTree.fromstring(response.content)  # noqa: S314  our own map


def urls_of(root: ElementTree.Element) -> dict[str, str | None]:
    return {each.findtext(f"{MAP}loc") or "": each.findtext(f"{MAP}lastmod") for each in root}


def maps_of_briefs(client: Client) -> list[str]:
    return [url for url in urls_of(xml(client, "/sitemap.xml")) if "sitemap-briefs-" in url]


def mapped(client: Client) -> dict[str, ElementTree.Element]:
    """Every brief's element in every map that the index names."""
    return {
        each.findtext(f"{MAP}loc") or "": each
        for url in maps_of_briefs(client)
        for each in xml(client, url.removeprefix(SITE))
    }


def address(brief: Brief) -> str:
    return SITE + brief.get_absolute_url()


def translate(brief: Brief, language: str, **fields: object) -> Brief:
    return BriefFactory.create(language=language, translation_key=brief.translation_key, **fields)


def test_index_leads_to_every_public_brief_once(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(sitemaps, "_SPAN", 2)
    briefs = BriefFactory.create_batch(5)
    BriefFactory.create(is_published=False)
    publishing.archive_brief(brief=BriefFactory.create(), by=UserFactory.create())

    assert set(mapped(client)) == {address(brief) for brief in briefs}
    assert len(maps_of_briefs(client)) >= 3
    assert f"{SITE}/sitemap-pages.xml" in urls_of(xml(client, "/sitemap.xml"))


def test_last_change_is_that_of_the_text(client: Client) -> None:
    brief = BriefFactory.create()
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="factual", text="The 7th.")
    brief.refresh_from_db()

    element = mapped(client)[address(brief)]

    assert element.findtext(f"{MAP}lastmod") == brief.modified_at.isoformat()


def test_translations_name_each_other_and_only_published_ones(client: Client) -> None:
    english, alone = BriefFactory.create(), BriefFactory.create()
    french = translate(english, "fr")
    translate(english, "pt", is_published=False)

    found = mapped(client)

    expected = [
        ("en", address(english)),
        ("fr", address(french)),
        ("x-default", address(english)),
    ]
    for brief in (english, french):
        links = found[address(brief)].findall(f"{XHTML}link")
        assert [(link.get("hreflang"), link.get("href")) for link in links] == expected
    assert found[address(alone)].findall(f"{XHTML}link") == []


def test_page_names_the_translations_that_its_map_names(client: Client) -> None:
    french = BriefFactory.create(language="fr")
    arabic = translate(french, "ar")

    for brief in (french, arabic):
        page = client.get(brief.get_absolute_url()).content.decode()
        for code, other in (("fr", french), ("ar", arabic), ("x-default", french)):
            link = f'<link rel="alternate" hreflang="{code}" href="{address(other)}">'
            assert page.count(link) == 1


@pytest.mark.parametrize("path", ["/sitemap-briefs-9.xml", f"/sitemap-briefs-{10**30}.xml"])
def test_map_without_briefs_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_with_something_to_read_are_mapped(client: Client) -> None:
    brief = BriefFactory.create(is_published=False, countries=["ML"], topics=["kidnapping"])
    add_actor(brief, "Example Front")
    hidden = BriefFactory.create(is_published=False, countries=["KE"], topics=["ports"])
    add_actor(hidden, "Hidden Front")
    brief = publish(brief)

    found = urls_of(xml(client, "/sitemap-pages.xml"))

    changed = brief.changed_at.isoformat()
    for path in (
        "/",
        "/briefs/",
        "/countries/ml/",
        "/topics/kidnapping/",
    ):
        assert found[SITE + path] == changed
    others = ("/?language=ar", "/methodology/", "/scorecard/", "/actors/", "/actors/example-front/")
    for path in others:
        assert SITE + path in found
    for path in ("/countries/ke/", "/topics/ports/", "/actors/hidden-front/"):
        assert SITE + path not in found


def test_news_holds_two_days_without_samples(client: Client) -> None:
    now = timezone.now()
    fresh = BriefFactory.create(title="Fresh & new", language="fr")
    BriefFactory.create(is_sample=True)
    old = BriefFactory.create(is_published=False, data_cutoff=now - timedelta(days=9))
    publish(old, now - timedelta(days=3))

    root = xml(client, "/sitemap-news.xml")

    assert [each.findtext(f"{MAP}loc") for each in root] == [address(fresh)]
    news = root[0].find(f"{NEWS}news")
    assert news is not None
    assert news.findtext(f"{NEWS}publication/{NEWS}name") == "Derisk"
    assert news.findtext(f"{NEWS}publication/{NEWS}language") == "fr"
    assert news.findtext(f"{NEWS}title") == "Fresh & new"
    published = fresh.published_at.isoformat()
    assert news.findtext(f"{NEWS}publication_date") == published


def test_without_news_the_map_of_news_is_empty(client: Client) -> None:
    assert len(xml(client, "/sitemap-news.xml")) == 0


def test_scheduled_brief_is_mapped_from_its_hour(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    hour = timezone.now() + timedelta(hours=1)
    publishing.publish_brief(brief=approve(brief), by=UserFactory.create(), published_at=hour)

    assert mapped(client) == {}


def test_robots_keep_out_of_what_is_private(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()

    for path in ("/staff/", "/p/", "/review/", "/subscriptions/", "/request/*/"):
        assert f"Disallow: {path}" in lines
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert f"Sitemap: {SITE}/sitemap-news.xml" in lines


@pytest.mark.parametrize("count", [1, 3])
def test_maps_take_few_statements_whatever_the_number(
    client: Client, count: int, django_assert_num_queries
) -> None:
    briefs = BriefFactory.create_batch(count)
    span = briefs[0].pk // sitemaps._SPAN

    for path, statements in [
        ("/sitemap.xml", 1),
        (f"/sitemap-briefs-{span}.xml", 2),
        ("/sitemap-pages.xml", 3),
        ("/sitemap-news.xml", 1),
    ]:
        with django_assert_num_queries(statements):
            client.get(path)
