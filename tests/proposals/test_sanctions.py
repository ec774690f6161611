"""A list that is out of date stops the sending of a proposal; a client's own answer it never stops."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from intake.models import Activity, Hold, SanctionsList
from intake.sanctions import screening
from jobs.models import Job
from mail.models import Message
from tests.intake.sanctions.loads import days, fresh_un_file, load
from tests.proposals import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(tmp_path):
    """Loads a list of today with these people."""

    def make(*people: str) -> SanctionsList:
        names = {str(number): name for number, name in enumerate(people)}
        path = fresh_un_file(tmp_path / "un.xml", names)
        return load(path=path, now=timezone.now(), may_shrink=True).list

    return make


def age(one: SanctionsList) -> None:
    """Make a list older than it may be."""
    SanctionsList.objects.filter(pk=one.pk).update(published_on=timezone.now() - days(30))


def test_a_list_out_of_date_stops_the_sending_and_changes_nothing(listed):
    version = making.make_draft()
    one = listed("Nobody Whom Anybody Knows")
    screening.screen_lead(lead_id=version.proposal.lead_id)
    age(one)
    before = (Job.objects.count(), Activity.objects.count(), Message.objects.count())

    with pytest.raises(ValidationError) as error:
        making.send(version)

    assert error.value.code == "unscreened"
    assert "Load newer files under House, Sanctions lists" in error.value.messages[0]
    version.refresh_from_db()
    assert (version.status, version.sent_at) == ("draft", None)
    assert (Job.objects.count(), Activity.objects.count(), Message.objects.count()) == before


def test_a_client_signs_whatever_became_of_the_lists_and_of_their_name(listed):
    one = listed("Nobody Whom Anybody Knows")
    version = making.make_draft()
    lead = version.proposal.lead
    screening.screen_lead(lead_id=lead.pk)
    version = making.send(version)
    making.run_jobs("proposals.render", version.pk)
    listed("Nobody Whom Anybody Knows", lead.enquiry.full_name)
    screening.screen_lead(lead_id=lead.pk)
    age(one)

    making.accept(version)

    assert making.statuses(version) == ("accepted", "won", "won")
    hold = Hold.objects.get(lead=lead)
    assert (hold.kind, hold.decision) == ("sanctions", "open")
