"""Each index that a long list rests on serves the query that it was made for: PostgreSQL can prove its condition."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from intake import lead_search, people_search
from intake.models import (
    Adviser,
    Contact,
    ContactCorrection,
    Enquiry,
    Hold,
    Lead,
    Organisation,
    Quarantine,
)
from mail.models import Message
from tests import factories

NEWEST = ("-created_at", "-pk")
CASES: list[tuple[str, Callable[[], QuerySet[Any]]]] = [
    ("lead_newest", lambda: Lead.objects.order_by(*NEWEST)),
    ("lead_next_due", lambda: Lead.objects.order_by("due_at", "-pk")),
    *(
        ("lead_status_newest", lambda status=status: Lead.objects.filter(status=status).order_by(*NEWEST))
        for status in ("routed", "proposal", "won", "disqualified")
    ),
    ("lead_urgent", lambda: Lead.objects.filter(priority="urgent").order_by(*NEWEST)),
    ("lead_language_newest", lambda: Lead.objects.filter(language="ar").order_by(*NEWEST)),
    ("lead_open_of_owner", lambda: Adviser.objects.with_open_leads()),
    ("lead_owner_newest", lambda: Lead.objects.filter(owner=7)),
    ("lead_owner_newest", lambda: Adviser.objects.filter(Exists(Lead.objects.filter(owner=OuterRef("pk"))), pk__lt=7)),
    ("lead_of_contact", lambda: Lead.objects.filter(contact=7)),
    ("lead_of_contact", lambda: Lead.objects.filter(contact__in=[7, 8])),
    ("lead_of_contact", lambda: Lead.objects.filter(pk=7).for_routing()),
    ("lead_of_organisation", lambda: Lead.objects.filter(organisation=7)),
    ("lead_of_organisation", lambda: Lead.objects.filter(pk=7).for_routing()),
    ("enquiry_of_brief", lambda: Enquiry.objects.filter(brief=7)),
    ("lead_words_who", lambda: lead_search.find(Lead.objects.all(), "traore")),
    ("lead_words", lambda: lead_search.find(Lead.objects.all(), "kidal evacuation")),
    ("contact_by_name", lambda: Contact.objects.live().order_by("full_name", "pk")),
    ("contact_latin", lambda: Contact.objects.filter(people_search.holding(["traore"]))),
    ("contact_latin", lambda: Contact.objects.filter(people_search.holding(["oz"]))),
    ("organisation_latin", lambda: people_search.find(Organisation.objects.all(), "sahel")),
    ("organisation_by_name", lambda: Organisation.objects.live().order_by("name", "pk")),
    ("quarantine_newest", lambda: Quarantine.objects.order_by("-held_at", "-pk")),
    (
        "quarantine_by_outcome",
        lambda: Quarantine.objects.filter(outcome="released").order_by("-held_at", "-pk"),
    ),
    ("hold_newest", lambda: Hold.objects.order_by("-opened_at", "-pk")),
    (
        "hold_by_decision",
        lambda: Hold.objects.filter(decision="open").order_by("-opened_at", "-pk"),
    ),
    *(
        (f"message_{name}_newest", lambda only={name: value}: Message.objects.filter(**only).order_by(*NEWEST))
        for name, value in (("template", "intake/mail/acknowledgement"), ("language", "fr"))
    ),
    (
        "enquiry_email",
        lambda: Enquiry.objects.annotate(by=Lower("email")).filter(by__in=["a@b.example"]),
    ),
    (
        "correction_email",
        lambda: ContactCorrection.objects.annotate(to=Lower("email")).filter(to__in=["a@b.example"]),
    ),
    *(
        ("message_in_trouble", lambda only=only: Message.objects.filter(**only).order_by(*NEWEST))
        for only in (
            {"state": "failed"},
            {"failure": "ours"},
            {"arrival": "bounced"},
            {"may_be_double": True},
        )
    ),
    ("message_to", lambda: Message.objects.annotate(to=Lower("to_email")).filter(to="a@b.example")),
]  # fmt: skip


OTHERS = """
    SELECT other.indexrelid::regclass::text FROM pg_index one JOIN pg_index other USING (indrelid)
    WHERE one.indexrelid = %s::regclass AND other.indexrelid <> one.indexrelid
    AND NOT other.indisunique AND other.indexrelid::regclass::text NOT LIKE 'lead_words%%'
"""


def let_serve(index: str) -> None:
    """Nothing is read from end to end or sorted, few as the rows are; and until this transaction ends there is no
    other index that could do instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        if index.startswith(
            "lead_words"
        ):  # a GIN index is read as a bitmap, the keys beside it are not
            cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(OTHERS, [index])
        for (other,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {other}")


@pytest.mark.django_db
@pytest.mark.parametrize(("index", "query"), CASES)
def test_the_index_serves(index, query):
    let_serve(index)

    assert f"{index} " in f"{query().explain()} ".replace("\n", " ")


@pytest.mark.django_db
def test_what_every_lead_is_compared_with_has_no_list_of_late_rows():
    """Every search reads such a list from end to end, and the next lead comes before anybody has emptied it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_am ON pg_am.oid = c.relam AND amname = 'gin'"
            " WHERE c.relname ~ '^(organisation|contact|partyname|quarantine)_'"
            " AND NOT 'fastupdate=off' = ANY(coalesce(c.reloptions, '{}'))"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_an_adviser_is_found_by_numbers_that_postgresql_can_estimate():
    adviser = factories.AdviserFactory()
    text = str(Lead.objects.visible_to(adviser.user).query)

    assert f'"owner_id" = {adviser.pk}' in text
    assert "intake_adviser" not in text
