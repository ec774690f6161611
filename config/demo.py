"""`make demo`: the whole house on this machine, real parts, until Ctrl-C."""

import math
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Never
from urllib.parse import urlsplit

import environ

from config import demo_mark, home, launch, orphans, ports, readiness, starting
from config.progress import say, step
from config.supervisor import BASE_DIR, CannotStart, Supervisor, how_it_ended

STILL_SECONDS = 60  # without a step towards being ready
STAFF = ("analyst", "editor", "publisher", "adviser", "lead", "approver", "auditor", "admin")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception: nothing on the way may take it for a failure."""


def main() -> int:
    """Run the demo; return the exit status."""
    if "--stop-with-parent" in sys.argv:
        launch.die_with(os.getppid(), signal.SIGTERM)
    environ.Env.read_env(BASE_DIR / ".env")
    stop_on_signals()
    try:
        # Where `make` leads the session, as in a window of its own, SIGHUP reaches make alone.
        run(environment(), sys.stdin.fileno() if sys.stdin.isatty() else None)
    except Stopped:
        say("Stopped. The data is kept for the next start.")
        return 0
    except CannotStart as refusal:
        say(f"{refusal}")
        return 1


def stop_on_signals() -> None:
    """Leave by Stopped at Ctrl-C, TERM or HUP. Two often come at once: the second would tear up the stopping."""
    last = -math.inf

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal last
        earlier, last = last, time.monotonic()
        if last - earlier > 1:
            raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Let nothing interrupt the stopping."""
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: None)


def run(env: dict[str, str], terminal: int | None) -> Never:
    """Start everything and watch it; leaves by Stopped or CannotStart, with nothing left running."""
    began = time.monotonic()
    place = Path(env["DERISK_HOME"])
    home.prepare(place)
    with home.held(place, env["SITE_URL"]):
        require_free(env["PORT"])
        if left := orphans.clear(place):
            say(f"  Stopped {left} processes that an earlier run had left.")
        say(f"Derisk, in {place}")
        with starting.supervised(place, ignore_signals) as supervisor:
            degraded = _start(supervisor, place, env)
            say(welcome(env, degraded, time.monotonic() - began))
            while child := supervisor.wait_for_death(terminal):
                supervisor.revive(child)
                say(f"{how_it_ended(child)}: started again.")
            raise Stopped


def _start(supervisor: Supervisor, place: Path, env: dict[str, str]) -> list[str]:
    """Start servers and processes in their order and wait for them; what is degraded."""
    kept = home.load_secrets(place)
    env.setdefault("SECRET_KEY", kept["secret_key"])
    env.setdefault("DEMO_PASSWORD", kept["demo_password"])
    if "DATABASE_URL" in env:
        demo_mark.require(env["DATABASE_URL"])
    servers = starting.servers(place, env, kept)
    home.save_secrets(place, kept)
    home.write_env(place, env)
    starting.prepare(supervisor, env, servers)
    starting.begin_work(supervisor)
    with step("Waiting for web server, worker and sweep"):
        host = urlsplit(env["SITE_URL"]).hostname or "localhost"
        return readiness.wait(supervisor, int(env["PORT"]), host, STILL_SECONDS)


def environment() -> dict[str, str]:
    """What the children get: what is given, and the demo's own choice for the rest."""
    place = Path(os.environ.get("DERISK_HOME") or BASE_DIR / "var").resolve()
    given = {name: value for name, value in os.environ.items() if value}
    port = given.get("PORT", "8000")
    chosen = {
        "PORT": port,
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return chosen | given | {"DERISK_HOME": str(place), orphans.MARK: str(place)}


def require_free(port: str) -> None:
    """Refuse a port that is none or is taken; raises CannotStart with one line that says what to set."""
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise CannotStart(f"PORT={port} is not a port. Set one: make demo PORT=8000")
    if not ports.is_free(int(port)):
        raise CannotStart(f"Port {port} is taken. Set another: make demo PORT={ports.choose()}")


def welcome(env: dict[str, str], degraded: list[str], seconds: float) -> str:
    """What to tell the person in front of the terminal."""
    site, password = env["SITE_URL"].rstrip("/"), env["DEMO_PASSWORD"]
    sent = env["EMAIL_URL"] != "dummymail://"
    mail = (
        f"is sent through {urlsplit(env['EMAIL_URL']).hostname}: see it"
        if sent
        else "is not sent: read it"
    )
    lines = [
        f"Ready in {seconds:.1f} s. Ctrl-C stops everything.",
        *(f"Degraded: {problem}" for problem in degraded),
        "",
        f"  Site        {site}/",
        f"  Ask         {site}/request/",
        f"  Staff       {site}/staff/",
        f"  API         {site}/api/docs/",
        f"  Mail        {mail} under Mail at {site}/staff/mail/message/",
        "  Proposals   a client's private link stands in the mail that carries it",
        "",
        f"  Log in as   {', '.join(f'{name}@derisk.example' for name in STAFF)}",
        f"  Password    {password}",
        "",
        f"  Logs are in {env['DERISK_HOME']}/logs; addresses and secrets in {env['DERISK_HOME']}/env",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
