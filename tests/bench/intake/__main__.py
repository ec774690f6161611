"""The second half of `make bench`: requests at 1,000 and 1,000,000 leads, refused ones too, ten thousand at once.

Takes the same ARGS; `--quick` stops at 100,000 leads, `--load` once they are there. Everything is measured through
granian, as in production, with `fsync` on and no worker running, so that only the request itself is measured. What it
sends is removed at the end.
"""

import argparse
import logging
import os
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from config import embedded, fonts
from config.supervisor import BASE_DIR
from tests.bench import kept, servers
from tests.bench.intake import asking, beside, driving
from tests.bench.telling import say, tell

HOME = BASE_DIR / "var" / "bench"
SIZES = ("bare", "small", "large", "flooded")  # what is compared follows upon each other
TEN_THOUSAND, CLIENTS = 10_000, 16
FLOOD = 100  # more than both processes of the web server take from one address
Results = dict[tuple[str, str, int], list[dict[str, float]]]


def main() -> None:
    """Everything, in order."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    (HOME / "static").mkdir(parents=True, exist_ok=True)
    fonts.place(HOME / "fonts")
    counts = {"small": 1_000, "large": 100_000 if options.quick else 1_000_000}
    with servers.running(HOME) as (postgres, valkey):
        urls = {size: postgres.url(f"bench_leads_{count}") for size, count in counts.items()}
        os.environ.update(servers.environment(HOME, urls["large"], valkey.url()))
        import django

        django.setup()
        logging.getLogger("derisk").setLevel(logging.WARNING)  # what is read here is ours
        servers.bare(postgres, options.fresh)
        for size, count in counts.items():
            _fill(postgres, count, options.fresh or size == "small")
        say("The leads are there")
        if options.load:
            return
        with ExitStack() as opened:
            opened.enter_context(_messages_taken(valkey.url()))
            webs = _open(opened, urls, postgres.url("bench_bare"))
            try:
                _measure(webs, urls, options)
            finally:
                for url in urls.values():
                    _remove_sent(url)
    say("Done")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 leads at most, short rounds")
    parser.add_argument("--fresh", action="store_true", help="load the leads anew")
    parser.add_argument("--load", action="store_true", help="load or migrate them, and stop there")
    parser.add_argument("--only", default="", help="probes whose name holds this")
    parser.add_argument("--rounds", type=int, default=0)
    return parser.parse_args()


def _fill(postgres: embedded.Postgres, count: int, fresh: bool) -> None:
    """A database with so many leads; one that an earlier run has left is migrated and used again."""
    from tests.bench.intake import loading

    def load(url: str) -> None:
        say(f"Loading {count:,} leads")
        loading.load(url, count)

    here = Path(__file__).parent
    mark = kept.written(here / "loading.py", here / "people.py", here.parent / "texts.py")
    kept.ready(postgres, f"bench_leads_{count}", mark, load, fresh=fresh)


def _open(opened: ExitStack, urls: dict[str, str], bare_url: str) -> dict[str, servers.Web]:
    env = dict(os.environ)
    ours = "config.wsgi:application"
    wanted = {
        "small": (ours, env | {"DATABASE_URL": urls["small"]}),
        "large": (ours, env | {"DATABASE_URL": urls["large"]}),
        "flooded": (ours, env | {"DATABASE_URL": urls["small"], "THROTTLE": "on"}),
        "bare": ("tests.bench.references:application", env | {"DATABASE_URL": bare_url}),
    }
    return {
        name: opened.enter_context(servers.web(HOME, f"leads-{name}", application, its))
        for name, (application, its) in wanted.items()
    }


@contextmanager
def _messages_taken(url: str) -> Iterator[None]:
    """Take from Valkey what workers are told, since none runs: a request tells nobody while its queue is full."""
    import redis

    from jobs.queue_names import AT_ONCE

    stopped = threading.Event()

    def take() -> None:
        with redis.Redis.from_url(url) as valkey:
            while not stopped.wait(0.05):
                valkey.delete(AT_ONCE)

    taking = threading.Thread(target=take, daemon=True)
    taking.start()
    try:
        yield
    finally:
        stopped.set()
        taking.join()


def _measure(
    webs: dict[str, servers.Web], urls: dict[str, str], options: argparse.Namespace
) -> None:
    from tests.bench.intake import lines, staff

    asked = {size: asking.probes(webs["small"].url, _session(url)) for size, url in urls.items()}
    asked |= {"bare": asked["small"], "flooded": asked["small"]}
    wanted = [
        (size, probe)
        for probes in zip(*(asked[size] for size in SIZES), strict=True)
        for size, probe in zip(SIZES, probes, strict=True)
        if size in probe.sizes and (options.only in probe.name or size == "bare")
    ]
    results: Results = defaultdict(list)
    for number in range((options.rounds or (2 if options.quick else 3)) + 1):  # the first warms up
        say(f"Round {number}, load average {os.getloadavg()[0]:.1f}")
        for size, probe in wanted:
            for clients in probe.loads:
                if size == "flooded":  # its window may have passed since the last round
                    driving.drive(webs[size], probe, clients, count=FLOOD)
                seen = driving.drive(webs[size], probe, clients, 0.5 if options.quick else 1)
                if number:
                    results[probe.name, size, clients].append(seen)
    seen = lines.Seen(results)
    lines.tell_all(seen)
    beside.tell_all(webs["small"], asked["small"], seen, 1 if options.quick else 3)
    if not options.only:
        staff.tell_plans(is_whole=not options.quick)
        _send_ten_thousand(webs["small"], urls["small"], asked["small"])
    tell("load average of the machine", os.getloadavg()[0], "processes")


def _session(url: str) -> str:
    """The cookie of a member of staff who sees every lead of this database."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection

    from accounts.models import User

    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path[1:]
    user = User.objects.get(email="desk@derisk.example")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _send_ten_thousand(web: servers.Web, url: str, probes: list[asking.Probe]) -> None:
    """Sixteen clients at once, half by the form and half by the API: rows against answers, memory before and after."""
    say(f"{TEN_THOUSAND:,} requests from {CLIENTS} clients")
    for name in ("request by form", "request by API"):
        probe = next(each for each in probes if each.name == name)
        driving.drive(web, probe, CLIENTS, count=500)  # every thread has done it once
        before, memory = _sent(url), web.memory_mb()
        seen = driving.drive(web, probe, CLIENTS, count=TEN_THOUSAND // 2)
        rows, leads, keys = (now - then for now, then in zip(_sent(url), before, strict=True))
        wrong = abs(rows - seen["count"]) + abs(leads - rows) + abs(keys - rows)
        tell(f"{name}, {seen['count']:,} from {CLIENTS} clients: lost or doubled", wrong, "requests",
             line="0", holds=wrong == 0)  # fmt: skip
        tell(f"{name}, {seen['count']:,} from {CLIENTS} clients: p95", seen["p95"], "ms")
        tell(f"{name}, {seen['count']:,} from {CLIENTS} clients: memory", web.memory_mb(), "MB, all processes",
             memory, web.memory_mb() / memory, "<= 1.1 of before", web.memory_mb() <= 1.1 * memory)  # fmt: skip


def _sent(url: str) -> tuple[int, int, int]:
    with psycopg.connect(url) as db:
        query = """
            SELECT count(*), count(lead.id), count(DISTINCT enquiry.idempotency_key)
            FROM intake_enquiry enquiry LEFT JOIN intake_lead lead ON lead.enquiry_id = enquiry.id
        """
        row = db.execute(query).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _remove_sent(url: str) -> None:
    """Leave the database as it was loaded, for the next run."""
    sent = "(SELECT id FROM intake_enquiry WHERE full_name = 'Client of the Benchmark')"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        db.execute(f"DELETE FROM jobs_job WHERE state <> 'done' AND subject_id IN"
                   f" (SELECT id FROM intake_lead WHERE enquiry_id IN {sent})")  # type: ignore[arg-type]  # fmt: skip
        db.execute(f"DELETE FROM intake_lead WHERE enquiry_id IN {sent}")  # type: ignore[arg-type]
        db.execute(f"DELETE FROM intake_enquiry WHERE id IN {sent}")  # type: ignore[arg-type]
        db.execute("VACUUM (ANALYZE) intake_enquiry, intake_lead, jobs_job")


if __name__ == "__main__":
    main()
