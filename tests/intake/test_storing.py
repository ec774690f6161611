import pytest
from django.db import IntegrityError, connection, transaction

from intake.models import Enquiry, Lead
from jobs import hints, working
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_of_a_request_workers_are_told_its_routing_which_overtakes_and_of_the_rest_after_it(
    monkeypatch,
):
    sent = []
    monkeypatch.setattr(hints, "send_together", sent.extend)

    factories.receive()

    jobs = {job.pk: job.kind for job in Job.objects.all()}
    assert [([jobs[pk] for pk in told], at_once) for told, at_once in sent] == [
        (["intake.route_lead"], True),
    ]
    monkeypatch.setattr(hints, "send", lambda told, at_once=False: sent.append((told, at_once)))
    working.run_job(min(jobs))
    assert ([jobs[pk] for pk in sent[-1][0]], sent[-1][1]) == (
        ["intake.acknowledge", "intake.read_needs"],
        False,
    )


@pytest.mark.django_db(transaction=True)
def test_a_repeat_is_told_to_nobody(monkeypatch):
    content = {"email": "one@client.example", "full_name": "One"}
    factories.receive(key="api:k", **content)
    monkeypatch.setattr(hints, "send_together", lambda _: pytest.fail("There is nothing to do."))

    factories.receive(key="api:k", **content)


@pytest.mark.parametrize("slugs", [(), ("plain",), ('a"b', "c\\d", "{e,f}", "NULL", "é ", "")])
def test_lists_of_any_text_are_stored_as_they_are(slugs):
    lead = factories.new_lead(actors=slugs, countries_of_interest=("ML",))

    assert Enquiry.objects.get().actors == list(slugs)
    assert Lead.objects.get(pk=lead.pk).countries == ["ML"]


def test_a_lead_stored_so_has_what_django_would_put_there():
    lead = factories.new_lead()

    given = {"id", "reference", "enquiry", "language", "countries", "services"}
    given |= {"link_seed", "link_digest", "created_at"}
    djangos = Lead()
    for field in Lead._meta.concrete_fields:
        if field.name not in given:
            assert getattr(lead, field.attname) == getattr(djangos, field.attname), field.name


@pytest.mark.django_db(transaction=True)
def test_a_request_is_stored_the_same_whether_its_statement_is_planned_yet_or_not():
    hostile = {
        "full_name": "O'Neil \\ {a,b} é",
        "email": "one@client.example",
        "needs": 'First line\r\n"second" %s %(name)s $1 \\N NULL مرحبا',
        "organisation": "",
        "actors": ('a"b', "c\\d", "{e,f}", "NULL", "é ", ""),
        "countries_of_interest": ("ML", "NE"),
    }
    connection.close()  # so that nothing is planned

    leads = [factories.receive(key=f"api:{n}", **hostile) for n in range(4)]

    assert len({lead.reference for lead in leads}) == 4
    rows = [_row(enquiry) for enquiry in Enquiry.objects.order_by("pk")]
    assert rows == rows[:1] * 4
    assert {name: rows[0][name] for name in ("full_name", "needs")} == {
        name: hostile[name] for name in ("full_name", "needs")
    }
    assert rows[0]["actors"] == list(hostile["actors"])
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INTO intake_lead%'"
    with connection.cursor() as cursor:
        cursor.execute(kept)
        assert cursor.fetchone() == (1,)
    assert Job.objects.count() == 4 * 3


def _row(enquiry):
    own = ("id", "idempotency_key", "received_at")
    row = Enquiry.objects.filter(pk=enquiry.pk).values().get()
    lead = Lead.objects.filter(enquiry=enquiry).values("language", "countries", "services").get()
    return {name: value for name, value in row.items() if name not in own} | lead


def test_no_two_leads_have_one_link():
    lead, other = factories.new_lead(), factories.new_lead()

    with pytest.raises(IntegrityError, match="lead_once_per_link"), transaction.atomic():
        Lead.objects.filter(pk=other.pk).update(link_digest=lead.link_digest)


def test_a_lead_is_found_by_its_link_by_an_index():
    lead, other = factories.new_lead(), factories.new_lead()
    found = Lead.objects.of_link(lead.link_digest)

    assert found.get() == lead
    assert not Lead.objects.of_link(other.link_digest[:-1] + "x").exists()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "Index Scan using lead_once_per_link" in found.explain()
