"""Pages about countries, actors and topics: from public briefs only."""

import re

import pytest
from django.test import Client

from briefs.models import Incident
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.factories import BriefFactory, publish

pytestmark = pytest.mark.django_db


def test_country_page_shows_what_we_expect_and_what_happened(client: Client) -> None:
    brief = BriefFactory.create(is_published=False, title="Towns held")
    add_incident(brief, add_place(brief), title="Two checkpoints attacked")
    publish(brief)

    page = client.get("/countries/ml/").content.decode()

    assert "<h1" in page
    assert "Mali" in page
    assert "The road will be closed for more than a week." in page
    assert "Two checkpoints attacked" in page
    assert "Douentza" in page
    assert brief.get_absolute_url() in page


def test_countries_of_a_region_stand_where_a_reader_looks_for_them(client: Client) -> None:
    html = client.get("/countries/?language=pt").content.decode()

    (southern,) = re.findall(r'<ul class="tags">(?:(?!</ul>).)*?África do Sul.*?</ul>', html)
    names = re.findall(r">([^<>]+)</a>", southern)
    assert names == ["África do Sul", "Botsuana", "Essuatíni", "Lesoto", "Namíbia"]


def test_incident_is_shown_as_it_was_approved(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    add_incident(brief, add_place(brief), title="As approved")
    publish(brief)
    Incident.objects.update(title="Changed since")

    page = client.get("/countries/ml/").content.decode()

    assert "As approved" in page
    assert "Changed since" not in page


def test_incident_of_another_country_is_left_to_that(client: Client) -> None:
    brief = BriefFactory.create(is_published=False, countries=["NE", "ML"])
    add_incident(brief, add_place(brief), title="In Mali")
    publish(brief)

    assert "In Mali" not in client.get("/countries/ne/").content.decode()
    assert "In Mali" in client.get("/countries/ml/").content.decode()


def test_country_is_known_by_its_small_letters(client: Client) -> None:
    response = client.get("/countries/ML/?language=fr")

    assert (response.status_code, response["Location"]) == (
        301,
        "/countries/ml/?language=fr",
    )
    for code in ("fr", "zz", "mali"):
        assert client.get(f"/countries/{code}/").status_code == 404
    assert client.get("/countries/km/?language=fr").status_code == 200


def test_actor_without_a_public_brief_is_nowhere(client: Client) -> None:
    draft = BriefFactory.create(is_published=False)
    hidden = add_actor(draft, "Hidden Front")
    brief = BriefFactory.create(is_published=False)
    shown = add_actor(brief, "Example Front", aliases=["EXF"])
    shown.parents.add(hidden)
    publish(brief)

    assert client.get("/actors/hidden-front/").status_code == 404
    for address in ("/actors/", "/actors/example-front/"):
        page = client.get(address).content.decode()
        assert "Example Front" in page
        assert "Hidden Front" not in page
    assert "EXF" in client.get("/actors/example-front/").content.decode()


def test_actor_names_what_it_belongs_to(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    parent, child = add_actor(brief, "Example Front"), add_actor(brief, "Katiba Example")
    child.parents.add(parent)
    publish(brief)

    assert "Part of" in client.get("/actors/katiba-example/").content.decode()
    assert "Includes" in client.get("/actors/example-front/").content.decode()


def test_lists_count_public_briefs(client: Client) -> None:
    BriefFactory.create_batch(2, topics=["ports"])
    BriefFactory.create(is_published=False, topics=["ports"])

    for address in ("/countries/", "/topics/"):
        assert '<span class="n">2</span>' in client.get(address).content.decode()
    assert client.get("/topics/gossip/").status_code == 404
    assert client.get("/topics/ports/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/methodology/", "/scorecard/", "/privacy/"])
@pytest.mark.parametrize("language", ["fr", "pt", "ar"])
def test_pages_about_our_work_speak_the_language_asked_for(client, address, language):
    english = client.get(address).content.decode()

    html = client.get(address, {"language": language}).content.decode()

    assert f'<html lang="{language}"' in html
    assert f'href="{address}?language={language}" lang="{language}"' in html
    headings = re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", html)
    alike = {"Incidents", "Sources"}  # the same words in French
    assert set(headings) & set(re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", english)) <= alike
