"""The third part of `make bench`: leads that wait by the thousand, and leads as they come, fifty a second.

The workers as in production (two processes route, two do all else) and the sweep, PostgreSQL with `fsync` on, all on
this machine. C is a task that does nothing, in two workers of bare Celery over the same Valkey, measured before and
after. Takes the same ARGS; `--quick` lets 1,000 leads wait instead of 5,000.
"""

import argparse
import hashlib
import os
import signal
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from config import embedded, fonts
from config.supervisor import BASE_DIR
from tests.bench import servers
from tests.bench.routing import processes, reference, watching
from tests.bench.telling import say, tell
from tests.chaos.senders import Senders

HOME = BASE_DIR / "var" / "bench"
A_SECOND, WARMING, SECONDS = 50, 5, 20
COSTED = 350
EMPTY, USED = "bench_routing_empty", "bench_routing"


def main() -> None:
    """Everything, in order."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    (HOME / "static").mkdir(parents=True, exist_ok=True)
    fonts.place(HOME / "fonts")
    with servers.running(HOME) as (postgres, valkey):
        env = servers.environment(HOME, postgres.url(EMPTY), valkey.url())
        os.environ.update(env | {"PROCESS_NAME": "bench"})
        import django

        django.setup()
        _found(postgres, options.fresh)
        used = env | {"DATABASE_URL": postgres.url(USED)}
        count = 1_000 if options.quick else 5_000
        if options.only in ("", "cost"):
            _cost(postgres, used)
        if options.only in ("", "drain"):
            _drain(postgres, used, count, "", options.at_once)
        if options.only in ("", "one-house"):
            _drain(postgres, used, count // 5, " of one house", options.at_once)
        if options.only in ("", "routed"):
            _as_they_come(postgres, used, options.at_once)
    tell("load average of the machine", os.getloadavg()[0], "processes")
    say("Done")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1,000 waiting leads")
    parser.add_argument("--fresh", action="store_true", help="set up the house anew")
    parser.add_argument("--only", default="", help="cost, drain, one-house or routed")
    parser.add_argument(
        "--at-once",
        type=int,
        default=processes.WORKERS,
        help="processes that route; production has two",
    )
    parser.add_argument("--rounds", type=int, default=0, help="has no meaning here")
    return parser.parse_args()


def _found(postgres: embedded.Postgres, fresh: bool) -> None:
    """The house without leads, made once for each state of the tables."""
    paths = [Path(__file__).with_name("loading.py"), *sorted(BASE_DIR.glob("*/migrations/*.py"))]
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]
    from django.db import connection

    from tests.bench.routing import loading

    with psycopg.connect(postgres.url("postgres"), autocommit=True) as db:
        if servers.made(db, EMPTY, stamp, fresh):
            say("Setting up the house")
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")  # that of a web process is too short
            loading.found(postgres.url(EMPTY))
            connection.close()
            servers.mark(db, EMPTY, stamp)


def _use(postgres: embedded.Postgres) -> None:
    """A house of its own for one measurement, in this process too, to whose workers nobody has told anything yet.

    Valkey keeps its data from run to run, and the measurement of requests leaves a message for each, since no worker
    runs beside it: those of a million kept these workers busy with nothing for five minutes.
    """
    import redis
    from django.conf import settings
    from django.db import connection

    from tests.bench.routing import loading

    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        valkey.flushall()

    connection.close()
    loading.copy_database(postgres.url("postgres"), EMPTY, USED)
    connection.settings_dict["NAME"] = USED


def _cost(postgres: embedded.Postgres, env: dict[str, str]) -> None:
    from tests.bench.routing import costing, loading

    _use(postgres)
    loading.let_wait(env["DATABASE_URL"], COSTED)
    say(f"Doing the jobs of {COSTED:,} leads")
    with processes.mail_server(HOME):
        costing.tell_costs(COSTED)


def _drain(
    postgres: embedded.Postgres, env: dict[str, str], count: int, of: str, at_once: int
) -> None:
    from tests import crowd
    from tests.bench.routing import loading

    _use(postgres)
    say(f"{count:,} leads{of} begin to wait")
    who = crowd.ONE_HOUSE if of else crowd.MANY_HOUSES
    loading.let_wait(env["DATABASE_URL"], count, who)
    nothing = [reference.rate(HOME, 2_000)]
    with processes.workers(HOME, env, at_once), processes.sweep(HOME, env):
        say("Draining")
        drained = watching.drain(env["DATABASE_URL"], count)
    nothing.append(reference.rate(HOME, 2_000))
    c = statistics.mean(nothing)
    tell("C: no-op Celery tasks", c, "tasks/s, 2 workers")
    unit = "leads/s, 2 workers"
    rate, all_rate = count / drained.routed, count / drained.all_done
    name = f"{count:,} waiting leads{of}"
    tell(f"{name}, routed", rate, unit, c, rate / c, ">= 0.25 of C", rate >= 0.25 * c)
    tell(f"{name}, everything done", all_rate, unit, c, all_rate / c)
    for what, found in watching.wrong(env["DATABASE_URL"]).items():
        tell(f"{name}: {what}", found, "", line="0", holds=found == 0)


def _as_they_come(postgres: embedded.Postgres, env: dict[str, str], at_once: int) -> None:
    """From the commit of the request to the commit of the assignment, and from sending it."""
    from tests import crowd

    _use(postgres)
    c = sorted(reference.waits(HOME, A_SECOND, A_SECOND * SECONDS))
    web = servers.web(HOME, "routing", "config.wsgi:application", env)
    words = crowd.words(env["DATABASE_URL"], A_SECOND * (WARMING + SECONDS + 1), crowd.EACH_ONCE)
    with web as served, processes.workers(HOME, env, at_once), processes.sweep(HOME, env):
        _send(served.url, WARMING, words)  # each process has done it once
        _wait_for_rest(env["DATABASE_URL"])
        say(f"{A_SECOND} requests a second")
        since = time.time()
        senders = _send(served.url, SECONDS, words[A_SECOND * WARMING :])
        _wait_for_rest(env["DATABASE_URL"])
        commits = watching.commits(env["DATABASE_URL"], since)
    sent = {request.email: request.attempts[0].at for request in senders.requests}
    waits = sorted((to - since) * 1000 for email, (since, to) in commits.items() if email in sent)
    whole = sorted((to - sent[email]) * 1000 for email, (_, to) in commits.items() if email in sent)
    lost = len(senders.requests) - len(waits)
    tell("submit to routed: without an adviser", lost, "leads", line="0", holds=lost == 0)
    tell("submit to routed: sent", len(waits) / SECONDS, "requests/s")
    for name, share, most in (("p50", 0.5, 6), ("p95", 0.95, 10)):
        ours, theirs = _at(waits, share), _at(c, share)
        holds = ours <= most * theirs
        line = f"<= {most} of C"
        tell(f"submit to routed, {name}", ours, "ms", theirs, ours / theirs, line, holds)
        tell(f"the same with the request itself, {name}", _at(whole, share), "ms", theirs)
    for what, found in watching.wrong(env["DATABASE_URL"]).items():
        tell(f"submit to routed: {what}", found, "", line="0", holds=found == 0)


def _send(url: str, seconds: float, words: Sequence[dict[str, str]]) -> Senders:
    senders = Senders(url, A_SECOND, lambda number: words[number % len(words)], opens_forms=False)
    with senders.sending():
        time.sleep(seconds)
    return senders


def _wait_for_rest(url: str) -> None:
    """Until every lead has its adviser."""
    waiting = "SELECT count(*) FROM intake_lead WHERE status = 'new'"
    until = time.monotonic() + watching.PATIENCE_SECONDS
    with psycopg.connect(url, autocommit=True) as db:
        while watching.number(db, waiting) and time.monotonic() < until:
            time.sleep(0.25)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    main()
