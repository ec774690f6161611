"""A reader's words are values in a statement written for others: it answers as the one written for them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from pytest_django import DjangoDbBlocker

from briefs import asking, finding, hits
from briefs.finding import Wish
from briefs.models import Actor, Brief, brief_queryset
from briefs.models.words import forms, leave_out, spoken
from tests import worlds
from tests.factories import BriefFactory

FAR = datetime(2999, 1, 1, tzinfo=UTC)
WORDS = [
    "",
    "convoy",
    "Ação",
    "ações AÇÃO",
    "convoy -fuel",
    "ação -ponte",
    '"fuel convoy" or bridge',
    '"fuel convoy" -bridge',
    'convoy -"a fuel"',
    '"ação na ponte"',
    '"ação" -ponte "na ponte"',
    '"fuel ação" -ações',
    "fuel-convoy",
    "100% 'a' %s",
]


@pytest.fixture(scope="module")
def briefs(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Twelve briefs, which no test changes for another."""
    with worlds.kept(django_db_blocker):
        _write()
        yield


@pytest.fixture(autouse=True)
def own(briefs: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with worlds.taken_back(django_db_blocker):
        yield


def _write() -> None:
    actor = Actor.objects.create(slug="katiba", name="Katiba", kind="armed_group")
    for code, body in product(
        ("en", "pt"), ("A fuel convoy.", "A ação na ponte.", "100% 'a' convoy")
    ):
        texts = {"language": code, "body": f"<p>{body}</p>", "title": body}
        brief = BriefFactory.create(**texts, topics=["crime"], countries=["ML", "NE"])
        BriefFactory.create(**texts, topics=["fuel-supply"], countries=["NG"])
        brief.actors.add(actor)


@pytest.mark.parametrize("q", WORDS)
def test_answer_is_that_of_the_queryset(q: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for is_everywhere in (True, False):
        monkeypatch.setattr(brief_queryset, "is_everywhere", lambda _, is_it=is_everywhere: is_it)
        assert_answers_of_the_queryset(q)


def assert_answers_of_the_queryset(q: str) -> None:
    filters = [{}, {"country": "NE"}, {"topic": "crime", "actor": "katiba"}, {"language": "pt"}]
    for chosen, sort in product(filters, ("", "newest")):
        wish = Wish(q=q, sort=sort, **chosen)

        found = hits.hits_of(wish)

        pks = set(wish.briefs().values_list("pk", flat=True))
        assert set(found.keys) == pks, wish
        assert found.total == len(pks)
        if not wish.is_ranked:
            assert found.keys == list(wish.newest().values_list("pk", flat=True))
        rows = hits.page_of(wish, found)
        assert [row.pk for row in rows] == found.keys


@pytest.mark.parametrize("q", WORDS[1:])
def test_example_has_the_shape_of_the_words(q: str) -> None:
    example = asking.example_of(q)

    assert len(forms(spoken(example))) == len(forms(spoken(q)))
    assert leave_out(spoken(example)) == leave_out(spoken(q))
    assert asking.has_phrase(example) == asking.has_phrase(q)
    assert set(asking.texts_marking(example)) == set(asking.texts_marking(q))


def test_mark_of_a_row_is_another_once_it_changed() -> None:
    before = hits.hits_of(Wish(country="NG"))
    brief = BriefFactory.create(countries=["ML"])
    assert hits.hits_of(Wish(country="NG")) == before

    type(brief).objects.filter(pk=before.keys[0]).update(expires_at=FAR)

    after = hits.hits_of(Wish(country="NG"))
    assert replace(after, marks=before.marks) == before
    assert [a == b for a, b in zip(after.marks, before.marks, strict=True)].count(False) == 1


@pytest.mark.parametrize("wish", [Wish(), Wish(country="NE"), Wish(q="convoy", sort="newest")])
def test_page_is_the_same_however_few_are_placed(
    wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE_SIZE", 2)
    monkeypatch.setattr(hits, "_STEPS", (3, 5))
    pks = list(wish.newest().values_list("pk", flat=True))

    for page in range(1, 5):
        found = hits._ask(replace(wish, page=page), is_counted=False)
        assert found.keys == pks[page * 2 - 2 : page * 2 + 1]


def test_page_far_down_is_found_from_the_end_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hits, "LOOKED_AT", 1)
    monkeypatch.setattr(finding, "PAGE_SIZE", 3)
    hits._after.cache_clear()
    pks = list(Brief.objects.public().newest().values_list("pk", flat=True))

    pages = [Wish(page=number) for number in range(2, 7)]

    found = [[row.pk for row in hits.page_of(page, hits.hits_of(page))] for page in pages]
    assert found == [pks[3:7], pks[6:10], pks[9:], [], []]
    portuguese = Wish(page=2, language="pt")
    rows = hits.page_of(portuguese, hits.hits_of(portuguese))
    assert [row.pk for row in rows] == list(
        Brief.objects.public().in_language("pt").newest().values_list("pk", flat=True)[3:]
    )
    hits._after.cache_clear()
