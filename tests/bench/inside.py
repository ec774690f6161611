"""What only the process itself can tell: statements and trips of a request, plans, bare SQL, freshness."""

import json
import re
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.db import connection
from django.test.utils import CaptureQueriesContext
from werkzeug.test import Client

from tests import valkey_trips

PLANS = Path(__file__).parent / "plans"
_LARGE = 1_000  # rows; below that PostgreSQL is right to read a table from end to end
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d[^']*'::timestamp with time zone")
_BARE = """
SELECT id, slug, title, ts_rank(search, query) AS rank FROM briefs_brief, (SELECT {query} AS query) AS asked
WHERE search @@ query AND status = 'published' ORDER BY rank DESC, id DESC LIMIT 20
"""
_CONFIGS = ("simple_u", "en_u", "fr_u", "pt_u", "arabic")


def client() -> Client:
    """One that comes in as a web server does."""
    from config.wsgi import application

    return Client(application)


def statements(path: str, headers: dict[str, str]) -> tuple[list[str], int]:
    """The SQL of one request, and its trips to Valkey; asked for twice, so that what can be kept is.

    Of a request that goes past the kept pages with all that its process has to find and make anew.
    """
    from briefs import kept_answers, made_pages

    reader = client()
    for _ in range(3):
        if headers:
            kept_answers.forget()
            made_pages.forget()
        with valkey_trips.seen() as trips, CaptureQueriesContext(connection) as queries:
            response = reader.get(path, headers=headers)
    assert response.status_code in (200, 304), (path, response.status_code)
    return [query["sql"] for query in queries.captured_queries], len(trips)


def deep_cursor(pages: int) -> str:
    """The API's address of the page after so many briefs."""
    from briefs.api import cursors
    from briefs.models import Brief

    row = (
        Brief.objects.public()
        .newest()
        .values_list("published_at", "pk")[pages * 20 - 1 : pages * 20]
    )
    ((moment, key),) = row
    url = cursors.next_url("/api/v1/briefs/", {}, [moment.isoformat(), str(key)])
    return "/" + url.split("/", 3)[3]


def bare_search_ms(words: str) -> float:
    """What the ranked search of these words costs in PostgreSQL alone: the median of three."""
    query = " || ".join(f"websearch_to_tsquery('{name}', %s)" for name in _CONFIGS)
    took = []
    with connection.cursor() as cursor:
        for _ in range(3):
            before = time.perf_counter()
            cursor.execute(_BARE.format(query=query), [words] * len(_CONFIGS))
            cursor.fetchall()
            took.append((time.perf_counter() - before) * 1000)
    return statistics.median(took)


def plan_of(path: str, headers: dict[str, str]) -> tuple[str, list[str]]:
    """The plans of a request's statements, without what changes from run to run; and what is wrong with them."""
    sql, _ = statements(path, headers)
    return plans_of(sql)


def plans_of(sql: list[str]) -> tuple[str, list[str]]:
    """The plans of these statements, and the large tables that they read from end to end."""
    plans = []
    with connection.cursor() as cursor:
        for statement in sql:
            if not statement.startswith("EXPLAIN"):
                cursor.execute(f"EXPLAIN (COSTS OFF) {statement}")
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    text = "\n\n".join(_MOMENT.sub("<moment>", plan) for plan in plans)
    return text, [name for name in re.findall(r"Seq Scan on (\w+)", text) if _is_large(name)]


def read_by(sql: list[str]) -> tuple[str, dict[str, int]]:
    """The plans of these statements, and how many rows of each table one of them read at most, as they are asked."""
    most: dict[str, int] = {}
    with connection.cursor() as cursor:
        for statement in sql:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
            told = cursor.fetchone()[0]
            (plan,) = json.loads(told) if isinstance(told, str) else told
            for table, rows in _read_in(plan["Plan"]):
                most[table] = max(most.get(table, 0), rows)
    return plans_of(sql)[0], most


def _read_in(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The tables that a plan reads and the rows that each of its steps looked at; those of an index by itself do not
    count, which are next to each other."""
    if "Relation Name" in node:
        seen = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        rows = sum(node.get(name, 0) for name in seen) * node["Actual Loops"]
        yield node["Relation Name"], round(rows)
    for part in node.get("Plans", ()):
        yield from _read_in(part)


def _is_large(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return bool(cursor.fetchone()[0] > _LARGE)


def cpu_ms(paths: tuple[str, ...], headers: dict[str, str], is_new: bool = False) -> float:
    """Processor time of this process for a request, the mean of 50: robust against what else the machine does.

    The pages asked for were made before, unless all is to be made anew.
    """
    from briefs import made_pages
    from briefs.models import MadePage

    reader = client()
    for path in paths[:50]:
        reader.get(path, headers=headers)
    if is_new:
        slugs = [path.strip("/").rpartition("/")[2] for path in paths[:50]]
        MadePage.objects.filter(brief__slug__in=slugs).delete()
    before = time.process_time()
    for n in range(50):
        if is_new:
            made_pages.forget()
        reader.get(paths[n % min(len(paths), 50)], headers=headers)
    return (time.process_time() - before) / 50 * 1000


def hits(log: Path, start: int) -> float:
    """Which part of the requests that a web process has logged since was answered from what was kept."""
    with log.open("rb") as lines:
        lines.seek(start)
        asked = [line for line in lines if b'"event": "request"' in line]
    return sum(b'"cached": true' in line for line in asked) / len(asked)


def freshness_ms(address: str) -> list[float]:
    """How long after the commit of a correction a reader still got the old page; 0 when the next one was new.

    While eight others read the same page. Asks a new page of whichever worker takes it, 40 times after each.
    """
    from accounts.models import User
    from briefs import freshness, publishing
    from briefs.models import Brief
    from tests.bench.generating import APPROVER, slug_of

    freshness.prefix.cache_clear()  # the connection was to another database before
    late = []
    by = User.objects.get(pk=APPROVER)
    for n in range(1, 6):
        url = f"{address}/briefs/{slug_of(n)}/"
        text = f"Told at {time.time():.6f}"
        with _readers(url):
            time.sleep(0.3)
            brief = Brief.objects.get(slug=slug_of(n))
            publishing.correct_brief(brief=brief, by=by, kind="update", text=text)
            committed = time.monotonic()
            late.append(max(_stale(url, text, committed)))
    return late


def _stale(url: str, text: str, committed: float) -> Iterator[float]:
    yield 0
    for _ in range(40):
        asked = time.monotonic()
        with urlopen(url, timeout=5) as answer:  # a server that we have started
            if text.encode() not in answer.read():
                yield (asked - committed) * 1000


class _readers:
    """Eight threads that read a page until the block ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._read, daemon=True) for _ in range(8)]

    def _read(self) -> None:
        while not self.over.is_set():
            with urlopen(self.url, timeout=5) as answer:  # as above
                answer.read()

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()
