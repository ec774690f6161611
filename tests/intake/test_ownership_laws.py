"""Whatever the verbs and the sweep do in whatever order: a lead has one owner at every moment, and credit is even."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from intake import covering, handing_over, leads, owning, routing
from intake.models import Absence, Activity, Adviser, Assignment, CreditEntry, Lead, StandIn
from tests import factories

PLACE, LEAD = st.integers(0, 3), st.integers(0, 1)


class Ownership(RuleBasedStateMachine):
    """Four advisers, two leads, a desk; clicks, absences and sweeps in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction._from_testcase = True  # type: ignore[attr-defined]  # requests are received in a durable one
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def open_house(self) -> None:
        self.by = factories.UserFactory(is_superuser=True)
        self.team = [factories.AdviserFactory() for _ in range(4)]
        factories.DeskFactory()
        # The second is for nobody: it goes into the pool.
        self.leads = [factories.new_lead(language=language).pk for language in ("en", "ar")]

    def lead(self, number: int) -> Lead:
        return Lead.objects.get(pk=self.leads[number])

    def tried(self, verb, **given) -> None:
        with suppress(ValidationError):
            verb(**given)

    @rule(number=LEAD)
    def route(self, number) -> None:
        routing.route_lead(lead_id=self.leads[number])

    @rule(number=LEAD, place=PLACE, even_if_away=st.booleans(), is_stale=st.booleans())
    def reassign(self, number, place, even_if_away, is_stale) -> None:
        lead = self.lead(number)
        seen = "1.won" if is_stale else owning.seen(lead)
        given = {"to": self.team[place], "reason": "So.", "even_if_away": even_if_away}
        self.tried(handing_over.reassign_lead, lead=lead, by=self.by, seen=seen, **given)

    @rule(number=LEAD, place=PLACE)
    def claim(self, number, place) -> None:
        self.tried(handing_over.claim_lead, lead=self.lead(number), by=self.team[place].user)

    @rule(number=LEAD)
    def give_back(self, number) -> None:
        lead = self.lead(number)
        by = lead.owner.user if lead.owner else self.by
        self.tried(handing_over.release_lead, lead=lead, by=by, reason="So.")

    @rule(number=LEAD)
    def contact(self, number) -> None:
        lead = self.lead(number)
        self.tried(leads.contact_lead, lead=lead, by=lead.owner.user if lead.owner else self.by)

    @rule(place=PLACE, policy=st.sampled_from(Absence.Policy.values), delegate=PLACE)
    def leave(self, place, policy, delegate) -> None:
        if place == delegate:
            return
        today = timezone.localdate()
        Absence.objects.create(
            adviser=self.team[place],
            delegate=self.team[delegate],
            policy=policy,
            starts_on=today - timedelta(days=1),
            ends_on=today + timedelta(days=3),
        )

    @rule(place=PLACE)
    def come_back(self, place) -> None:
        Absence.objects.filter(adviser=self.team[place]).delete()

    @rule()
    def sweep(self) -> None:
        """Done twice it changes nothing more."""
        covering.keep_covers()
        before = self.happened()
        covering.keep_covers()
        assert self.happened() == before

    def happened(self) -> int:
        return Activity.objects.count() + Assignment.objects.count() + StandIn.objects.count()

    @invariant()
    def spans_follow_each_other_up_to_the_owner(self) -> None:
        for lead in Lead.objects.all():
            spans = list(lead.assignments.order_by("started_at", "pk"))
            ends = [one.ended_at for one in spans]
            assert ends == [one.started_at for one in spans[1:]] + [None] * bool(spans)
            assert lead.owner_id == (spans[-1].adviser_id if spans else None)
            assert (lead.status == "new") == (not spans)

    @invariant()
    def a_cover_is_of_the_owner_and_somebody_else(self) -> None:
        for lead in Lead.objects.all():
            held = {row.kind: row for row in lead.stand_ins.open()}
            cover = held.get("cover")
            assert lead.cover_id == (cover.adviser_id if cover else None)
            assert cover is None or cover.owner_id == lead.owner_id != cover.adviser_id
            assert "loan" not in held or held["loan"].adviser_id == lead.owner_id

    @invariant()
    def credit_is_even(self) -> None:
        assert (Adviser.objects.aggregate(sum=Sum("credit"))["sum"] or 0) == 0
        assert (CreditEntry.objects.aggregate(sum=Sum("amount"))["sum"] or 0) == 0


@pytest.mark.django_db
def test_the_laws_of_ownership():
    run_state_machine_as_test(
        Ownership, settings=settings(max_examples=6, stateful_step_count=18, deadline=None)
    )
