"""A process of the demo that loads its code before its turn: `python -m config.early prepare`, `worker` or `sweep`.

Loading Django and ours costs each a second or two of a processor. They spend it while the servers start and the
database is filled, and begin when their standard input says so.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module

import django
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from config import prepare, upgrading
from config.supervisor import GO

Begin = Callable[[], object]
# What each would load when it begins. The calendars of countries come all together.
OF_PREPARE = [
    "holidays.countries",
    "django.core.management.commands.migrate",
    "accounts.management.commands.sync_roles",
    "briefs.management.commands.load_gazetteer",
    "seeds.management.commands.seed",
    "config.urls",
]
OF_WORKER = ["config.crew", "config.management.commands.work"]
OF_SWEEP = ["jobs.management.commands.sweep"]


def main() -> None:
    """Load, wait for the word, do the work; without the word, whoever started this is gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    name, *arguments = sys.argv[1:]
    begin = LOADING[name](arguments)
    if sys.stdin.buffer.read() != GO:
        sys.exit(1)
    begin()


def load_prepare(arguments: list[str]) -> Begin:
    """What migrates and fills the database."""
    upgrading.begin()
    _load(OF_PREPARE)
    MigrationLoader(None)
    return prepare.run


def load_worker(arguments: list[str]) -> Begin:
    """The workers, with these arguments."""
    _load(OF_WORKER)
    import_module("config.crew").load()
    return lambda: call_command("work", *arguments)


def load_sweep(arguments: list[str]) -> Begin:
    """The sweep, with these arguments."""
    _load(OF_SWEEP)
    return lambda: call_command("sweep", *arguments)


def _load(modules: list[str]) -> None:
    django.setup()
    for module in modules:
        import_module(module)


LOADING = {"prepare": load_prepare, "worker": load_worker, "sweep": load_sweep}

if __name__ == "__main__":
    main()
