"""Which public pages are still true: one record that every kept page is held against.

The record holds a random token and the moment at which the public set next changes by the clock alone. Whoever
changes what readers see puts a new token there once the change is committed; pages kept under another are not served.
"""

import secrets
import time
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.crypto import salted_hmac

from briefs.models import Brief
from jobs import queue
from jobs.hints import Breaker, BrokerAway
from jobs.valkey_line import Line, packed
from jobs.valkey_watch import Watched

_REPLACE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end
return redis.call('GET', KEYS[1])
"""
breaker = Breaker(pause=5)
_line = Line()
_record = Watched()


@cache
def store() -> "redis.Redis":
    """Valkey, with time-outs that a reader does not notice."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)


@cache
def prefix() -> str:
    """What our keys begin with: another database's pages are not ours."""
    name = repr(
        sorted(
            (k, str(v)) for k, v in settings.DATABASES["default"].items() if k in "NAME HOST PORT"
        )
    )
    return f"derisk:{salted_hmac('pages', name).hexdigest()[:12]}:"


def record_key() -> str:
    """Where the record stands."""
    return prefix() + "fresh"


def record() -> bytes | None:
    """The record as it is now, mostly without a trip. Raises BrokerAway."""
    return breaker.call(lambda: _record.get(store(), record_key()))


def ask(*words: str) -> Any:
    """What Valkey answers to a command, in one trip; it may happen twice. Raises BrokerAway."""
    command = packed(*(word.encode() for word in words))
    return breaker.call(lambda: _line.ask(store(), command))


def public_changed() -> None:
    """Make every kept page untrue once this transaction is committed. Call it inside the transaction.

    The job does it again: the first try may meet a Valkey that is away, or a process that dies. Once for each
    transaction: what it changes is seen at one moment.
    """
    if _is_asked():
        return
    queue.enqueue(
        queue.Ask(kind="briefs.refresh", subject_id=0, key=f"refresh:{secrets.token_hex(8)}")
    )
    transaction.on_commit(_try_bump, robust=True)


def _is_asked() -> bool:
    """Whether this transaction has asked already. A savepoint that was rolled back has taken its callbacks along, and
    one that can still be takes us too.
    """
    return any(call is _try_bump for _, call, _ in transaction.get_connection().run_on_commit)


def bump() -> None:
    """Put a new token. Raises BrokerAway when Valkey is away."""
    made = _new_record()

    def put() -> None:
        store().set(record_key(), made)
        store().ping()  # what it answers now it has told all who watch before

    breaker.call(put)


def _try_bump() -> None:
    try:
        bump()
    except BrokerAway:
        return  # said in the log; the job tries again


def token_of(record: bytes | None) -> bytes | None:
    """The token of a record that is there and has not run out."""
    if record is None:
        return None
    token, _, until = record.partition(b"|")
    return token if time.time() < float(until) else None


def token_now() -> bytes | None:
    """The token in force, a new one where none was; None without Valkey. Read it before what is kept under it."""
    try:
        found = record()
        return token_of(found) or renew(found)
    except BrokerAway:
        return None


def renew(seen: bytes | None) -> bytes | None:
    """A token in place of the record seen, unless somebody put another meanwhile. Raises BrokerAway."""
    made = _new_record()

    def put() -> bytes | None:
        if seen is None and store().set(record_key(), made, nx=True):
            return made.encode()
        answer: bytes | None = store().eval(_REPLACE, 1, record_key(), seen or b"", made)
        return answer

    return token_of(breaker.call(put))


def _new_record() -> str:
    return f"{secrets.token_hex(8)}|{next_change().timestamp():.3f}"


def next_change() -> datetime:
    """When the public set next changes by itself: a publication, an expiry, midnight UTC when judgements fall due."""
    now = timezone.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = Brief.objects.filter(status="published")
    found = ahead.filter(published_at__gt=now).aggregate(first=Min("published_at")) | ahead.filter(
        expires_at__gt=now
    ).aggregate(last=Min("expires_at"))
    return min(moment for moment in (midnight, *found.values()) if moment)
