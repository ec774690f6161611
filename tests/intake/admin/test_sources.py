"""Where requests come from: counted for whoever may see them, and safe in a spreadsheet."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import submission
from intake.attribution import CameFrom
from intake.models import Activity, Enquiry, Lead
from intake.provenance import Provenance
from tests import factories
from tests.intake.admin.screens import client_of

SOURCES = "/staff/intake/lead/sources"
pytestmark = pytest.mark.django_db


def lead_from(source: str, owner: Any = None, status: str = "routed") -> Lead:
    """A lead that a campaign brought."""
    receipt = submission.receive_enquiry(
        content=factories.ContentFactory.build(),
        channel=Enquiry.Channel.FORM,
        provenance=Provenance(came=CameFrom(utm={"utm_source": source})),
    )
    lead = Lead.objects.get(reference=receipt.reference)
    if owner:
        Lead.objects.filter(pk=lead.pk).update(owner=owner, status=status)
    return lead


def rows(client: Any, query: str = "?by=source") -> list[list[str]]:
    response = client.get(f"{SOURCES}.csv{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode().removeprefix("\ufeff"))))


def test_requests_proposals_and_wins_are_counted_by_source() -> None:
    owner = factories.AdviserFactory()
    sent = [lead_from("letter", owner), lead_from("letter", owner)]
    lead_from("", owner)
    for lead in sent[:1] * 2:
        Activity.objects.create(lead=lead, kind=Activity.Kind.PROPOSAL_SENT)
    for status in ("proposal", "won"):
        Lead.objects.filter(pk=sent[0].pk).update(
            status=status, closed_at=timezone.now() if status == "won" else None
        )
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    assert rows(client)[1:] == [["letter", "2", "1", "1"], ["not known", "1", "0", "0"]]
    page = client.get(f"{SOURCES}/?by=source").content.decode()
    assert '<td dir="auto">letter</td><td class="n">2</td>' in page


@pytest.mark.parametrize(
    "by",
    [
        "last",
        "first",
        "section",
        "language",
        "source",
        "medium",
        "campaign",
        "host",
        "website",
        "%00",
        "x",
    ],
)
def test_every_way_to_count_costs_one_statement(by: str) -> None:
    lead_from("a")
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    client.get(f"{SOURCES}.csv?by=last")

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{SOURCES}.csv?by={by}&days=30")

    assert response.status_code in (200, 302)  # a NUL in a query is led away from
    assert len([q for q in queries if "COUNT(" in q["sql"]]) <= 1


def test_old_requests_and_quarantined_ones_do_not_count() -> None:
    old, held = lead_from("old"), lead_from("held")
    Lead.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    Lead.objects.filter(pk=held.pk).update(status="quarantined")
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    assert rows(client)[1:] == []
    assert [row[0] for row in rows(client, "?by=source&days=365")[1:]] == ["old"]


def test_an_adviser_counts_their_own_leads_only() -> None:
    mine, other = factories.AdviserFactory.create_batch(2)
    lead_from("mine", mine)
    lead_from("other", other)

    assert [row[0] for row in rows(client_of(mine.user))[1:]] == ["mine"]


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("analyst", 403), ("auditor", 200)])
def test_who_may_look(role: str | None, status: int) -> None:
    client = client_of(factories.UserFactory(roles=[role]) if role else None)

    assert [client.get(f"{SOURCES}{end}").status_code for end in ("/", ".csv")] == [status] * 2


@pytest.mark.parametrize(
    "source", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "\uff1d1+1", "\uff20SUM(A1)"]
)
def test_no_cell_becomes_a_formula(source: str) -> None:
    lead_from(source)
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    assert rows(client)[1][0] == f"'{source}"


def test_nor_where_semicolons_part_cells() -> None:
    lead_from('a;=1+1;"b"')
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    line = client.get(f"{SOURCES}.csv?by=source").content.decode().splitlines()[1]

    assert line == '"a;=1+1;""b""","1","0","0"'


def test_no_more_than_the_newest_are_counted_and_the_page_says_so(monkeypatch) -> None:
    for source in ("old", "new", "new"):
        lead_from(source)
    desk = client_of(factories.UserFactory(roles=["desk lead"]))
    assert "Counted are the newest" not in desk.get(f"{SOURCES}/?by=source").content.decode()

    monkeypatch.setattr("intake.sources.MOST_LEADS", 2)

    assert rows(desk)[1:] == [["new", "2", "0", "0"]]
    assert "Counted are the newest 2 requests" in desk.get(f"{SOURCES}/?by=source").content.decode()
