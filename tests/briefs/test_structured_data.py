"""What search engines read of a brief: every field from what readers see, and nothing that leaves its element."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from briefs import publishing, revising, translating
from briefs.models import Brief
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_of(client: Client, brief: Brief) -> list[dict[str, Any]]:
    """The article and the breadcrumbs of a brief's page."""
    page = client.get(brief.get_absolute_url()).content.decode()
    (script,) = _SCRIPT.findall(page)
    found: list[dict[str, Any]] = json.loads(script)
    return found


def article_of(client: Client, brief: Brief) -> dict[str, Any]:
    return data_of(client, brief)[0]


def address_of(brief: Brief) -> str:
    return settings.SITE_URL + brief.get_absolute_url()


def test_article_says_what_the_page_says(client: Client) -> None:
    brief = BriefFactory.create(is_published=False, title="Towns held", countries=["ML", "NE"])
    add_actor(brief, "Example Front")
    add_incident(brief, add_place(brief))
    add_judgement(brief, 2, horizon_on=date(2099, 1, 31))
    brief = publish(brief)

    article = article_of(client, brief)

    assert article["@type"] == ["AnalysisNewsArticle", "Report"]
    assert (article["headline"], article["inLanguage"]) == ("Towns held", "en")
    assert article["url"] == article["mainEntityOfPage"] == address_of(brief)
    assert article["reportNumber"] == brief.reference
    assert article["temporalCoverage"] == "2024-12-31/2099-01-31"
    assert article["about"] == [{"@type": "Organization", "name": "Example Front"}]
    names = [place["name"] for place in article["contentLocation"]]
    assert names == ["Mali", "Niger", "Douentza"]
    assert article["contentLocation"][2]["geo"]["latitude"] == 15.0
    assert article["image"] == f"{address_of(brief)}card.png"
    for absent in ("alternativeHeadline", "correction", "workTranslation", "translationOfWork"):
        assert absent not in article


def test_coverage_begins_with_the_cut_off_where_no_incident_is_told(client: Client) -> None:
    brief = BriefFactory.create()
    horizon = brief.judgements.get().horizon_on

    covered = article_of(client, brief)["temporalCoverage"]

    assert brief.data_cutoff is not None
    assert covered == f"{brief.data_cutoff.date().isoformat()}/{horizon.isoformat()}"


def test_long_title_is_shortened_and_given_whole_beside(client: Client) -> None:
    title = "A road that is shut " * 8

    article = article_of(client, BriefFactory.create(title=title.strip()))

    assert len(article["headline"]) <= 110
    assert article["headline"].endswith("…")
    assert article["alternativeHeadline"] == title.strip()


def test_modified_is_when_readers_were_told_and_never_a_silent_edit(client: Client) -> None:
    brief = BriefFactory.create()
    published = article_of(client, brief)
    pending = revising.open_pending(brief=brief, by=brief.created_by)
    pending = approve(edit(pending, brief.created_by, title="Other words"))
    brief = publishing.publish_revision(pending=pending, by=UserFactory.create())
    silent = article_of(client, brief)
    told = publishing.correct_brief(
        brief=brief, by=brief.created_by, kind="factual", text="It was two."
    )

    corrected = article_of(client, brief)

    assert published["dateModified"] == published["datePublished"]
    assert silent["headline"] == "Other words"
    assert silent["dateModified"] == silent["datePublished"] == published["datePublished"]
    assert corrected["datePublished"] == published["datePublished"]
    assert corrected["dateModified"] == told.made_at.isoformat()
    assert corrected["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "It was two.",
            "datePublished": told.made_at.isoformat(),
        }
    ]


def test_translations_name_each_other_while_readers_see_both(client: Client) -> None:
    brief = BriefFactory.create(countries=["ML"], topics=["road-movement"])
    french = translating.start_translation(brief=brief, by=brief.created_by, language="fr")
    assert "workTranslation" not in article_of(client, brief)
    french = publish(french)

    original = article_of(client, brief)
    (article, crumbs) = data_of(client, french)

    assert original["workTranslation"] == [
        {"@type": "Report", "inLanguage": "fr", "url": address_of(french)}
    ]
    assert article["translationOfWork"] == {
        "@type": "Report",
        "inLanguage": "en",
        "url": address_of(brief),
    }
    assert "workTranslation" not in article
    assert original["keywords"] == ["Road movement"]
    assert article["keywords"] == ["Déplacements routiers"]
    steps = [(step["name"], step["item"]) for step in crumbs["itemListElement"]]
    assert steps == [
        ("Derisk", f"{settings.SITE_URL}/?language=fr"),
        ("Notes", f"{settings.SITE_URL}/briefs/?language=fr"),
        ("Mali", f"{settings.SITE_URL}/countries/ml/?language=fr"),
    ]
    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="It was wrong.")
    assert "translationOfWork" not in article_of(client, french)


def test_no_words_leave_the_element(client: Client) -> None:
    hostile = "</script><!-- <script>alert(1)</script> & ]]>"
    brief = BriefFactory.create(is_published=False, title=hostile, summary=hostile)
    add_actor(brief, hostile, slug="hostile")
    brief = publish(brief)
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="factual", text=hostile)

    page = client.get(brief.get_absolute_url()).content.decode()
    (script,) = _SCRIPT.findall(page)

    assert not set("<>&") & set(script)
    article = json.loads(script)[0]
    assert article["headline"] == article["description"] == hostile
    assert article["about"][0]["name"] == article["correction"][0]["text"] == hostile
    assert page.count("</script>") == page.count("<script") == 1
