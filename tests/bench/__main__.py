"""`make bench`: load briefs, measure, tell which lines hold.

    make bench                      # 1,000 and 100,000 briefs; seven minutes, and the loading
    make bench ARGS="--quick"       # 1,000 and 10,000 briefs, fewer and shorter rounds
    make bench ARGS="--fresh"       # load anew what an earlier run has left in var/bench

Progress goes to standard error, one JSON object a line to standard output. Ends by itself and leaves no process.
"""

import argparse
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from config import embedded, fonts
from config.supervisor import BASE_DIR
from tests.bench import servers
from tests.bench.telling import say, tell

HOME = BASE_DIR / "var" / "bench"
HERE = Path(__file__).parent


def main() -> None:
    """Everything, in order."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "static").mkdir(exist_ok=True)
    fonts.place(HOME / "fonts")
    counts = {"small": 1_000, "large": 10_000 if options.quick else 100_000}
    with servers.running(HOME) as (postgres, valkey):
        urls = {name: postgres.url(f"bench_{counts[name]}") for name in counts}
        os.environ.update(servers.environment(HOME, urls["large"], valkey.url()))
        import django

        django.setup()
        logging.getLogger("derisk.request").setLevel(logging.WARNING)  # standard output is ours
        _fill(postgres, counts, options.fresh)
        env = dict(os.environ)
        with ExitStack() as opened:
            webs = {
                name: opened.enter_context(
                    servers.web(HOME, name, "config.wsgi:application", env | {"DATABASE_URL": url})
                )
                for name, url in urls.items()
            }
            bare = "tests.bench.references:application"
            webs["bare"] = opened.enter_context(
                servers.web(HOME, "bare", bare, env | {"DATABASE_URL": postgres.url("bench_bare")})
            )
            _measure(webs, counts, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10,000 briefs at most, short rounds")
    parser.add_argument("--fresh", action="store_true", help="load the briefs anew")
    parser.add_argument(
        "--only", default="", help="probes whose name holds this, beside the references"
    )
    parser.add_argument("--rounds", type=int, default=0)
    return parser.parse_args()


def _fill(postgres: embedded.Postgres, counts: dict[str, int], fresh: bool) -> None:
    """Databases of these sizes; those that an earlier run has left are brought up to date and used again."""
    from django.core.management import call_command
    from django.db import connection

    from tests.bench import generating, lines, loading

    servers.bare(postgres, fresh)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as db:
        for count in counts.values():
            name = f"bench_{count}"
            # The small one is made each time: the measure of freshness writes to it.
            is_new = servers.made(db, name, generating.MARK, fresh or count == counts["small"])
            connection.close()
            connection.settings_dict["NAME"] = name
            with connection.cursor() as cursor:
                # That of a web process is too short here.
                cursor.execute("SET statement_timeout = 0")
            call_command("migrate", verbosity=0)
            if is_new:
                say(f"Loading {count:,} briefs")
                loading.load(postgres.url(name), count)
                loading.check(postgres.url(name))
                servers.mark(db, name, generating.MARK)
            say(f"Making pages of {name}, as the jobs of their publication do")
            loading.make_pages(lines.NEW_BRIEFS)
    say("The briefs are there")


def _measure(
    webs: dict[str, servers.Web], counts: dict[str, int], options: argparse.Namespace
) -> None:
    from django.db import connection

    from tests.bench import inside, lines

    connection.close()
    connection.settings_dict["NAME"] = f"bench_{counts['large']}"
    probes = [
        probe
        for probe in lines.probes(counts["small"])
        if options.only in probe.name or "bare" in probe.sizes
    ]
    asked = {
        (probe.name, size): _probe(probe, size, counts, connection)
        for probe in probes
        for size in probe.sizes
    }
    medians, loads = _rounds(webs, probes, asked, options)
    large = [asked[probe.name, "large"] for probe in probes if "large" in probe.sizes]
    say("Processor time, bare SQL, statements and plans")
    _weigh(large)
    more = {"bare": {p.name: inside.bare_search_ms(p.words) for p in large if p.words}}
    sql_of = {p.name: inside.statements(p.paths[0], p.headers) for p in large}
    _tell(lines.Seen(medians, more), sql_of)
    _tell_plans(large, is_whole=not options.quick and not options.only)
    connection.close()
    connection.settings_dict["NAME"] = f"bench_{counts['small']}"
    if not options.only:
        _tell_freshness(webs["small"].url)
    middle = statistics.median(loads)
    tell("load average of the machine", middle, "processes", None, None, "", None)
    say("Done")


def _rounds(
    webs: dict[str, servers.Web],
    probes: list[Any],
    asked: dict[tuple[str, str], Any],
    options: argparse.Namespace,
) -> tuple[dict[Any, dict[str, float]], list[float]]:
    """Ask everything in each round: the medians of the rounds, and how busy the machine was."""
    rounds = options.rounds or (2 if options.quick else 3)
    results: dict[Any, list[dict[str, float]]] = defaultdict(list)
    loads: list[float] = []
    for number in range(rounds + 1):  # the first warms up
        loads.append(os.getloadavg()[0])
        say(f"Round {number} of {rounds}, load average {loads[-1]:.1f}")
        for probe, size, place, clients in _each(probes):
            wish = asked[probe.name, size]
            if probe.is_new:
                turns = (rounds + 1) * len(probe.loads)
                wish = _turn(wish, number * len(probe.loads) + place, turns)
            seen = _drive(webs[size].url, wish, clients, options.quick, HOME / f"{size}.log")
            if number:
                results[probe.name, size, clients].append(seen)
    medians = {
        key: {what: statistics.median(one[what] for one in seen) for what in ("rate", "p50", "p95")}
        for key, seen in results.items()
    }
    return medians, loads


def _each(probes: list[Any]) -> Iterator[tuple[Any, str, int, int]]:
    """Each probe at each size, with each number of clients and its place among these."""
    for probe in probes:
        for size in probe.sizes:
            for place, clients in enumerate(probe.loads):
                yield probe, size, place, clients


def _tell_freshness(web: str) -> None:
    from tests.bench import inside

    say("Freshness")
    late = inside.freshness_ms(web)
    tell("freshness after a correction, under load", max(late), "ms, the worst", None, None,
           "<= 1000 ms", max(late) <= 1000)  # fmt: skip


def _weigh(probes: list[Any]) -> None:
    """Tell what a request costs the web process, with pages that it has made before and without."""
    from tests.bench import inside, lines

    for probe in probes:
        for is_new, what in ((False, "CPU"), (True, "CPU, made anew")):
            if probe.name in lines.WEIGHED:
                weight = inside.cpu_ms(probe.paths, probe.headers, is_new)
                tell(f"{probe.name}, {what}", weight, "ms", None, None, "", None)


def _probe(probe: Any, size: str, counts: dict[str, int], connection: Any) -> Any:
    """The probe with the addresses that depend on the size."""
    from tests.bench import inside

    if size == "bare":
        return probe
    path = probe.paths[0]
    headers = probe.headers
    if probe.is_new:
        probe = replace(probe, paths=probe.paths[: counts[size]])
    if "{deep}" in path:
        path = path.format(deep=counts[size] // 20 - 2)
    if "{cursor}" in path:
        connection.close()
        connection.settings_dict["NAME"] = f"bench_{counts[size]}"
        path = inside.deep_cursor(counts[size] // 20 - 2)
        connection.close()
        connection.settings_dict["NAME"] = f"bench_{counts['large']}"
    if probe.name.endswith("304"):
        headers = {"If-None-Match": inside.client().get(path).headers["ETag"]}
    return replace(probe, paths=(path, *probe.paths[1:]), headers=headers)


def _turn(probe: Any, turn: int, turns: int) -> Any:
    """The probe with its share of the addresses, the turns counted from 0."""
    size = len(probe.paths) // turns
    return replace(probe, paths=probe.paths[turn * size : (turn + 1) * size])


def _drive(
    web: str, probe: Any, clients: int, quick: bool, log: Path, is_warm: bool = False
) -> dict[str, float]:
    from tests.bench import inside, lines

    start = log.stat().st_size

    wish = {
        "port": urlsplit(web).port,
        "paths": probe.paths,
        "headers": probe.headers,
        "body": probe.body,
        "clients": clients,
        "seconds": (0.5 if quick else 1.0) if clients > 1 else 0.3,
    }
    if probe.is_new:
        wish |= {"seconds": 0, "count": len(probe.paths)}
    command = [sys.executable, "-I", "-S", str(HERE / "driver.py")]
    done = subprocess.run(
        command, input=json.dumps(wish), capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        raise SystemExit(f"{probe.name}: the driver failed.\n{done.stderr}")
    seen: dict[str, Any] = json.loads(done.stdout)
    if not lines.is_kept(probe.name):
        return _checked(probe, seen)
    if not is_warm:  # what was kept a minute ago is gone
        return _drive(web, probe, clients, quick, log, is_warm=True)
    if (share := inside.hits(log, start)) < 0.99:
        say(f"{probe.name}: only {share:.0%} of the answers were kept ones")
    return _checked(probe, seen)


def _checked(probe: Any, seen: dict[str, Any]) -> dict[str, float]:
    wanted = [304] if probe.name.endswith("304") else [200]
    if seen["statuses"] != wanted:
        raise SystemExit(f"{probe.name}: {probe.paths[0]} answered {seen['statuses']}")
    return seen


def _tell(seen: Any, sql_of: dict[str, tuple[list[str], int]]) -> None:
    from tests.bench import lines

    for line in lines.lines():
        try:
            value = line.value(seen)
            reference = line.reference(seen) if line.reference else None
        except KeyError:
            continue  # not measured in this run
        ratio = value / reference if reference else None
        statements = len(sql_of[line.sql][0]) if line.sql in sql_of else None
        holds = line.holds(value if ratio is None else ratio)
        text = f"{line.line} of {line.reference_name}" if line.reference_name else line.line
        if line.most_sql is not None:
            text += f", <= {line.most_sql} SQL"
            holds = holds and statements is not None and statements <= line.most_sql
        if lines.is_kept(line.sql):
            trips = sql_of[line.sql][1]
            text += ", <= 1 trip to Valkey"
            holds = holds and trips <= 1
        tell(line.name, value, line.unit, reference, ratio, text, holds, statements)


def _tell_plans(probes: list[Any], is_whole: bool) -> None:
    from tests.bench import inside, lines

    wrong: dict[str, list[str]] = {}
    for probe in probes:
        if lines.is_kept(probe.name):
            continue
        text, tables = inside.plan_of(probe.paths[0], probe.headers)
        if tables:
            wrong[probe.name] = tables
        if is_whole:
            name = probe.name.replace(",", "").replace(" ", "-").lower()
            inside.PLANS.mkdir(exist_ok=True)
            (inside.PLANS / f"{name}.txt").write_text(text + "\n")
    tell("plans that read a large table from end to end", len(wrong), "plans", None, None,
           f"0 {wrong or ''}".strip(), not wrong)  # fmt: skip


if __name__ == "__main__":
    main()
