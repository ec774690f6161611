import pytest
from django.test import Client

from intake import alerting
from jobs.models import Job, beat
from tests import factories
from tests.intake.admin.screens import client_of

WATCH = "/staff/intake/alert/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status"),
    [("desk lead", 200), ("auditor", 200), ("adviser", 403), ("analyst", 403), ("approver", 403)],
)
def test_who_may_look(kind, status):
    assert client_of(factories.UserFactory(roles=[kind])).get(WATCH).status_code == status


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login():
    assert Client().get(WATCH)["Location"].startswith("/staff/login/")


@pytest.mark.django_db
def test_the_page_says_in_words_what_is_over_its_limit():
    beat("sweep")
    beat("worker")
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    assert "Nothing is over its limit" in client.get(WATCH).content.decode()

    Job.objects.create(kind="mail.deliver", key="k", subject_id=1, state="dead")
    alerting.watch_house()
    html = client.get(WATCH).content.decode()

    assert "1 of 18 is over its limit" in html
    assert (
        '<strong class="staff-warning">Look: 1</strong> <span class="staff-meta">· limit 0</span>'
        in html
    )
    assert "Jobs failed for good: 1 (limit 0)" in html
    assert "not over" in html


@pytest.mark.django_db
def test_the_page_costs_as_many_statements_whatever_there_is(django_assert_max_num_queries):
    client = client_of(factories.UserFactory(is_superuser=True))
    for number in range(3):
        Job.objects.create(kind="mail.deliver", key=f"k{number}", subject_id=1, state="dead")
        alerting.watch_house()

    with django_assert_max_num_queries(11 + 5):
        client.get(WATCH)
