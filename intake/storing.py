"""Storing a request in one statement, and so in one transaction: the enquiry, its lead and the jobs that follow.

Django's three INSERTs and its BEGIN and COMMIT took six trips to the database and ten times the processor time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from accounts import arrays
from accounts.inserting import insert
from briefs.models import Brief
from briefs.prepared import A_MOMENT, Prepared, Statement, store
from intake.models import Enquiry, Lead
from jobs import queue

# In this order: whichever comes first screens the lead.
FOLLOW_UPS = (
    "intake.route_lead",
    "intake.acknowledge",
    "intake.read_needs",
)
_LEAD = {
    "enquiry_id": "enquiry.id",
    "reference": "%(reference)s",
    "language": "%(lead_language)s",
    "countries": "%(lead_countries)s::varchar[]",
    "services": "%(lead_services)s::varchar[]",
    "link_seed": "%(link_seed)s",
    "link_digest": "%(link_digest)s",
}
_SEEN = ("first_brief_id", "last_brief_id")
_STILL_THERE = "(SELECT id FROM briefs_brief WHERE id = {})"
_OF_BRIEF = "COALESCE((SELECT countries FROM brief), '{}')"


@dataclass(frozen=True)
class Stored:
    """The rows that were made."""

    enquiry_id: int
    lead_id: int
    job_ids: list[int]


def store_request(
    *,
    enquiry: Mapping[str, Any],
    lead: Mapping[str, Any],
    brief: Mapping[str, Any],
    with_countries: bool,
) -> Stored | None:
    """Store it; None when its idempotency key was used before. The caller has a worker look at the jobs.

    `enquiry` holds columns, `lead` those of `_LEAD` that the enquiry does not give. `brief` names one by `slug` or
    `pk`: it is linked while it is public, and with `with_countries` the lead is about its countries.
    """
    statement = _statement(tuple(enquiry), next(iter(brief), ""), with_countries)
    values = {**enquiry, **lead, "request_id": queue.current_request_id()}
    if brief:
        values |= {f"brief_{name}": value for name, value in brief.items()}
        values["now"] = timezone.now()
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = arrays.texts(map(str, value))
    rows = store(statement, values)
    return Stored(*rows[0]) if rows else None


@cache
def _statement(columns: tuple[str, ...], brief: str, with_countries: bool) -> Statement:
    """The statement for an enquiry with these columns; "" when it names no brief. There are some dozens of them."""
    given = {name: _place(name) for name in columns}
    of_lead = dict(_LEAD)
    parts = {}
    if brief:
        parts["brief"] = _public_brief(brief)
        given["brief_id"] = "(SELECT id FROM brief)"
        if with_countries:
            of_lead["countries"] = _OF_BRIEF
    parts["enquiry"] = (
        f"{insert(Enquiry, given)} ON CONFLICT (idempotency_key) DO NOTHING RETURNING id"
    )
    parts["lead"] = f"{insert(Lead, of_lead, rows='FROM enquiry')} RETURNING id"
    parts["job"] = queue.insert_for("lead", FOLLOW_UPS, key="lead")
    told = "SELECT enquiry.id, lead.id, ARRAY(SELECT id FROM job) FROM enquiry, lead"
    named = ", ".join(f"{name} AS ({text})" for name, text in parts.items())
    return Statement.written(f"WITH {named} {told}")


def _place(column: str) -> str:
    """Where the value of this column goes; a brief that the client saw and that is no more is left out."""
    place = f"%({column})s"
    return _STILL_THERE.format(place) if column in _SEEN else place


def _public_brief(by: str) -> str:
    """The public brief with this slug or key, as a part of the statement."""
    example = "a-brief-as-an-example" if by == "slug" else 4_071_203_711
    found = Brief.objects.public(A_MOMENT).order_by().filter(**{by: example})
    text, params = (
        found.values_list("id", "countries").query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    )
    return Statement.of(text, params, {"now": A_MOMENT, f"brief_{by}": example}).named


_first_use = Prepared(
    lambda key: Lead.objects.filter(enquiry__idempotency_key=key).values_list(
        "reference", "link_seed", "link_digest", "enquiry__content_digest"
    ),
    key="an idempotency key as an example",
)


def first_use_of(key: str) -> tuple[str, Any, str, str] | None:
    """Of the request that used this key first: reference, seed and digest of its link, digest of its content."""
    rows = _first_use.read(key=key).rows
    return rows[0] if rows else None
