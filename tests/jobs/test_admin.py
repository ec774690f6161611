from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from tests.factories import UserFactory
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db
JOBS = reverse("admin:jobs_job_changelist")
HEARTBEATS = reverse("admin:jobs_heartbeat_changelist")


def log_in(client: Client, role: str) -> Client:
    client.force_login(UserFactory.create(roles=[role]))
    return client


def retry(client: Client, *jobs: Job) -> Any:
    data = {"action": "retry", "_selected_action": [job.pk for job in jobs]}
    return client.post(JOBS, data)


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("address", [JOBS, HEARTBEATS])
def test_the_lists_are_for_the_roles_that_watch_over_the_work(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/login/?next={address}")

    assert log_in(client, "adviser").get(address).status_code == 403
    for role in ("desk lead", "auditor"):
        assert log_in(client, role).get(address).status_code == 200


def test_the_list_shows_what_failed_and_why(client: Client) -> None:
    make_job(
        kind="mail.deliver", state="dead", attempts=8, last_error="SMTPDataError 451 at x.py:1"
    )

    page = log_in(client, "desk lead").get(JOBS, {"state__exact": "dead"}).content.decode()

    assert "mail.deliver" in page
    assert "failed for good" in page
    assert "SMTPDataError 451 at x.py:1" in page


def test_a_list_of_three_asks_the_database_as_often_as_a_list_of_one(client: Client) -> None:
    log_in(client, "desk lead")
    counts = []
    for jobs in (1, 2):
        for _ in range(jobs):
            make_job()
        client.get(JOBS)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(JOBS).content.count(b"tests.work") >= Job.objects.count()
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8


def test_a_job_can_be_read_and_not_edited(client: Client) -> None:
    job = make_job(kind="mail.deliver", last_error="ValueError at x.py:1")
    address = reverse("admin:jobs_job_change", args=[job.pk])
    log_in(client, "desk lead")

    page = client.get(address).content.decode()
    assert "ValueError at x.py:1" in page
    assert 'name="state"' not in page

    assert client.post(address, {"state": "done"}).status_code == 403
    assert client.post(reverse("admin:jobs_job_delete", args=[job.pk])).status_code == 403
    assert client.get(reverse("admin:jobs_job_add")).status_code == 403
    job.refresh_from_db()
    assert job.state == "pending"


def test_a_dead_job_is_retried_on_its_own_page_by_those_who_may(client: Client) -> None:
    dead, done = make_job(state="dead", attempts=8), make_job(state="done", done_at=timezone.now())
    pages = [reverse("admin:jobs_job_change", args=[job.pk]) for job in (dead, done)]
    address = reverse("admin:jobs_job_verb", args=[dead.pk, "retry"])
    assert "Try again now" not in log_in(client, "auditor").get(pages[0]).text
    assert client.post(address).status_code == 403

    shown = [log_in(client, "desk lead").get(page).text.count("Try again now") for page in pages]
    answers = [client.post(address), client.post(address)]

    assert shown == [1, 0]
    assert told(answers[-1]) == [
        "It will run again.",
        "This job is not dead, so there is nothing to retry.",
    ]
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("pending", 0)


def test_retry_says_for_each_job_what_came_of_it(client: Client) -> None:
    dead, other, waiting = make_job(state="dead"), make_job(state="dead"), make_job(key="k")

    answer = retry(log_in(client, "desk lead"), dead, other, waiting)

    assert sorted(told(answer)) == [
        "2 jobs will run again.",
        "tests.work k: This job is not dead, so there is nothing to retry.",
    ]
    assert Job.objects.due().count() == 3


def test_whoever_comes_second_reads_that_somebody_was_first(client: Client) -> None:
    """In the list of dead jobs the job is not found any more."""
    dead = make_job(state="dead")
    data = {"action": "retry", "_selected_action": [dead.pk]}
    log_in(client, "desk lead")

    for _ in range(2):
        answer = client.post(f"{JOBS}?state__exact=dead", data)

    assert told(answer) == [
        "1 job will run again.",
        "1 job left this list meanwhile: tried again by somebody else, or done.",
    ]
    assert Job.objects.due().count() == 1


def test_who_may_only_look_is_not_offered_a_retry_and_cannot_force_it(client: Client) -> None:
    dead = make_job(state="dead")
    assert b'value="retry"' in log_in(client, "desk lead").get(JOBS).content

    log_in(client, "auditor")
    assert b'value="retry"' not in client.get(JOBS).content
    retry(client, dead)
    assert retry(log_in(client, "adviser"), dead).status_code == 403

    assert Job.objects.dead().get() == dead
