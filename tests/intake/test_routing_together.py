"""Many waiting leads at a time: each goes where it would go alone, for as many statements as one."""

import uuid
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.planned import Planned
from intake import replaying, roster, routing
from intake.models import (
    Activity,
    Adviser,
    Assignment,
    Contact,
    Lead,
    Organisation,
    RoutingDecision,
)
from intake.needs import gazetteer
from jobs import working
from jobs.kinds import JobError
from jobs.models import Job
from tests import factories
from tests.intake.clockwork import NOW

pytestmark = pytest.mark.django_db


def house() -> None:
    """Three advisers of different weight, one of whom can take two leads more; and who has what is left."""
    factories.DeskFactory()
    factories.AdviserFactory(capacity=99)
    factories.AdviserFactory(capacity=99, weight=Decimal("0.5"))
    factories.AdviserFactory(capacity=2, countries=["ML", "NE"])


def arrive(number: int, **content: object) -> list[Lead]:
    """So many leads, each of somebody else."""
    houses = (f"{uuid.uuid4().hex} Foundation" for _ in range(number))
    return [factories.new_lead(organisation=name, **content) for name in houses]


def route_all() -> None:
    """What a worker does that is told of the first."""
    working.run_job(Job.objects.filter(kind="intake.route_lead").order_by("pk")[0].pk)


def outcome() -> list[tuple[object, ...]]:
    """By lead who got it and why, and what each adviser had and has; not when they work next, which is this moment
    while they do."""
    rows = RoutingDecision.objects.order_by("lead")
    for one in rows:
        for candidate in one.candidates:
            del candidate["state"]["works_next"]
    return [
        (one.lead_id, one.chosen_id, one.reason, one.candidates, one.inputs["facts"])
        for one in rows
    ]


def test_a_dozen_go_where_they_would_go_one_by_one_and_each_can_be_decided_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        roster, "timezone", Mock(now=Mock(return_value=NOW))
    )  # who works, works then
    house()
    pks = [lead.pk for lead in [*arrive(9), *arrive(3, countries_of_interest=("NE",))]]
    with transaction.atomic():
        for pk in pks:
            routing.route_lead(lead_id=pk)
        alone = outcome()
        transaction.set_rollback(True)

    decisions = routing.route_leads(lead_ids=pks)

    assert outcome() == alone
    assert [one.lead_id for one in decisions] == pks
    assert len({one.chosen_id for one in decisions}) == 4  # all three, and the last resort
    assert all(replaying.replay(one).agrees for one in RoutingDecision.objects.all())
    assert sum(Adviser.objects.values_list("credit", flat=True)) == 0


def test_fifty_take_as_many_statements_as_one() -> None:
    house()
    gazetteer.current()  # loaded by the first reading
    counts = []
    for number in (1, 1, 50):  # the first has nobody to pay
        arrive(number)
        Job.objects.filter(kind="intake.route_lead", state="done").delete()
        with CaptureQueriesContext(connection) as queries:
            route_all()
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))

    assert Lead.objects.filter(status="routed", contact__isnull=False).count() == 52
    assert counts[2] == counts[1] + 2  # many are linked before, then locked and read again
    assert counts[1] <= 22


def test_one_takes_six_messages_to_the_server_and_a_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house()
    gazetteer.current()
    for _ in range(4):  # planned the second time; the first has nobody to pay
        arrive(1)
        route_all()
        Job.objects.filter(kind="intake.route_lead").delete()
    arrive(1)
    asked = Mock(wraps=Planned.ask_all)
    monkeypatch.setattr(Planned, "ask_all", lambda *args: asked(*args))

    route_all()

    assert Lead.objects.filter(status="routed").count() == 5
    assert asked.call_count == 6


def test_each_knows_whom_and_what_those_before_it_brought() -> None:
    house()
    words = {
        "needs": "We ask for one and the same assessment of the road from Bamako to Gao in March."
    }
    for email in ("awa@house.example", "awa@house.example", "bruno@house.example"):
        factories.new_lead(organisation="One House Ltd", email=email, full_name="Awa", **words)

    route_all()

    told = Activity.objects.filter(kind="matched").order_by("lead").values_list("text", flat=True)
    assert list(told) == [
        "New contact. New organisation.",
        "Known contact with 1 earlier request. Organisation known by its name.",
        "New contact. Organisation known by its name.",
    ]
    assert (Organisation.objects.count(), Contact.objects.count()) == (1, 2)
    items = Lead.objects.order_by("pk").values_list("screening__items", flat=True)
    said = [[item["evidence"] for item in each] for each in items]
    assert said == [[], [], ["the same words from 2 others"]]
    decisions = RoutingDecision.objects.order_by("lead")
    assert [one.inputs["facts"]["organisation"] for one in decisions] == ["new", "known", "known"]
    factories.new_lead(organisation="One House Ltd", email="carla@house.example")
    Job.objects.filter(kind="intake.route_lead", state="done").delete()
    route_all()
    assert decisions.last().inputs["facts"]["organisation"] == "known"


def test_one_that_nobody_may_have_waits_alone_and_its_people_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house()
    first, barred, last = arrive(3)
    known_of = routing.known_of

    def refuse(lead: Lead, *rest: object) -> object:
        if lead.pk == barred.pk:
            raise JobError("Nobody may have this lead.")
        return known_of(lead, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(routing, "known_of", refuse)

    route_all()

    states = (
        Job.objects.filter(kind="intake.route_lead").order_by("pk").values_list("state", "attempts")
    )
    assert list(states) == [("done", 1), ("pending", 1), ("done", 1)]
    assert set(Assignment.objects.values_list("lead", flat=True)) == {first.pk, last.pk}
    assert Lead.objects.filter(contact=None).get() == barred
    again = Job.objects.filter(kind="intake.route_lead", state="pending")
    again.update(run_at=Now())

    working.run_job(again.get().pk)

    assert Lead.objects.filter(status="new", contact__isnull=False).get() == barred


def test_what_follows_carries_the_request_of_each_lead() -> None:
    house()
    arrive(2)
    for number, job in enumerate(Job.objects.filter(kind="intake.route_lead").order_by("pk")):
        Job.objects.filter(pk=job.pk).update(request_id=f"request-{number}")

    route_all()

    notices = Job.objects.filter(kind="intake.notify_owner").order_by("pk")
    assert list(notices.values_list("request_id", flat=True)) == ["request-0", "request-1"]
