import pytest

from intake.models import Enquiry, Lead
from jobs import hints
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_request_is_told_in_two_messages_of_which_one_overtakes(monkeypatch):
    sent = []
    monkeypatch.setattr(hints, "send_together", sent.extend)

    factories.receive()

    jobs = {job.pk: job.kind for job in Job.objects.all()}
    assert [([jobs[pk] for pk in told], at_once) for told, at_once in sent] == [
        (["intake.route_lead"], True),
        (["intake.acknowledge", "intake.read_needs"], False),
    ]


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
