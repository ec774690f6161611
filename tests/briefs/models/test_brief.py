"""What the database refuses, whoever asks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from briefs import publishing
from briefs.models import MOVES, Brief, BriefStatus, Judgement, Move
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_brief_starts_as_a_draft() -> None:
    with pytest.raises(DatabaseError, match="Cannot insert"):
        BriefFactory.create(is_published=False, status="in_review")


@pytest.mark.parametrize(
    "changes",
    [
        {"published_at": None},
        {"reference": None},
        {"summary": ""},
        {"body": ""},
        {"body": "<p>Another text.</p>"},
        {"tlp": "green"},
        {"live_revision": None},
        {"expires_at": timezone.now() - timedelta(days=9)},
        {"countries": []},
        {"data_cutoff": None},
        {"data_cutoff": timezone.now() + timedelta(days=9)},
        {"countries": ["FR"]},
        {"language": "de"},
        {"kind": "poem"},
        {"reference": "DR-1999-0001"},
        {"status": "draft"},
        {"status": "approved"},
        {"status": "gone"},
    ],
    ids=lambda change: "-".join(change),
)
def test_published_brief_refuses(changes: dict[str, object]) -> None:
    brief = BriefFactory.create()

    with pytest.raises(DatabaseError):
        Brief.objects.filter(pk=brief.pk).update(**changes)


@pytest.mark.parametrize("status", ["published", "archived", "withdrawn"])
def test_status_alone_makes_nothing_public(status: str) -> None:
    brief = BriefFactory.create(is_published=False)

    with pytest.raises(DatabaseError):
        Brief.objects.filter(pk=brief.pk).update(status=status)


def test_public_brief_cannot_be_deleted() -> None:
    brief = BriefFactory.create()

    with pytest.raises(DatabaseError, match="Cannot delete"):
        Brief.objects.filter(pk=brief.pk)._raw_delete("default")


def test_draft_can_be_deleted_with_its_judgements() -> None:
    brief = BriefFactory.create(is_published=False)

    brief.delete()

    assert not Judgement.objects.exists()


def test_moves_are_frozen() -> None:
    BriefFactory.create()

    with pytest.raises(DatabaseError, match="Cannot update"):
        Move.objects.update(to_status="withdrawn")


def test_position_is_taken_once_in_a_brief() -> None:
    BriefFactory.create()
    judgement = Judgement.objects.get()
    judgement.pk, judgement.key = None, uuid4()
    judgement.save()

    with pytest.raises(IntegrityError, match="judgement_position_once"):
        connection.check_constraints()  # judged at the end, so that two rows can swap places


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_database_knows_each_move(before: str, after: str) -> None:
    brief = BriefFactory.build(status=before)

    brief.move_to(after)

    assert brief.status == after


def test_move_that_leads_nowhere_is_refused() -> None:
    brief = BriefFactory.build(status="withdrawn")

    refused = [status for status in BriefStatus if not brief.may_become(status)]

    assert refused == list(BriefStatus)
    with pytest.raises(ValidationError) as refusal:
        brief.move_to("published")
    assert refusal.value.code == "conflict"
    assert brief.status == "withdrawn"


def test_archived_brief_moves_on_to_withdrawn_only() -> None:
    brief = BriefFactory.create()
    publishing.archive_brief(brief=brief, by=UserFactory.create())
    brief.refresh_from_db()

    assert [s.value for s in BriefStatus if brief.may_become(s)] == ["withdrawn"]
