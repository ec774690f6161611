"""Two people for what nobody can bring back, held by the verbs and by the database."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Erasure, User
from intake import erasing, erasure_orders
from intake.models import Activity, ErasureOrder, Lead
from tests import factories
from tests.intake.erasable import EMAIL, NAME

PERSON, LEAD = ErasureOrder.Scope.PERSON, ErasureOrder.Scope.LEAD
WHY = "Asked for by letter 12."
pytestmark = pytest.mark.usefixtures("lead")


def ask(lead: Lead, **given) -> ErasureOrder:
    given = {"lead": lead, "scope": PERSON, "because": WHY, "by": factories.UserFactory()} | given
    return erasure_orders.ask_to_erase(**given)


def code_of(call) -> str:
    with pytest.raises(ValidationError) as refused:
        call()
    return str(refused.value.code)


def one_who_may_alone() -> User:
    user = factories.UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="erase_alone"))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("scope", [PERSON, LEAD])
def test_one_asks_and_another_one_carries_it_out(lead, scope):
    order = ask(lead, scope=scope)
    assert not Erasure.objects.exists()
    other = factories.UserFactory()

    erasure = erasure_orders.carry_out(order=order, by=other)

    order.refresh_from_db()
    assert (order.state, order.ended_by, order.erasure) == ("done", other, erasure)
    assert (erasure.asked_by, erasure.by, erasure.alone_because) == (order.asked_by, other, "")
    assert Lead.objects.get(pk=lead.pk).erased_at
    asked = Activity.objects.filter(kind=Activity.Kind.ERASURE_ASKED, lead=lead)
    assert [activity.by for activity in asked] == [order.asked_by]
    assert code_of(lambda: erasure_orders.carry_out(order=order, by=other)) == "conflict"


def test_who_asked_may_not_carry_it_out(lead):
    order = ask(lead)

    assert code_of(lambda: erasure_orders.carry_out(order=order, by=order.asked_by)) == "one_person"
    assert not Erasure.objects.exists()
    assert ErasureOrder.objects.get().state == "open"


def test_one_with_the_permission_acts_alone_and_says_why(lead):
    order = ask(lead, by=one_who_may_alone())

    assert code_of(lambda: erasure_orders.carry_out(order=order, by=order.asked_by)) == "one_person"
    named = {"order": order, "by": order.asked_by, "alone_because": f"{NAME} waits"}
    assert code_of(lambda: erasure_orders.carry_out(**named)) == "names_the_person"
    erasure = erasure_orders.carry_out(
        order=order, by=order.asked_by, alone_because="The house has one privacy officer."
    )

    assert erasure.asked_by == erasure.by
    assert erasure.alone_because == "The house has one privacy officer."


@pytest.mark.parametrize("who", ["nobody", "the same"])
def test_the_database_refuses_an_erasure_by_one(who):
    user = factories.UserFactory()
    asked_by = user if who == "the same" else None

    with pytest.raises(IntegrityError, match="erasure_by_two"), transaction.atomic():
        Erasure.objects.create(
            scope="person", references=[], address_digests=[], because=WHY, rows={}, by=user, asked_by=asked_by
        )  # fmt: skip


def test_asking_twice_is_once_and_a_dropped_one_can_be_asked_again(lead):
    order = ask(lead)
    assert ask(lead).pk == order.pk

    erasure_orders.drop(order=order, by=order.asked_by)

    assert code_of(lambda: erasure_orders.drop(order=order, by=order.asked_by)) == "conflict"
    other = factories.UserFactory()
    assert code_of(lambda: erasure_orders.carry_out(order=order, by=other)) == "conflict"
    assert ask(lead).pk != order.pk
    assert not Erasure.objects.exists()


def test_refusals_keep_nothing(lead):
    stranger = factories.lead_of()
    erasing.erase_lead(
        lead=stranger, asked_by=factories.UserFactory(), by=factories.UserFactory(), because=WHY
    )

    assert code_of(lambda: ask(lead, because=" ")) == "required"
    assert code_of(lambda: ask(lead, because=f"{EMAIL} wrote")) == "names_the_person"
    assert code_of(lambda: ask(stranger, scope=LEAD)) == "nothing"
    assert not ErasureOrder.objects.exists()


def test_another_erasure_ends_the_orders_that_it_reaches(lead):
    order = ask(lead, scope=LEAD)

    erasure = erasing.erase_person(
        contact=lead.contact, asked_by=factories.UserFactory(), by=factories.UserFactory(), because=WHY
    )  # fmt: skip

    order.refresh_from_db()
    assert (order.state, order.erasure) == ("done", erasure)
