"""Storing messages in one statement, each with the job that sends it: a hundred cost little more than one.

Django's `get_or_create` and the jobs after it took six statements for each, two of them a savepoint.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from accounts import many, statements
from accounts.inserting import insert
from jobs import queue
from mail.models import Message

_COLUMNS = {
    "key": "text",
    "template": "text",
    "reference": "text",
    "language": "text",
    "to_email": "text",
    "to_name": "text",
    "subject": "text",
    "text": "text",
    "html": "text",
    "words_id": "bigint",
    "private_url": "text",
    "has_private_url": "boolean",
    "headers": "jsonb",
    "gate": "text",
}
_DELIVER = "mail.deliver"


def store(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Store those whose key is new, each with its job, in the caller's transaction; the message of each key.

    A row has the values of `_COLUMNS` and `request_id`, because of which it is sent. Left out is what somebody else
    stored in this very moment.
    """
    found = statements.store(_statement(), {"rows": many.sent(rows)})
    stored = {key: pk for key, pk in found if key is not None}
    job_ids = sorted(pk for key, pk in found if key is None)
    queue.hint_due((_DELIVER, pk) for pk in job_ids)
    return stored


@cache
def _statement() -> statements.Statement:
    values = {name: f"given.{name}" for name in _COLUMNS} | {"uuid": "gen_random_uuid()"}
    parts = {
        "message": f"{insert(Message, values, rows='FROM given ORDER BY key')} "
        "ON CONFLICT (key) DO NOTHING RETURNING id, key",
        "made": "SELECT id, key, request_id FROM message JOIN given USING (key)",
        "job": queue.insert_for("made", [_DELIVER], key="message", request_id="made.request_id"),
        "there": "SELECT key, id FROM mail_message JOIN given USING (key)",
    }
    told = (
        "SELECT key, id FROM made UNION ALL SELECT * FROM there UNION ALL SELECT NULL, id FROM job"
    )
    columns = {**_COLUMNS, "request_id": "text"}
    return many.statement(columns, *(f"{n} AS ({text})" for n, text in parts.items()), last=told)
