"""The page of a brief is made once for all processes, and never old."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefs import brief_pages, freshness, made_pages, noting, publishing
from briefs.models import Brief, MadePage
from jobs.models import Job
from tests.briefs.test_pages import full_brief
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the briefs whose page was made, in order."""
    made: list[str] = []
    make = brief_pages.context_of

    def seen(page: Any, *rest: Any) -> dict[str, Any]:
        made.append(page.brief.title)
        return make(page, *rest)

    monkeypatch.setattr(brief_pages, "context_of", seen)
    return made


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test's reads have left to be written down after two seconds would be a statement of ours."""
    noting.forget()
    monkeypatch.setattr(noting, "_PATIENCE", 60)


def read(client: Client, brief: Brief) -> bytes:
    """Its page, in a process that has made none yet."""
    made_pages.forget()
    content: bytes = client.get(brief.get_absolute_url()).content
    return content


def test_page_is_made_once_for_all_processes(
    client: Client, making: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brief = full_brief()
    BriefFactory.create(title="Fuel at Kati")
    with django_assert_num_queries(3):
        first = read(client, brief)

    with django_assert_num_queries(2):
        second = read(client, brief)

    assert second == first
    assert b"Fuel at Kati" in first
    assert b"<!-- discover" not in first
    assert b"\0" not in first
    assert making == [brief.title]


def test_job_makes_it_before_the_first_reader_and_a_second_run_nothing(
    client: Client, making: list[str]
) -> None:
    brief = BriefFactory.create()
    job = Job.objects.get(kind="briefs.make_page")
    assert (job.subject_id, job.run_at) == (brief.pk, job.created_at)

    for _ in range(2):
        brief_pages.make(brief_id=brief.pk)
    read(client, brief)

    assert making == [brief.title]


def test_nothing_is_made_of_what_readers_do_not_see(making: list[str]) -> None:
    draft = BriefFactory.create(is_published=False)
    ahead = publish(BriefFactory.create(is_published=False), timezone.now() + timedelta(days=1))
    withdrawn = BriefFactory.create()
    publishing.withdraw_brief(brief=withdrawn, by=withdrawn.created_by, reason="Wrong.")

    for brief in (draft, ahead, withdrawn):
        brief_pages.make(brief_id=brief.pk)

    assert making == []
    assert not MadePage.objects.exists()


def test_page_is_made_anew_after_a_correction_and_gone_after_a_withdrawal(
    client: Client, making: list[str]
) -> None:
    brief = BriefFactory.create()
    read(client, brief)
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="update", text="Since Monday")

    corrected = read(client, brief)
    again = read(client, brief)

    assert b"Since Monday" in corrected
    assert again == corrected
    assert len(making) == 2
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong.")
    made_pages.forget()
    gone = client.get(brief.get_absolute_url())
    assert gone.status_code == 410
    assert brief.summary.encode() not in gone.content


def test_another_neighbour_is_laid_in_without_making_the_page(
    client: Client, making: list[str]
) -> None:
    brief, other = BriefFactory.create(), BriefFactory.create(title="Fuel at Kati")
    first = read(client, brief)

    newer = BriefFactory.create(title="Fuel at Sikasso")
    with_it = read(client, brief)
    for each in (newer, other):
        publishing.withdraw_brief(brief=each, by=each.created_by, reason="Wrong.")
    alone = read(client, brief)

    assert b"Fuel at Sikasso" in with_it
    assert b"Fuel at Sikasso" not in alone
    assert b'class="related"' not in alone
    assert making == [brief.title]
    MadePage.objects.all().delete()
    assert read(client, brief) == alone
    assert first != with_it


@pytest.mark.django_db(transaction=True)
def test_what_was_looked_for_is_told_to_other_processes_many_pages_at_a_time(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(noting, "MANY", 2)
    briefs = BriefFactory.create_batch(3)
    pages = [read(client, brief) for brief in briefs]
    freshness.bump()
    token = (freshness.token_now() or b"").decode()
    noting.forget()

    assert [read(client, brief) for brief in briefs] == pages

    assert MadePage.objects.filter(token=token).count() == 2
    noting.forget()  # as another process, which has noted nothing
    for count, brief, page in zip((1, 1, 2), briefs, pages, strict=True):
        with django_assert_num_queries(count):
            assert read(client, brief) == page


@pytest.mark.django_db(transaction=True)
def test_neighbours_are_looked_for_once_until_readers_see_something_else(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brief, _ = BriefFactory.create(), BriefFactory.create(title="Fuel at Kati")
    first = read(client, brief)
    with django_assert_num_queries(1):
        assert read(client, brief) == first
    freshness.bump()
    with django_assert_num_queries(2):
        assert read(client, brief) == first
    with django_assert_num_queries(1):
        assert read(client, brief) == first

    newer = BriefFactory.create(title="Fuel at Sikasso")
    pages = [read(client, brief), read(client, brief)]
    publishing.withdraw_brief(brief=newer, by=newer.created_by, reason="Wrong.")

    assert [b"Fuel at Sikasso" in page for page in pages] == [True, True]
    assert b"Fuel at Sikasso" not in read(client, brief)


def test_page_of_other_code_is_made_anew(
    client: Client, making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create()
    read(client, brief)

    monkeypatch.setattr(brief_pages, "_code", lambda: "of another version")
    read(client, brief)
    read(client, brief)

    assert len(making) == 2


def test_page_changes_when_the_day_of_its_judgements_has_gone_by(
    client: Client, making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create()
    horizon = brief.judgements.order_by("horizon_on").last().horizon_on  # type: ignore[union-attr]  # it has one
    before = read(client, brief)
    now = timezone.now()
    last_day = now + (horizon - now.date())

    pages = []
    for moment in (last_day, last_day + timedelta(days=1)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        pages += [read(client, brief), read(client, brief)]

    assert [b"Past its horizon" in page for page in (before, *pages)] == [False] * 3 + [True] * 2
    assert len(making) == 2


def test_page_is_served_where_nothing_can_be_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("read only")

    brief = BriefFactory.create()
    monkeypatch.setattr(MadePage.objects, "bulk_create", refuse)

    assert brief.title.encode() in read(client, brief)
    assert not MadePage.objects.exists()
