"""Whatever there is out of sight, no public address shows a word of it: a property over all addresses and states."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefs import naming, publishing, sitemaps, topics, urls
from briefs.models import Actor, Brief
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.briefs.hidden import ONCE_READ, WAYS, plant
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(420)]
WORD = "zqhiddenword"
# Also what the hidden texts say beside the word, as it is and misspelt ("did you mean").
FILTERS = (
    *("country=ML", "country=KE", "topic=road-movement", "topic=crime", "language=fr", "page=2"),
    *("sort=newest&q=brief", "q=title", "q=front", "q=alias", "q=town", "q=revised", "q=frunt"),
)
LISTS = ("home", "list", "feed-atom", "feed-rss", "feed-json", "subscribe")


def values_of(name: str, parameter: str) -> list[object]:
    """Every value that a part of an address can have, also those of what is out of sight."""
    slugs = list(Brief.objects.values_list("slug", flat=True))
    known: dict[tuple[str, str], list[object]] = {
        ("brief", "slug"): slugs,
        ("version", "slug"): slugs,
        ("card", "slug"): slugs,
        ("version", "number"): [1, 2],
        ("country", "code"): ["ml", "ke"],
        ("actor", "slug"): list(Actor.objects.values_list("slug", flat=True)),
        ("topic", "slug"): ["road-movement", topics.Topic.values[0]],
        ("sitemap-briefs", "span"): sorted(
            {pk // sitemaps._SPAN for pk in Brief.objects.values_list("pk", flat=True)}
        ),
    }
    if parameter == "token":
        return ["nothing"]  # private links: a stranger has none
    if (name, parameter) not in known:
        pytest.fail(f"Say which values <{parameter}> of the address {name!r} has.")
    return known[name, parameter]


def arguments_of(pattern: URLPattern) -> Iterator[dict[str, object]]:
    rows: list[dict[str, object]] = [{}]
    for parameter in pattern.pattern.converters:
        values = values_of(str(pattern.name), parameter)
        rows = [row | {parameter: value} for row in rows for value in values]
    yield from rows


def addresses() -> Iterator[str]:
    """Every public address of briefs; those of lists also with each filter."""
    for pattern in urls.urlpatterns:
        for arguments in arguments_of(pattern):
            address = reverse(f"briefs:{pattern.name}", kwargs=arguments)
            yield address
            if pattern.name in LISTS:
                yield from (f"{address}?{query}" for query in FILTERS)


def world(name: str = "") -> Brief:
    """A public brief with every tie to others: it is searched, filed, mapped, judged and named."""
    brief = BriefFactory.create(is_published=False, countries=["ML"], topics=["road-movement"])
    add_actor(brief, f"Shared Front {name}".strip(), slug=f"shared-front-{brief.pk}")
    add_incident(brief, add_place(brief, f"Douentza {name}".strip()))
    return publish(brief, timezone.now() - timedelta(hours=2))


def assert_nothing_shows(client: Client) -> None:
    naming.refresh_names(Brief.objects.all())
    naming.refresh_terms()
    for address in addresses():
        response = client.get(address)
        shown = response.content.decode("utf-8", "replace") + str(response.headers)
        assert WORD not in shown.lower(), address
        assert response.status_code < 500, address


def test_no_state_of_a_brief_shows_anywhere(client: Client) -> None:
    hidden = plant(WORD, WAYS, world())

    assert_nothing_shows(client)
    for way, brief in zip(WAYS, hidden, strict=True):
        page = client.get(f"/briefs/{brief.slug}/")
        assert page.status_code == (410 if way in ONCE_READ else 404), way
        assert client.get(f"/briefs/{brief.slug}/versions/1/").status_code == page.status_code, way
        assert client.get(f"/briefs/{brief.slug}/card.png").status_code == 404, way


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ways=st.lists(st.sampled_from(list(WAYS)), min_size=1, max_size=4, unique=True))
def test_nothing_hidden_shows_whatever_there_is(client: Client, ways: list[str]) -> None:
    with transaction.atomic():
        plant(WORD, ways, world())
        assert_nothing_shows(client)
        transaction.set_rollback(True)


def test_ties_of_a_public_brief_lead_to_nothing_hidden(client: Client) -> None:
    """A translation, an earlier judgement, the evidence of an outcome, a successor that is gone."""
    ways = ("draft, clear", "scheduled", "withdrawn")
    publics = [world(way) for way in ways]
    for public, hidden in zip(publics, plant(WORD, ways, publics[0]), strict=True):
        _tie(public, hidden)

    assert_nothing_shows(client)


def _tie(public: Brief, hidden: Brief) -> None:
    changed = BriefFactory.create(is_published=False)
    add_judgement(changed, 2, revises=hidden.judgements.get(), change_reason="More is known.")
    publish(changed)
    key = public.translation_key
    BriefFactory.create(is_published=False, language="fr", title=WORD, translation_key=key)
    # Written past the verb, which refuses it: evidence may go out of sight later.
    public.judgements.update(
        outcome="occurred",
        outcome_note="Seen.",
        evidence=hidden,
        resolved_at=timezone.now(),
        resolved_by=UserFactory.create(),
    )
    successor = BriefFactory.create(title=WORD, slug=f"{WORD}-after-{public.pk}")
    publishing.supersede_brief(brief=public, by=UserFactory.create(), successor=successor)
    publishing.archive_brief(brief=successor, by=UserFactory.create())
