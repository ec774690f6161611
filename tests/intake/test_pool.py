import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.models import User
from intake import handing_over, leads, owning, routing
from intake.models import Adviser, CreditEntry, Desk, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.handing import adviser, away, bar, desk_lead, give_back, refused, told
from tests.intake.noticing import write_notices

# --- Out of the pool


@pytest.fixture
def pool(db):
    """A lead that nobody could take, with Fatou, who answers for the default desk."""
    desk = factories.DeskFactory(fallback_owner__user__full_name="Fatou", name="Africa desk")
    lead = factories.new_lead(language="ar")
    routing.route_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    assert (lead.owner, lead.pool) == (desk.fallback_owner, desk)
    return lead


def claim(lead: Lead, by: User) -> Lead:
    return handing_over.claim_lead(lead=lead, by=by)


def test_an_adviser_of_the_desk_sees_the_pool_and_takes_a_lead(pool):
    awa = adviser("Awa")
    assert list(Lead.objects.visible_to(awa.user)) == [pool]

    claim(pool, awa.user)

    pool.refresh_from_db()
    assert (pool.owner, pool.pool, pool.status) == (awa, None, "routed")
    first, second = pool.assignments.order_by("pk")
    assert (first.ended_at, second.adviser, second.by) == (second.started_at, awa, awa.user)
    activity = pool.activities.get(kind="claimed")
    assert (activity.text, activity.by) == ("By Awa, from Fatou.", awa.user)
    assert told() == [("Fatou", f"{pool.reference}: It went to Awa.")]
    assert Job.objects.filter(kind="intake.notify_owner").count() == 1  # Fatou's, from the routing
    assert not Lead.objects.visible_to(adviser("Bruno").user).exists()


def test_who_comes_second_reads_who_was_first(pool):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    claim(pool, awa.user)

    error = refused(pool, claim_of(bruno))
    again = refused(pool, claim_of(awa))

    assert error.messages == ["This lead is not in the pool any more. Awa has it now."]
    assert again.messages == ["You have this lead already."]


def claim_of(person: Adviser):
    return lambda lead: claim(lead, person.user)


def test_who_cannot_have_it_does_not_take_it(pool, monkeypatch):
    full, gone, barred = adviser("Full", capacity=0), adviser("Gone"), adviser("Barred")
    other, fatou = adviser("Other"), pool.owner
    away(gone)
    Desk.objects.get().members.set([full, gone, barred])
    answers = {}
    for person in (full, gone, other, fatou):
        answers[str(person)] = refused(pool, claim_of(person)).code
    bar(monkeypatch, barred)
    answers["Barred"] = refused(pool, claim_of(barred)).code
    nobody = factories.UserFactory(roles=["desk lead"])
    answers["no adviser"] = refused(pool, lambda lead: claim(lead, nobody)).code
    auditor = factories.UserFactory(roles=["auditor"])
    answers["auditor"] = refused(pool, lambda lead: claim(lead, auditor)).code

    assert answers == {
        "Full": "full",
        "Gone": "away",
        "Other": "forbidden",
        "Fatou": "conflict",
        "Barred": "barred",
        "no adviser": "forbidden",
        "auditor": "forbidden",
    }
    assert not Lead.objects.visible_to(other.user).exists()


def test_a_lead_that_somebody_works_on_is_in_no_pool(pool):
    leads.contact_lead(lead=pool, by=pool.owner.user)

    pool.refresh_from_db()
    assert pool.pool is None
    with pytest.raises(IntegrityError, match="lead_in_pool_is_untouched"), transaction.atomic():
        Lead.objects.filter(pk=pool.pk).update(pool=Desk.objects.get())


# --- Back to the desk


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["routed", "qualified"])
def test_a_lead_goes_back_and_is_routed_again_to_another(status):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    lead = factories.lead_of(awa, status=status)

    give_back(lead, awa.user, seen=owning.seen(lead))

    lead.refresh_from_db()
    assert (lead.owner, lead.status, lead.pool) == (bruno, status, None)
    decision = lead.routing_decisions.get()
    assert {c["name"]: c["exclusions"] for c in decision.candidates} == {
        "Awa": ["had it and gave it back"],
        "Bruno": [],
    }
    assert lead.assignments.get(ended_at=None).decision == decision
    kinds = list(lead.activities.order_by("pk").values_list("kind", "text", "by"))
    assert kinds == [
        ("given_back", "No time.", awa.user_id),
        ("routed", decision.reason, awa.user_id),
    ]
    assert CreditEntry.objects.aggregate(sum=Sum("amount")) == {"sum": 0}
    write_notices()
    assert [m.to_name for m in Message.objects.all()] == ["Bruno"]


@pytest.mark.django_db
def test_a_desk_lead_takes_it_from_its_owner_who_is_told():
    awa = adviser("Awa")
    adviser("Bruno")
    lead = factories.lead_of(awa)

    give_back(lead, desk_lead())

    assert told() == [("Awa", f"{lead.reference}: It went back to the desk, and to Bruno.")]


@pytest.mark.django_db
def test_what_nobody_else_may_have_stays_where_it_is():
    lead = factories.lead_of(adviser("Awa"))

    error = refused(lead, give_back, by=lead.owner.user)

    assert error.code == "nobody"
    assert error.messages == ["Nobody else may have this lead, so that it stays with Awa."]


@pytest.mark.django_db
def test_nobody_else_gives_it_back_nor_without_a_reason():
    lead, other = factories.lead_of(adviser("Awa")), adviser("Bruno")
    Lead.objects.filter(pk=lead.pk).update(cover=other)
    auditor = factories.UserFactory(roles=["auditor"])

    codes = [
        refused(lead, give_back, by=other.user).code,  # who covers it may work on it, not that
        refused(lead, give_back, by=auditor).code,
        refused(lead, give_back, by=lead.owner.user, reason=" ").code,
        refused(lead, give_back, by=lead.owner.user, seen="1.contacted").code,
    ]

    assert codes == ["forbidden", "forbidden", "required", "conflict"]


# --- At the same moment


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_gets_it_and_the_other_reads_who():
    factories.DeskFactory()
    lead = factories.new_lead(language="ar")
    routing.route_lead(lead_id=lead.pk)
    both = [adviser("Awa"), adviser("Bruno")]

    def attempt(person: Adviser) -> str:
        try:
            return str(claim(lead, person.user).owner)
        except ValidationError as error:
            return error.messages[0]

    answers = racing.race(*[lambda person=person: attempt(person) for person in both])

    lead.refresh_from_db()
    assert sorted(answers, key=len) == [
        str(lead.owner),
        f"This lead is not in the pool any more. {lead.owner} has it now.",
    ]
    assert lead.assignments.count() == 2
