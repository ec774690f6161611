"""The gate for readers and the filters on top of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from briefs import publishing
from briefs.models import Brief, BriefQuerySet
from tests.briefs.facts import add_actor
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db


def slugs(briefs: BriefQuerySet) -> list[str]:
    return list(briefs.values_list("slug", flat=True))


def test_only_published_briefs_are_public() -> None:
    BriefFactory.create(slug="out")
    BriefFactory.create(slug="draft", is_published=False)
    archived = BriefFactory.create(slug="archived")
    publishing.archive_brief(brief=archived, by=UserFactory.create())

    assert slugs(Brief.objects.public()) == ["out"]


def test_brief_with_a_later_hour_is_not_public_yet() -> None:
    brief = BriefFactory.create(is_published=False)
    tomorrow = timezone.now() + timedelta(days=1)

    publishing.publish_brief(brief=approve(brief), by=UserFactory.create(), published_at=tomorrow)

    assert not Brief.objects.public().exists()


def test_filters_narrow() -> None:
    mali = BriefFactory.create(slug="mali", countries=["ML", "SN"], topics=["ports", "crime"])
    BriefFactory.create(slug="kenya", countries=["KE"], topics=["elections"], language="fr")
    add_actor(mali, "Example Front")
    public = Brief.objects.public()

    assert slugs(public.about_country("SN")) == ["mali"]
    assert slugs(public.with_topic("elections")) == ["kenya"]
    assert slugs(public.in_language("fr")) == ["kenya"]
    assert slugs(public.with_actor("example-front")) == ["mali"]
    assert slugs(public.with_actor("nobody")) == []


@pytest.mark.parametrize(
    ("language", "body", "q"),
    [
        ("en", "Convoys were stopped at the border.", "convoy"),
        ("fr", "Les attaques ont cessé.", "attaque"),
        ("pt", "Os camionistas pararam.", "camionista"),
        ("ar", "توقفت الشاحنات عند الحدود", "الشاحنة"),
    ],
)
def test_words_are_found_in_other_forms(language: str, body: str, q: str) -> None:
    BriefFactory.create(slug="hit", language=language, body=body)
    BriefFactory.create(slug="miss", language=language)

    assert slugs(Brief.objects.public().matching(q)) == ["hit"]


def test_quotes_and_minus_are_understood() -> None:
    BriefFactory.create(slug="mali", title="Fuel convoy in Mali")
    BriefFactory.create(slug="niger", title="Convoy with fuel in Niger")
    public = Brief.objects.public()

    assert slugs(public.matching('"fuel convoy"')) == ["mali"]
    assert slugs(public.matching("convoy -niger")) == ["mali"]


@pytest.mark.parametrize("q", ["'", '"', "a & | !", "the", "-", "<->", "\\", "%", "a:*", "((("])
def test_no_words_break_the_search(q: str) -> None:
    BriefFactory.create()

    assert slugs(Brief.objects.public().matching(q)) == []


def test_related_are_own_language_first_then_closest_then_newest() -> None:
    about = {"countries": ["ML"], "topics": ["ports"]}
    brief = BriefFactory.create(slug="this", **about)
    BriefFactory.create(slug="french", language="fr", **about)
    BriefFactory.create(slug="topic", countries=["KE"], topics=["ports"])
    BriefFactory.create(slug="region", countries=["NE"], topics=["ports"])
    BriefFactory.create(slug="country", countries=["ML"], topics=["crime"])
    BriefFactory.create(slug="stranger", countries=["KE"], topics=["crime"])
    actor = add_actor(brief)
    ally = BriefFactory.create(slug="actor", countries=["KE"], topics=["crime"])
    ally.actors.add(actor)

    related = Brief.objects.public().related_to(brief)

    assert slugs(related) == ["actor", "country", "region", "topic", "french"]


def test_newest_leaves_no_ties() -> None:
    first, second = BriefFactory.create_batch(2, is_published=False)
    moment = timezone.now()
    for brief in (first, second):
        publish(brief, moment)

    assert list(Brief.objects.public().newest()) == [second, first]
