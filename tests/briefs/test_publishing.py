"""Publishing and archiving: the only ways in and out of readers' sight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from briefs import publishing
from briefs.models import Brief, Judgement, Move
from tests.factories import BriefFactory, UserFactory
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_published_brief_is_public_with_reference_and_record() -> None:
    brief = BriefFactory.create(is_published=False)
    editor = UserFactory.create()
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    Brief.objects.filter(pk=brief.pk).update(data_cutoff=moment)

    published = publishing.publish_brief(brief=brief, by=editor, published_at=moment)

    assert Brief.objects.public().get() == published
    assert (published.reference, published.published_at) == ("DR-2026-0001", moment)
    move = Move.objects.get()
    assert (move.brief, move.by) == (brief, editor)
    assert (move.from_status, move.to_status) == ("draft", "published")


def test_publishing_renders_the_body() -> None:
    brief = BriefFactory.create(is_published=False)
    Brief.objects.filter(pk=brief.pk).update(body="A *quiet* week.", body_html="")

    publishing.publish_brief(brief=brief, by=brief.created_by)

    assert Brief.objects.get().body_html == "<p>A <em>quiet</em> week.</p>"


def test_references_count_up_within_their_year() -> None:
    early = datetime(2025, 12, 31, tzinfo=UTC)
    late = datetime(2026, 1, 1, tzinfo=UTC)
    briefs = BriefFactory.create_batch(3, is_published=False, data_cutoff=early)

    moments = (early, late, late)
    published = [
        publishing.publish_brief(brief=brief, by=brief.created_by, published_at=moment)
        for brief, moment in zip(briefs, moments, strict=True)
    ]

    assert [b.reference for b in published] == ["DR-2025-0001", "DR-2026-0001", "DR-2026-0002"]


def test_every_gap_is_named_at_once_and_nothing_changes() -> None:
    brief = Brief.objects.create(slug="bare", title="Bare", created_by=UserFactory.create())

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=brief.created_by)

    assert [error.code for error in refusal.value.error_list] == [
        "summary_missing",
        "body_missing",
        "country_missing",
        "data_cutoff_missing",
        "judgement_missing",
    ]
    brief.refresh_from_db()
    assert (brief.status, brief.reference, brief.published_at) == ("draft", None, None)
    assert not Move.objects.exists()


def test_judgement_that_ends_before_publication_is_refused() -> None:
    brief = BriefFactory.create(is_published=False)
    Judgement.objects.update(horizon_on=date(2020, 1, 1))

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=brief.created_by)

    assert refusal.value.messages == ["Judgement 1 ends before the publication."]


def test_data_cutoff_after_publication_is_refused() -> None:
    brief = BriefFactory.create(is_published=False, data_cutoff=timezone.now() + timedelta(hours=1))

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=brief.created_by)

    assert [error.code for error in refusal.value.error_list] == ["data_cutoff_late"]


def test_unknown_country_and_topic_are_refused() -> None:
    brief = BriefFactory.build(countries=["ML", "FR"], created_by=UserFactory.create())
    with pytest.raises(ValidationError, match="Not an African country: FR"):
        brief.clean()

    brief = BriefFactory.build(topics=["gossip"], created_by=UserFactory.create())
    with pytest.raises(ValidationError, match="Not a topic of ours: gossip"):
        brief.clean()


def test_second_publication_is_a_conflict() -> None:
    brief = BriefFactory.create()

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=brief.created_by)

    assert refusal.value.code == "conflict"
    assert Move.objects.count() == 1


def test_archived_brief_is_gone_for_readers_and_keeps_its_reference() -> None:
    brief = BriefFactory.create()

    archived = publishing.archive_brief(brief=brief, by=brief.created_by)

    assert not Brief.objects.public().exists()
    assert (archived.status, archived.reference) == ("archived", brief.reference)
    last = Move.objects.latest("pk")
    assert (last.from_status, last.to_status) == ("published", "archived")


def test_draft_cannot_be_archived() -> None:
    brief = BriefFactory.create(is_published=False)

    with pytest.raises(ValidationError) as refusal:
        publishing.archive_brief(brief=brief, by=brief.created_by)

    assert refusal.value.code == "conflict"
    assert Brief.objects.get().status == "draft"


def _publish(brief: Brief, by: User) -> str:
    try:
        return str(publishing.publish_brief(brief=brief, by=by).reference)
    except ValidationError as refusal:
        return str(refusal.code)


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_publish_a_brief_once() -> None:
    brief = BriefFactory.create(is_published=False)
    editor = UserFactory.create()

    results = race(lambda: _publish(brief, editor), lambda: _publish(brief, editor))

    year = timezone.now().year
    assert sorted(results) == [f"DR-{year}-0001", "conflict"]
    assert Move.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_briefs_at_once_get_two_references() -> None:
    first, second = BriefFactory.create_batch(2, is_published=False)
    editor = UserFactory.create()

    results = race(lambda: _publish(first, editor), lambda: _publish(second, editor))

    year = timezone.now().year
    assert sorted(results) == [f"DR-{year}-0001", f"DR-{year}-0002"]
