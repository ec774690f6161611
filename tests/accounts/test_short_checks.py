"""Conditions in few words say what Django's own say at length, of every row that there can be."""

import itertools

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from intake.models import Lead
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
CLOSED = ["won", "lost", "disqualified"]
STATES = ["new", "quarantined", "routed", "proposal", *CLOSED, "other", ""]
AT_LENGTH = {
    Lead: {
        "lead_past_new_has_an_owner": Q(status__in=["new", "quarantined"])
        | Q(owner__isnull=False)
        | Q(status="disqualified"),
        "lead_closed_at_exactly_when_closed": Q(status__in=CLOSED, closed_at__isnull=False)
        | (~Q(status__in=CLOSED) & Q(closed_at__isnull=True)),
        "lead_status_known": Q(
            status__in=[
                "new",
                "quarantined",
                "routed",
                "contacted",
                "qualified",
                "proposal",
                *CLOSED,
            ]
        ),
        "lead_urgent_for_a_reason": Q(priority="normal", priority_reason="")
        | (Q(priority="urgent") & ~Q(priority_reason="")),
    },
    Job: {
        "job_lease_exactly_while_leased": Q(
            state="leased", lease_token__isnull=False, lease_until__isnull=False
        )
        | (~Q(state="leased") & Q(lease_token__isnull=True, lease_until__isnull=True)),
        "job_done_at_exactly_when_done": Q(state="done", done_at__isnull=False)
        | (~Q(state="done") & Q(done_at__isnull=True)),
        "job_state_known": Q(state__in=["pending", "leased", "done", "dead"]),
    },
}
ROWS = {
    Lead: {
        "status": STATES,
        "owner_id": [None, 1],
        "closed_at": [None, timezone.now()],
        "priority": ["normal", "urgent", "other"],
        "priority_reason": ["", "r"],
    },
    Job: {
        "state": ["pending", "leased", "done", "dead", "other"],
        "lease_token": [None, "00000000-0000-4000-8000-000000000000"],
        "lease_until": [None, timezone.now()],
        "done_at": [None, timezone.now()],
    },
}


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, found in AT_LENGTH.items() for name in found]
)
def test_a_short_check_holds_for_the_rows_for_which_the_long_one_does(model, name):
    short = next(one.condition for one in model._meta.constraints if one.name == name)
    long = AT_LENGTH[model][name]
    # What neither of them names changes neither.
    named = short.referenced_base_fields | long.referenced_base_fields
    fields = {of: values for of, values in ROWS[model].items() if of.removesuffix("_id") in named}
    assert len(fields) == len(named)

    for values in itertools.product(*fields.values()):
        row = {
            of: models.Value(value, output_field=model._meta.get_field(of))
            for of, value in zip(fields, values, strict=True)
        }
        row |= {"owner": row["owner_id"]} if "owner_id" in row else {}
        assert short.check(row) == long.check(row), values


def test_the_database_holds_them_and_has_looked_at_every_row():
    lead = factories.new_lead()
    wrong = {
        "lead_closed_at_exactly_when_closed": {"closed_at": timezone.now()},
        "lead_urgent_for_a_reason": {"priority": "urgent"},
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND NOT convalidated")
        assert cursor.fetchall() == []
    for name, values in wrong.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(**values)
