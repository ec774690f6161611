"""What a routing has left in the rows."""

import time
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.bench.telling import say

PATIENCE_SECONDS = 120
BEGIN = "UPDATE jobs_job SET run_at = now(), hinted_at = now() - interval '1 minute' WHERE state = 'pending'"
ROUTED = "SELECT count(*) FROM intake_lead WHERE owner_id IS NOT NULL"
LEFT = "SELECT count(*) FROM jobs_job WHERE state IN ('pending', 'leased')"
WRONG = {
    "leads without exactly one decision": """
        SELECT count(*) FROM intake_lead l
        WHERE (SELECT count(*) FROM intake_routingdecision d WHERE d.lead_id = l.id) <> 1
    """,
    "leads without exactly one owner": """
        SELECT count(*) FROM intake_lead l
        WHERE (SELECT count(*) FROM intake_assignment a WHERE a.lead_id = l.id AND a.ended_at IS NULL) <> 1
    """,
    "credit that does not add up": "SELECT count(*) FROM (SELECT sum(credit) AS s FROM intake_adviser) c WHERE s <> 0",
    "jobs that failed, were stopped or died": """
        SELECT count(*) FROM jobs_job WHERE state = 'dead' OR attempts > 1
    """,
    "deadlocks": "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
}  # fmt: skip


@dataclass(frozen=True)
class Drained:
    """Seconds until the last lead had its adviser, and until nothing was left to do."""

    routed: float
    all_done: float


def drain(url: str, count: int) -> Drained:
    """Make everything due and wait until it is done; SystemExit when nothing moves any more."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(BEGIN)
        began = last = time.perf_counter()
        routed, before = 0.0, -1
        while left := number(db, LEFT):
            now, done = time.perf_counter(), number(db, ROUTED)
            routed = routed or (now - began if done == count else 0)
            if left != before:
                before, last = left, now
            if now - last > PATIENCE_SECONDS:
                raise SystemExit(
                    f"Nothing moves any more: {left} jobs are left, {done} leads have an adviser."
                )
            time.sleep(0.25)
        all_done = time.perf_counter() - began
        say(f"{number(db, ROUTED)} leads have an adviser")
        return Drained(routed or all_done, all_done)


def wrong(url: str) -> dict[str, int]:
    """What must be nothing."""
    with psycopg.connect(url, autocommit=True) as db:
        return {what: number(db, query) for what, query in WRONG.items()}


def number(db: psycopg.Connection[Any], query: str) -> int:
    """The one number that a query answers."""
    row = db.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return int(row[0])


# Of the commits, which is when others see it: what a statement calls now is some milliseconds before.
COMMITS = """
    SELECT enquiry.email, extract(epoch FROM pg_xact_commit_timestamp(enquiry.xmin))::float,
        extract(epoch FROM pg_xact_commit_timestamp(decision.xmin))::float
    FROM intake_routingdecision decision JOIN intake_lead lead ON lead.id = decision.lead_id
    JOIN intake_enquiry enquiry ON enquiry.id = lead.enquiry_id
    WHERE enquiry.received_at > to_timestamp(%s)
"""


def commits(url: str, since: float) -> dict[str, tuple[float, float]]:
    """When each client's request and its routing were committed, of requests since then; in seconds since 1970."""
    with psycopg.connect(url, autocommit=True) as db:
        return {email: (asked, routed) for email, asked, routed in db.execute(COMMITS, [since])}
