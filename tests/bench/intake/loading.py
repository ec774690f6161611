"""Fill a migrated database with leads: one is made by the verbs, the others are its copies with keys of their own."""

from typing import Any

import psycopg
from django.contrib.auth.models import Permission
from psycopg import sql

ADVISERS = 10
# Tables that grow with leads and that a request or a list of leads touches, and how a copy differs. `n` is the
# number of the copy; whatever is not named here is as in the one that the verbs made.
_HEX = "md5('{}' || n) || md5('{}2' || n)"
COPIES: dict[str, dict[str, str]] = {
    "intake_contact": {
        "email": "'client' || n || '@client.example'",
        "email_key": "'client' || n || '@client.example'",
        "full_name": "'Client Number ' || n",
    },
    "intake_enquiry": {
        "email": "'client' || n || '@client.example'",
        "full_name": "'Client Number ' || n",
        "idempotency_key": "'bench:' || n",
        "content_digest": _HEX.format("d", "d"),
        "received_at": "now() - n * interval '30 seconds'",
    },
    "intake_lead": {
        "enquiry_id": "n",
        "contact_id": "n",
        "reference": "'B-' || n",
        "link_seed": "md5('s' || n)::uuid",
        "link_digest": _HEX.format("l", "l"),
        "owner_id": "1 + n %% {advisers}",
        "created_at": "now() - n * interval '30 seconds'",
    },
    "intake_assignment": {"lead_id": "n", "decision_id": "NULL", "adviser_id": "1 + n %% {advisers}"},
    "intake_activity": {"lead_id": "n"},
    "jobs_job": {"subject_id": "n", "key": "'bench:' || n", "state": "'done'", "done_at": "now()"},
}  # fmt: skip


def load(database_url: str, count: int) -> None:
    """Leave `count` leads with what belongs to them, indexed and analysed, and a member of staff who sees all."""
    _make_one()
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        db.execute("SET maintenance_work_mem = '512MB'")
        db.execute("SET synchronous_commit = off")
        for table, differs in COPIES.items():
            multiply(db, table, differs, count, ADVISERS)
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")


def _make_one() -> None:
    """One lead as the verbs make it: routed to one of a few advisers, its client known."""
    from intake import matching, routing, submission
    from intake.models import Enquiry, Lead
    from tests import factories

    factories.DeskFactory()
    for _ in range(ADVISERS - 1):  # the desk has brought one
        factories.AdviserFactory(capacity=30_000)
    user = factories.UserFactory(email="desk@derisk.example")
    names = ("view_lead", "view_all_leads", "change_lead")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    content = factories.ContentFactory(email="client1@client.example")
    submission.receive_enquiry(
        content=content, channel=Enquiry.Channel.API, idempotency_key="bench:1"
    )
    lead = Lead.objects.get()
    matching.match_people(lead_id=lead.pk)
    routing.route_lead(lead_id=lead.pk)


def multiply(
    db: psycopg.Connection[Any], table: str, differs: dict[str, str], count: int, advisers: int
) -> None:
    """Copy every row of the table until each stands there `count` times; indexes without a constraint come last."""
    columns = [name for (name,) in db.execute(_COLUMNS, [table]).fetchall()]
    given = {name: differs.get(name, f"r.{name}") for name in columns}
    given["id"] = "r.id + (n - 1) * m.step"
    values = ", ".join(given.values()).format(advisers=advisers).replace("%%", "%")
    indexes = _drop_indexes(db, table)
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} r,"  # type: ignore[arg-type]
        f" (SELECT max(id) AS step FROM {table}) m, generate_series(2, {count}) n"
    )
    for made in indexes:
        db.execute(made)  # type: ignore[arg-type]
    sequence = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
    db.execute(sequence)  # type: ignore[arg-type]


_COLUMNS = """
    SELECT column_name::text FROM information_schema.columns
    WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


def _drop_indexes(db: psycopg.Connection[Any], table: str) -> list[str]:
    query = """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    """
    found = db.execute(query, [table]).fetchall()
    for name, _ in found:
        db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [made for _, made in found]
