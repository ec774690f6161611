"""`make chaos`: the long fault run, and whether every promise held.

    make chaos                                 # 30 faults, eight requests a second
    make chaos ARGS="--faults 300 --rate 12"
    make chaos ARGS="--seed 7"                  # the same order of faults again; the moments stay random

Progress goes to standard error; to standard output one JSON object a line, as `make bench` does. Ends with 1 when a
promise was broken. Ends by itself and leaves no process.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from config import fonts
from tests import servers
from tests.chaos import faults, house, running

# Of the design: what a run must not pass, in seconds.
LINES = {
    "answer, p99": 0.5,
    "answer with the broker frozen, p99": 1.5,
    "routed, longest, without the time of faults": 60,
}
_started = time.monotonic()


def main() -> None:
    """One run."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chance = random.Random(options.seed)  # noqa: S311 - an order of faults is no secret
    _say(f"Seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix=servers.PREFIX) as home:
        os.environ.update(servers.SETTINGS | {"DERISK_HOME": home})
        fonts.place(Path(home) / "fonts")
        (Path(home) / "static").mkdir()
        course = faults.course(chance, options.faults, faults.FAULTS + faults.SLOW)
        with house.running() as opened:
            _say("The house is open")
            result = running.run(opened, course, chance, options.rate, _say)
    sys.exit(_report(result))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--rate", type=float, default=8, help="requests a second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return parser.parse_args()


def _report(result: running.Run) -> int:
    """Print each promise and each figure; 1 when a promise was broken."""
    for promise, found in result.problems.items():
        _print(name=promise, value=len(found), line="0", holds=not found, examples=found[:5])
    for name, value in result.figures.items():
        most = LINES.get(name)
        line, holds = (f"<= {most} s", value <= most) if most else ("", None)
        _print(name=name, value=round(value, 3), line=line, holds=holds)
    return 1 if result.broken else 0


def _print(**line: object) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _say(text: str) -> None:
    minutes, seconds = divmod(int(time.monotonic() - _started), 60)
    print(f"[{minutes:02d}:{seconds:02d}] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
