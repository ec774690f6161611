"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from accounts.models import User
from proposals import drafting
from proposals.models import (
    MOVES,
    Acceptance,
    Decline,
    Document,
    LineItem,
    Proposal,
    ProposalVersion,
    Section,
    VersionStatus,
)
from tests.factories import AdviserFactory, UserFactory
from tests.proposals import making
from tests.proposals.making import make_draft, make_lead, make_sent

pytestmark = pytest.mark.usefixtures("version")


def refuses(change: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def sql(statement: str, *parameters: object) -> Callable[[], object]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    return run


def rows(model: type[Model]) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())


# ---- A sent version

FROZEN = {
    "number": 7,
    "title": "Another title",
    "language": "fr",
    "currency": "USD",
    "terms": "Other terms",
    "recipient_name": "Somebody Else",
    "recipient_email": "else@client.example",
    "content": "{}",
    "content_sha256": "0" * 64,
    "sent_at": None,
    "valid_until": timezone.now() + timedelta(days=300),
}


@pytest.mark.parametrize("field", FROZEN)
def test_sent_version_never_changes(field: str, version: ProposalVersion) -> None:
    before = rows(ProposalVersion)

    refuses(lambda: ProposalVersion.objects.update(**{field: FROZEN[field]}))

    assert rows(ProposalVersion) == before


def test_sent_version_keeps_its_proposal_and_author(version: ProposalVersion) -> None:
    other = make_draft()

    refuses(lambda: ProposalVersion.objects.filter(pk=version.pk).update(proposal=other.proposal))
    refuses(lambda: ProposalVersion.objects.filter(pk=version.pk).update(prepared_by=UserFactory()))


def test_every_column_of_a_version_is_frozen_but_its_state() -> None:
    columns = {field.name for field in ProposalVersion._meta.concrete_fields}

    assert columns - FROZEN.keys() == {
        "id", "status", "created_at", "closed_at", "proposal", "prepared_by",
    }  # fmt: skip


def test_sent_version_is_not_changed_by_sql_either_and_not_deleted(
    version: ProposalVersion,
) -> None:
    refuses(sql("UPDATE proposals_proposalversion SET title = 'x' WHERE id = %s", version.pk))
    refuses(sql("DELETE FROM proposals_proposalversion WHERE id = %s", version.pk))

    assert ProposalVersion.objects.get().title == version.title


def test_draft_may_change_and_go() -> None:
    version = make_draft()

    version.title = "Another title"
    version.save()
    version.sections.update(body="Other words")
    version.delete()

    assert not ProposalVersion.objects.filter(proposal=version.proposal_id).exists()


# ---- Its parts


@pytest.mark.parametrize("model", [Section, LineItem])
def test_parts_of_a_sent_version_never_change(
    model: type[Section] | type[LineItem], version: ProposalVersion
) -> None:
    before = rows(model)

    refuses(lambda: model.objects.update(position=F("position") + 1))
    refuses(lambda: model.objects.all().delete())
    refuses(lambda: model.objects.create(version=version))
    refuses(sql(f"DELETE FROM {model._meta.db_table}"))  # noqa: S608 - the name of our own table

    assert rows(model) == before


@pytest.mark.parametrize("model", [Section, LineItem])
def test_no_part_moves_into_or_out_of_a_sent_version(
    model: type[Section] | type[LineItem],
) -> None:
    sent, draft = make_sent(), make_draft()

    refuses(lambda: model.objects.filter(version=sent).update(version=draft))
    refuses(lambda: model.objects.filter(version=draft).update(version=sent))


# ---- What follows sending


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Document, {"pdf": b"%PDF-forged"}),
        (Document, {"sha256": "0" * 64}),
        (Acceptance, {"full_name": "Somebody Else"}),
        (Acceptance, {"accepted_at": timezone.now()}),
    ],
)
def test_document_and_acceptance_never_change(
    model: type[Model], change: dict, version: ProposalVersion
) -> None:
    making.accept(version)
    before = rows(model)

    refuses(lambda: model._default_manager.update(**change))
    refuses(lambda: model._default_manager.all().delete())

    assert rows(model) == before
    assert len(before) == 1


def test_decline_never_changes(version: ProposalVersion) -> None:
    making.decline(version, "Too dear.")

    refuses(lambda: Decline.objects.update(reason="Fine."))
    refuses(lambda: Decline.objects.all().delete())

    assert Decline.objects.get().reason == "Too dear."


# ---- States


@pytest.mark.parametrize("old", ["draft", "sent", "accepted"])
def test_version_moves_only_along_the_table(old: str) -> None:
    version = {"draft": make_draft, "sent": make_sent, "accepted": make_accepted}[old]()

    for new in set(VersionStatus.values) - {old, *MOVES.get(old, ())}:
        refuses(lambda new=new: move(version, new))

    assert ProposalVersion.objects.get(pk=version.pk).status == old


def make_accepted() -> ProposalVersion:
    version = make_sent()
    making.accept(version)
    return version


def move(version: ProposalVersion, status: str) -> None:
    ProposalVersion.objects.filter(pk=version.pk).update(
        status=status, closed_at=timezone.now() if status in MOVES["viewed"] else None
    )


@pytest.mark.parametrize("changes", [{"status": "sent"}, {"closed_at": timezone.now()}])
def test_version_without_content_is_not_sent_and_an_open_one_not_closed(changes: dict) -> None:
    make_draft()

    refuses(lambda: ProposalVersion.objects.update(**changes))


def test_lead_has_one_open_proposal() -> None:
    proposal = make_draft().proposal

    refuses(
        lambda: Proposal.objects.create(
            reference="P-2", lead=proposal.lead, created_by=proposal.created_by
        )
    )


@pytest.mark.parametrize("status", ["draft", "in_review", "approved"])
def test_proposal_has_one_unsent_version(status: str) -> None:
    version = make_draft()

    with pytest.raises(IntegrityError, match="version_one_draft_per_proposal"):
        copy(version, number=2, status=status)


def test_proposal_has_one_live_version() -> None:
    sent = make_sent()
    draft = drafting.revise_version(version=sent, by=sent.prepared_by)

    with pytest.raises(IntegrityError, match="version_one_live_per_proposal"):
        ProposalVersion.objects.filter(pk=draft.pk).update(
            status="sent", sent_at=timezone.now(), content="{}", content_sha256="0" * 64
        )


def test_number_is_given_once(version: ProposalVersion) -> None:
    with pytest.raises(IntegrityError, match="version_number_once"):
        copy(version, number=1, status="draft", content="", sent_at=None)


def copy(version: ProposalVersion, **changes: object) -> None:
    fields = ProposalVersion.objects.filter(pk=version.pk).values().get()
    ProposalVersion.objects.create(**{k: v for k, v in fields.items() if k != "id"} | changes)


@pytest.mark.parametrize(
    "changes",
    [{"quantity": 0}, {"unit_price": -1}, {"tax_rate": -1}, {"tax_rate": Decimal("100.01")}],
)
def test_amounts_of_a_line_stay_in_range(changes: dict) -> None:
    make_draft()

    refuses(lambda: LineItem.objects.update(**changes))


# ---- Who sees what


def test_staff_see_the_proposals_of_the_leads_that_they_see(version: ProposalVersion) -> None:
    adviser = AdviserFactory()
    own = make_draft(make_lead(owner=adviser))
    other = version

    def seen(user: User) -> set[int]:
        return set(ProposalVersion.objects.visible_to(user).values_list("pk", flat=True))

    assert seen(adviser.user) == {own.pk}
    for role in ("desk lead", "approver", "auditor"):
        assert seen(UserFactory(roles=[role])) == {own.pk, other.pk}
    for role in ("analyst", "editor"):
        assert seen(UserFactory(roles=[role])) == set()
    assert seen(UserFactory(is_active=False, roles=["desk lead"])) == set()
