"""Fill a migrated database with leads: one is made by the verbs, with all its jobs done; the others are its copies.

A copy differs where real ones do: people and words in four languages, moments over five years, how far it came, whose
it is. Columns that are not named here are as the verbs left them. Triggers and foreign keys are off, constraints hold.
"""

import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.contrib.auth.models import Permission
from psycopg import sql

from tests.bench.intake import people

ADVISERS = 10
# What copies differ by, a row for each: `n` is the number of the copy, the last ones are the newest. One in ten was
# held back as spam; of the rest the last hundredth is open. `w` in COPIES.
_WORLD = """
    CREATE UNLOGGED TABLE bench_world AS
    SELECT n, CASE WHEN n <= {people} THEN n ELSE 1 + mod(hashint4(n) & 2147483647, {people}) END AS contact,
        1 + mod(hashint4(n + 1) & 2147483647, {advisers}) AS adviser,
        ('{{{languages}}}'::text[])[1 + mod(n, {kinds})] AS language,
        mod(hashint4(n + 2) & 2147483647, {texts}) AS first, mod(hashint4(n + 3) & 2147483647, {texts}) AS second,
        now() - ({count} - n) * (interval '5 years' / {count}) AS at,
        mod(hashint4(n + 4) & 2147483647, 10) = 0 AS is_held,
        CASE WHEN mod(hashint4(n + 4) & 2147483647, 10) = 0
            THEN CASE WHEN n > {count} * 0.995 THEN 'quarantined' ELSE 'disqualified' END
        WHEN n > {count} * 0.9999 THEN 'new'
        WHEN n > {count} * 0.99
            THEN ('{{routed,contacted,qualified,proposal}}'::text[])[1 + mod(hashint4(n + 5) & 2147483647, 4)]
        ELSE ('{{won,lost,lost,lost,disqualified,disqualified}}'::text[])[1 + mod(hashint4(n + 5) & 2147483647, 6)]
        END AS status
    FROM generate_series(2, {count}) n
"""
_WORLD_OF_PEOPLE = """
    SELECT w.*, w.status IN ('won', 'lost', 'disqualified') AS is_closed, w.status IN ('new', 'quarantined')
        OR w.is_held AS is_unrouted, c.full_name, c.email, c.organisation_id AS house, o.name AS organisation,
        a.half || ' ' || b.half || ' Journey ' || w.n || '.' AS needs
    FROM bench_world w JOIN intake_contact c ON c.id = w.contact
    LEFT JOIN intake_organisation o ON o.id = c.organisation_id
    JOIN bench_text a ON a.language = w.language AND a.n = w.first
    JOIN bench_text b ON b.language = w.language AND b.n = w.second
"""
_BARE_WORLD = """
    SELECT *, status IN ('won', 'lost', 'disqualified') AS is_closed,
        status IN ('new', 'quarantined') OR is_held AS is_unrouted FROM bench_world
"""
_HEX = "md5('{}' || n) || md5('{}2' || n)"
_COUNTRIES = (
    "ARRAY[('{ML,NE,BF,NG,MZ,CD,SD,LY,ET,KE}'::text[])[1 + mod(hashint4(n + 6) & 2147483647, 10)]]"
)
# How a copy's rows differ, table by table, and which copies have such a row. `r` is the row that is copied.
COPIES: dict[str, dict[str, str]] = {
    "intake_enquiry": {
        "email": "w.email",
        "full_name": "w.full_name",
        "organisation": "coalesce(w.organisation, '')",
        "needs": "w.needs",
        "language": "w.language",
        "countries_of_interest": _COUNTRIES,
        "channel": "(ARRAY['form', 'form', 'api'])[1 + mod(n, 3)]",
        "utm_source": "(ARRAY['', '', 'newsletter', 'search'])[1 + mod(n, 4)]",
        "idempotency_key": "'bench:' || n",
        "content_digest": _HEX.format("d", "d"),
        "received_at": "w.at",
    },
    "intake_lead": {
        "enquiry_id": "n",
        "contact_id": "CASE WHEN NOT w.is_held THEN w.contact END",
        "organisation_id": "CASE WHEN NOT w.is_held THEN w.house END",
        "reference": "'B-' || lpad(n::text, 8, '0')",
        "link_seed": "md5('s' || n)::uuid",
        "link_digest": _HEX.format("l", "l"),
        "status": "w.status",
        "priority": "CASE WHEN mod(n, 200) = 7 THEN 'urgent' ELSE 'normal' END",
        "priority_reason": "CASE WHEN mod(n, 200) = 7 THEN 'Words of duty of care.' ELSE '' END",
        "language": "w.language",
        "countries": _COUNTRIES,
        "owner_id": "CASE WHEN NOT w.is_unrouted THEN w.adviser END",
        "cover_id": "CASE WHEN mod(n, 100) = 1 AND NOT w.is_unrouted AND NOT w.is_closed THEN 1 END",
        "pool_id": "CASE WHEN mod(n, 50) = 3 AND w.status = 'routed' THEN 1 END",
        "created_at": "w.at",
        "due_at": "CASE WHEN NOT w.is_unrouted AND NOT w.is_closed THEN now() + interval '1 hour' * mod(n, 400)"
        " - interval '100 hours' END",
        "closed_at": "CASE WHEN w.is_closed THEN w.at + interval '9 days' END",
        "closing_reason": "CASE WHEN w.is_closed THEN 'Closed.' ELSE '' END",
    },
    "intake_assignment": {
        "lead_id": "n", "decision_id": "n", "adviser_id": "w.adviser", "started_at": "w.at",
        "ended_at": "CASE WHEN w.is_closed THEN w.at + interval '9 days' END",
    },
    "intake_routingdecision": {"lead_id": "n", "chosen_id": "w.adviser", "decided_at": "w.at + interval '2 seconds'"},
    "intake_creditentry": {"decision_id": "n"},
    "intake_activity": {"lead_id": "n", "happened_at": "w.at + interval '2 seconds'"},
    "intake_needsuggestion": {"lead_id": "n", "made_at": "w.at"},
    "intake_screening": {
        "lead_id": "n",
        "text_digest": _HEX.format("t", "t"),
        "text_bands": "ARRAY(SELECT hashint8extended(n, k) FROM generate_series(1, cardinality(r.text_bands)) k)",
        "score": "CASE WHEN w.is_held THEN 70 ELSE 0 END",
        "screened_at": "w.at",
    },
    "intake_conflictcheck": {"lead_id": "n", "checked_at": "w.at"},
    "intake_sanctionsscreening": {"lead_id": "n", "screened_at": "w.at", "digest": _HEX.format("x", "x")},
    "intake_deadline": {
        "lead_id": "n",
        "adviser_id": "w.adviser",
        "state": "CASE WHEN NOT w.is_closed THEN 'open' WHEN mod(n, 20) = 0 THEN 'missed' ELSE 'met' END",
        "started_at": "w.at",
        "due_at": "CASE WHEN w.is_closed THEN w.at + interval '1 day'"
        " ELSE now() + interval '1 hour' * mod(n, 400) - interval '100 hours' END",
        "warn_at": "w.at + interval '20 hours'",
        "next_look_at": "CASE WHEN NOT w.is_closed THEN now() + interval '1 hour' * (1 + mod(n, 400)) END",
        "ended_at": "CASE WHEN w.is_closed THEN w.at + interval '9 days' END",
    },
    "intake_deadlinechange": {"deadline_id": "n", "happened_at": "w.at"},
    "mail_message": {
        "key": "'bench:' || n || ':' || r.id",
        "uuid": "md5('m' || n || r.id)::uuid",
        "reference": "'B-' || lpad(n::text, 8, '0')",
        "to_email": "CASE WHEN r.template = 'intake/mail/acknowledgement' THEN 'person' || w.contact"
        " || '@mailbox.example' ELSE r.to_email END",
        "state": "'sent'", "sent_at": "w.at + interval '5 seconds'", "private_url": "''",
        "html": "left(r.html, 600)", "created_at": "w.at + interval '3 seconds'",
    },
    "jobs_job": {
        "subject_id": "n", "key": "'bench:' || n || ':' || r.id", "state": "'done'", "run_at": "w.at",
        "created_at": "w.at", "hinted_at": "w.at", "done_at": "w.at + interval '2 seconds'",
    },
}  # fmt: skip
# What only some leads have; of the others every lead has a row for each that the first one has.
_ONLY = {
    "intake_assignment": "NOT w.is_unrouted",
    "intake_routingdecision": "NOT w.is_unrouted",
    "intake_creditentry": "NOT w.is_unrouted AND r.id <= 3",
    "intake_deadline": "NOT w.is_unrouted",
    "intake_deadlinechange": "NOT w.is_unrouted",
    "mail_message": "NOT w.is_unrouted",
    "intake_conflictcheck": "NOT w.is_held",
    "intake_sanctionsscreening": "NOT w.is_held",
}
_WITH_PEOPLE = ("intake_enquiry", "intake_lead")
_HELD = """
    INSERT INTO intake_quarantine (lead_id, text_digest, text_bands, held_at, outcome, ended_at)
    SELECT l.id, s.text_digest, s.text_bands, l.created_at, CASE WHEN l.status = 'quarantined' THEN 'open'
        ELSE 'spam' END, l.closed_at
    FROM intake_lead l JOIN intake_screening s ON s.lead_id = l.id
    WHERE l.status IN ('quarantined', 'disqualified') AND l.owner_id IS NULL
"""
_STOPPED = """
    INSERT INTO intake_hold (lead_id, kind, found, matches, opened_at, decision, decided_at, decided_by_id, reason)
    SELECT id, 'conflict', 'A party of that name.', '[]', created_at, CASE WHEN closed_at IS NULL THEN 'open'
        ELSE 'unfounded' END, closed_at, CASE WHEN closed_at IS NOT NULL THEN 1 END,
        CASE WHEN closed_at IS NULL THEN '' ELSE 'Somebody else.' END
    FROM intake_lead WHERE mod(id, 100) = 17 AND (closed_at IS NOT NULL OR status = 'new')
"""

# As `intake.lead_search` keeps them, but for what its keys do to Arabic letters.
_WORDS = """
    INSERT INTO intake_leadwords (lead_id, who, words)
    SELECT l.id, w.who, to_tsvector('simple', w.who || ' ' || lower(unaccent(e.needs)))
    FROM intake_lead l JOIN intake_enquiry e ON e.id = l.enquiry_id, LATERAL (SELECT lower(unaccent(translate(
        concat_ws(' ', l.reference, e.full_name, e.email, e.organisation), '@.-', '   '))) AS who) w WHERE l.id > 1
"""


def load(database_url: str, count: int) -> None:
    """Leave `count` leads with what belongs to them, indexed and analysed, a member of staff who sees all and one who
    sees their own."""
    _make_one()
    people.load(database_url, count)
    with _connected(database_url) as db:
        db.execute(
            _WORLD.format(count=count, people=people.people_of(count), advisers=ADVISERS, texts=people.TEXTS,
                          languages=",".join(people.LANGUAGES), kinds=len(people.LANGUAGES))
        )  # fmt: skip
        db.execute("ANALYZE bench_world, bench_text, intake_contact, intake_organisation")
    largest = sorted(COPIES, key=lambda table: table not in ("jobs_job", "mail_message"))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_fill, [database_url] * len(largest), largest))
    with _connected(database_url) as db:
        db.execute(_HELD)
        db.execute(_STOPPED)
        again = _drop_indexes(db, "intake_leadwords")
        for query in (_WORDS, *again):
            db.execute(query)  # type: ignore[call-overload]
        db.execute("DROP TABLE bench_world, bench_text")
        _set_sequences(db)
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")


def _connected(database_url: str) -> psycopg.Connection[Any]:
    db = psycopg.connect(database_url, autocommit=True)
    db.execute("SET session_replication_role = replica")
    db.execute("SET maintenance_work_mem = '512MB'")
    db.execute("SET synchronous_commit = off")  # a CHECKPOINT follows
    return db


def _fill(database_url: str, table: str) -> None:
    world = _WORLD_OF_PEOPLE if table in _WITH_PEOPLE else _BARE_WORLD
    with _connected(database_url) as db:
        multiply(db, table, COPIES[table], f"({world}) w", only=_ONLY.get(table, "true"))


def _make_one() -> None:
    """One lead as the verbs make it: routed to one of a few advisers, its client known, all its jobs done."""
    from intake import submission
    from intake.models import Enquiry
    from jobs import working
    from jobs.models import Job
    from tests import factories

    factories.DeskFactory()
    for _ in range(ADVISERS - 1):  # the desk has brought one
        factories.AdviserFactory(capacity=30_000)
    user = factories.UserFactory(email="desk@derisk.example")
    names = ("view_lead", "view_all_leads", "change_lead")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    needs = "We need a route assessment from Bamako to Gao for a convoy of four vehicles. " * 6
    content = factories.ContentFactory(
        email="client1@client.example", organisation="Example Transport", needs=needs
    )
    submission.receive_enquiry(
        content=content, channel=Enquiry.Channel.API, idempotency_key=str(uuid.uuid4())
    )
    while due := list(Job.objects.due().order_by("pk")):
        for job in due:
            working.run_job(job.pk)
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def multiply(
    db: psycopg.Connection[Any],
    table: str,
    differs: dict[str, str],
    numbered: str,
    *,
    only: str = "true",
) -> None:
    """Copy every row of the table for each number `n`, from 2 on, of what `numbered` names; indexes come last.

    The copy number n of row i has the id i + (n - 1) * the highest id.
    """
    columns = [name for (name,) in db.execute(_COLUMNS, [table]).fetchall()]
    given = {f'"{name}"': differs.get(name, f'r."{name}"') for name in columns}
    given['"id"'] = "r.id + (n - 1) * m.step"
    again = _drop_indexes(db, table)
    db.execute(
        f"INSERT INTO {table} ({', '.join(given)}) SELECT {', '.join(given.values())} FROM {table} r,"  # type: ignore[arg-type]
        f" (SELECT max(id) AS step FROM {table}) m, {numbered} WHERE {only}"
    )
    for made in again:
        db.execute(made)  # type: ignore[arg-type]
    _set_sequences(db, [table])


_COLUMNS = """
    SELECT column_name::text FROM information_schema.columns
    WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


def _drop_indexes(db: psycopg.Connection[Any], table: str) -> list[str]:
    """Drop what primary keys do not rest on; the statements that make it again."""
    unique = """
        SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'u'
    """
    constraints = db.execute(unique, [table]).fetchall()
    for name, _ in constraints:
        db.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    query = """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    """
    indexes = db.execute(query, [table]).fetchall()
    for name, _ in indexes:
        db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    again = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}' for name, made in constraints]
    return [*again, *(made for _, made in indexes)]


def _set_sequences(db: psycopg.Connection[Any], tables: Iterable[str] = (
    "intake_organisation", "intake_contact", "intake_quarantine", "intake_hold",
)) -> None:  # fmt: skip
    for table in tables:
        query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        db.execute(query)  # type: ignore[arg-type]
