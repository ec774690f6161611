import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from intake import alike, matching, merging, quarantine
from intake.models import Lead, Likeness
from jobs import working
from jobs.models import Job
from tests import factories, racing
from tests.briefs.subscribed import run_all
from tests.intake import quarantined

CONTENT = {"full_name": "Awa Example", "organisation": "Exemple SARL", "needs": "An escort to Gao."}
TWIN = {**CONTENT, "organisation": "Exemple SA", "email": "awa.e@house.example"}
EACH = ["contact", "organisation"]


def known() -> Lead:
    """A lead whose people are on record."""
    return factories.matched_lead(**CONTENT, email="awa@house.example")


def found() -> list[str]:
    """What kinds of pairs were suggested."""
    return sorted(Likeness.objects.values_list("kind", flat=True))


def merge(kind: str, source_pk: int, target_pk: int) -> None:
    by = factories.UserFactory(is_superuser=True)
    merging.merge_records(kind=kind, source_pk=source_pk, target_pk=target_pk, choices={}, by=by)


def jobs_of(lead: Lead) -> dict[str, str]:
    """The states of the jobs that look, by key."""
    rows = Job.objects.filter(kind="intake.read_needs", subject_id=lead.pk)
    return dict(rows.values_list("key", "state"))


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("match", "look"), ("look", "match")])
def test_what_is_alike_is_looked_for_whichever_job_comes_first(order):
    known()
    lead = factories.new_lead(**TWIN)
    own = f"lead:{lead.pk}"

    for what in order:
        if what == "match":
            matching.match_people(lead_id=lead.pk)
        else:
            working.run_job(Job.objects.get(kind="intake.read_needs", key=own).pk)
    late = {f"{own}:linked": "pending"} if order[0] == "look" else {}

    assert jobs_of(lead) == {own: "done"} | late
    assert found() == ([] if late else EACH)
    run_all("intake.read_needs")
    assert found() == EACH
    assert set(jobs_of(lead).values()) == {"done"}


@pytest.mark.django_db
def test_who_was_held_back_is_looked_at_when_released():
    known()
    lead = quarantined.held(**TWIN)
    run_all("intake.read_needs")
    assert found() == []
    factories.DeskFactory(is_default=True)

    quarantine.release_lead(lead=lead, by=factories.UserFactory())
    run_all("intake.route_lead", "intake.read_needs")

    assert found() == EACH


@pytest.mark.django_db
def test_twice_is_once_and_what_was_erased_or_merged_is_left_out():
    one, lead = known(), factories.matched_lead(**TWIN)
    Lead.objects.filter(pk=lead.pk).update(erased_at=lead.created_at)

    alike.suggest(lead_ids=[lead.pk])
    assert found() == []
    Lead.objects.filter(pk=lead.pk).update(erased_at=None)
    merge("contact", lead.contact_id, one.contact_id)
    merge("lead", lead.pk, one.pk)
    for _ in range(2):
        alike.suggest(lead_ids=[lead.pk])

    assert found() == ["organisation"]


@pytest.mark.django_db
def test_it_is_as_many_statements_for_three_leads_as_for_one():
    known()
    leads = [factories.matched_lead(**TWIN | {"email": f"{n}@house.example"}) for n in range(4)]

    counts = []
    for some in (leads[:1], leads[1:]):
        with CaptureQueriesContext(connection) as queries:
            alike.suggest(lead_ids=[lead.pk for lead in some])
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 9


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_taken_while_its_lead_is_linked_finds_it_linked():
    known()
    lead = factories.new_lead(**TWIN)
    job = Job.objects.get(kind="intake.read_needs", subject_id=lead.pk)

    with transaction.atomic():
        matching.match_people(lead_id=lead.pk)
        race = racing.Race(lambda: working.run_job(job.pk))
        racing.wait_for_blocked(1)
    race.results()

    assert (jobs_of(lead), found()) == ({f"lead:{lead.pk}": "done"}, EACH)


@pytest.mark.django_db(transaction=True)
def test_a_merge_at_the_same_moment_takes_over_what_is_suggested():
    one, lead = known(), factories.matched_lead(**TWIN)
    other = factories.matched_lead(full_name="Bruno Beispiel", email="b@other.example")
    with transaction.atomic():
        alike.suggest(lead_ids=[lead.pk])
        race = racing.Race(lambda: merge("contact", one.contact_id, other.contact_id))
        racing.wait_for_blocked(1)
    race.results()

    pair = Likeness.objects.get(kind="contact")
    assert {pair.older_pk, pair.newer_pk} == {lead.contact_id, other.contact_id}
