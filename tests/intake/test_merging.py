import contextlib
import random
import uuid

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from intake import (
    after_sending,
    alike,
    deadlines,
    erasing,
    matching,
    mergeable,
    merging,
    resembling,
)
from intake.models import Activity, Contact, Lead, Likeness, Merge, Organisation, RecordKind, Status
from jobs.models import Job
from tests import factories, racing

ORGANISATION, CONTACT, LEAD = RecordKind.ORGANISATION, RecordKind.CONTACT, RecordKind.LEAD


def desk_lead():
    return factories.UserFactory(roles=["desk lead"])


def merge(kind: str, source, target, by=None, **choices) -> Merge:
    return merging.merge_records(
        kind=kind, source_pk=source.pk, target_pk=target.pk, choices=choices, by=by or desk_lead()
    )


def of(kind: str, lead: Lead):
    """The record of a kind behind a lead."""
    return lead if kind == LEAD else getattr(lead, kind)


def world() -> dict[str, list]:
    """Every row of intake and proposals but what tells of merges: activities, merges."""
    models = [*apps.get_app_config("intake").get_models()]
    models += apps.get_app_config("proposals").get_models()
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in models
        if model not in (Activity, Merge)
    }


@pytest.mark.django_db
def test_contacts_become_one_and_the_old_address_leads_there():
    one = factories.matched_lead(full_name="Awa Example", email="awa@gmail.com", phone="")
    two = factories.matched_lead(full_name="Awa E.", email="a@house.example", phone="+223 1")
    by = desk_lead()

    merge(CONTACT, two.contact, one.contact, by, full_name="source")
    again = matching.match_people(lead_id=factories.new_lead(email="A@house.example").pk)

    target = Contact.objects.get(pk=one.contact.pk)
    source = Contact.objects.get(pk=two.contact.pk)
    assert (target.full_name, target.email, target.phone) == ("Awa E.", "awa@gmail.com", "+223 1")
    assert (source.merged_into, source.full_name, source.email_key) == (
        target, "Awa E.", "a@house.example",
    )  # fmt: skip
    assert list(target.leads.order_by("pk")) == [one, two, again]
    text = f"Contact {source.pk} was merged into {target.pk}"
    told = two.activities.get(kind="merged")
    assert (told.text, told.by) == (text, by)


@pytest.mark.django_db
def test_organisations_become_one_and_the_old_name_leads_there():
    one = factories.matched_lead(organisation="Exemple SARL")
    two = factories.matched_lead(organisation="Example Ltd")

    merge(ORGANISATION, two.organisation, one.organisation)
    again = factories.matched_lead(organisation="EXAMPLE limited")

    assert set(one.organisation.leads.all()) == {one, two, again}
    assert set(one.organisation.contacts.all()) == {one.contact, two.contact, again.contact}
    assert Organisation.objects.live().count() == 1


@pytest.mark.django_db
def test_a_lead_is_closed_and_points_to_the_one_that_does_its_work():
    target = factories.matched_lead(services=("route-assessment",))
    source = factories.matched_lead(services=("country-briefing",), status=Status.CONTACTED)
    before = list(source.activities.order_by("pk").values())

    merge(LEAD, source, target, services="both")

    source.refresh_from_db()
    target.refresh_from_db()
    assert (source.status, source.merged_into) == (Status.DISQUALIFIED, target)
    assert source.closing_reason == f"Merged into {target.reference}"
    assert target.services == ["route-assessment", "country-briefing"]
    assert source.activities.last().text.startswith("contacted → disqualified: Merged into")
    assert target.activities.last().text == f"{source.reference} was merged into this one"
    assert list(source.activities.order_by("pk").values())[: len(before)] == before


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
@pytest.mark.parametrize("seed", [1, 2])
def test_merges_undone_in_turn_leave_the_database_as_it_was(kind, seed):
    """Whatever is merged, in whatever order and with whatever choice: undone from the end, nothing is left of it."""
    dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
    by = desk_lead()
    statuses = [Status.ROUTED, Status.QUALIFIED, Status.LOST, Status.NEW]
    records = [
        of(kind, factories.matched_lead(status=dice.choice(statuses), full_name=f"Awa {n % 2}"))
        for n in range(5)
    ]
    before, done = world(), []

    for _ in range(8):
        source, target = dice.sample(records, 2)
        sides = {
            value.name: dice.choice(["source", "target", "both"])
            for value in mergeable.SPECS[kind].values
        }
        with contextlib.suppress(ValidationError):  # merged already, or a lead that may not go
            done.append(merge(kind, source, target, by, **sides))
    assert len(done) >= 2
    assert world() != before
    for each in reversed(done):
        merging.undo_merge(merge=each, by=by)

    assert world() == before


@pytest.mark.django_db
def test_what_came_to_the_target_since_stays_with_it():
    one = factories.matched_lead(full_name="Awa", email="a@one.example", phone="1")
    two = factories.matched_lead(full_name="Awa", email="b@two.example", phone="2")
    before = world()
    by = desk_lead()
    merged = merge(CONTACT, two.contact, one.contact, by, phone="source", full_name="source")
    new = factories.matched_lead(email="b@two.example", organisation="")
    Contact.objects.filter(pk=one.contact.pk).update(phone="3")

    merging.undo_merge(merge=merged, by=by)

    new.refresh_from_db()
    after = world()
    assert new.contact == one.contact
    assert after["Contact"][0] == before["Contact"][0] | {"phone": "3"}
    assert after["Contact"][1] == before["Contact"][1]
    assert [row for row in after["Lead"] if row["id"] != new.pk] == before["Lead"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(kind):
    a, b, c = (of(kind, factories.matched_lead()) for _ in range(3))
    by = desk_lead()
    first = merge(kind, a, b, by)
    before = world(), Activity.objects.count()
    refused = [
        (lambda: merge(kind, b, b, by), "itself"),
        (lambda: merge(kind, a, c, by), "merged"),
        (lambda: merge(kind, c, a, by), "merged"),
        (lambda: merge(kind, c, type(c)(pk=999_999), by), "gone"),
        (lambda: merge(kind, c, b, factories.UserFactory(roles=["auditor"])), "gone"),
        (lambda: merge(kind, c, b, factories.UserFactory(roles=["adviser"])), "gone"),
        (lambda: merging.undo_merge(merge=first, by=factories.UserFactory(roles=["auditor"])), "gone"),
    ]  # fmt: skip

    codes = []
    for call, _ in refused:
        with pytest.raises(ValidationError) as caught:
            call()
        codes.append(caught.value.code)

    assert codes == [code for _, code in refused]
    assert (world(), Activity.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
def test_merges_in_a_chain_are_undone_from_its_end(kind):
    a, b, c = (of(kind, factories.matched_lead()) for _ in range(3))
    by = desk_lead()
    before = world()
    first, second = merge(kind, a, b, by), merge(kind, b, c, by)

    assert matching.live(type(a).objects.get(pk=a.pk)) == c
    with pytest.raises(ValidationError, match="was itself merged into"):
        merging.undo_merge(merge=first, by=by)
    merging.undo_merge(merge=second, by=by)
    merging.undo_merge(merge=first, by=by)
    with pytest.raises(ValidationError, match="undone already"):
        merging.undo_merge(merge=first, by=by)

    assert world() == before


@pytest.mark.django_db
def test_merges_into_one_are_undone_in_any_order_unless_they_changed_the_same():
    target, a, b, c = (factories.matched_lead(phone=str(n)).contact for n in range(4))
    by = desk_lead()
    first = merge(CONTACT, a, target, by, phone="source")
    second = merge(CONTACT, b, target, by, phone="target")
    third = merge(CONTACT, c, target, by, phone="source")

    with pytest.raises(ValidationError, match="later merge"):
        merging.undo_merge(merge=first, by=by)
    merging.undo_merge(merge=second, by=by)
    merging.undo_merge(merge=third, by=by)
    merging.undo_merge(merge=first, by=by)

    target.refresh_from_db()
    assert target.phone == "0"
    assert Contact.objects.live().count() == 4


@pytest.mark.django_db
def test_a_lead_with_a_proposal_stays_and_an_open_one_does_not_go_into_a_closed_one():
    proposal = factories.matched_lead(status=Status.PROPOSAL)
    lost = factories.matched_lead(status=Status.LOST)
    open_one = factories.matched_lead()

    with pytest.raises(ValidationError, match="has a proposal"):
        merge(LEAD, proposal, open_one)
    with pytest.raises(ValidationError, match="nobody would answer"):
        merge(LEAD, open_one, lost)
    merge(LEAD, lost, open_one)
    merge(LEAD, open_one, proposal)

    lost.refresh_from_db()
    assert (lost.status, lost.merged_into, lost.closing_reason) == ("lost", open_one, "")
    assert matching.live(lost) == proposal


@pytest.mark.django_db
def test_a_lead_that_was_new_is_routed_once_it_is_apart_again():
    source, target = factories.matched_lead(status=Status.NEW), factories.matched_lead()
    by = desk_lead()

    merging.undo_merge(merge=merge(LEAD, source, target, by), by=by)

    source.refresh_from_db()
    assert source.status == Status.NEW
    assert Job.objects.filter(kind="intake.route_lead", subject_id=source.pk).count() == 2


@pytest.mark.django_db
def test_an_urgent_request_makes_the_lead_urgent_that_does_its_work():
    source, target = factories.matched_lead(), factories.matched_lead()
    Lead.objects.filter(pk=source.pk).update(priority="urgent", priority_reason="Said by phone")

    merge(LEAD, Lead.objects.get(pk=source.pk), target)

    target.refresh_from_db()
    assert (target.priority, target.priority_reason) == ("urgent", "Said by phone")


@pytest.mark.django_db
def test_a_lead_that_is_urgent_by_a_merge_has_the_clock_of_an_urgent_one_until_it_is_undone():
    source, target = factories.matched_lead(), factories.matched_lead()
    Lead.objects.filter(pk=source.pk).update(priority="urgent", priority_reason="Said by phone")
    by = desk_lead()
    normal = deadlines.keep_deadline(lead_id=target.pk)

    merged = merge(LEAD, Lead.objects.get(pk=source.pk), target, by)
    _do_asked_clock(target)
    urgent = target.deadlines.get(ended_at=None)
    merging.undo_merge(merge=merged, by=by)
    _do_asked_clock(target)
    apart = target.deadlines.get(ended_at=None)

    assert [one.policy.priority for one in (normal, urgent, apart)] == [
        "normal",
        "urgent",
        "normal",
    ]
    assert urgent.due_at < normal.due_at


def _do_asked_clock(lead: Lead) -> None:
    """Do what the newest job for the clock of this lead does."""
    job = Job.objects.filter(kind="intake.keep_deadline", key__startswith="merge:").latest("pk")
    assert (job.subject_id, job.state) == (lead.pk, "pending")
    deadlines.keep_deadline(lead_id=job.subject_id)


@pytest.mark.django_db
def test_the_database_lets_a_status_back_only_when_a_merge_is_undone():
    source, target = factories.matched_lead(), factories.matched_lead()
    merge(LEAD, source, target)
    row = Lead.objects.filter(pk=source.pk)

    for change in ({"status": "routed", "closed_at": None}, {"merged_into": source.pk}):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Lead.objects.filter(pk=target.pk).update(merged_into=source.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Merge.objects.update(source_pk=source.pk + 1)


@pytest.mark.django_db
def test_what_was_suggested_of_the_source_is_suggested_of_the_target():
    names = ("Sahel Logistics", "Sahel Logistique", "Sahel Logistix")
    made = [factories.matched_lead(organisation=name) for name in names]
    alike.suggest(lead_ids=[lead.pk for lead in made])
    a, b, c = (lead.organisation for lead in made)
    target = factories.matched_lead(organisation="Quite Different", email="x@other.example")
    by = desk_lead()
    Likeness.objects.create(
        kind=ORGANISATION, older_pk=c.pk, newer_pk=target.organisation.pk, reasons=[]
    )
    before = world()

    merged = merge(ORGANISATION, c, target.organisation, by)

    pairs = set(Likeness.objects.filter(state="open").values_list("older_pk", "newer_pk"))
    end = target.organisation.pk
    assert {(a.pk, end), (b.pk, end)} <= pairs
    assert not Likeness.objects.of(ORGANISATION, c.pk).filter(state="open").exists()
    assert Likeness.objects.get(kind=ORGANISATION, older_pk=c.pk).state == "same"
    merging.undo_merge(merge=merged, by=by)
    assert world() == before
    one = Likeness.objects.of(ORGANISATION, c.pk).first()
    resembling.tell_apart(likeness=one, by=by)


@pytest.mark.django_db
def test_what_was_suggested_is_of_its_pair_again_in_whatever_order_merges_are_undone():
    a, b, target = (factories.matched_lead().contact for _ in range(3))
    by = desk_lead()
    pair = Likeness.objects.create(kind=CONTACT, older_pk=a.pk, newer_pk=b.pk, reasons=[])
    before = world()
    first, second = merge(CONTACT, a, target, by), merge(CONTACT, b, target, by)
    pair.refresh_from_db()
    assert (pair.older_pk, pair.newer_pk, pair.state) == (b.pk, target.pk, "same")

    merging.undo_merge(merge=first, by=by)
    merging.undo_merge(merge=second, by=by)

    assert world() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", RecordKind.values)
def test_two_at_once_merge_once(kind):
    a, b = (of(kind, factories.matched_lead()) for _ in range(2))
    by = desk_lead()

    def one_way(source, target):
        try:
            return merge(kind, source, target, by)
        except ValidationError as refused:
            return refused.code

    results = racing.race(lambda: one_way(a, b), lambda: one_way(b, a))

    assert sorted(isinstance(result, Merge) for result in results) == [False, True]
    assert "merged" in results
    done = Merge.objects.get()
    undone = racing.race(*[lambda: undo(done, by)] * 2)
    assert sorted(undone) == ["conflict", "undone"]


def undo(merged: Merge, by) -> str:
    try:
        merging.undo_merge(merge=merged, by=by)
    except ValidationError as refused:
        return str(refused.code)
    return "undone"


@pytest.mark.django_db(transaction=True)
def test_a_request_that_comes_while_its_contact_is_merged_goes_to_the_target():
    one, two = factories.matched_lead(), factories.matched_lead(email="b@two.example")
    by = desk_lead()
    new = factories.new_lead(email="b@two.example")

    with transaction.atomic():
        merge(CONTACT, two.contact, one.contact, by)
        race = racing.Race(lambda: matching.match_people(lead_id=new.pk))
        racing.wait_for_blocked(1)
    (matched,) = race.results()

    assert matched.contact == one.contact


@pytest.mark.django_db
def test_the_client_of_a_merged_lead_still_adds_and_is_heard():
    owner = factories.AdviserFactory()
    target = factories.matched_lead(owner)
    source = factories.matched_lead()
    merge(LEAD, source, target)

    after_sending.add_information(
        lead=source, text="One more thing.", files=[], form_id=uuid.uuid4()
    )
    after_sending.withdraw_request(lead=source)
    after_sending.withdraw_request(lead=source)

    target.refresh_from_db()
    heard = source.activities.filter(kind__in=["client_added", "client_withdrew"])
    assert [one.kind for one in heard.order_by("pk")] == ["client_added", "client_withdrew"]
    assert target.status == Status.ROUTED
    after_sending.tell_owner(activity_id=heard[0].pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_email, reference FROM mail_message WHERE key LIKE 'client_news%'")
        assert cursor.fetchall() == [(owner.user.email, target.reference)]


@pytest.mark.django_db
def test_whoever_is_erased_is_erased_from_what_was_merged_too():
    target = factories.matched_lead(
        full_name="Xylo One", email="xylo@a.example", organisation="Xylo"
    )
    source = factories.matched_lead(
        full_name="Xylo Two", email="xylo@b.example", organisation="Xylophone"
    )
    by = desk_lead()
    done = [
        merge(CONTACT, source.contact, target.contact, by, full_name="source"),
        merge(ORGANISATION, source.organisation, target.organisation, by, name="source"),
    ]

    erasing.erase_person(
        contact=target.contact,
        asked_by=factories.UserFactory(),
        by=by,
        because="Asked for it.",
        tells=False,
    )

    assert "xylo" not in str(world()).lower()
    assert "xylo" not in str(list(Merge.objects.values())).lower()
    for each in done:
        with pytest.raises(ValidationError, match="erased since"):
            merging.undo_merge(merge=each, by=by)


@pytest.mark.django_db
def test_a_contact_is_taken_apart_after_the_organisation_that_moved_it_since():
    target = factories.matched_lead(organisation="One").contact
    source = factories.matched_lead(organisation="Two").contact
    by = desk_lead()
    before = world()
    people = merge(CONTACT, source, target, by, organisation="source")
    bodies = merge(ORGANISATION, source.organisation, target.organisation, by)

    with pytest.raises(ValidationError, match="was merged since"):
        merging.undo_merge(merge=people, by=by)
    merging.undo_merge(merge=bodies, by=by)
    merging.undo_merge(merge=people, by=by)

    assert world() == before


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
def test_who_was_erased_is_merged_with_nobody_which_would_say_who_they_were(kind):
    gone = factories.matched_lead(email="a@one.example", organisation="One")
    other = factories.matched_lead(email="b@two.example", organisation="Two")
    by = desk_lead()
    asked_by = factories.UserFactory()
    erasing.erase_person(
        contact=gone.contact, asked_by=asked_by, by=by, because="Asked for it.", tells=False
    )
    gone = Lead.objects.get(pk=gone.pk)
    before = world()

    for source, target in ((gone, other), (other, gone)):
        with pytest.raises(ValidationError, match="was erased cannot be merged"):
            merge(kind, of(kind, source), of(kind, target), by)

    assert world() == before


@pytest.mark.django_db
def test_the_promise_to_a_client_stands_again_once_their_lead_is_apart():
    source, target = factories.matched_lead(), factories.matched_lead()
    first = deadlines.keep_deadline(lead_id=source.pk)
    by = desk_lead()

    merged = merge(LEAD, source, target, by)
    ended = source.deadlines.get()
    merging.undo_merge(merge=merged, by=by)

    again = source.deadlines.running().get()
    source.refresh_from_db()
    assert ended.ended_at is not None
    assert (again.stage, again.due_at, source.due_at) == (first.stage, first.due_at, first.due_at)


@pytest.mark.django_db
def test_what_is_held_back_as_spam_is_not_merged():
    held, other = factories.matched_lead(status=Status.QUARANTINED), factories.matched_lead()

    for source, target in ((held, other), (other, held)):
        with pytest.raises(ValidationError, match="possible spam"):
            merge(LEAD, source, target)
