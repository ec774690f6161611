import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import rescheduling
from intake.models import Deadline, DeadlinePolicy
from tests import factories
from tests.intake.admin.screens import LEADS, client_of, page, person, said, verb
from tests.intake.clockwork import HOUR, owned, policy, ticking

POLICIES = "/staff/intake/deadlinepolicy/"
SOON = timezone.now() + timedelta(days=2)


def proposal_of(**fields) -> Deadline:
    return ticking(factories.lead_of(status="qualified"), SOON, "proposal", **fields)


# --- On the lead


@pytest.mark.django_db
def test_the_page_tells_when_and_what_happened():
    lead = owned()
    ticking(lead, timezone.now() - HOUR)
    admin = client_of(factories.UserFactory(is_superuser=True, time_zone="Africa/Lagos"))

    html = admin.get(page(lead)).content.decode()

    assert '<strong class="staff-warning">overdue</strong> since' in html
    assert "Africa/Lagos" in html
    assert "Move the deadline" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status"),
    [("owner", 302), ("desk lead", 302), ("auditor", 403), ("other adviser", 404)],
)
def test_those_who_work_on_a_lead_move_its_deadline(kind, status):
    deadline = proposal_of()
    client = client_of(person(kind, deadline.lead.owner))
    wanted = (timezone.now() + timedelta(days=5)).replace(second=0, microsecond=0)

    answer = client.post(
        verb(deadline.lead, "move-deadline"),
        {"due_at": f"{wanted:%Y-%m-%dT%H:%M}", "zone": "UTC", "reason": "More sources."},
    )

    deadline.refresh_from_db()
    assert answer.status_code == status
    assert (deadline.due_at == wanted) == (status == 302)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "zone", "words"),
    [
        ("2020-01-01T10:00", "Africa/Lagos", "This time is past."),
        ("9999-12-31T23:59", "America/New_York", "Write a year between 1900 and 2999."),
    ],
)
def test_a_refusal_keeps_what_was_typed(typed, zone, words):
    deadline = proposal_of()
    client = client_of(deadline.lead.owner.user)
    address = verb(deadline.lead, "move-deadline")
    assert client.get(address).status_code == 200

    answer = client.post(address, {"due_at": typed, "zone": zone, "reason": "Zanzibar"})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert words in html
    assert "Zanzibar" in html
    assert typed in html


@pytest.mark.django_db
def test_an_old_page_moves_no_deadline_back_that_somebody_moved_meanwhile():
    deadline = proposal_of()
    address = verb(deadline.lead, "move-deadline")
    client = client_of(deadline.lead.owner.user)
    seen = r'name="seen" value="([^"]+)"'
    sent = {"due_at": f"{SOON:%Y-%m-%dT%H:%M}", "zone": "UTC", "reason": "Old page."}
    sent["seen"] = re.search(seen, client.get(address).text)[1]
    later = SOON + timedelta(days=3)
    rescheduling.move_deadline(
        deadline=deadline, due_at=later, by=deadline.lead.owner.user, reason="More."
    )

    refused = client.post(address, sent)

    deadline.refresh_from_db()
    assert (refused.status_code, deadline.due_at) == (400, later)
    assert "Meanwhile this changed: it is due by" in refused.text
    assert "Old page." in refused.text
    again = client.post(address, sent | {"seen": re.search(seen, refused.text)[1]})
    assert said(again) == ["The deadline is moved."]


@pytest.mark.django_db
def test_waiting_for_the_client_and_letting_the_clock_run():
    deadline = proposal_of()
    client = client_of(deadline.lead.owner.user)

    client.post(verb(deadline.lead, "pause-deadline"), {"reason": "Which sites?"})
    deadline.refresh_from_db()
    assert deadline.paused_at is not None
    assert "Let the clock run" in client.get(page(deadline.lead)).content.decode()
    client.post(verb(deadline.lead, "resume-deadline"))

    deadline.refresh_from_db()
    assert deadline.paused_at is None


@pytest.mark.django_db
def test_no_clock_no_button():
    lead = factories.lead_of(status="won")
    client = client_of(factories.UserFactory(is_superuser=True))

    answer = client.get(verb(lead, "move-deadline"))

    assert (answer.status_code, said(answer)) == (302, ["“Move the deadline” is not possible now."])
    client.get(page(lead))  # which says so
    assert "Move the deadline" not in client.get(page(lead)).content.decode()


# --- In the list


def rows(client, query: str) -> int:
    return client.get(f"{LEADS}?{query}").context["cl"].result_count


@pytest.mark.django_db
def test_the_list_says_filters_and_sorts_what_is_due():
    late, soon = owned(), owned()
    ticking(late, timezone.now() - 3 * HOUR)
    ticking(soon, timezone.now() + 5 * HOUR)
    paused = proposal_of(paused_at=timezone.now(), time_left=HOUR, next_look_at=None).lead
    owned()
    client = client_of(factories.UserFactory(is_superuser=True))

    counts = [rows(client, f"due={value}") for value in ("late", "soon", "paused", "nonsense")]
    html = client.get(f"{LEADS}?o=5").content.decode()

    assert counts == [1, 1, 1, 4]
    assert html.index(late.reference) < html.index(soon.reference) < html.index(paused.reference)
    assert "overdue for 3 h" in html


@pytest.mark.django_db
def test_the_list_costs_no_statement_more_for_it():
    client = client_of(factories.UserFactory(is_superuser=True))
    counts = []
    for _ in range(2):
        ticking(owned(), SOON)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LEADS}?due=soon")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8 + 2  # session and user


# --- Policies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "may_see", "may_change"),
    [("desk lead", True, True), ("adviser", True, False), ("auditor", True, False), ("analyst", False, False)],
)  # fmt: skip
def test_who_may_see_and_change_policies(kind, may_see, may_change):
    one = policy()
    client = client_of(factories.UserFactory(roles=[kind]))
    typed = {
        "minutes": 240,
        "clock": "working",
        "warn_before": 60,
        "escalate_every": 30,
        "is_active": "on",
    }

    seen = client.get(POLICIES).status_code
    client.post(f"{POLICIES}{one.pk}/change/", typed)

    one.refresh_from_db()
    assert (seen == 200, one.minutes == 240) == (may_see, may_change)


@pytest.mark.django_db
def test_the_set_of_policies_is_closed_and_whole():
    client = client_of(factories.UserFactory(is_superuser=True))

    assert client.get(POLICIES).context["cl"].result_count == 6
    assert client.get(f"{POLICIES}add/").status_code == 403
    assert client.get(f"{POLICIES}{policy().pk}/delete/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"warn_before": 480}, "The reminder comes after the start"),
        ({"minutes": 0}, "greater than or equal to 1"),
        ({"escalate_every": 1}, "greater than or equal to 5"),
        ({"minutes": 2_147_483_647}, "less than or equal to 525600"),
        ({"escalate_every": 2_147_483_647}, "less than or equal to 43200"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_beside_the_field(changes, words):
    one = policy()
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    typed = {"minutes": 480, "clock": "working", "warn_before": 60, "escalate_every": 30} | changes

    answer = client.post(f"{POLICIES}{one.pk}/change/", typed)

    assert words in answer.content.decode()
    assert DeadlinePolicy.objects.get(pk=one.pk).warn_before == one.warn_before
