"""Fill a migrated database with generated briefs.

Rows go in by COPY, as a dump does, with triggers and foreign keys off; `check` holds what these would have held.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from tests.bench.generating import APPROVER, AUTHOR, SOURCES, Brief, Row, World


def load(database_url: str, count: int) -> None:
    """Fill the database with `count` briefs, on two cores; the indexes are made afterwards, each in one go."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        _few_rows(db, World())
        indexes = _drop_indexes(db)
        step = max(25, count // 40)
        parts = [(start, min(start + step, count + 1)) for start in range(1, count + 1, step)]
        connection.close()
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(_load_part, [database_url] * len(parts), *zip(*parts, strict=True)))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_make_index, [database_url] * len(indexes), indexes))
        _set_sequences(db)
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")


def _drop_indexes(db: psycopg.Connection[Any]) -> list[str]:
    """Drop what no constraint rests on, and give the statements that make it again, the dearest first."""
    query = """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary AND NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conindid = indexrelid
        ) ORDER BY indexrelid::regclass::text <> 'brief_search'
    """
    found = db.execute(query, [list(_TABLES)]).fetchall()
    for name, _ in found:
        db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [made for _, made in found]


def _make_index(database_url: str, made: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET maintenance_work_mem = '512MB'")
        db.execute(made)


def make_pages(most: int) -> None:
    """Make the pages of the first briefs that are not there yet, on two cores, and find what stands next to them."""
    from briefs import freshness
    from briefs.models import Brief

    freshness.prefix.cache_clear()  # the connection was to another database before
    keys = list(Brief.objects.filter(pk__lte=most).order_by("pk").values_list("pk", flat=True))
    connection.close()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_make_page, keys, chunksize=200))


def _make_page(brief_id: int) -> None:
    from briefs import brief_pages

    brief_pages.make(brief_id=brief_id)


def check(database_url: str) -> None:
    """Fail where a row breaks what foreign keys and triggers would have held."""
    with psycopg.connect(database_url) as db:
        for query in _BROKEN:
            assert db.execute(query + " LIMIT 1").fetchone() is None, query


_BROKEN = (
    (
        "SELECT 1 FROM briefs_brief LEFT JOIN briefs_revision AS revision"
        " ON revision.id = live_revision_id AND revision.brief_id = briefs_brief.id"
        " WHERE published_at IS NOT NULL AND revision.id IS NULL"
    ),
    (
        "SELECT 1 FROM briefs_brief WHERE status = 'published' AND NOT EXISTS (SELECT 1 FROM briefs_move"
        " WHERE revision_id = live_revision_id AND to_status = 'approved' AND from_status = 'in_review')"
    ),
    (
        "SELECT 1 FROM briefs_move JOIN briefs_revision AS revision ON revision.id = revision_id"
        " WHERE to_status = 'approved' AND by_id = ANY (authors)"
    ),
    *(
        f"SELECT 1 FROM briefs_brief_{many} AS link LEFT JOIN briefs_{one} AS one ON one.id = link.{one}_id"
        " LEFT JOIN briefs_brief AS brief ON brief.id = brief_id WHERE one.id IS NULL OR brief.id IS NULL"
        for many, one in (("actors", "actor"), ("places", "place"), ("incidents", "incident"))
    ),
)


def copy(db: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Row]) -> None:
    """COPY rows into the table."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns.split())
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with db.cursor() as cursor, cursor.copy(query) as out:
        for row in rows:
            out.write_row(row)


def _few_rows(db: psycopg.Connection[Any], world: World) -> None:
    moment = datetime(2017, 1, 1, tzinfo=UTC)
    people = [(n, f"bench{n}@derisk.example", f"Bench {n}", "!") for n in (AUTHOR, APPROVER)]
    columns = (
        "id email full_name password is_superuser is_staff is_active joined_at job_title time_zone"
    )
    staff = [(*row, False, True, True, moment, "", "UTC") for row in people]
    copy(db, "accounts_user", columns, staff)
    copy(
        db,
        "briefs_actor",
        "id name slug aliases kind note updated_at",
        (
            [*(a[name] for name in ("id", "name", "slug", "aliases", "kind")), "", moment]
            for a in world.actors
        ),
    )
    names = ("id", "name", "country", "admin1", "kind", "latitude", "longitude", "precision")
    copy(
        db,
        "briefs_place",
        " ".join((*names, "aliases", "note", "loaded_mark")),
        ([*(p[name] for name in names), [], "", ""] for p in world.places),
    )
    sources = [(n, f"Source {n}", "ABCDEF"[n % 6], n % 2 == 0, "") for n in range(1, SOURCES + 1)]
    copy(db, "briefs_source", "id name reliability is_named note", sources)


_TABLES = {
    "briefs_incident": "id occurred_on precision title event_type sub_type place_id fatalities",
    "briefs_incident_actors": "incident_id actor_id",
    "briefs_brief": "id slug reference uid title language kind status summary body body_text names_text"
    " word_count reading_minutes tlp countries topics is_sample data_cutoff translation_key head_revision_id"
    " live_revision_id published_at modified_at changed_at announced_at withdrawal_reason created_at updated_at"
    " created_by_id",
    "briefs_revision": "id brief_id number snapshot digest authors created_by_id created_at note",
    "briefs_edition": "brief_id number revision_id published_at published_by_id",
    "briefs_move": "brief_id revision_id of_pending from_status to_status by_id moved_at reason is_emergency"
    " checklist",
    "briefs_judgement": "id brief_id key position text scale likelihood confidence horizon_on change_reason"
    " outcome outcome_note",
    "briefs_citation": "brief_id source_id position title url published_on credibility note",
    "briefs_brief_actors": "brief_id actor_id",
    "briefs_brief_places": "brief_id place_id",
    "briefs_brief_incidents": "brief_id incident_id",
    "briefs_toldincident": "brief_id revision_id number occurred_on event_type sub_type country latitude"
    " longitude actors said",
}


def _load_part(database_url: str, first: int, end: int) -> None:
    world = _world()
    with psycopg.connect(database_url) as db:
        db.execute("SET session_replication_role = replica")
        db.execute("SET synchronous_commit = off")  # a CHECKPOINT follows
        for start in range(first, end, 500):
            rows: dict[str, list[Row]] = {table: [] for table in _TABLES}
            for n in range(start, min(start + 500, end)):
                for table, row in Brief(world, n).rows():
                    rows[table].append(row)
            for table, columns in _TABLES.items():
                copy(db, table, columns, rows[table])


_worlds: dict[int, World] = {}


def _world() -> World:
    return _worlds.setdefault(os.getpid(), _worlds.get(0) or World())


def _set_sequences(db: psycopg.Connection[Any]) -> None:
    for table in ("accounts_user", "briefs_actor", "briefs_place", "briefs_source", "briefs_incident",
                  "briefs_brief", "briefs_revision", "briefs_judgement"):  # fmt: skip
        query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))")
        db.execute(query.format(sql.Literal(table), sql.Identifier(table)))
