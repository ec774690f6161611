"""The benchmark measures the real thing: its rows are as the verbs would have made them, its driver counts right."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from briefs import naming, rendering, snapshots
from briefs.models import Brief
from tests import databases
from tests.bench import kept, loading, servers

BENCH = Path(loading.__file__).parent


@pytest.fixture
def loaded(pristine_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of 100 briefs as the benchmark loads them."""
    with django_db_blocker.unblock(), databases.lent_copy(pristine_database) as url:
        loading.load(url, 100)
        yield url


def test_loaded_briefs_are_what_verbs_would_have_made_and_a_broken_row_is_seen(loaded: str) -> None:
    loading.check(loaded)
    briefs = Brief.objects.public()

    assert briefs.count() == 100
    assert set(briefs.values_list("language", flat=True)) == {"en", "fr", "pt", "ar"}
    for brief in briefs:
        assert snapshots.snapshot_of(brief) == brief.live_revision.snapshot
        assert set(naming.names_text(brief).split("\n")) == set(brief.names_text.split("\n"))
        assert rendering.sanitise(brief.body) == brief.body
        assert rendering.plain_text(brief.body) == brief.body_text
        assert 7_000 < len(brief.body.encode()) < 12_000
    told = "SELECT count(*) FROM briefs_toldincident JOIN briefs_brief_incidents USING (brief_id)"
    with connection.cursor() as cursor:
        cursor.execute(told + " WHERE number = incident_id")
        assert cursor.fetchone()[0] == Brief.incidents.through.objects.count()

    with psycopg.connect(loaded, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        db.execute("DELETE FROM briefs_move WHERE brief_id = 7 AND to_status = 'approved'")

    with pytest.raises(AssertionError, match="in_review"):
        loading.check(loaded)


class Server:
    """The server of the tests, as the benchmark asks for its own."""

    url = staticmethod(databases.url)


def ready(name: str, mark: str = "as before") -> bool:
    """Whether the benchmark loaded this database now; asked for by whoever loads it so."""
    loads: list[str] = []
    is_new = kept.ready(Server(), name, mark, loads.append, fresh=False)  # type: ignore[arg-type]
    assert loads == [databases.url(name)] * is_new
    return is_new


def index_of_filters() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('message_language_newest') IS NOT NULL")
        return bool(cursor.fetchone()[0])


@pytest.fixture
def left(pristine_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A migrated database that an earlier run has left."""
    with django_db_blocker.unblock(), databases.lent_copy(pristine_database) as url:
        name = url.rpartition("/")[2]
        with databases.administration() as server:
            kept.note(server, name, "as before")
        yield name


def test_what_an_earlier_run_has_left_is_migrated_and_not_loaded_again(left: str) -> None:
    call_command("migrate", "mail", "0002", verbosity=0)
    assert not index_of_filters()

    assert not ready(left)
    assert index_of_filters()
    assert not ready(left)


@pytest.mark.parametrize(
    "noted",
    [
        "",  # nothing: it is not whole
        '{"mark": "as before", "migrations": {"mail.0001_schema": "other words"}}',
    ],
)
def test_what_cannot_be_used_again_is_loaded_anew(left: str, noted: str) -> None:
    with databases.administration() as server:
        servers.mark(server, left, noted)

    assert ready(left)
    assert not ready(left)


class Echo(BaseHTTPRequestHandler):
    """Answers with what the path says: its status and so many bytes, with a length or in chunks."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _, status, size, way = self.path.split("/")
        self.send_response(int(status))
        if way == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (int(size), b"x" * int(size)))
        else:
            if status != "304":
                self.send_header("Content-Length", size)
            self.end_headers()
            self.wfile.write(b"x" * int(size))

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("path", ["/200/30000/length", "/200/500/chunks", "/304/0/none"])
def test_driver_reads_whole_answers(path: str) -> None:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wish = {
        "port": server.server_port,
        "paths": [path],
        "headers": {},
        "clients": 1,
        "seconds": 0.3,
    }

    done = subprocess.run(
        [sys.executable, "-I", "-S", str(BENCH / "driver.py")],
        input=json.dumps(wish),
        capture_output=True,
        text=True,
        check=True,
    )
    server.shutdown()
    server.server_close()

    seen = json.loads(done.stdout)
    assert seen["statuses"] == [int(path.split("/")[1])]
    assert seen["count"] >= 1
    assert seen["p50"] <= seen["p95"]
