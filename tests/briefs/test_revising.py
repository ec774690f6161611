"""Each save is kept; a live text changes by an approved revision only, and what was judged stays judged."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from briefs import publishing, reviewing, revising
from briefs.models import Brief, Correction, Edition, Judgement, Revision
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory, publish
from tests.racing import race

pytestmark = pytest.mark.django_db


def approved_revision(brief: Brief, **fields: str) -> Brief:
    """A pending revision of a live brief, through review."""
    author = UserFactory.create()
    pending = revising.open_pending(brief=brief, by=author)
    pending = edit(pending, author, **fields)
    reviewing.submit_brief(brief=pending, by=author)
    return reviewing.approve_brief(brief=pending, by=UserFactory.create())


def test_every_save_is_a_revision_and_an_unchanged_one_is_none() -> None:
    brief = BriefFactory.create(is_published=False)
    author, editor = brief.created_by, UserFactory.create()

    first = revising.record_revision(brief=brief, by=author)
    assert revising.record_revision(brief=brief, by=editor) == first
    edit(brief, editor, title="Another title")

    revisions = Revision.objects.order_by("number")
    assert [(r.number, r.snapshot["title"]) for r in revisions] == [
        (1, first.snapshot["title"]),
        (2, "Another title"),
    ]
    assert [r.authors for r in revisions] == [[author.pk], sorted([author.pk, editor.pk])]


def test_revisions_are_frozen() -> None:
    BriefFactory.create()

    for change in (lambda: Revision.objects.update(number=9), Edition.objects.all().delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_readers_keep_the_live_text_until_the_revision_is_published() -> None:
    brief = BriefFactory.create(title="Old title")

    pending = approved_revision(brief, title="New title")
    assert Brief.objects.public().get().title == "Old title"
    live = publishing.publish_revision(
        pending=pending, by=UserFactory.create(), kind="update", text="The road is open."
    )

    assert (live.pk, live.title, live.slug) == (brief.pk, "New title", brief.slug)
    assert Brief.objects.public().get() == live
    editions = Edition.objects.order_by("number")
    assert [e.revision.snapshot["title"] for e in editions] == ["Old title", "New title"]
    assert live.live_revision == editions[1].revision
    correction = Correction.objects.get()
    assert (correction.edition, correction.text) == (editions[1], "The road is open.")
    assert live.modified_at == correction.made_at
    assert not Brief.objects.filter(revises__isnull=False).exists()


def test_slip_of_the_pen_leaves_the_date_that_readers_see() -> None:
    brief = BriefFactory.create()

    live = publishing.publish_revision(
        pending=approved_revision(brief, title="New title"), by=UserFactory.create()
    )

    assert live.modified_at == brief.modified_at
    assert live.changed_at > brief.changed_at
    assert not Correction.objects.exists()


def test_a_live_brief_has_one_pending_revision() -> None:
    brief = BriefFactory.create()
    by = UserFactory.create()

    pending = revising.open_pending(brief=brief, by=by)

    assert revising.open_pending(brief=brief, by=by) == pending
    assert pending.root == brief


@pytest.mark.django_db(transaction=True)
def test_two_who_revise_at_once_share_one_revision() -> None:
    brief = BriefFactory.create()
    first, second = UserFactory.create_batch(2)

    results = race(
        lambda: revising.open_pending(brief=brief, by=first).pk,
        lambda: revising.open_pending(brief=brief, by=second).pk,
    )

    assert results[0] == results[1]


def test_pending_revision_without_a_change_goes_nowhere() -> None:
    brief = BriefFactory.create()
    pending = revising.open_pending(brief=brief, by=brief.created_by)

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=pending, by=brief.created_by)

    assert refusal.value.code == "unchanged"


def test_only_a_published_brief_is_revised_and_only_an_approved_revision_published() -> None:
    draft, live = BriefFactory.create(is_published=False), BriefFactory.create()
    pending = revising.open_pending(brief=live, by=live.created_by)
    pending = edit(pending, live.created_by, title="New title")

    with pytest.raises(ValidationError, match="Only a published brief"):
        revising.open_pending(brief=draft, by=draft.created_by)
    with pytest.raises(ValidationError, match="approved first"):
        publishing.publish_revision(pending=pending, by=UserFactory.create())
    with pytest.raises(ValidationError, match="not a pending revision"):
        publishing.publish_revision(pending=draft, by=UserFactory.create())
    with pytest.raises(DatabaseError, match="has not been approved"), transaction.atomic():
        Brief.objects.filter(pk=live.pk).update(live_revision=pending.head_revision)

    assert Brief.objects.public().get().title == live.title


def test_pending_revision_is_never_public_by_itself() -> None:
    pending = approved_revision(BriefFactory.create(), title="New title")

    with pytest.raises(ValidationError, match="as a revision of its live brief"):
        publishing.publish_brief(brief=pending, by=UserFactory.create())
    with pytest.raises(DatabaseError), transaction.atomic():
        Brief.objects.filter(pk=pending.pk).update(
            status="published",
            published_at=timezone.now(),
            changed_at=timezone.now(),
            reference="DR-2020-0001",
            live_revision=pending.head_revision,
        )


def test_discarded_revision_leaves_the_live_text_and_its_saves() -> None:
    brief = BriefFactory.create()
    pending = revising.open_pending(brief=brief, by=brief.created_by)
    edit(pending, brief.created_by, title="New title")

    assert revising.discard_pending(pending=pending, by=brief.created_by) == brief

    assert Brief.objects.get() == brief
    assert Revision.objects.filter(brief=brief).count() == 2


def test_published_revision_brings_all_that_hangs_on_it() -> None:
    brief = BriefFactory.create(is_published=False)
    kept = add_actor(brief, "Kept Front")
    add_actor(brief, "Dropped Front")
    brief = publish(brief)
    author = UserFactory.create()
    pending = revising.open_pending(brief=brief, by=author)
    pending.actors.set([kept])
    place = add_place(pending)
    incident = add_incident(pending, place)
    revising.record_revision(brief=pending, by=author)
    reviewing.submit_brief(brief=pending, by=author)
    reviewing.approve_brief(brief=pending, by=UserFactory.create())

    live = publishing.publish_revision(pending=pending, by=UserFactory.create())

    assert list(live.actors.all()) == [kept]
    assert (live.places.get(), live.incidents.get()) == (place, incident)


def test_judgement_is_kept_when_it_is_dropped_or_judged_anew() -> None:
    brief = BriefFactory.create(is_published=False)
    add_judgement(brief, 2)
    add_judgement(brief, 3)
    brief = publish(brief)
    same, changed, dropped = brief.judgements.order_by("position")
    author = UserFactory.create()
    pending = revising.open_pending(brief=brief, by=author)
    pending.judgements.filter(position=1).update(text="Better words.")
    pending.judgements.filter(position=2).update(
        likelihood="unlikely", change_reason="The convoy came through."
    )
    pending.judgements.filter(position=3).delete()
    revising.record_revision(brief=pending, by=author)
    reviewing.submit_brief(brief=pending, by=author)
    reviewing.approve_brief(brief=pending, by=UserFactory.create())

    publishing.publish_revision(pending=pending, by=UserFactory.create())

    standing = list(brief.judgements.filter(position__isnull=False).order_by("position"))
    assert [j.text for j in standing] == ["Better words.", changed.text]
    assert standing[0].pk == same.pk
    assert (standing[1].likelihood, standing[1].revises, standing[1].key) == (
        "unlikely",
        changed,
        changed.key,
    )
    gone = brief.judgements.filter(position__isnull=True)
    assert set(gone) == {changed, dropped}
    assert all(j.dropped_at for j in gone)


def test_published_judgement_is_neither_deleted_nor_reworded_in_its_odds() -> None:
    brief = BriefFactory.create()
    judgement = brief.judgements.get()

    changes = {
        "likelihood": "unlikely",
        "confidence": "high",
        "horizon_on": judgement.horizon_on + timedelta(days=1),
    }
    for name, value in changes.items():
        with pytest.raises(DatabaseError, match="is scored"), transaction.atomic():
            Judgement.objects.filter(pk=judgement.pk).update(**{name: value})
    with pytest.raises(DatabaseError, match="is scored"), transaction.atomic():
        judgement.delete()


def test_earlier_revision_is_restored_as_the_newest() -> None:
    brief = BriefFactory.create(is_published=False, title="First title")
    actor = add_actor(brief)
    author = brief.created_by
    first = revising.record_revision(brief=brief, by=author)
    brief.actors.clear()
    brief.judgements.all().delete()
    brief = edit(brief, author, title="Second title", countries=["NE"])

    restored = revising.restore_revision(brief=brief, revision=first, by=UserFactory.create())

    brief.refresh_from_db()
    assert (brief.title, brief.countries) == ("First title", ["ML"])
    assert list(brief.actors.all()) == [actor]
    assert brief.judgements.count() == 1
    assert (restored.number, restored.digest) == (3, first.digest)


def test_restoring_reopens_what_was_approved_and_never_touches_what_is_live() -> None:
    brief = BriefFactory.create(is_published=False)
    first = revising.record_revision(brief=brief, by=brief.created_by)
    brief = edit(brief, brief.created_by, title="Second title")
    brief = bring_to(brief, "approved")

    revising.restore_revision(brief=brief, revision=first, by=UserFactory.create())
    assert Brief.objects.get().status == "draft"
    live, other = BriefFactory.create(), BriefFactory.create(is_published=False)
    for target in (live, other):
        with pytest.raises(ValidationError) as refusal:
            revising.restore_revision(brief=target, revision=first, by=UserFactory.create())
        assert refusal.value.code == "conflict"
