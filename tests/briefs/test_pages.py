"""The public pages: what they show, what they never show, what they cost."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import finding, publishing
from briefs.models import Brief
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.factories import BriefFactory, UserFactory, approve, publish
from tests.weighing import weight

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/briefs/",
    "/methodology/",
    "/scorecard/",
    "/countries/",
    "/countries/ml/",
    "/actors/",
    "/topics/",
    "/topics/road-movement/",
    "/privacy/",
    "/robots.txt",
    "/sitemap.xml",
    "/briefs/feed.atom",
]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def full_brief(**fields: object) -> Brief:
    """A published brief with an actor, an incident and two judgements."""
    brief = BriefFactory.create(is_published=False, **fields)
    add_actor(brief, "Example Front", aliases=["Front of Examples", "EXF"])
    add_incident(brief, add_place(brief), precision="week", fatalities=0)
    add_judgement(brief, 2)
    return publish(brief)


def test_brief_page_shows_what_hangs_on_it(client: Client) -> None:
    brief = full_brief(
        title="Towns held", body="<p>The <em>garrison</em> held.</p>", countries=["ML", "NE"]
    )

    page = text_of(client, brief.get_absolute_url())

    assert "<h1>Towns held</h1>" in page
    assert "<p>The <em>garrison</em> held.</p>" in page
    assert f"<li>{brief.reference}</li>" in page
    assert '<a href="/countries/ne/">Niger</a>' in page
    assert '<a class="tag" href="/actors/example-front/" dir="auto">Example Front (EXF)</a>' in page
    assert "in the week of 31 December 2024" in page
    assert "No deaths" in page
    assert "<strong>Very likely</strong>" in page
    assert "by 30 April 2099" in page
    assert 'aria-label="80 to 95 in 100"' in page
    assert '<a class="button" href="/request/?brief=' + brief.slug in page


def test_confidence_is_told_apart_from_likelihood(client: Client) -> None:
    brief = full_brief()

    page = text_of(client, brief.get_absolute_url())

    facts = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page)
    assert facts == [("Moderate", "judgement 2"), ("Low", "judgement 1")]


def test_unknown_number_of_deaths_is_not_none(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    add_incident(brief, add_place(brief), fatalities=None)
    brief = publish(brief)

    page = text_of(client, brief.get_absolute_url())

    assert "Two checkpoints attacked" in page
    assert "Deaths not known" in page
    assert "No deaths" not in page


def test_written_text_is_escaped_on_every_page(client: Client) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    brief = BriefFactory.create(
        is_published=False, title=hostile, summary=hostile, body=f"<p>Words.</p>{hostile}"
    )
    add_actor(brief, hostile, slug="hostile", aliases=[hostile], note=hostile)
    place = add_place(brief, hostile)
    add_incident(brief, place, title=hostile)
    brief = publish(brief)
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="factual", text=hostile)
    BriefFactory.create()

    for address in (
        "/",
        "/briefs/",
        f"/briefs/?q={hostile}",
        brief.get_absolute_url(),
        "/actors/hostile/",
        "/countries/ml/",
        "/briefs/brief-x/",
    ):
        assert "<img" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("language", "direction", "heading"),
    [
        ("en", "ltr", "Key judgements"),
        ("fr", "ltr", "Jugements clés"),
        ("pt", "ltr", "Juízos principais"),
        ("ar", "rtl", "أهم الأحكام"),
    ],
)
def test_brief_page_speaks_the_language_of_the_brief(
    client: Client, language: str, direction: str, heading: str
) -> None:
    brief = BriefFactory.create(language=language)

    response = client.get(brief.get_absolute_url())

    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert heading in page
    assert response["Content-Language"] == language


def test_drawings_hold_numbers_that_svg_can_read(client: Client) -> None:
    brief = full_brief(language="fr")

    page = text_of(client, brief.get_absolute_url())

    numbers = re.findall(r' (?:x|y|cx|cy|width)="([^"]*)"', page)
    assert len(numbers) > 20
    assert [n for n in numbers if not re.fullmatch(r"-?\d+(\.\d+)?", n)] == []


def test_sample_says_so_first(client: Client) -> None:
    sample, real = BriefFactory.create(is_sample=True), BriefFactory.create()

    assert "Sample brief." in text_of(client, sample.get_absolute_url())
    assert "Sample brief." not in text_of(client, real.get_absolute_url())


def test_brief_page_is_known_to_other_sites(client: Client) -> None:
    brief = BriefFactory.create(title="Towns & roads")

    page = text_of(client, brief.get_absolute_url())

    address = settings.SITE_URL + brief.get_absolute_url()
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    assert '<meta property="og:title" content="Towns &amp; roads">' in page


def test_discover_more_shows_three_others(client: Client) -> None:
    brief = BriefFactory.create()
    others = BriefFactory.create_batch(4)

    page = text_of(client, brief.get_absolute_url())

    shown = [other for other in others if other.get_absolute_url() in page]
    assert shown == others[1:]
    assert f'<a href="{brief.get_absolute_url()}">' not in page


def hidden_briefs() -> list[Brief]:
    draft = BriefFactory.create(slug="unseen-draft", title="Unseen draft", is_published=False)
    archived = BriefFactory.create(slug="unseen-archived", title="Unseen archived")
    publishing.archive_brief(brief=archived, by=UserFactory.create())
    later = BriefFactory.create(slug="unseen-later", title="Unseen later", is_published=False)
    tomorrow = timezone.now() + timedelta(days=1)
    publishing.publish_brief(brief=approve(later), by=UserFactory.create(), published_at=tomorrow)
    return [draft, archived, later]


def test_what_is_not_public_is_nowhere(client: Client) -> None:
    hidden = hidden_briefs()
    public = BriefFactory.create()

    for brief, status in zip(hidden, (404, 410, 404), strict=True):
        response = client.get(brief.get_absolute_url())
        assert (response.status_code, b"nseen" in response.content) == (status, False)
    for address in [*PAGES, public.get_absolute_url(), "/briefs/?q=brief", "/briefs/?country=ML"]:
        assert "nseen" not in text_of(client, address)
    assert "No brief fits" in text_of(client, "/briefs/?q=unseen")


def test_staff_do_not_see_drafts_on_public_pages_either(client: Client) -> None:
    draft = BriefFactory.create(is_published=False)
    client.force_login(UserFactory.create(is_superuser=True))

    assert client.get(draft.get_absolute_url()).status_code == 404


def test_list_filters_and_offers_the_way_back(client: Client) -> None:
    mali = BriefFactory.create(title="In Mali", countries=["ML"])
    kenya = BriefFactory.create(title="In Kenya", countries=["KE"])

    page = text_of(client, "/briefs/?country=KE")

    assert kenya.get_absolute_url() in page
    assert mali.get_absolute_url() not in page
    assert "1 brief for" in page
    assert '<a class="tag" href="/briefs/" dir="auto">' in page


def test_empty_list_helps_on(client: Client) -> None:
    page = text_of(client, "/briefs/?q=volcano")

    assert "No brief fits" in page
    assert 'href="/request/"' in page


def test_pages_of_the_list_hold_each_brief_once(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(finding, "PAGE_SIZE", 2)
    briefs = BriefFactory.create_batch(5)

    pages = [text_of(client, f"/briefs/?page={n}") for n in (1, 2, 3)]

    shown = [[b for b in briefs if b.get_absolute_url() in page] for page in pages]
    assert [len(group) for group in shown] == [2, 2, 1]
    assert sorted(b.pk for group in shown for b in group) == [b.pk for b in briefs]
    assert '<a href="/briefs/?page=2" rel="next">' in pages[0]
    assert 'rel="next"' not in pages[2]
    assert '<a href="/briefs/" rel="prev">' in pages[1]


@pytest.mark.parametrize("page", ["4", "999999999", "5000"])
def test_page_past_the_end_is_not_found(client: Client, page: str) -> None:
    BriefFactory.create()

    assert client.get(f"/briefs/?page={page}").status_code == 404


BAD = [
    "page=x",
    "page=-1",
    "page=" + "9" * 400,
    "page=2147483648",
    "country=XX",
    "country=%00",
    "country=mlxxxx",
    "language=zz",
    "language=%F0%9F%98%80",
    "actor=%00%27",
    "topic=" + "a" * 300,
    "topic={}",
    "q=%00",
    "q=" + "a" * 8000,
    "q=%ED%A0%80",
    "q=%27%22%28%29%3A%2A%26%7C%21",
    "q[]=1&country[]=ML",
    "q=a&q=b",
    "%00=%00",
]


@pytest.mark.parametrize("path", ["/briefs/", "/briefs/feed.atom", "/"])
def test_bad_parameters_give_a_page(client: Client, path: str) -> None:
    BriefFactory.create()

    for query in BAD:
        assert client.get(f"{path}?{query}").status_code in (200, 404), query


@pytest.mark.parametrize("slug", ["nothing-here", "a" * 500, "%00", "..", "x%2Fy"])
def test_unknown_brief_is_not_found(client: Client, slug: str) -> None:
    assert client.get(f"/briefs/{slug}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_change_nothing(client: Client, method: str) -> None:
    brief = BriefFactory.create()

    for address in ["/", "/briefs/", brief.get_absolute_url(), "/methodology/"]:
        assert getattr(client, method)(address).status_code == 405


def test_no_cookies_no_scripts_no_styles_inside_no_other_host(client: Client) -> None:
    brief = full_brief()

    for address in [
        "/",
        "/briefs/",
        brief.get_absolute_url(),
        "/methodology/",
        "/privacy/",
        "/nothing/",
    ]:
        response = client.get(address)
        page = response.content.decode()
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert "<script" not in page.replace('<script type="application/ld+json">', "")
        assert "<style" not in page
        assert " style=" not in page
        linked = re.sub(r"<a [^>]*>", "", page)  # a link asks for nothing until it is followed
        sources = re.findall(r'(?:src|href)="(https?://[^"]*)"', linked)
        assert [s for s in sources if not s.startswith(settings.SITE_URL)] == []


def test_a_page_is_light(client: Client) -> None:
    brief = full_brief(body=("<p>" + "longer " * 20 + "</p>") * 100)
    BriefFactory.create_batch(3)

    page = client.get(brief.get_absolute_url()).content

    assert weight(page) < 55_000  # of a body of fourteen thousand


@pytest.mark.django_db
def test_the_privacy_page_names_what_is_kept_of_how_a_request_came(client):
    page = text_of(client, "/privacy/")

    for what in (
        "Which brief",
        "Which website or campaign",
        "languages of your browser, and the network",
    ):
        assert what in page, what


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_few_statements_whatever_the_number(
    client: Client, count: int, django_assert_num_queries
) -> None:
    brief = BriefFactory.create(is_published=False)
    for number in range(count):
        add_judgement(brief, number + 3)
        add_actor(brief, f"Group {number}")
        add_incident(brief, add_place(brief, f"Town {number}"), title=f"Incident {number}")
        BriefFactory.create(is_sample=True)
    publish(brief)
    for number in range(count):
        publishing.correct_brief(
            brief=brief, by=brief.created_by, kind="update", text=f"Update {number}"
        )

    with django_assert_num_queries(3):  # the third keeps the page that was made
        client.get(brief.get_absolute_url())
    with django_assert_num_queries(2):
        client.get("/briefs/?country=ML&topic=road-movement")
    with django_assert_num_queries(3):
        client.get("/briefs/?q=brief&country=ML&topic=road-movement")
    for address in ("/", "/sitemap.xml", "/countries/", "/topics/"):
        with django_assert_num_queries(1):
            client.get(address)
    for address in ("/countries/ml/", "/topics/road-movement/", "/scorecard/"):
        with django_assert_num_queries(3 if address == "/scorecard/" else 2):
            client.get(address)
    with django_assert_num_queries(5):
        client.get("/actors/group-0/")


def test_front_page_shows_open_judgements_only(client: Client) -> None:
    brief = BriefFactory.create(title="Judged")
    brief.judgements.update(text="Still open.")
    yesterday = timezone.now() - timedelta(days=1)
    past = BriefFactory.create(
        title="Past", is_published=False, data_cutoff=yesterday - timedelta(days=2)
    )
    past.judgements.update(text="Long over.", horizon_on=yesterday.date())
    publish(past, yesterday)

    page = text_of(client, "/")

    assert "Still open." in page
    assert "Long over." not in page
    assert past.get_absolute_url() in page


def test_front_page_in_french_shows_french_briefs(client: Client) -> None:
    french, english = BriefFactory.create(language="fr"), BriefFactory.create()

    page = text_of(client, "/?language=fr")

    assert '<html lang="fr"' in page
    assert french.get_absolute_url() in page
    assert english.get_absolute_url() not in page
    assert '<a href="/briefs/?language=fr">' in page


def test_front_page_without_briefs(client: Client) -> None:
    assert "No brief is public yet." in text_of(client, "/")


def test_front_page_has_a_map_of_africa_in_the_same_statement(
    client: Client, django_assert_num_queries
) -> None:
    brief = full_brief()

    with django_assert_num_queries(1):
        page = text_of(client, "/")

    assert '<svg class="map"' in page
    assert "Douentza</span>, Mali" in page
    assert brief.get_absolute_url() in page


def test_old_versions_have_their_map(client: Client) -> None:
    brief = full_brief()

    page = text_of(client, f"{brief.get_absolute_url()}versions/1/")

    assert '<svg class="map"' in page


@pytest.mark.parametrize(
    ("query", "way_back"),
    [
        ("language=fr&country=ML&q=route", "/briefs/?language=fr"),
        ("language=fr", "/briefs/"),
        ("country=ML", "/briefs/"),
    ],
)
def test_way_back_from_filters_keeps_the_language(
    client: Client, query: str, way_back: str
) -> None:
    page = text_of(client, f"/briefs/?{query}")

    words = "Clear all|Show all briefs|Tout effacer|Voir toutes les notes"
    assert re.findall(rf'href="([^"]*)">(?:{words})<', page) == [way_back, way_back]


def test_words_stand_in_the_quotation_marks_of_the_language(client: Client) -> None:
    assert ">«\u00a0route\u00a0»</a>" in text_of(client, "/briefs/?q=route&language=fr")
    assert ">“route”</a>" in text_of(client, "/briefs/?q=route")
