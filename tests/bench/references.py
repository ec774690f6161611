"""Bare WSGI applications that the lines are held against: what Python, granian and PostgreSQL do without any of ours.

H answers a page of 30 KB. I stores a JSON body in one row, durably. L20 reads 20 of 100,000 rows by an index and
answers them as JSON. SEARCH answers the ranked 20 of a search whose SQL the environment gives.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

PAGE = (b"<p>A page of the reference.</p>\n" * 960)[:30_000]
_local = threading.local()
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """One of the three, by its path."""
    path = environ["PATH_INFO"]
    if path == "/h":
        return _answer(start_response, "text/html; charset=utf-8", PAGE)
    if path == "/i":
        return _answer(start_response, "application/json", _insert(environ))
    if path == "/l20":
        return _answer(start_response, "application/json", _list())
    return _answer(start_response, "text/plain", b"up")


def _answer(start_response: StartResponse, kind: str, body: bytes) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "db"):
        _local.db = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    found: psycopg.Connection[Any] = _local.db
    return found


def _insert(environ: dict[str, Any]) -> bytes:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    data = json.loads(body)
    row = _connection().execute(
        "INSERT INTO bench_enquiry (body, email) VALUES (%s, %s) RETURNING id",
        [body.decode(), data["email"]],
    )
    return json.dumps({"id": (row.fetchone() or [0])[0]}).encode()


def _list() -> bytes:
    rows = _connection().execute(
        "SELECT id, name, email, status, created_at FROM bench_row ORDER BY created_at DESC, id DESC LIMIT 20"
    )
    names = ("id", "name", "email", "status", "created_at")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return json.dumps(found, default=str).encode()


TABLES = """
CREATE TABLE bench_enquiry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL, email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE bench_row AS
SELECT n AS id, 'Name ' || n AS name, 'mail' || n || '@client.example' AS email,
    CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'open' ELSE 'done' END AS status,
    now() - n * interval '1 minute' AS created_at
FROM generate_series(1, 100000) AS n;
ALTER TABLE bench_row ADD PRIMARY KEY (id);
CREATE INDEX bench_row_newest ON bench_row (created_at DESC, id DESC);
"""
