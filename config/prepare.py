"""Migrate, set the roles, load the gazetteer and the demo world in one process, which saves starting Django four times.

Run by the demo, by `config.early`. Each step is an ordinary management command.
"""

import os
import sys

from django.core.management import call_command
from django.db import OperationalError

from config import encoding, half_way
from config.progress import step

STEPS = {
    "Migrating the database": ("migrate", {"interactive": False, "verbosity": 0}),
    "Setting the roles": ("sync_roles", {"verbosity": 0}),
    "Loading the gazetteer": ("load_gazetteer", {"verbosity": 0}),
    "Loading the demo world": ("seed", {"verbosity": 0}),
}


def run() -> None:
    """Run the steps; a second run changes nothing that is there."""
    try:
        if half_way.half_applied("default"):
            sys.exit(f"The database stopped half-way through an upgrade. {half_way.HINT}")
        if (found := encoding.encoding_of("default")) != "UTF8":
            sys.exit(f"The database is encoded as {found}, not as UTF8. {encoding.HINT}")
        for what, (command, options) in STEPS.items():
            with step(what), open(os.devnull, "w") as quiet:
                call_command(command, stdout=quiet, **options)
    except OperationalError as error:
        sys.exit(f"The database does not work: {error}")
