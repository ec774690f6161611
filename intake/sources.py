"""Which briefs, pages and campaigns bring requests, and what becomes of them."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from briefs.touches import Section
from intake.catalogue import Language
from intake.models import Activity, Lead, Status

MOST_ROWS = 200
MOST_LEADS = 20_000
SPANS = (30, 90, 365)
NOT_KNOWN = "not known"
# How a formula begins, also in the wide forms of East Asian keyboards.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True)
class Grouping:
    """What requests are counted by: its name for people, and where it stands seen from a lead."""

    label: str
    path: str
    names: Any = None


GROUPINGS = {
    "last": Grouping("Last brief", "enquiry__last_brief__title"),
    "first": Grouping("First brief", "enquiry__first_brief__title"),
    "section": Grouping("Part of the page", "enquiry__last_section", Section),
    "language": Grouping("Language of the form", "enquiry__consent_language", Language),
    "source": Grouping("Campaign source", "enquiry__utm_source"),
    "medium": Grouping("Campaign medium", "enquiry__utm_medium"),
    "campaign": Grouping("Campaign", "enquiry__utm_campaign"),
    "host": Grouping("Led here by", "enquiry__referrer_host"),
    "website": Grouping("Through the website", "enquiry__api_key__name"),
}


@dataclass(frozen=True)
class Row:
    """How many requests one of them brought, to how many a proposal was sent, how many were won."""

    name: str
    requests: int
    proposals: int
    won: int


def count_sources(*, user: User, by: str, days: int) -> list[Row]:
    """The sources of the last days' leads that the user may see, most requests first; one statement.

    Without what is held back as spam. Of the newest `MOST_LEADS`. `by` is a key of GROUPINGS.
    """
    grouping = GROUPINGS[by]
    sent = Activity.objects.filter(lead=OuterRef("pk"), kind=Activity.Kind.PROPOSAL_SENT)
    found = (
        Lead.objects.filter(pk__in=_counted(user, days)[:MOST_LEADS])
        .values(name=F(grouping.path))
        .annotate(
            requests=Count("pk"),
            offered=Count("pk", filter=Exists(sent)),
            won=Count("pk", filter=Q(status=Status.WON)),
        )
        .order_by("-requests", "name")
    )
    rows = found.values_list("name", "requests", "offered", "won")[:MOST_ROWS]
    return [Row(_named(grouping, name), *counts) for name, *counts in rows]


def leaves_out(*, user: User, days: int) -> bool:
    """Whether there were more leads than are counted."""
    return _counted(user, days)[MOST_LEADS : MOST_LEADS + 1].exists()


def _counted(user: User, days: int) -> QuerySet[Any]:
    leads = Lead.objects.visible_to(user).exclude(status=Status.QUARANTINED)
    lately = leads.filter(created_at__gte=timezone.now() - timedelta(days=days))
    return lately.order_by("-created_at", "-pk").values("pk")


def _named(grouping: Grouping, value: str | None) -> str:
    if not value:
        return NOT_KNOWN
    return str(grouping.names(value).label) if grouping.names else value


def as_csv(label: str, rows: Iterable[Row]) -> str:
    """The rows as a table for a spreadsheet, in which no cell becomes a formula."""
    out = io.StringIO()
    # All in quotes: a semicolon, which parts cells where a comma is decimal, would begin a cell of its own.
    table = csv.writer(out, quoting=csv.QUOTE_ALL)
    table.writerow([label, "Requests", "Proposals", "Won"])
    table.writerows([plain_cell(row.name), row.requests, row.proposals, row.won] for row in rows)
    return out.getvalue()


def plain_cell(text: str) -> str:
    """Text that strangers may have chosen, for a cell: spreadsheets calculate what begins like a formula (OWASP)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
