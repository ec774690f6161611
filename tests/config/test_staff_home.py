"""The first of the staff screens: what waits for whom."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from briefs import reviewing, revising
from config import staff_home
from intake import walls
from tests import factories
from tests.intake.clockwork import HOUR, ticking

pytestmark = pytest.mark.django_db
OPEN = {"title": "Your open leads", "number": "1", "link": "/staff/intake/lead/?whose=open"}
LATE = {"title": "Leads overdue", "number": "1", "link": "/staff/intake/lead/?due=late"}


def waiting(user: User) -> list[dict[str, str]]:
    client = Client()
    client.force_login(user)
    found: list[dict[str, str]] = client.get("/staff/").context["waiting"]
    return found


@pytest.fixture
def late_lead():
    lead = factories.lead_of()
    ticking(lead, timezone.now() - HOUR)
    return lead


def test_what_waits_is_what_the_list_behind_it_shows(late_lead):
    lead = factories.UserFactory(roles=["desk lead"])
    client = Client()
    client.force_login(lead)

    (line,) = waiting(lead)

    assert line == LATE
    shown = client.get(line["link"]).context["cl"].result_list
    assert [str(one) for one in shown] == [late_lead.reference]


def test_only_those_whose_work_it_is_are_told(late_lead):
    walled = factories.UserFactory(roles=["desk lead"])
    walls.raise_wall(user=walled, before=late_lead, reason="So.", by=None)

    assert waiting(late_lead.owner.user) == [OPEN, LATE]
    for other in (walled, *(factories.UserFactory(roles=[r]) for r in ("adviser", "approver"))):
        assert waiting(other) == []


def test_briefs_wait_for_reviewers_and_not_for_their_authors():
    author = factories.UserFactory(roles=["editor"])
    brief = factories.BriefFactory(created_by=author, is_published=False)
    revising.record_revision(brief=brief, by=author)
    reviewing.submit_brief(brief=brief, by=author)

    assert waiting(author) == []
    assert [one["title"] for one in waiting(factories.UserFactory(roles=["editor"]))] == [
        "Briefs for any reviewer"
    ]


def test_a_long_list_is_not_counted_to_its_end(late_lead, monkeypatch):
    monkeypatch.setattr(staff_home, "_MOST", 0)

    assert waiting(late_lead.owner.user) == [OPEN | {"number": "0+"}, LATE | {"number": "0+"}]


def test_nothing_is_said_too():
    client = Client()
    client.force_login(factories.UserFactory(roles=["adviser"]))

    assert "Nothing waits." in client.get("/staff/").content.decode()
