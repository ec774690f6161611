"""What Prometheus reads: every measure, nothing of a person, and in production only with the token."""

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.supervisor import BASE_DIR
from jobs.models import Job, beat
from tests import factories
from tests.intake.clockwork import HOUR, ticking
from tests.intake.test_watching import STATEMENTS

TOKEN = "a-token-for-tests"


def samples(client: Client, **headers) -> dict[str, float]:
    """Every sample by its name and labels."""
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer["Cache-Control"].split(",")[0]) == (200, "max-age=0")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join([one.name, *one.labels.values()]): one.value
        for family in families
        for one in family.samples
    }


@pytest.mark.django_db
def test_what_is_counted_is_told_and_nothing_of_anybody(client):
    beat("worker")
    beat("sweep")
    lead = factories.lead_of(full_name="Aïcha Example", needs="Zanzibar")
    ticking(lead, timezone.now() - HOUR)
    Job.objects.create(kind="mail.deliver", key="aicha@client.example", subject_id=1)
    Job.objects.create(kind="mail.deliver", key="k", subject_id=1, state="dead")

    found = samples(client)

    text = client.get("/metrics").content.decode()
    assert not [word for word in ("Aïcha", "Zanzibar", lead.reference, "aicha@") if word in text]
    assert found["derisk_jobs_dead"] == 1
    assert found["derisk_jobs_due mail.deliver"] == 1
    assert found["derisk_deadlines first_answer overdue"] == 1
    assert found["derisk_deadlines proposal running"] == 0
    assert found["derisk_heartbeat_age_seconds worker"] < 60
    assert found["derisk_leads_unrouted any"] == 0
    assert found["derisk_messages_day failed"] == 0


@pytest.mark.django_db
def test_it_is_cheap(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(STATEMENTS):
        client.get("/metrics")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("https", "token", "header", "status"),
    [
        (False, "", "", 200),
        (True, "", "", 404),
        (True, "", "Bearer ", 404),
        (True, TOKEN, "", 404),
        (True, TOKEN, "Bearer wrong", 404),
        (True, TOKEN, f"Basic {TOKEN}", 404),
        (True, TOKEN, f"Bearer {TOKEN}", 200),
        (False, TOKEN, "", 404),
    ],
)
def test_in_production_only_with_the_token(client, settings, https, token, header, status):
    settings.HTTPS, settings.METRICS_TOKEN = https, token

    assert client.get("/metrics", headers={"Authorization": header}).status_code == status
    assert client.post("/metrics").status_code == 405


@pytest.mark.django_db
def test_the_operations_manual_lists_every_metric(client):
    beat("sweep")
    names = {name.split(" ")[0] for name in samples(client)}
    manual = (BASE_DIR / "docs" / "metrics.md").read_text()

    assert {name for name in names if f"`{name}`" not in manual} == set()
