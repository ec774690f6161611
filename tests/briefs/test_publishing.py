"""Publishing and archiving: the only ways in and out of readers' sight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from briefs import completeness, publishing, reviewing
from briefs.models import Brief, Correction, Edition, FormerAddress, Judgement, Move
from tests.briefs.workflow import bring_to, superuser
from tests.factories import BriefFactory, UserFactory, approve, publish
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_published_brief_is_public_with_reference_edition_and_record() -> None:
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    brief = approve(BriefFactory.create(is_published=False, data_cutoff=moment), moment)
    publisher = UserFactory.create()

    published = publishing.publish_brief(brief=brief, by=publisher, published_at=moment)

    assert Brief.objects.public().get() == published
    assert (published.reference, published.published_at) == ("DR-2026-0001", moment)
    assert published.live_revision == published.head_revision
    edition = Edition.objects.get()
    assert (edition.number, edition.revision) == (1, published.live_revision)
    move = Move.objects.latest("pk")
    assert (move.brief, move.by, move.revision) == (brief, publisher, published.live_revision)
    assert (move.from_status, move.to_status, move.is_emergency) == ("approved", "published", False)


def test_references_count_up_within_their_year() -> None:
    early = datetime(2025, 12, 31, tzinfo=UTC)
    late = datetime(2026, 1, 1, tzinfo=UTC)
    briefs = BriefFactory.create_batch(3, is_published=False, data_cutoff=early)

    published = [
        publish(brief, moment) for brief, moment in zip(briefs, (early, late, late), strict=True)
    ]

    assert [b.reference for b in published] == ["DR-2025-0001", "DR-2026-0001", "DR-2026-0002"]


def test_every_gap_is_named_at_once_and_nothing_changes() -> None:
    brief = Brief.objects.create(slug="bare", title="Bare", created_by=UserFactory.create())

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert [error.code for error in refusal.value.error_list] == [
        "summary_missing",
        "body_missing",
        "country_missing",
        "data_cutoff_missing",
        "tlp_not_clear",
        "judgement_missing",
    ]
    brief.refresh_from_db()
    assert (brief.status, brief.reference, brief.published_at) == ("draft", None, None)
    assert not Move.objects.exists()


@pytest.mark.parametrize(("length", "gaps"), [(300, []), (301, ["summary_long"])])
def test_summary_longer_than_readers_get_whole_is_a_gap(length: int, gaps: list[str]) -> None:
    brief = BriefFactory.create(is_published=False, summary="x" * length)

    assert [gap.code for gap in completeness.gaps_of(brief, timezone.now())] == gaps


def test_judgement_that_ends_before_publication_is_refused() -> None:
    brief = BriefFactory.create(is_published=False)
    Judgement.objects.update(horizon_on=date(2020, 1, 1))

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert refusal.value.messages == ["Judgement 1 ends before the publication."]


def test_judgement_that_ends_before_its_schedule_is_refused() -> None:
    brief = approve(BriefFactory.create(is_published=False))

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(
            brief=brief,
            by=brief.created_by,
            published_at=timezone.now() + timedelta(days=60),
        )

    assert refusal.value.messages == ["Judgement 1 ends before the publication."]


def test_data_cutoff_after_publication_is_refused() -> None:
    brief = BriefFactory.create(is_published=False, data_cutoff=timezone.now() + timedelta(hours=1))

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert [error.code for error in refusal.value.error_list] == ["data_cutoff_late"]


@pytest.mark.parametrize("tlp", ["green", "amber", "amber_strict", "red"])
def test_only_clear_is_published(tlp: str) -> None:
    brief = BriefFactory.create(is_published=False, tlp=tlp)

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert [error.code for error in refusal.value.error_list] == ["tlp_not_clear"]
    assert not Brief.objects.public().exists()


@pytest.mark.parametrize("status", ["draft", "in_review", "changes_requested"])
def test_unapproved_is_not_published_and_emergency_wants_the_permission(status: str) -> None:
    brief = BriefFactory.create(is_published=False)
    bring_to(brief, status)
    by = UserFactory.create()

    for reason in ("", "Lives depend on it."):
        with pytest.raises(ValidationError) as refusal:
            publishing.publish_brief(brief=brief, by=by, emergency_reason=reason)
        assert refusal.value.code == ("not_allowed" if reason else "conflict")
    with pytest.raises(DatabaseError, match="has not been approved"), transaction.atomic():
        Brief.objects.filter(pk=brief.pk).update(status="published")

    assert Brief.objects.get().status == status


@pytest.mark.parametrize("status", ["draft", "in_review", "changes_requested"])
def test_emergency_publication_is_recorded_with_its_reason(status: str) -> None:
    brief = BriefFactory.create(is_published=False)
    bring_to(brief, status)

    publishing.publish_brief(brief=brief, by=superuser(), emergency_reason="Lives depend on it.")

    assert Brief.objects.public().get() == brief
    move = Move.objects.latest("pk")
    assert (move.from_status, move.is_emergency) == (status, True)
    assert move.reason == "Lives depend on it."


def test_scheduled_brief_appears_and_expires_by_the_clock_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brief = approve(BriefFactory.create(is_published=False))
    hour, end = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)

    publishing.publish_brief(brief=brief, by=brief.created_by, published_at=hour, expires_at=end)

    assert not Brief.objects.public().exists()
    for moment, is_public in (
        (hour - timedelta(seconds=1), False),
        (hour, True),
        (end - timedelta(seconds=1), True),
        (end, False),
    ):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert Brief.objects.public().exists() == is_public


def test_scheduled_brief_can_be_called_back_and_keeps_its_reference() -> None:
    brief = approve(BriefFactory.create(is_published=False))
    hour = timezone.now() + timedelta(hours=1)
    published = publishing.publish_brief(brief=brief, by=brief.created_by, published_at=hour)

    back = publishing.unschedule_brief(brief=brief, by=brief.created_by)

    assert (back.status, back.published_at, back.live_revision) == ("approved", None, None)
    assert not Edition.objects.exists()
    again = publishing.publish_brief(brief=brief, by=brief.created_by)
    assert again.reference == published.reference


def test_public_brief_cannot_be_called_back() -> None:
    brief = BriefFactory.create()

    with pytest.raises(ValidationError) as refusal:
        publishing.unschedule_brief(brief=brief, by=brief.created_by)

    assert refusal.value.code == "conflict"
    assert Brief.objects.public().get() == brief


def test_unknown_country_and_topic_are_refused() -> None:
    brief = BriefFactory.build(countries=["ML", "FR"], created_by=UserFactory.create())
    with pytest.raises(ValidationError, match="Not an African country: FR"):
        brief.clean()

    brief = BriefFactory.build(topics=["gossip"], created_by=UserFactory.create())
    with pytest.raises(ValidationError, match="Not a topic of ours: gossip"):
        brief.clean()


def test_second_publication_is_a_conflict() -> None:
    brief = BriefFactory.create()
    moves = Move.objects.count()

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=brief.created_by)

    assert refusal.value.messages == ["It is published already."]
    assert refusal.value.code == "conflict"
    assert Move.objects.count() == moves


def test_withdrawn_brief_is_gone_and_keeps_the_reason() -> None:
    brief = BriefFactory.create()

    withdrawn = publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="It was wrong.")

    assert not Brief.objects.public().exists()
    assert Brief.objects.withdrawn().get() == brief
    assert (withdrawn.status, withdrawn.withdrawal_reason) == ("withdrawn", "It was wrong.")


def test_withdrawal_wants_a_reason_and_a_published_brief() -> None:
    public, draft = BriefFactory.create(), BriefFactory.create(is_published=False)

    for brief, reason, code in ((public, " ", "reason_missing"), (draft, "Wrong.", "conflict")):
        with pytest.raises(ValidationError) as refusal:
            publishing.withdraw_brief(brief=brief, by=brief.created_by, reason=reason)
        assert refusal.value.code == code

    assert Brief.objects.public().get() == public
    assert not Brief.objects.withdrawn().exists()


def test_scheduled_brief_that_was_withdrawn_leaves_no_tombstone() -> None:
    brief = approve(BriefFactory.create(is_published=False))
    hour = timezone.now() + timedelta(hours=1)
    publishing.publish_brief(brief=brief, by=brief.created_by, published_at=hour)

    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="It was wrong.")

    assert not Brief.objects.withdrawn().exists()


def test_correction_without_a_new_text_is_shown_and_never_deleted() -> None:
    brief = BriefFactory.create()

    correction = publishing.correct_brief(
        brief=brief, by=brief.created_by, kind="factual", text="It was two trucks."
    )

    brief.refresh_from_db()
    assert brief.modified_at == brief.changed_at == correction.made_at
    assert correction.edition == Edition.objects.get()
    for change in (Correction.objects.all().delete, lambda: Correction.objects.update(text="No.")):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_the_same_correction_sent_twice_is_one() -> None:
    brief = BriefFactory.create()
    words = {"kind": "factual", "text": "It was two trucks."}

    first = publishing.correct_brief(brief=brief, by=brief.created_by, **words)
    again = publishing.correct_brief(
        brief=brief, by=brief.created_by, kind="factual", text=" It was two trucks. "
    )
    other = publishing.correct_brief(
        brief=brief, by=brief.created_by, kind="clarification", text="It was two trucks."
    )

    assert (again, Correction.objects.count()) == (first, 2)
    assert other != first


def test_changed_address_leads_on_from_the_old_one_which_nobody_else_takes() -> None:
    brief, other = BriefFactory.create(slug="old"), BriefFactory.create(slug="other")

    publishing.move_address(brief=brief, by=brief.created_by, slug="new")

    former = FormerAddress.objects.get()
    assert (former.slug, former.brief) == ("old", brief)
    for slug in ("old", "new"):
        with pytest.raises(ValidationError) as refusal:
            publishing.move_address(brief=other, by=brief.created_by, slug=slug)
        assert refusal.value.code == "taken"
    publishing.move_address(brief=brief, by=brief.created_by, slug="old")
    assert FormerAddress.objects.get().slug == "new"


def test_superseded_brief_names_its_successor() -> None:
    old, new = BriefFactory.create_batch(2)
    draft = BriefFactory.create(is_published=False)

    publishing.supersede_brief(brief=old, by=old.created_by, successor=new)

    old.refresh_from_db()
    assert old.superseded_by == new
    for brief, successor in ((new, old), (new, draft), (new, new)):
        with pytest.raises(ValidationError, match="Only a published brief supersedes"):
            publishing.supersede_brief(brief=brief, by=old.created_by, successor=successor)


def test_expiry_is_set_and_lifted_and_never_past() -> None:
    brief = BriefFactory.create()
    end = timezone.now() + timedelta(hours=1)

    assert publishing.expire_brief(brief=brief, by=brief.created_by, expires_at=end).expires_at
    assert not publishing.expire_brief(brief=brief, by=brief.created_by, expires_at=None).expires_at
    with pytest.raises(ValidationError) as refusal:
        publishing.expire_brief(brief=brief, by=brief.created_by, expires_at=timezone.now())

    assert refusal.value.code == "expires_early"


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
def test_two_publishers_at_once_publish_a_brief_once() -> None:
    brief = approve(BriefFactory.create(is_published=False))
    by = UserFactory.create()

    results = race(lambda: _publish(brief, by), lambda: _publish(brief, by))

    year = timezone.now().year
    assert sorted(results) == [f"DR-{year}-0001", "conflict"]
    assert Move.objects.filter(to_status="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_briefs_at_once_get_two_references() -> None:
    first, second = map(approve, BriefFactory.create_batch(2, is_published=False))
    by = UserFactory.create()

    results = race(lambda: _publish(first, by), lambda: _publish(second, by))

    year = timezone.now().year
    assert sorted(results) == [f"DR-{year}-0001", f"DR-{year}-0002"]
