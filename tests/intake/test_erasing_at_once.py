"""Erasures that were committed, and two at once."""

import pytest

from accounts.models import Erasure
from intake import erasing as erasing_people
from intake.models import ErasureOrder
from tests import factories, racing
from tests.intake.erasable import make_person
from tests.intake.test_erasing import WHY, erase, refused
from tests.intake.test_erasure_orders import ask

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_erasure_that_was_committed_opens_nothing_any_more():
    lead = factories.new_lead()
    erasing_people.erase_lead(
        lead=lead, asked_by=factories.UserFactory(), by=factories.UserFactory(), because=WHY
    )

    assert refused("UPDATE intake_enquiry SET needs = 'x'")


def test_two_at_once_are_one():
    lead = make_person(factories.AdviserFactory())

    first, second = racing.race(lambda: erase(lead), lambda: erase(lead))

    assert first.pk == second.pk
    assert Erasure.objects.count() == 1


def test_two_at_once_make_one_order():
    lead = make_person(factories.AdviserFactory())
    users = factories.UserFactory.create_batch(2)

    racing.race(*(lambda user=user: ask(lead, by=user) for user in users))

    assert ErasureOrder.objects.count() == 1
